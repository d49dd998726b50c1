"""How the network came to be what it is: what charts are drawn from."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any

from django.db.models import CharField, Count, Func, QuerySet

from goodterms.accounts.models import Owner
from goodterms.delivery.models import Delivery
from goodterms.ledger.queries.entries import moments_by_person
from goodterms.ledger.rules.bearing import Basis, Bearing, Exit
from goodterms.ledger.rules.kinds import Kind, Vehicle
from goodterms.ledger.rules.standing import Connection
from goodterms.people.models import Person
from goodterms.policy.queries.decisions import Question
from goodterms.policy.queries.states import bearings
from goodterms.policy.rules import Rulebook, Subject, UpdateFacts, Verdict
from goodterms.updates.models import Update

_CAME_WITHIN = timedelta(days=30)
"""What comes within so long after a copy is counted to its update, as forecasts do."""
_LONG_AGO = timedelta(days=5 * 365)
_WAYS_OUT = frozenset({Kind.STOPPED, Kind.LEFT, Kind.COMPLAINED})
_MOST_UPDATES = 12


class Consent(StrEnum):
    """On what footing somebody is connected, roughly."""

    OPTED_IN = "opted_in"
    """Opted in by their own act."""
    UNDER_TERMS = "under_terms"
    """Connected under the terms."""
    BEFORE_TERMS = "before_terms"
    """Connected before the terms."""


_CONSENTS: Mapping[Basis, Consent] = {
    Basis.CONFIRMED_OPT_IN: Consent.OPTED_IN,
    Basis.OPT_IN: Consent.OPTED_IN,
    Basis.UNDER_TERMS: Consent.UNDER_TERMS,
    Basis.TWO_WAY: Consent.BEFORE_TERMS,
    Basis.BEFORE_TERMS: Consent.BEFORE_TERMS,
}


@dataclass(frozen=True, kw_only=True)
class Grown:
    """How many of today's connections there were by the end of a quarter."""

    ends: date
    counts: Mapping[Consent, int]


@dataclass(frozen=True, kw_only=True)
class Reached:
    """What a vehicle means for the people of one basis, updates of late left out of account."""

    vehicle: Vehicle
    basis: Basis
    verdict: Verdict
    count: int


@dataclass(frozen=True, kw_only=True)
class Answered:
    """What came of an update within thirty days of each copy."""

    update: Update
    sent_on: date
    sent: int
    exits: int
    complaints: int


class _Month(Func):
    """The month of a day as text: 2026-01. The database gives it, for there are many fewer months than days."""

    output_field = CharField()
    template = "SUBSTR(%(expressions)s, 1, 7)"

    def as_postgresql(self, compiler: Any, connection: Any, **extra: Any) -> Any:
        """Give the SQL; a day as plain text has the form that the server's DateStyle says."""
        return self.as_sql(compiler, connection, template="TO_CHAR(%(expressions)s, 'YYYY-MM')", **extra)


def growth(owner: Owner) -> list[Grown]:
    """Give the growth of the network by quarter, of those connected now; what was lost before is not in it."""
    connected = [found.encode() for found in bearings(owner) if found.connection is Connection.CONNECTED]
    rows = (
        Person.objects.filter(owner=owner, standing__bearing__in=connected, connected_on__isnull=False)
        .values_list("standing__bearing", _Month("connected_on"))
        .annotate(count=Count("*"))
        .order_by()
    )
    consents = {text: _CONSENTS.get(Bearing.decode(text).basis, Consent.BEFORE_TERMS) for text in connected}
    added: defaultdict[date, Counter[Consent]] = defaultdict(Counter)
    for bearing, month, count in rows:
        added[_end_of_quarter(date.fromisoformat(f"{month}-01"))][consents[bearing]] += count
    return list(_summed_up(added))


def reach(owner: Owner, rulebook: Rulebook, *, now: datetime) -> list[Reached]:
    """Give for each vehicle what the rules say of everybody who is in the network, by basis."""
    counts: Counter[tuple[Vehicle, Basis, Verdict]] = Counter()
    for vehicle in (Vehicle.LINKEDIN, Vehicle.EMAIL):
        question = Question(facts=UpdateFacts(), vehicle=vehicle, rulebook=rulebook, now=now)
        for bearing, count in bearings(owner).items():
            if bearing.exit is Exit.NONE and bearing.basis is not Basis.NONE:
                counts[vehicle, bearing.basis, question.ask(Subject(bearing=bearing)).verdict] += count
    return [Reached(vehicle=v, basis=b, verdict=w, count=count) for (v, b, w), count in sorted(counts.items()) if count]


def answers(owner: Owner, *, now: datetime) -> list[Answered]:
    """Give what came of the newest updates that were sent, the oldest of them first."""
    copies = Delivery.objects.filter(owner=owner, state=Delivery.State.ACCEPTED, update__kind=Update.Kind.UPDATE)
    sent = dict(copies.values_list("update").annotate(count=Count("*")).order_by())
    updates = Update.objects.filter(owner=owner, pk__in=sent).order_by("-id")[:_MOST_UPDATES]
    moments = moments_by_person(owner, _WAYS_OUT, since=now - _LONG_AGO)
    came = _came_of(copies, moments)
    return [
        Answered(
            update=update,
            sent_on=update.created_at.date(),
            sent=sent[update.pk],
            exits=came[update.pk, False],
            complaints=came[update.pk, True],
        )
        for update in reversed(updates)
    ]


def _came_of(copies: QuerySet[Delivery], moments: list[tuple[int, Kind, datetime]]) -> Counter[tuple[int, bool]]:
    """Count (update, whether it was a complaint) over the ways out that followed a copy; each person's furthest."""
    persons = {person for person, _, _ in moments}
    theirs: defaultdict[int, list[tuple[datetime, int]]] = defaultdict(list)
    rows = copies.filter(person__in=persons).values_list("person_id", "finished_at", "update_id")
    for person, at, update in rows:
        if at is not None:
            theirs[person].append((at, update))
    furthest: dict[tuple[int, int], bool] = {}
    for person, kind, at in moments:
        before = [copy for copy in theirs[person] if copy[0] <= at < copy[0] + _CAME_WITHIN]
        if before:
            key = (person, max(before)[1])
            furthest[key] = furthest.get(key, False) or kind is Kind.COMPLAINED
    return Counter((update, is_complaint) for (_, update), is_complaint in furthest.items())


def _summed_up(added: Mapping[date, Counter[Consent]]) -> Iterable[Grown]:
    if not added:
        return
    total: Counter[Consent] = Counter()
    day, last = min(added), max(added)
    while day <= last:
        total += added.get(day, Counter())
        yield Grown(ends=day, counts=dict(total))
        day = _end_of_quarter(day + timedelta(days=1))


def _end_of_quarter(day: date) -> date:
    month = 3 * ((day.month - 1) // 3) + 3
    first_of_next = date(day.year + month // 12, month % 12 + 1, 1)
    return first_of_next - timedelta(days=1)
