"""Where things stand, and what is due."""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from goodterms.accounts.models import Owner
from goodterms.feedback.queries import complaints, count_doubts, leavers
from goodterms.ledger.rules.kinds import Vehicle
from goodterms.policy.queries import Question, audience, bearings
from goodterms.policy.rules import Reason, Rulebook, UpdateFacts
from goodterms.sync.queries import newest_export
from goodterms.terms.queries import in_force
from goodterms.terms.rules import Place

_FORGETS_AFTER = timedelta(days=180)
"""The export lists an accepted invitation for about this long; read it before, or who invited whom is lost."""
_SEEN_WITHIN = timedelta(days=30)
"""How long after somebody left an archive should show that the connection is gone."""
_WARN_AFTER = (timedelta(days=120), timedelta(days=150))


@dataclass(frozen=True, kw_only=True)
class Status:
    """Where things stand."""

    owner: str
    strategy: str
    newest_export: str | None
    taken_at: datetime | None
    people: dict[str, int]
    may_be_sent: dict[str, int]
    due: list[str]

    def values(self) -> dict[str, Any]:
        """Give it as plain values."""
        return vars(self)


def status_of(owner: Owner, rulebook: Rulebook, *, now: datetime) -> Status:
    """Give where things stand for an owner."""
    found = bearings(owner)
    people: Counter[str] = Counter()
    for bearing, count in found.items():
        people[bearing.exit.value if bearing.exit.value != "none" else bearing.connection.value] += count
        people["held"] += count if bearing.holds else 0
    export = newest_export(owner)
    question = {v: Question(facts=UpdateFacts(), vehicle=v, rulebook=rulebook, now=now) for v in Vehicle}
    counts = {vehicle: audience(owner, asked) for vehicle, asked in question.items()}
    due = _due(owner, export.taken_at if export else None, now)
    welcome = counts[Vehicle.LINKEDIN].hold.get(Reason.WELCOME_DUE, 0)
    if welcome:
        due.append(f"{welcome:,} new connections wait for the welcome message: goodterms welcome list")
    due += _leaving(owner, now)
    doubts = count_doubts(owner)
    if doubts:
        due.append(f"{doubts:,} messages may be exits, and are after seven days: goodterms feedback pending")
    unanswered = complaints(owner, unanswered=True).count()
    if unanswered:
        due.append(f"{unanswered:,} complaints wait for your answer: goodterms complaint list --unanswered")
    if people["held"]:
        due.append(f"{people['held']:,} people are held for your eye: goodterms people --state held")
    return Status(
        owner=owner.email,
        strategy=rulebook.strategy,
        newest_export=export.name if export else None,
        taken_at=export.taken_at if export else None,
        people={key: people[key] for key in sorted(people) if people[key]},
        may_be_sent={vehicle.value: counted.send for vehicle, counted in counts.items()},
        due=due,
    )


def _leaving(owner: Owner, now: datetime) -> list[str]:
    """Give what is due to people who want the connection broken, until an export shows that it is."""
    waiting = leavers(owner)
    to_break = [leaver for leaver in waiting if not leaver.waits_for_export]
    unseen = [leaver for leaver in waiting if leaver.waits_for_export and now - leaver.left_at > _SEEN_WITHIN]
    due = []
    if to_break:
        days = (now - to_break[0].left_at).days
        due.append(
            f"{len(to_break):,} people want the connection broken, the first for {days} days: goodterms leaving list"
        )
    if unseen:
        due.append(
            f"{len(unseen):,} connections that you broke are shown as gone by no archive yet: get a new one, and read "
            "it with goodterms sync"
        )
    return due


def _due(owner: Owner, taken_at: datetime | None, now: datetime) -> list[str]:
    due = [
        f"No {place.value} wording is in force: goodterms terms suggest"
        for place in Place
        if in_force(owner, place, now) is None
    ]
    if taken_at is None:
        return [*due, "No archive has been read: goodterms sync ARCHIVE"]
    age = now - taken_at
    if age > _FORGETS_AFTER:
        due.append(
            f"The newest export is {age.days} days old: who invited whom since may be lost already. Get a new one."
        )
    elif age > _WARN_AFTER[0]:
        urgency = "now" if age > _WARN_AFTER[1] else "soon"
        due.append(
            f"The newest export is {age.days} days old; LinkedIn forgets invitations after some 180: get one {urgency}."
        )
    return due
