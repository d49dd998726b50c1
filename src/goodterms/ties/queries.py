"""Ties, and what the owner may want to do about them."""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby
from typing import Any, NamedTuple

from django.db.models import ExpressionWrapper, F, FloatField, Q, QuerySet, Value
from django.db.models.functions import Coalesce, Exp, Least, NullIf

from goodterms.accounts.models import Owner
from goodterms.ledger.queries.entries import entries_numbered, numbers_of_source, owner_entries, undone_exports
from goodterms.ledger.rules.facts import Entry
from goodterms.ledger.rules.kinds import Kind
from goodterms.people.models import Person
from goodterms.people.queries import group_of
from goodterms.ties.models import Circle, Exchange, Note, TieChoice, TieSum
from goodterms.ties.rules import (
    EPOCH,
    ONE_SIDED,
    SATURATION,
    SILENT_AFTER,
    Said,
    Tie,
    as_owner_says,
    faded,
    is_due,
    seeks_in,
    strength_of,
    tie_of,
)

Numbers = Collection[int] | QuerySet[Any, Any]
"""Numbers of persons, or a query that gives them."""
_NEWS = frozenset({Kind.CONNECTION_CHANGED, Kind.ADDRESS_SEEN, Kind.ADDRESS_WITHDRAWN})


class Brief(NamedTuple):
    """A tie as lists show it; a tuple, for lists have thousands."""

    strength: float
    last_at: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class Due:
    """Somebody to whom the owner wanted to have said a word by now."""

    person: Person
    last_at: datetime
    cadence_days: int
    days_late: int
    circle: str = ""
    """The circle whose cadence it is; empty: that of the person alone."""


@dataclass(frozen=True, kw_only=True)
class Silent:
    """A tie that was strong when it was last spoken on."""

    person: Person
    last_at: datetime
    strength_then: float
    strength: float


@dataclass(frozen=True, kw_only=True)
class News:
    """What an export shows of a person that the one before it did not."""

    person: Person
    kind: Kind
    before: dict[str, Any]
    after: dict[str, Any]


def tie_with(owner: Owner, person: int, *, now: datetime) -> Tie:
    """Give the tie with one person, those merged into them included."""
    group = group_of(person)
    said = [one for _, one in _said(owner, group)]
    return as_owner_says(tie_of(said, now=now), _strengths(owner).get(person))


def all_ties(owner: Owner, *, now: datetime) -> dict[int, Tie]:
    """Give the tie with everybody of whom an exchange, a meeting or a choice is known, by number of person."""
    found = {
        person: tie_of((one for _, one in group), now=now)
        for person, group in groupby(_said(owner), key=lambda pair: pair[0])
    }
    merged = set(_roots(owner)) & set(found)
    for root in {_roots(owner)[person] for person in merged}:
        found[root] = tie_of([one for _, one in _said(owner, group_of(root))], now=now)
    for person in merged:
        del found[person]
    for person, strength in _strengths(owner).items():
        found[person] = as_owner_says(found.get(person) or tie_of((), now=now), strength)
    return found


def tie_briefs(owner: Owner, *, now: datetime, persons: Collection[int] | None = None) -> dict[int, Brief]:
    """Give strength and last exchange of ties, of all or of some persons, from what is kept of each.

    The same strengths as `all_ties` gives, without their reasons.
    """
    found = TieSum.objects.filter(owner=owner)
    found = found if persons is None else found.filter(person__in=persons)
    rows = found.order_by("person_id").values_list("person_id", "theirs", "ours", "last_at", "chosen")
    return {person: _brief(theirs, ours, at, chosen, now) for person, theirs, ours, at, chosen in rows}


def _brief(theirs: float, ours: float, last_at: datetime | None, chosen: float | None, now: datetime) -> Brief:
    by_now = faded(EPOCH, now)
    strength = strength_of(theirs * by_now, ours * by_now) if chosen is None else chosen
    return Brief(strength=strength, last_at=last_at)


