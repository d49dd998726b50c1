"""What stands around every page of the owner's: where one can go, and what waits there."""

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest

from goodterms.accounts.models import Owner


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
    visit = getattr(request, "visit", None)
    if visit is None or visit.is_fragment:
        return {}
    match = request.resolver_match
    here = (match.url_name or "").partition("-")[0] if match else ""
    return {"places": places(visit.office.owner), "here": here, "owner": visit.office.owner}
