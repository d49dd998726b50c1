"""What stands around every page of the owner's: where one can go, and what waits there."""

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest

from goodterms.accounts.models import Owner
from goodterms.web.access.visit import membership_of

ACCOUNT = ("account_", "mfa_", "usersessions_")
"""How the names of allauth's addresses begin: the pages of an account."""


@dataclass(frozen=True, kw_only=True)
class Place:
    """One entry of the menu."""

    name: str
    """The name of its address; pages whose names begin with it belong to it."""
    label: str
    icon: str
    waiting: int = 0
    """How many things wait there for the owner."""


def places(_owner: Owner) -> list[Place]:
    """Give the menu."""
    return [
        Place(name="start", label="Overview", icon="home"),
        Place(name="people", label="People", icon="users"),
        Place(name="updates", label="Updates", icon="pencil-square"),
        Place(name="desk", label="Desk", icon="hand-raised"),
        Place(name="inbox", label="Inbox", icon="inbox"),
        Place(name="sync", label="Sync", icon="arrow-path"),
        Place(name="terms", label="Terms", icon="document-check"),
        Place(name="proof", label="Proof", icon="shield-check"),
        Place(name="settings", label="Settings", icon="cog-6-tooth"),
    ]


def frame(request: HttpRequest) -> dict[str, Any]:
    """Give templates the menu, where somebody visits an owner's pages."""
    name = (request.resolver_match.url_name or "") if request.resolver_match else ""
    if name.startswith(ACCOUNT):
        membership = membership_of(request)
        return _around(membership.owner, "settings") if membership else {}
    visit = getattr(request, "visit", None)
    if visit is None or visit.is_fragment:
        return {}
    return _around(visit.office.owner, name.partition("-")[0])


def _around(owner: Owner, here: str) -> dict[str, Any]:
    return {"places": places(owner), "here": here, "owner": owner}