def with_ties(people: QuerySet[Person], *, now: datetime) -> QuerySet[Person]:
    """Give people with `tie`, how strong theirs is now, and `spoken_at`; each None where nothing is known.

    The database computes what `strength_of` does, so that thousands are sorted or left out without being read.
    """
    theirs, ours, none = F("tiesum__theirs"), F("tiesum__ours"), Value(0.0)
    total = NullIf(theirs + ours, none)
    much = Value(1.0) - Exp(-Value(faded(EPOCH, now) / SATURATION) * total)
    mutual = Value(ONE_SIDED) + Value(2 * (1 - ONE_SIDED)) * Least(theirs, ours) / total
    computed = ExpressionWrapper(much * mutual, output_field=FloatField())
    return people.annotate(tie=Coalesce(F("tiesum__chosen"), computed), spoken_at=F("tiesum__last_at"))


def notes_on(owner: Owner, person: int) -> QuerySet[Note]:
    """Give the owner's notes on a person, the newest first."""
    return Note.objects.filter(owner=owner, person__in=group_of(person)).order_by("-at", "-id")


def choice_on(owner: Owner, person: int) -> TieChoice | None:
    """Give what the owner decided about the tie with a person."""
    return TieChoice.objects.filter(owner=owner, person=person).first()


def seeks_proposed(owner: Owner, person: int) -> list[str]:
    """Give what a person says in messages and replies that they look for, the newest first; noted ones left out."""
    theirs = Exchange.objects.filter(owner=owner, person__in=group_of(person), by_owner=False).order_by("-at", "-id")
    noted = set(notes_on(owner, person).filter(kind=Note.Kind.SEEKS).values_list("text", flat=True))
    texts = theirs.exclude(text="").values_list("text", flat=True)[:200]
    return [found for found in dict.fromkeys(seek for text in texts for seek in seeks_in(text)) if found not in noted]


def due(owner: Owner, *, now: datetime, without: Numbers = ()) -> list[Due]:
    """Give those to whom a word is due by the owner's own cadence, the latest first; any exchange begins it anew.

    What was chosen for a person counts before their circles; of several circles the one with the shortest cadence.
    """
    choices = TieChoice.objects.filter(owner=owner, cadence_days__isnull=False, person__merged_into__isnull=True)
    found = {one.person.pk: one for one in _due_in_circles(owner, now, choices)}
    wanted = list(choices.filter(person__erased_at__isnull=True).select_related("person").order_by("id"))
    briefs = tie_briefs(owner, now=now, persons={choice.person_id for choice in wanted}) if wanted else {}
    for choice in wanted:
        brief = briefs.get(choice.person_id)
        last_at = (brief.last_at if brief else None) or choice.chosen_at
        assert choice.cadence_days is not None
        if is_due(last_at, choice.cadence_days, now=now):
            found[choice.person_id] = _due(choice.person, last_at, choice.cadence_days, now)
    left_out = set(without) if found else set()
    return sorted((one for one in found.values() if one.person.pk not in left_out), key=lambda one: -one.days_late)


def _due(person: Person, last_at: datetime, cadence_days: int, now: datetime, circle: str = "") -> Due:
    late = (now - last_at).days - cadence_days
    return Due(person=person, last_at=last_at, cadence_days=cadence_days, days_late=late, circle=circle)


def _due_in_circles(owner: Owner, now: datetime, choices: QuerySet[TieChoice]) -> Iterator[Due]:
    """Give those who are due by a circle, the circles with the longest cadence first; people chosen for are left out.

    The silence of whom no exchange is known with begins when the circle was kept.
    """
    for circle in circles(owner).order_by("-cadence_days", "name"):
        latest = now - timedelta(days=circle.cadence_days)
        people = people_in(circle, now=now).exclude(pk__in=choices.values("person"))
        silent = Q(spoken_at__lte=latest)
        silent |= Q(spoken_at__isnull=True) if is_due(circle.chosen_at, circle.cadence_days, now=now) else Q()
        for person in people.filter(silent).order_by("id"):
            spoken_at = person.spoken_at or circle.chosen_at  # type: ignore[attr-defined]  # from with_ties
            yield _due(person, spoken_at, circle.cadence_days, now, circle.name)


def circles(owner: Owner) -> QuerySet[Circle]:
    """Give the owner's circles, by name."""
    return Circle.objects.filter(owner=owner).order_by("name")


