"""Keeping the standings: folded in as entries come, recomputed where the past changed its meaning."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

import orjson

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
    written_after,
)
from goodterms.ledger.turns import alone
from goodterms.lib.canonical import canonical_json
from goodterms.people.models import Person
from goodterms.people.queries import group_of

_COLUMNS = ("person_id", "owner_id", "state", "bearing", "last_update_at")
_REPLACE = "DO UPDATE SET state = excluded.state, bearing = excluded.bearing, last_update_at = excluded.last_update_at"
_NOTE = "state = v.state, last_update_at = v.last_update_at"
_NOTED = {"state": "text", "last_update_at": "timestamptz"}


def fold_into_standings(owner: Owner, entries: Sequence[Entry]) -> None:
    """Fold fresh entries into the standings of the persons they are about."""
    terms: tuple[ProfileTerms, ...] | None = None
    roots = _hold(owner, (entry.person for entry in entries))
    if len(entries) > sql.BATCH:  # else the one batch holds them
        _hold_standings(owner, roots.values())
    for batch in sql.batches(entries):
        written = _written(owner, {roots[entry.person] for entry in batch})
        noted: dict[int, Mapping[str, Any]] = {}
        folded: dict[int, Standing] = {}
        for entry in batch:
            root = roots[entry.person]
            after = None if root in folded or root not in written else written_after(written[root], entry)
            if after is not None:
                written[root] = noted[root] = after
            else:
                noted.pop(root, None)
                folded[root] = standing_after(folded.get(root) or read_standing(written.get(root, {})), entry)
        _note(owner, noted)
        if folded:
            terms = profile_terms(owner) if terms is None else terms
            _store(owner, folded, terms)


def refold(owner: Owner, persons: Iterable[int]) -> None:
    """Make the standings of persons anew from all their entries; needed where entries cease to count, or are joined.

    Who was merged into somebody has no standing of their own: it is that of the other, exits of both included.
    """
    terms, undone = profile_terms(owner), undone_exports(owner)
    held = _hold_standings(owner, _hold(owner, persons).values())
    for roots in sql.batches(held):
        _store(owner, {root: standing_of(entries_of(owner, group_of(root)), undone=undone) for root in roots}, terms)


def drop_standing(owner: Owner, person: int) -> None:
    """Drop the standing of somebody merged into another person, whose standing now speaks for both."""
    StandingRow.objects.filter(owner=owner, person=person).delete()


def recompute_bearings(owner: Owner) -> None:
    """Decide anew for everybody who was connected under the terms; needed where terms were added."""
    terms = profile_terms(owner)
    persons = StandingRow.objects.filter(owner=owner).order_by("person_id").values_list("person_id", flat=True)
    for batch in sql.batches(persons.iterator(chunk_size=sql.BATCH)):
        _store(owner, {person: read_standing(state) for person, state in _written(owner, batch).items()}, terms)


@alone
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


# Plain SQL, because it is asked for each copy that is settled while letters leave.
_PERSON, _STANDING = (model._meta.db_table for model in (Person, StandingRow))  # noqa: SLF001 -- the documented way


def _hold(owner: Owner, persons: Iterable[int | None]) -> dict[int | None, int]:
    """Give whom each person was merged into, or themselves; nobody else writes of either until the transaction ends.

    Two that read the same and wrote one after the other would undo each other's entries, ways out among them. All are
    held at once and in the order of their numbers, persons before standings: so no two can wait for each other.
    """
    where, values = sql.among(owner.pk, "id", sorted({person for person in persons if person is not None}))
    lock = "ORDER BY id FOR NO KEY UPDATE" if sql.is_postgresql() else ""
    statement = f'SELECT id, COALESCE(merged_into_id, id) FROM "{_PERSON}" WHERE {where} {lock}'  # noqa: S608
    return dict(sql.fetch(statement, values))


def _hold_standings(owner: Owner, roots: Iterable[int]) -> list[int]:
    """Hold the standings of persons in the order of their numbers; give those, each once."""
    ordered = sorted(set(roots))
    if sql.is_postgresql():
        where, values = sql.among(owner.pk, "person_id", ordered)
        statement = f'SELECT 1 FROM "{_STANDING}" WHERE {where} ORDER BY person_id FOR UPDATE'  # noqa: S608
        sql.fetch(statement, values)
    return ordered


def _written(owner: Owner, roots: Iterable[int]) -> dict[int, Mapping[str, Any]]:
    """Give what is written of persons; nobody else can write of them until the transaction ends."""
    where, values = sql.among(owner.pk, "person_id", sorted(set(roots)))
    lock = "ORDER BY person_id FOR UPDATE" if sql.is_postgresql() else ""
    statement = f'SELECT person_id, state FROM "{_STANDING}" WHERE {where} {lock}'  # noqa: S608
    rows = sql.fetch(statement, values)
    return {person: orjson.loads(state) for person, state in rows}


def _note(owner: Owner, noted: Mapping[int, Mapping[str, Any]]) -> None:
    """Write standings that differ in nothing that decides."""
    rows = [
        (canonical_json(written).decode(), sql.moment(datetime.fromisoformat(written["last_update_at"])), person)
        for person, written in noted.items()
    ]
    if rows:
        sql.update_rows(owner.pk, StandingRow, _NOTE, _NOTED, rows, key="person_id")


def _store(owner: Owner, standings: Mapping[int, Standing], terms: tuple[ProfileTerms, ...]) -> None:
    sql.insert_rows(
        StandingRow,
        _COLUMNS,
        (_row(owner, person, standing, terms) for person, standing in standings.items()),
        on_conflict=f"{sql.by_key(StandingRow)} {_REPLACE}",
    )


def _row(owner: Owner, person: int, standing: Standing, terms: tuple[ProfileTerms, ...]) -> tuple[Any, ...]:
    state = canonical_json(write_standing(standing)).decode()
    bearing = bearing_of(standing, terms).encode()
    return (person, owner.pk, state, bearing, sql.moment(standing.last_update_at))
