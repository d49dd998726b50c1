"""Where things stand, and what needs the owner: as values, which each door puts into its own words."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from goodterms.accounts.models import Owner
from goodterms.feedback.queries import complaints, count_doubts, leavers
from goodterms.ledger.rules.bearing import Bearing, Exit
from goodterms.ledger.rules.kinds import Vehicle
from goodterms.ledger.rules.standing import Connection
from goodterms.policy.queries.audiences import audience
from goodterms.policy.queries.decisions import Question
from goodterms.policy.queries.states import bearings
from goodterms.policy.rules import Reason, Rulebook, UpdateFacts
from goodterms.status.rules import Due, Need, age_of_archive, still_connected
from goodterms.sync.models import Export
from goodterms.sync.queries import newest_export
from goodterms.terms.queries import in_force
from goodterms.terms.rules import Place


@dataclass(frozen=True, kw_only=True)
class Status:
    """Where things stand."""

    strategy: str
    export: Export | None
    """The newest that was read."""
    people: Mapping[str, int]
    """How many are connected, gone, held, stopped ...: state -> people."""
    may_be_sent: Mapping[Vehicle, int]
    """How many may get a networking update now."""
    due: tuple[Due, ...]
    """What needs the owner, the most pressing first."""


def status_of(owner: Owner, rulebook: Rulebook, *, now: datetime) -> Status:
    """Give where things stand for an owner."""
    found = bearings(owner)
    export = newest_export(owner)
    questions = {v: Question(facts=UpdateFacts(), vehicle=v, rulebook=rulebook, now=now) for v in Vehicle}
    counts = {vehicle: audience(owner, asked) for vehicle, asked in questions.items()}
    welcomes = counts[Vehicle.LINKEDIN].hold.get(Reason.WELCOME_DUE, 0)
    return Status(
        strategy=rulebook.strategy,
        export=export,
        people=count_people(found),
        may_be_sent={vehicle: counted.send for vehicle, counted in counts.items()},
        due=tuple(_due(owner, export, found, welcomes, now)),
    )


def count_people(found: Mapping[Bearing, int]) -> dict[str, int]:
    """Count people by their exit, else by their connection; those held are counted once more."""
    people: Counter[str] = Counter()
    for bearing, count in found.items():
        state = bearing.connection.value if bearing.exit is Exit.NONE else bearing.exit.value
        people[state] += count
        people["held"] += count if bearing.holds else 0
    return {state: people[state] for state in sorted(people) if people[state]}


def _due(
    owner: Owner, export: Export | None, found: Mapping[Bearing, int], welcomes: int, now: datetime
) -> Iterator[Due]:
    for place in Place:
        if in_force(owner, place, now) is None:
            yield Due(need=Need.WORDING, place=place)
    yield from age_of_archive(export.taken_at if export else None, now)
    yield from still_connected(leavers(owner), now)
    counted = {
        Need.WELCOME: welcomes,
        Need.DOUBT: count_doubts(owner),
        Need.COMPLAINT: complaints(owner, unanswered=True).count(),
        Need.HELD: sum(count for bearing, count in found.items() if bearing.holds),
        Need.DEPARTURE: sum(count for bearing, count in found.items() if _has_departed(bearing)),
    }
    yield from (Due(need=need, count=count) for need, count in counted.items() if count)


def _has_departed(bearing: Bearing) -> bool:
    return bearing.exit is Exit.NONE and bearing.connection is Connection.ABSENT
