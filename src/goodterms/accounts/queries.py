"""Finding the owner to act for, and who may act for them."""

from collections.abc import Iterable

from django.db.models import QuerySet

from goodterms.accounts.models import AuditLine, Membership, Owner
from goodterms.lib.faults import Fault


def owners_numbered(numbers: Iterable[int] | None = None, *, email: str = "") -> list[Owner]:
    """Give the owners with these numbers, or all; where an address is given, none but its owner. By number."""
    owners = Owner.objects.order_by("id")
    owners = owners if numbers is None else owners.filter(pk__in=list(numbers))
    return list(owners.filter(email=email) if email else owners)


class OwnerUnclear(Fault):
    """There is no owner, or it is not clear which one is meant."""


def the_owner(email: str = "") -> Owner:
    """Give the owner with this address, or the only one there is."""
    owners = list(Owner.objects.filter(email=email) if email else Owner.objects.order_by("id")[:2])
    if not owners:
        who = f"There is no owner {email}." if email else "There is no owner yet."
        raise OwnerUnclear(who, typed="Make one with: goodterms init --name NAME --email ADDRESS --profile URL")
    if len(owners) > 1:
        raise OwnerUnclear("There are several owners. Name one with GOODTERMS_OWNER=address.")
    return owners[0]


class NoSuchMember(Fault):
    """Nobody with this address works for the owner."""


def memberships(owner: Owner) -> QuerySet[Membership]:
    """Give who may work for an owner, the longest first."""
    return Membership.objects.filter(owner=owner).select_related("user").order_by("since", "id")


def membership_named(owner: Owner, username: str) -> Membership:
    """Give the membership of the user with this name; raises NoSuchMember."""
    found = memberships(owner).filter(user__username=username.strip().lower()).first()
    if found is None:
        raise NoSuchMember(f"Nobody known as '{username}' works for {owner}. Nothing was done.")
    return found


def audit_lines(owner: Owner) -> QuerySet[AuditLine]:
    """Give what users did for an owner through the pages, the newest first."""
    return AuditLine.objects.filter(owner=owner).order_by("-at", "-id")
