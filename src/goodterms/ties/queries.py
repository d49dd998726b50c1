"""Ties, and what the owner may want to do about them."""

import math
from collections import defaultdict
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from heapq import nlargest
from itertools import groupby
from typing import Any, NamedTuple

from django.db.models import QuerySet

from goodterms import sql
from goodterms.accounts.models import Owner
from goodterms.ledger.queries.entries import entries_of_source, owner_entries, persons_of_source, undone_exports
from goodterms.ledger.rules.facts import Entry
from goodterms.ledger.rules.kinds import Kind
from goodterms.people.models import Person
from goodterms.people.queries import group_of
from goodterms.ties.models import Exchange, Note, TieChoice
from goodterms.ties.rules import (
    HALF_LIFE,
    SILENT_AFTER,
    WEIGHTS,
    Said,
    Tie,
    as_owner_says,
    is_due,
    seeks_in,
    strength_of,
    strength_when_last_spoken,
    tie_of,
)

_NEWS = frozenset({Kind.CONNECTION_CHANGED, Kind.ADDRESS_SEEN, Kind.ADDRESS_WITHDRAWN})


class Brief(NamedTuple):
    """A tie as lists show it; a tuple, for lists have thousands."""

    strength: float
    last_at: datetime | None = None
    theirs: float = 0.0
    """What their side counts now."""
    ours: float = 0.0


@dataclass(frozen=True, kw_only=True)
class Due:
    """Somebody to whom the owner wanted to have said a word by now."""

    person: Person
    last_at: datetime
    cadence_days: int
    days_late: int


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
    """Give strength and last exchange of ties, of all or of some persons, quickly enough for a list.

    The database adds up what each side did, so that one row a side and kind is read and not every exchange: the same
    strengths as `all_ties` gives, without their reasons.
    """
    roots = _roots(owner)
    theirs: defaultdict[int, float] = defaultdict(float)
    ours: defaultdict[int, float] = defaultdict(float)
    last: dict[int, datetime] = {}
    for person, by_owner, kind, weight, at in _summed(owner, now, persons):
        root = roots.get(person, person)
        for side in (theirs, ours) if kind == "met" else (ours,) if by_owner else (theirs,):
            side[root] += WEIGHTS[kind] * weight
        last[root] = max(last.get(root, at), at)
    found = {
        person: Brief(strength_of(theirs[person], ours[person]), at, theirs[person], ours[person])
        for person, at in last.items()
    }
    for person, strength in _strengths(owner).items():
        if persons is None or person in persons:
            found[person] = found.get(person, Brief(0.0))._replace(strength=strength)
    return found


def _summed(
    owner: Owner, now: datetime, persons: Collection[int] | None
) -> Iterator[tuple[int, bool, str, float, datetime]]:
    """Give (person, by the owner, kind, weight, last moment); a weight halves with each HALF_LIFE that passed."""
    if sql.is_postgresql():
        age, newest = "GREATEST(EXTRACT(EPOCH FROM (%s::timestamptz - at))::float8 / 86400, 0)", now.isoformat()
    else:
        age, newest = "MAX(julianday(%s) - julianday(at), 0)", f"{now.astimezone(UTC):%Y-%m-%d %H:%M:%S.%f}"
    halved = f"SUM(EXP({-math.log(2) / (HALF_LIFE / timedelta(days=1))!r} * {age}))"
    some = ""
    if persons is not None:
        numbers = ", ".join(map(str, sorted(map(int, persons)))) or "NULL"
        some = (
            f" AND person_id IN (SELECT id FROM goodterms_person WHERE id IN ({numbers}) "  # noqa: S608 - numbers only
            f"OR owner_id = {int(owner.pk)} AND merged_into_id IN ({numbers}))"
        )
    shared = f"FROM {{}} WHERE owner_id = %s{some}"
    said = f"SELECT person_id, by_owner, kind, {halved}, MAX(at) {shared.format('goodterms_exchange')}"
    met = f"SELECT person_id, true, kind, {halved}, MAX(at) {shared.format('goodterms_note')} AND kind = 'met'"
    for statement in (f"{said} GROUP BY person_id, by_owner, kind", f"{met} GROUP BY person_id, kind"):
        for person, by_owner, kind, weight, at in sql.fetch(statement, [newest, owner.pk]):
            yield person, bool(by_owner), kind, weight, _as_moment(at)


def _as_moment(at: datetime | str) -> datetime:
    return at if isinstance(at, datetime) else datetime.fromisoformat(at).replace(tzinfo=UTC)


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


def due(owner: Owner, *, now: datetime, without: Collection[int] = ()) -> list[Due]:
    """Give those to whom a word is due by the owner's own cadence, the latest first; any exchange begins it anew."""
    choices = TieChoice.objects.filter(owner=owner, cadence_days__isnull=False, person__erased_at__isnull=True)
    wanted = list(choices.exclude(person__in=list(without)).select_related("person").order_by("id"))
    briefs = tie_briefs(owner, now=now, persons={choice.person_id for choice in wanted}) if wanted else {}
    found = []
    for choice in wanted:
        brief = briefs.get(choice.person_id)
        last_at = (brief.last_at if brief else None) or choice.chosen_at
        assert choice.cadence_days is not None
        if is_due(last_at, choice.cadence_days, now=now):
            late = (now - last_at).days - choice.cadence_days
            found.append(Due(person=choice.person, last_at=last_at, cadence_days=choice.cadence_days, days_late=late))
    return sorted(found, key=lambda one: -one.days_late)


def strongest_silent(
    owner: Owner, *, now: datetime, most: int = 20, without: Collection[int] = (), silent: timedelta = SILENT_AFTER
) -> list[Silent]:
    """Give the ties that were strongest when last spoken on and have been silent since, the strongest first."""
    left_out = set(without)
    then = {
        person: (strength_when_last_spoken(brief.theirs, brief.ours, brief.last_at, now=now), brief)
        for person, brief in tie_briefs(owner, now=now).items()
        if person not in left_out and brief.last_at is not None and now - brief.last_at >= silent
    }
    best = nlargest(most, then, key=lambda person: (then[person][0], -person))
    persons = Person.objects.filter(owner=owner, erased_at__isnull=True).in_bulk(best)
    return [
        Silent(person=persons[number], last_at=brief.last_at, strength_then=strength, strength=brief.strength)
        for number, (strength, brief) in ((number, then[number]) for number in best)
        if number in persons and brief.last_at is not None
    ]


def newest_export(owner: Owner) -> Entry | None:
    """Give the entry of the newest export that was applied and not taken back."""
    undone = undone_exports(owner)
    standing = [entry for entry in owner_entries(owner, Kind.EXPORT_IMPORTED) if entry.source not in undone]
    return max(standing, key=lambda entry: (entry.occurred_at, entry.id), default=None)


def news(owner: Owner, export: int) -> list[News]:
    """Give what an export shows of people that changed: name, company, position, profile, address."""
    entries = [entry for entry in entries_of_source(owner, export, kinds=_NEWS) if entry.person is not None]
    newcomers = persons_of_source(owner, export, Kind.CONNECTION_SEEN)
    persons = Person.objects.filter(owner=owner, erased_at__isnull=True).in_bulk(
        {entry.person for entry in entries if entry.person is not None}
    )
    found = []
    for entry in entries:
        person = persons.get(entry.person or 0)
        if person is not None and not (entry.kind is Kind.ADDRESS_SEEN and entry.person in newcomers):
            before, after = entry.detail.get("before", {}), entry.detail.get("after", {})
            found.append(News(person=person, kind=entry.kind, before=before, after=after))
    return found


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
