"""Lists of people: found by words, narrowed by what is known of them, in an order; a page at a time."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import overload

from django.db.models import F, QuerySet

from goodterms.accounts.models import Owner
from goodterms.ledger.queries.standings import bearings_of
from goodterms.ledger.rules.bearing import Basis, Bearing
from goodterms.ledger.rules.kinds import Vehicle
from goodterms.ledger.rules.standing import Email
from goodterms.lib.names import fold_search
from goodterms.people.models import Person
from goodterms.people.queries import search_people
from goodterms.policy.queries import STATES, Question, bearings, decisions_for
from goodterms.policy.rules import Decision, Rulebook, Subject, UpdateFacts
from goodterms.ties.queries import Brief, tie_briefs
from goodterms.ties.rules import NO_DATA, STRONG

_MOST = 10_000_000
_LONG_AGO = datetime.min.replace(tzinfo=UTC)


class Reach(StrEnum):
    """By what somebody can be reached."""

    EMAIL = "email"
    """An address is known."""
    LINKEDIN = "linkedin"
    """Through LinkedIn only."""


class TieClass(StrEnum):
    """How strong a tie is, roughly."""

    STRONG = "strong"
    """Strong."""
    WEAK = "weak"
    """Something was exchanged."""
    UNKNOWN = "unknown"
    """Nothing is known."""


class Sort(StrEnum):
    """What a list is sorted by."""

    NAME = "name"
    """Last name, then first name."""
    CONNECTED = "connected"
    """The newest connection first."""
    TIE = "tie"
    """The strongest tie first."""
    LAST = "last"
    """The latest exchange first."""


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """Who is to be listed, and in what order; empty values narrow nothing."""

    words: str = ""
    state: str = ""
    """One of goodterms.policy.queries.STATES."""
    basis: Basis | None = None
    reach: Reach | None = None
    company: str = ""
    tie: TieClass | None = None
    sort: Sort = Sort.NAME


@dataclass(frozen=True, kw_only=True)
class Listed:
    """One row of a list."""

    person: Person
    bearing: Bearing
    tie: Brief
    decision: Decision
    """On a networking update by LinkedIn, by hand."""


class Listing(Sequence[Listed]):
    """The people wanted, as a sequence that reads no more of them than its slices need.

    Where ties sort or narrow it, the numbers of all people found are read, which for one owner are some thousands.
    """

    def __init__(self, owner: Owner, wanted: Wanted, rulebook: Rulebook, *, now: datetime) -> None:
        self._owner, self._wanted, self._rulebook, self._now = owner, wanted, rulebook, now
        self._found, self._count = _of_words(owner, wanted), 0
        counted = _of_bearings(owner, wanted, rulebook, now)
        if counted is not None:
            self._found = self._found.filter(standing__bearing__in=list(counted))
        self._numbers = None
        if wanted.tie is not None or wanted.sort in {Sort.TIE, Sort.LAST}:
            self._numbers = _by_tie(self._found, wanted, tie_briefs(owner, now=now))
            self._count = len(self._numbers)
        elif counted is not None and not wanted.words and not wanted.company:
            self._count = sum(counted.values())
        else:
            # Of a slice, so that the order stays and with it the index by which a search is quick.
            self._count = self._found[:_MOST].count()
        if wanted.sort is Sort.CONNECTED:
            self._found = self._found.order_by(F("connected_on").desc(nulls_last=True), "folded", "id")

    def __len__(self) -> int:
        return self._count

    @overload
    def __getitem__(self, place: int) -> Listed: ...
    @overload
    def __getitem__(self, place: slice) -> list[Listed]: ...
    def __getitem__(self, place: int | slice) -> Listed | list[Listed]:
        """Give one row, or those of a slice."""
        if isinstance(place, slice):
            return self._rows(self._people(place))
        return self._rows(self._people(slice(place, place + 1)))[0]

    def people(self) -> Iterator[Person]:
        """Give everybody in the list, in its order, a batch at a time."""
        for start in range(0, len(self), 2_000):
            yield from self._people(slice(start, start + 2_000))

    def _people(self, place: slice) -> list[Person]:
        if self._numbers is None:
            return list(self._found[place])
        numbers = self._numbers[place]
        known = Person.objects.filter(owner=self._owner).in_bulk(numbers)
        return [known[number] for number in numbers if number in known]

    def _rows(self, people: list[Person]) -> list[Listed]:
        numbers = [person.pk for person in people]
        question = Question(facts=UpdateFacts(), vehicle=Vehicle.LINKEDIN, rulebook=self._rulebook, now=self._now)
        decisions = decisions_for(self._owner, numbers, question)
        briefs = tie_briefs(self._owner, now=self._now, persons=numbers)
        stands = bearings_of(numbers)
        nothing = Brief(NO_DATA)
        return [
            Listed(
                person=person,
                bearing=stands.get(person.pk, Bearing()),
                tie=briefs.get(person.pk, nothing),
                decision=decisions[person.pk],
            )
            for person in people
        ]


def _of_words(owner: Owner, wanted: Wanted) -> QuerySet[Person]:
    found = search_people(owner, wanted.words)
    if wanted.company:
        # By the folded text first, which an index holds.
        found = found.filter(folded__contains=fold_search(wanted.company), company__icontains=wanted.company)
    return found


def _of_bearings(owner: Owner, wanted: Wanted, rulebook: Rulebook, now: datetime) -> dict[str, int] | None:
    """Give the bearings wanted, each with how many people have it; None where all are."""
    if wanted.state not in STATES and wanted.basis is None and wanted.reach is None:
        return None
    question = Question(facts=UpdateFacts(), vehicle=Vehicle.LINKEDIN, rulebook=rulebook, now=now)
    return {
        bearing.encode(): count
        for bearing, count in bearings(owner).items()
        if (wanted.state not in STATES or STATES[wanted.state](bearing, question.ask(Subject(bearing=bearing)).reason))
        and (wanted.basis is None or bearing.basis is wanted.basis)
        and (wanted.reach is None or (bearing.email is Email.USABLE) is (wanted.reach is Reach.EMAIL))
    }


def _by_tie(found: QuerySet[Person], wanted: Wanted, briefs: Mapping[int, Brief]) -> list[int]:
    numbers = list(found.values_list("pk", flat=True))
    if wanted.tie is not None:
        numbers = [number for number in numbers if _class_of(briefs.get(number)) is wanted.tie]
    if wanted.sort is Sort.TIE:
        numbers.sort(key=lambda number: -(briefs[number].strength if number in briefs else NO_DATA))
    elif wanted.sort is Sort.LAST:
        numbers.sort(key=lambda number: _last_at(briefs.get(number)), reverse=True)
    return numbers


def _class_of(brief: Brief | None) -> TieClass:
    if brief is None:
        return TieClass.UNKNOWN
    return TieClass.STRONG if brief.strength >= STRONG else TieClass.WEAK


def _last_at(brief: Brief | None) -> datetime:
    return brief.last_at if brief is not None and brief.last_at is not None else _LONG_AGO
