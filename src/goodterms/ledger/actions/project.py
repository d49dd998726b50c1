"""Keeping the standings: folded in as entries come, recomputed where the past changed its meaning."""

from collections.abc import Iterable, Mapping
from typing import Any

import orjson
from django.db import transaction

from goodterms import sql
from goodterms.accounts.models import Owner
from goodterms.ledger.models import Standing as StandingRow
from goodterms.ledger.queries.entries import entries_by_person, entries_of, profile_terms, undone_exports
from goodterms.ledger.rules.bearing import ProfileTerms, bearing_of
from goodterms.ledger.rules.facts import Entry
from goodterms.ledger.rules.standing import (
    Standing,
    read_standing,
    standing_after,
    standing_of,
    write_standing,
)
from goodterms.lib.canonical import canonical_json
from goodterms.people.models import Person
from goodterms.people.queries import group_of

_COLUMNS = ("person_id", "owner_id", "state", "bearing", "last_update_at")
_REPLACE = (
    "(person_id) DO UPDATE SET state = excluded.state, bearing = excluded.bearing, "
    "last_update_at = excluded.last_update_at"
)


def fold_into_standings(owner: Owner, entries: Iterable[Entry]) -> None:
    """Fold fresh entries into the standings of the persons they are about."""
    terms = profile_terms(owner)
    merged = merged_persons(owner)
    for batch in sql.batches(entries):
        standings = _load({_root(merged, entry) for entry in batch})
        for entry in batch:
            root = _root(merged, entry)
            standings[root] = standing_after(standings.get(root, Standing()), entry)
        _store(owner, standings, terms)


def refold(owner: Owner, persons: Iterable[int]) -> None:
    """Make the standings of persons anew from all their entries; needed where entries cease to count, or are joined.

    Who was merged into somebody has no standing of their own: it is that of the other, exits of both included.
    """
    terms, undone, merged = profile_terms(owner), undone_exports(owner), merged_persons(owner)
    roots = sorted({merged.get(person, person) for person in persons})
    standings = {root: standing_of(entries_of(owner, group_of(root)), undone=undone) for root in roots}
    _store(owner, standings, terms)


def drop_standing(person: int) -> None:
    """Drop the standing of somebody merged into another person, whose standing now speaks for both."""
    StandingRow.objects.filter(person=person).delete()


def recompute_bearings(owner: Owner) -> None:
    """Decide anew for everybody who was connected under the terms; needed where terms were added."""
    terms = profile_terms(owner)
    rows = StandingRow.objects.filter(owner=owner).order_by("person_id").values_list("person_id", "state")
    for batch in sql.batches(rows.iterator(chunk_size=sql.BATCH)):
        _store(owner, {person: read_standing(orjson.loads(state)) for person, state in batch}, terms)


@transaction.atomic
def rebuild(owner: Owner) -> int:
    """Make every standing anew from nothing but the ledger; give how many there are."""
    terms, undone = profile_terms(owner), undone_exports(owner)
    merged = merged_persons(owner)
    StandingRow.objects.filter(owner=owner).delete()
    joined: dict[int, list[Entry]] = {root: [] for root in merged.values()}
    count = 0
    for batch in sql.batches(entries_by_person(owner)):
        standings = {}
        for person, entries in batch:
            root = merged.get(person, person)
            if root in joined:
                joined[root] += entries
            else:
                standings[person] = standing_of(entries, undone=undone)
        _store(owner, standings, terms)
        count += len(standings)
    by_number = {root: sorted(entries, key=lambda entry: entry.id) for root, entries in joined.items()}
    _store(owner, {root: standing_of(entries, undone=undone) for root, entries in by_number.items()}, terms)
    return count + len(joined)


def merged_persons(owner: Owner) -> dict[int, int]:
    """Give whom each merged person was merged into."""
    found = Person.objects.filter(owner=owner, merged_into__isnull=False).values_list("id", "merged_into_id")
    return {person: root for person, root in found if root is not None}


def _root(merged: Mapping[int, int], entry: Entry) -> int:
    assert entry.person is not None
    return merged.get(entry.person, entry.person)


def _load(persons: set[int]) -> dict[int, Standing]:
    rows = StandingRow.objects.filter(person__in=persons).values_list("person_id", "state")
    return {person: read_standing(orjson.loads(state)) for person, state in rows}


def _store(owner: Owner, standings: Mapping[int, Standing], terms: tuple[ProfileTerms, ...]) -> None:
    sql.insert_rows(
        StandingRow,
        _COLUMNS,
        (_row(owner, person, standing, terms) for person, standing in standings.items()),
        on_conflict=_REPLACE,
    )


def _row(owner: Owner, person: int, standing: Standing, terms: tuple[ProfileTerms, ...]) -> tuple[Any, ...]:
    state = canonical_json(write_standing(standing)).decode()
    bearing = bearing_of(standing, terms).encode()
    return (person, owner.pk, state, bearing, sql.moment(standing.last_update_at))
