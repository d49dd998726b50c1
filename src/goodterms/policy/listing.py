"""Lists of people: found by words, narrowed by what is known of them, in an order; a page at a time."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import overload

from django.db.models import F, Q, QuerySet
from django.db.models.functions import Coalesce

from goodterms.accounts.models import Owner
from goodterms.ledger.queries.standings import bearings_of
from goodterms.ledger.rules.bearing import Basis, Bearing
from goodterms.ledger.rules.kinds import Vehicle
from goodterms.ledger.rules.standing import Email
from goodterms.lib.names import fold_search
from goodterms.people.models import Person
from goodterms.people.queries import search_people
from goodterms.policy.queries.decisions import Question, decisions_for
from goodterms.policy.queries.states import STATES, bearings
from goodterms.policy.rules import Decision, Rulebook, Subject, UpdateFacts
from goodterms.ties.queries import Brief, tie_briefs, with_ties
from goodterms.ties.rules import NO_DATA, STRONG

_MOST = 10_000_000


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
    """The people wanted, as a sequence that reads no more of them than its slices need."""

    def __init__(self, owner: Owner, wanted: Wanted, rulebook: Rulebook, *, now: datetime) -> None:
        self._owner, self._rulebook, self._now = owner, rulebook, now
        self._found = _of_words(owner, wanted)
        counted = _of_bearings(owner, wanted, rulebook, now)
        if counted is not None:
            self._found = self._found.filter(standing__bearing__in=list(counted))
        if wanted.tie is not None:
            self._found = with_ties(self._found, now=now).filter(_TIES[wanted.tie])
        if counted is not None and not wanted.words and not wanted.company and wanted.tie is None:
            self._count = sum(counted.values())
        else:
            # Of a slice, so that the order stays and with it the index by which a search is quick.
            self._count = self._found[:_MOST].count()
        self._found = _in_order(self._found, wanted.sort, now)

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
        # The numbers first: an index holds what is sorted by, and not the rest of a person.
        numbers = list(self._found.values_list("pk", flat=True)[place])
        known = Person.objects.filter(owner=self._owner).in_bulk(numbers)
        return [known[number] for number in numbers if number in known]

    def _rows(self, people: list[Person]) -> list[Listed]:
        numbers = [person.pk for person in people]
        question = Question(facts=UpdateFacts(), vehicle=Vehicle.LINKEDIN, rulebook=self._rulebook, now=self._now)
        decisions = decisions_for(self._owner, numbers, question)
        briefs = tie_briefs(self._owner, now=self._now, persons=numbers)
        stands = bearings_of(self._owner.pk, numbers)
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


_TIES = {
    TieClass.STRONG: Q(tie__gte=STRONG),
    TieClass.WEAK: Q(tie__lt=STRONG),
    TieClass.UNKNOWN: Q(tie=None),
}
_ORDERS = {
    Sort.CONNECTED: F("connected_on").desc(nulls_last=True),
    Sort.TIE: Coalesce("tie", NO_DATA).desc(),
    Sort.LAST: F("spoken_at").desc(nulls_last=True),
}


def _in_order(found: QuerySet[Person], sort: Sort, now: datetime) -> QuerySet[Person]:
    if sort in {Sort.TIE, Sort.LAST}:
        found = with_ties(found, now=now)
    return found if sort is Sort.NAME else found.order_by(_ORDERS[sort], "folded", "id")
