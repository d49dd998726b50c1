"""Making the owner."""

import uuid
from datetime import datetime
from pathlib import Path

from django.db import transaction

from goodterms.accounts.keys import make_keys
from goodterms.accounts.models import Membership, Owner, User
from goodterms.lib.addresses import normalise_email, normalise_profile, normalise_slug
from goodterms.lib.faults import Fault


class OwnerFaulty(Fault):
    """An owner can't be made of what was given."""


@transaction.atomic
def make_owner(
    folder: Path, *, name: str, email: str, profile: str, strategy: str, now: datetime, postal_address: str = ""
) -> tuple[Owner, bool]:
    """Make the owner, or complete the one with this address; give them and whether they are new."""
    address = normalise_email(email)
    if address is None:
        raise OwnerFaulty(f"'{email}' is no e-mail address. Nothing was done.")
    slug = (normalise_profile(profile) or normalise_slug(profile) or "") if profile else ""
    if profile and not slug:
        raise OwnerFaulty(f"'{profile}' is no LinkedIn profile address. Nothing was done.")
    keys = make_keys(folder / "keys")
    owner, is_new = Owner.objects.get_or_create(
        email=address,
        defaults={
            "uid": uuid.uuid4().hex,
            "name": name.strip() or address,
            "profile": slug,
            "postal_address": postal_address.strip(),
            "strategy": strategy,
            "keys_fingerprint": keys.fingerprint,
            "created_at": now,
        },
    )
    if not is_new:
        owner.name = name.strip() or owner.name
        owner.profile = slug or owner.profile
        owner.postal_address = postal_address.strip() or owner.postal_address
        owner.save(update_fields=["name", "profile", "postal_address"])
    return owner, is_new


def choose_strategy(owner: Owner, strategy: str) -> None:
    """Set the strategy by which the owner's updates go out."""
    owner.strategy = strategy
    owner.save(update_fields=["strategy"])


def the_laptops_user(*, now: datetime) -> User:
    """Give the user who sits at this machine, a member with every owner in its database."""
    user, is_new = User.objects.get_or_create(username="laptop")
    if is_new:
        user.set_unusable_password()
        user.save(update_fields=["password"])
    for owner in Owner.objects.exclude(pk__in=Membership.objects.filter(user=user).values("owner")):
        join(owner, user, Membership.Role.OWNER, now=now)
    return user


def join(owner: Owner, user: User, role: Membership.Role, *, now: datetime) -> Membership:
    """Let a user work for an owner in a role; said again, it changes the role."""
    membership, _ = Membership.objects.update_or_create(
        owner=owner, user=user, defaults={"role": role}, create_defaults={"role": role, "since": now}
    )
    return membership
