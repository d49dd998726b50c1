"""An owner's own keys that sign their mail: making or bringing them, publishing, switching on and off."""

import re
from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from goodterms.accounts.choices import Choice, is_fixed, make_sure_it_is_open
from goodterms.accounts.models import Owner
from goodterms.accounts.office import Office
from goodterms.accounts.sealing import open_text, seal_text
from goodterms.lib.faults import Fault
from goodterms.updates.lookup import Look, look_up
from goodterms.updates.message import AddressUnusable, domain_of
from goodterms.updates.models import SigningKey
from goodterms.updates.records import Seen
from goodterms.updates.signing import Signer, new_keys, signer_of

# A selector is made of DNS labels (RFC 6376 section 3.1); ours is one, with room for what the second key's ends in.
_SELECTOR = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,52}[a-z0-9])?")


class SigningKeyUnusable(Fault):
    """A signing key can't be added, switched on or removed as asked."""


class NotPublished(SigningKeyUnusable):
    """The DNS does not show all of a key, so receivers could not check what it signs."""

    def __init__(self, said: str, looks: Sequence[Look]) -> None:
        super().__init__(said)
        self.looks = tuple(looks)

    @property
    def is_silence(self) -> bool:
        """Whether it is only that nobody answered."""
        return {look.seen for look in self.looks} <= {Seen.PUBLISHED, Seen.SILENT}


def signing_keys(owner: Owner) -> list[SigningKey]:
    """Give the owner's signing keys, the newest first."""
    return list(SigningKey.objects.filter(owner=owner).order_by("-made_at", "-id"))


def signing_key_named(owner: Owner, selector: str) -> SigningKey:
    """Give the signing key under a selector; raises SigningKeyUnusable."""
    found = SigningKey.objects.filter(owner=owner, selector=selector.strip().lower()).first()
    if found is None:
        raise SigningKeyUnusable(f"There is no signing key under the selector '{selector}'. Nothing was done.")
    return found


def add_signing_key(
    office: Office,
    selector: str,
    *,
    domain: str = "",
    pem: str = "",
    rsa: bool = True,
    ed25519: bool = True,
    now: datetime,
) -> SigningKey:
    """Make keys of the kinds that are wanted, or keep those that a PEM text brings; nothing is signed by them yet.

    Raises SigningKeyUnusable and SigningKeyFaulty.
    """
    make_sure_it_is_open(Choice.SIGNING)
    owner, named = office.owner, selector.strip().lower()
    if not _SELECTOR.fullmatch(named):
        raise SigningKeyUnusable(
            f"'{selector}' is no selector: letters, digits and hyphens, such as goodterms2026. Nothing was done."
        )
    if SigningKey.objects.filter(owner=owner, selector=named).exists():
        raise SigningKeyUnusable(f"There are keys under '{named}' already. Nothing was done; take another selector.")
    found = _domain(owner, domain)
    keys = pem.encode() if pem.strip() else new_keys(rsa=rsa, ed25519=ed25519)
    signer_of(keys, selector=named, domain=found, where="What you gave")
    return SigningKey.objects.create(
        owner=owner, selector=named, domain=found, keys=seal_text(office, keys.decode()), made_at=now
    )


def signer_for(office: Office) -> Signer | None:
    """Give what signs the owner's mail; None where none of their own keys is switched on."""
    key = None if is_fixed(Choice.SIGNING) else SigningKey.objects.filter(owner=office.owner, is_on=True).first()
    return signer_with(office, key) if key else None


def signer_with(office: Office, key: SigningKey) -> Signer:
    """Give what signs by a key, whether it is switched on or not."""
    pem = open_text(office, key.keys).encode()
    return signer_of(pem, selector=key.selector, domain=key.domain, where=f"The signing key {key.selector}")


def check_signing_key(office: Office, key: SigningKey, *, now: datetime) -> list[Look]:
    """Ask the DNS for a key's records, and note when all of them were seen."""
    looks = look_up(signer_with(office, key))
    if all(look.seen is Seen.PUBLISHED for look in looks):
        SigningKey.objects.filter(owner=key.owner_id, pk=key.pk).update(seen_at=now)
    return looks


def switch_on(office: Office, key: SigningKey, *, is_knowing: bool = False, now: datetime) -> None:
    """Sign by a key from the next copy on, and by no other; the DNS is asked first.

    Raises NotPublished where it does not show the whole of it. Where nobody answers, `is_knowing` lets it through.
    """
    make_sure_it_is_open(Choice.SIGNING)
    looks = check_signing_key(office, key, now=now)
    allowed = {Seen.PUBLISHED, Seen.SILENT} if is_knowing else {Seen.PUBLISHED}
    if not {look.seen for look in looks} <= allowed:
        names = ", ".join(f"{look.name} ({look.seen})" for look in looks if look.seen is not Seen.PUBLISHED)
        raise NotPublished(
            f"The DNS does not show what it must: {names}. Receivers could not check a signature by it, so nothing was "
            "switched on. Publish the records; it may take some hours until they are seen everywhere.",
            looks,
        )
    with transaction.atomic():
        switch_off(office.owner)
        SigningKey.objects.filter(owner=office.owner, pk=key.pk).update(is_on=True)


def switch_off(owner: Owner) -> None:
    """Sign no more by the owner's own keys."""
    SigningKey.objects.filter(owner=owner, is_on=True).update(is_on=False)


def remove_signing_key(owner: Owner, key: SigningKey) -> None:
    """Destroy a key that does not sign; raises SigningKeyUnusable where it does."""
    deleted, _ = SigningKey.objects.filter(owner=owner, pk=key.pk, is_on=False).delete()
    if not deleted:
        raise SigningKeyUnusable(f"The key {key.selector} signs your mail. Nothing was done; switch it off first.")


def _domain(owner: Owner, written: str) -> str:
    """Give the domain that signs: the owner's, one above it or one below (RFC 7489 section 3.1.1, relaxed)."""
    own = domain_of(owner.email.rpartition("@")[2])
    try:
        found = domain_of(written.strip().lower()) if written.strip() else own
    except AddressUnusable as fault:
        raise SigningKeyUnusable(str(fault)) from None
    is_related = found == own or own.endswith(f".{found}") or found.endswith(f".{own}")
    if not is_related or "." not in found:
        raise SigningKeyUnusable(
            f"A signature of {found} would not count for mail from {owner.email}: receivers want the same domain "
            "(DMARC, RFC 7489). Nothing was done."
        )
    return found
