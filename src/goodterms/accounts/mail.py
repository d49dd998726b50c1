"""How an owner's mail goes out and comes in, with every password and key sealed at rest."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from pathlib import Path
from urllib.parse import quote, unquote

from goodterms.accounts.choices import Choice, is_fixed, make_sure_it_is_open
from goodterms.accounts.models import MailAccount, Owner
from goodterms.accounts.office import Office
from goodterms.accounts.sealing import open_text, seal_text
from goodterms.config import read_settings


@dataclass(frozen=True, kw_only=True)
class ProviderKey:
    """An account at a provider that takes mail through its API."""

    name: str
    key: str = field(repr=False)
    """Where the provider gives two or three, all with colons between them."""
    url: str = ""
    """Where its API is, where it is not at the usual place."""
    must_be_outside: bool = field(default=False, compare=False)
    """As the servers of MailAddresses."""


@dataclass(frozen=True, kw_only=True)
class MailAddresses:
    """How an owner's mail goes out and comes in; each with its password, empty where there is none."""

    smtp: str = field(repr=False)
    imap: str = field(repr=False)
    unsubscribe: str
    """The address that takes unsubscribe mails; empty: the owner's own."""
    provider: ProviderKey | None = None
    """What mail leaves by in place of the server, where there is one."""
    smtp_must_be_outside: bool = False
    """Whether the server that sends may not lie in this machine's own network, nor be this machine."""
    imap_must_be_outside: bool = False

    @property
    def can_send(self) -> bool:
        """Whether there is a way out at all."""
        return bool(self.smtp or self.provider)

    @property
    def leaves_by(self) -> str:
        """Name what mail leaves by: a provider, or host and port of the server; empty where there is nothing."""
        server, _ = without_password(self.smtp)
        return self.provider.name if self.provider else server.partition("://")[2]


@dataclass(frozen=True, kw_only=True)
class Provider:
    """What is to be known of a mail provider to sign in there."""

    key: str
    name: str
    smtp: str
    """Scheme, host and port."""
    imap: str
    hint: str
    """What kind of password it wants, and where that is made."""
    source: str


@cache
def providers() -> tuple[Provider, ...]:
    """Give the providers that are known."""
    with Path(__file__).with_name("providers.toml").open("rb") as file:
        return tuple(Provider(key=key, **values) for key, values in tomllib.load(file).items())


def with_known_password(server: str, user: str, password: str, known: str) -> str:
    """Give the address of a server with user and password; without one, with that of the known address.

    The known password goes to the same user at the same server alone.
    """
    if not password and known and without_password(known) == (server, user):
        return known
    return with_password(server, user, password)


def with_password(server: str, user: str, password: str) -> str:
    """Give the address of a server (scheme, host and port) with user and password in it."""
    scheme, _, place = server.partition("://")
    return f"{scheme}://{quote(user, safe='')}:{quote(password, safe='')}@{place}" if user else server


def without_password(url: str) -> tuple[str, str]:
    """Give the address of a server (scheme, host and port) and the user in it: what may be shown.

    A password may be written with signs that stand for something in an address; all before the last @ is the account.
    """
    scheme, _, rest = url.partition("://")
    authority = rest.partition("/")[0]
    # Mailman's lists may have one in their name.
    ends_early = scheme.startswith("mailman+") and "@" in authority
    account = (authority if ends_early else rest).rpartition("@")[0]
    place = rest[len(account) :].removeprefix("@")
    return (f"{scheme}://{place}" if place else "", unquote(account.partition(":")[0]))


def mail_addresses(office: Office) -> MailAddresses:
    """Give how the owner's mail goes out and comes in: as they chose, else as the installation's settings say.

    The installation's mailbox is nobody's in particular where it acts for several owners.
    """
    settings = read_settings()
    own = own_account(office.owner)
    smtp = open_text(office, own.smtp)
    provider = _own_provider(office, own)
    is_own = bool(smtp or provider)
    if not is_own:
        # An owner's own mail server goes before the installation's provider.
        smtp, provider = settings["GOODTERMS_SMTP_URL"], _installations_provider(settings)
    return MailAddresses(
        smtp=smtp,
        imap=open_text(office, own.imap) or _if_alone(settings["GOODTERMS_IMAP_URL"]),
        unsubscribe=own.unsubscribe_address or settings["GOODTERMS_UNSUBSCRIBE_ADDRESS"],
        provider=provider,
        smtp_must_be_outside=is_own and not _may_be_inside(own, _SMTP),
        imap_must_be_outside=bool(own.imap) and not _may_be_inside(own, _IMAP),
    )


def own_account(owner: Owner) -> MailAccount:
    """Give what an owner chose of mail, an empty account where they chose nothing or may not."""
    account = None if is_fixed(Choice.MAIL) else MailAccount.objects.filter(owner=owner).first()
    return account or MailAccount(owner=owner)


def list_server_address(office: Office) -> str:
    """Give the address of the list that the owner's posts go to; empty where there is none.

    The installation's list is nobody's in particular where it acts for several owners: its members would be made
    those of whoever posts.
    """
    return own_list_server(office) or _if_alone(read_settings()["GOODTERMS_LIST_SERVER"])


def own_list_server(office: Office) -> str:
    """Give the address of the list that the owner chose themself; empty where they chose none or may not."""
    account = _list_account(office)
    return open_text(office, account.list_server) if account else ""