def people_in(circle: Circle, *, now: datetime) -> QuerySet[Person]:
    """Give the people of a circle, with their ties as `with_ties` gives them; of merged ones whoever is left."""
    people = Person.objects.filter(owner=circle.owner_id, merged_into__isnull=True, erased_at__isnull=True)
    if circle.company:
        people = people.filter(company__iexact=circle.company)
    if circle.persons:
        named = Person.objects.filter(owner=circle.owner_id, pk__in=circle.persons)
        people = people.filter(Q(pk__in=circle.persons) | Q(pk__in=named.values("merged_into")))
    people = with_ties(people, now=now)
    if circle.tie_from is not None:
        people = people.filter(tie__gte=circle.tie_from)  # type: ignore[misc]  # from with_ties
    if circle.tie_below is not None:
        people = people.filter(Q(tie__lt=circle.tie_below) | Q(tie__isnull=True))
    return people


def strongest_silent(
    owner: Owner, *, now: datetime, most: int = 20, without: Numbers = (), silent: timedelta = SILENT_AFTER
) -> list[Silent]:
    """Give the ties that were strongest when last spoken on and have been silent since, the strongest first."""
    found = TieSum.objects.filter(owner=owner, last_at__lte=now - silent, person__erased_at__isnull=True)
    found = found.exclude(person__in=without).select_related("person").order_by("-then", "person")
    return [
        Silent(
            person=one.person, last_at=one.last_at, strength_then=one.then,
            strength=_brief(one.theirs, one.ours, one.last_at, one.chosen, now).strength,
        )
        for one in found[:most]
        if one.last_at is not None
    ]  # fmt: skip


def newest_export(owner: Owner) -> Entry | None:
    """Give the entry of the newest export that was applied and not taken back."""
    undone = undone_exports(owner)
    standing = [entry for entry in owner_entries(owner, Kind.EXPORT_IMPORTED) if entry.source not in undone]
    return max(standing, key=lambda entry: (entry.occurred_at, entry.id), default=None)


def news_numbers(owner: Owner, export: int) -> QuerySet[Any, int]:
    """Give the numbers of the entries that `news` tells of an export, as a query; a newcomer's address is no news."""
    newcomers = numbers_of_source(owner, export, {Kind.CONNECTION_SEEN}).values("person")
    found = numbers_of_source(owner, export, _NEWS).filter(person__isnull=False, person__erased_at=None)
    return found.exclude(kind=Kind.ADDRESS_SEEN, person__in=newcomers)


def news(owner: Owner, numbers: Iterable[int]) -> list[News]:
    """Give what entries show of people that changed: name, company, position, profile, address."""
    entries = entries_numbered(owner, numbers)
    persons = Person.objects.filter(owner=owner).in_bulk({entry.person for entry in entries if entry.person})
    return [
        News(
            person=persons[entry.person], kind=entry.kind, before=entry.detail.get("before", {}),
            after=entry.detail.get("after", {}),
        )
        for entry in entries
        if entry.person in persons
    ]  # fmt: skip


def _said(owner: Owner, persons: list[int] | None = None) -> Iterator[tuple[int, Said]]:
    """Give every exchange with whom it was, and every meeting noted, person by person."""
    exchanges = Exchange.objects.filter(owner=owner)
    meetings = Note.objects.filter(owner=owner, kind=Note.Kind.MET)
    if persons is not None:
        exchanges, meetings = exchanges.filter(person__in=persons), meetings.filter(person__in=persons)
    met: dict[int, list[Said]] = {}
    for person, at in meetings.order_by("person_id", "id").values_list("person_id", "at"):
        met.setdefault(person, []).append(Said(kind="met", by_owner=True, at=at))
    rows = exchanges.order_by("person_id", "id").values_list("person_id", "kind", "by_owner", "at")
    for person, group in groupby(rows.iterator(chunk_size=5_000), key=lambda row: row[0]):
        for _, kind, by_owner, at in group:
            yield person, Said(kind=kind, by_owner=by_owner, at=at)
        yield from ((person, one) for one in met.pop(person, ()))
    for person, ones in met.items():
        yield from ((person, one) for one in ones)


def _roots(owner: Owner) -> dict[int, int]:
    merged = Person.objects.filter(owner=owner, merged_into__isnull=False).values_list("id", "merged_into_id")
    return {person: root for person, root in merged if root is not None}


def _strengths(owner: Owner) -> dict[int, float]:
    chosen = TieChoice.objects.filter(owner=owner, strength__isnull=False).values_list("person_id", "strength")
    return {person: strength for person, strength in chosen if strength is not None}
