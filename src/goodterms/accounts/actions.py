"""Making the owner."""

from datetime import datetime
from pathlib import Path

from django.contrib.auth.password_validation import (
    CommonPasswordValidator,
    MinimumLengthValidator,
    UserAttributeSimilarityValidator,
    validate_password,
)
from django.core.exceptions import ValidationError
from django.db import transaction

from goodterms.accounts.keys import make_keys
from goodterms.accounts.models import AuditLine, Membership, Owner, User
from goodterms.lib.addresses import normalise_email, normalise_profile, normalise_slug
from goodterms.lib.faults import Fault
from goodterms.lib.keyed import keyed_hash

_VALIDATORS = (MinimumLengthValidator(10), CommonPasswordValidator(), UserAttributeSimilarityValidator())


LAPTOP = "laptop"
"""The name of the user who sits at this machine."""


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
            # The same again from the same keys: whoever begins anew beside the old file of suppressions is known there.
            "uid": keyed_hash(keys.identity, "owner", address)[:32],
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
    user, is_new = User.objects.get_or_create(username=LAPTOP)
    if is_new:
        user.set_unusable_password()
        user.save(update_fields=["password"])
    for owner in Owner.objects.exclude(pk__in=Membership.objects.filter(user=user).values("owner")):
        join(owner, user, Membership.Role.OWNER, now=now)
    return user


def complete_owner(owner: Owner, *, name: str, profile: str, postal_address: str) -> None:
    """Set what receivers see of the owner; the address stays: it is what the network is known by."""
    slug = (normalise_profile(profile) or normalise_slug(profile) or "") if profile else ""
    if profile and not slug:
        raise OwnerFaulty(f"'{profile}' is no LinkedIn profile address. Nothing was changed.")
    owner.name, owner.profile, owner.postal_address = name.strip() or owner.email, slug, postal_address.strip()
    owner.save(update_fields=["name", "profile", "postal_address"])


class WorksElsewhere(Fault):
    """A user works for another owner too, who did not ask that somebody chooses their password."""


@transaction.atomic
def invite(owner: Owner, email: str, role: Membership.Role, *, now: datetime) -> User:
    """Let somebody work for an owner in a role, as the user with this address, who is made where there is none."""
    address = normalise_email(email)
    if address is None:
        raise OwnerFaulty(f"'{email}' is no e-mail address. Nothing was done.")
    # Held until the end, so that two owners who invite somebody at once see each other.
    held = User.objects.select_for_update()
    user, is_new = held.get_or_create(username=address.lower(), defaults={"email": address.lower()})
    if is_new:
        user.set_unusable_password()
        user.save(update_fields=["password"])
    join(owner, user, role, now=now)
    return user


@transaction.atomic
def invite_by_link(owner: Owner, email: str, role: Membership.Role, *, now: datetime) -> User:
    """Invite somebody who is to choose a password by a link that the owner hands them; raises WorksElsewhere."""
    user = invite(owner, email, role, now=now)
    make_sure_they_work_here_alone(owner, user)
    return user


def make_sure_they_work_here_alone(owner: Owner, user: User) -> None:
    """Raise WorksElsewhere where a user works for other owners too.

    Whoever has a link for a user can act as them, and an account that one owner made may be theirs in truth: so neither
    may an owner's link open another's network, nor another's account be let into the owner's.
    """
    if Membership.objects.filter(user=user).exclude(owner=owner).exists():
        raise WorksElsewhere(
            f"{user.username} works for somebody else here already, so no link may let anybody choose their password. "
            "Nothing was done. Ask whoever runs this installation.",
            typed="To do so: goodterms user add ADDRESS --role ROLE",
        )


def set_password(user: User, password: str) -> None:
    """Set the password that a user signs in with; raises OwnerFaulty where it is easily guessed."""
    try:
        validate_password(password, user, _VALIDATORS)
    except ValidationError as fault:
        raise OwnerFaulty(f"{' '.join(fault.messages)} Nothing was changed.") from None
    user.set_password(password)
    user.save(update_fields=["password"])


def dismiss(membership: Membership) -> None:
    """End a membership; raises OwnerFaulty where nobody would be left who may do everything."""
    owners = Membership.objects.filter(owner=membership.owner, role=Membership.Role.OWNER).exclude(pk=membership.pk)
    if membership.role == Membership.Role.OWNER and not owners.exists():
        raise OwnerFaulty(f"{membership.user} is the last with the role owner. Nothing was done. Name another first.")
    membership.delete()


def note_audit(membership: Membership, *, what: str, about: str, now: datetime) -> None:
    """Write down what a member does through the pages."""
    AuditLine.objects.create(
        owner=membership.owner,
        user=membership.user,
        who=membership.user.email or membership.user.username,
        role=membership.role,
        what=what[:60],
        about=about[:200],
        at=now,
    )


def join(owner: Owner, user: User, role: Membership.Role, *, now: datetime) -> Membership:
    """Let a user work for an owner in a role; said again, it changes the role."""
    membership, _ = Membership.objects.update_or_create(
        owner=owner, user=user, defaults={"role": role}, create_defaults={"role": role, "since": now}
    )
    return membership