def list_must_be_outside(office: Office) -> bool:
    """Say whether the list server that the owner chose may not lie in this machine's own network."""
    account = _list_account(office)
    return account is not None and bool(account.list_server) and not _may_be_inside(account, _LIST)


def _list_account(office: Office) -> MailAccount | None:
    return None if is_fixed(Choice.LIST) else MailAccount.objects.filter(owner=office.owner).first()


def own_mail_addresses(office: Office) -> MailAddresses:
    """Give what the owner chose themself, without what the settings add."""
    own = own_account(office.owner)
    return MailAddresses(
        smtp=open_text(office, own.smtp),
        imap=open_text(office, own.imap),
        unsubscribe=own.unsubscribe_address,
        provider=_own_provider(office, own),
        smtp_must_be_outside=not _may_be_inside(own, _SMTP),
        imap_must_be_outside=not _may_be_inside(own, _IMAP),
    )


def set_mail_account(
    office: Office,
    *,
    smtp: str | None = None,
    imap: str | None = None,
    unsubscribe: str | None = None,
    may_be_inside: bool = False,
    now: datetime,
) -> None:
    """Keep an owner's mail servers: an empty one means that of the settings, none given leaves what was there.

    A server to send by takes a provider's place. The name under which a mailbox's server vouches for mail goes with
    it. Where owners share a machine, its own doors and its network are not theirs to knock at: only whoever runs the
    installation says `may_be_inside`, here and below; it is looked at whenever a server is connected to.
    """
    make_sure_it_is_open(Choice.MAIL)
    sealed = {"smtp": smtp, "imap": imap}
    kept = {name: seal_text(office, url) for name, url in sealed.items() if url is not None}
    kept["inside"] = _inside(office.owner, set(kept), may_be_inside=may_be_inside)
    before = own_mail_addresses(office).imap
    if imap is not None and before and without_password(imap)[0] != without_password(before)[0]:
        # In another server's mailbox anybody may have written that name.
        kept["authserv_id"] = ""
    if unsubscribe is not None:
        kept["unsubscribe_address"] = unsubscribe
    _keep(office.owner, now, **kept, **(_NO_PROVIDER if smtp else {}))


def set_provider(office: Office, provider: ProviderKey, *, may_be_inside: bool = False, now: datetime) -> None:
    """Keep the provider that an owner's mail leaves by; it takes the place of their mail server."""
    make_sure_it_is_open(Choice.MAIL)
    key, inside = seal_text(office, provider.key), _inside(office.owner, {_PROVIDER}, may_be_inside=may_be_inside)
    _keep(
        office.owner,
        now,
        smtp="",
        provider=provider.name,
        provider_key=key,
        provider_url=provider.url,
        inside=inside,
    )


def set_list_server(office: Office, address: str, *, may_be_inside: bool = False, now: datetime) -> None:
    """Keep the list that an owner's posts go to; an empty address means that of the settings."""
    make_sure_it_is_open(Choice.LIST)
    inside = _inside(office.owner, {_LIST}, may_be_inside=may_be_inside)
    _keep(office.owner, now, list_server=seal_text(office, address), inside=inside)


def forget_mail_account(owner: Owner, *, now: datetime) -> None:
    """Go back to the servers, the provider and the mailbox of the settings; habits stay, being of no server."""
    _keep(owner, now, smtp="", imap="", unsubscribe_address="", authserv_id="", **_NO_PROVIDER)


def forget_provider(owner: Owner, *, now: datetime) -> None:
    """Send no more by the owner's provider."""
    _keep(owner, now, **_NO_PROVIDER)


_NO_PROVIDER = {"provider": "", "provider_key": "", "provider_url": ""}


def _keep(owner: Owner, now: datetime, **values: str) -> None:
    MailAccount.objects.update_or_create(owner=owner, defaults={**values, "changed_at": now})


_SMTP, _IMAP, _PROVIDER, _LIST = "smtp", "imap", "provider", "list"


def _may_be_inside(account: MailAccount, what: str) -> bool:
    return what in account.inside.split(",")


def _inside(owner: Owner, fresh: set[str], *, may_be_inside: bool) -> str:
    """Give what of an owner's may lie inside once some of it is set anew."""
    account = MailAccount.objects.filter(owner=owner).first()
    before = set(account.inside.split(",")) - {""} if account else set()
    return ",".join(sorted(before - fresh | (fresh if may_be_inside else set())))


def _if_alone(common: str) -> str:
    """Give what the settings say where there is one owner; else it is nobody's in particular."""
    return common if common and Owner.objects.count() == 1 else ""


def _own_provider(office: Office, own: MailAccount) -> ProviderKey | None:
    if not own.provider:
        return None
    return ProviderKey(
        name=own.provider,
        key=open_text(office, own.provider_key),
        url=own.provider_url,
        must_be_outside=not _may_be_inside(own, _PROVIDER),
    )


def _installations_provider(settings: Mapping[str, str]) -> ProviderKey | None:
    if not settings["GOODTERMS_PROVIDER"]:
        return None
    return ProviderKey(
        name=settings["GOODTERMS_PROVIDER"],
        key=settings["GOODTERMS_PROVIDER_KEY"],
        url=settings["GOODTERMS_PROVIDER_URL"],
    )
