"""Suppressing everything that a person is known by, now and later."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from pathlib import Path

from django.db import transaction

from goodterms.accounts.models import Owner
from goodterms.accounts.office import Office
from goodterms.exits.file import append_lines
from goodterms.exits.models import Suppression
from goodterms.exits.queries import suppressions_of
from goodterms.exits.rules import EXIT_NAMES, Suppressed
from goodterms.ledger.queries.entries import exits_of
from goodterms.ledger.rules.facts import Scope
from goodterms.ledger.rules.kinds import Kind
from goodterms.people.models import Identity, Person
from goodterms.people.queries import group_of, root_id
from goodterms.people.rules import number_key, possible_keys

Taken = tuple[str, str, str, datetime]
"""An exit as suppressions have it: its name, vehicles, purposes, and since when."""


def suppress(office: Office, person: Person, kind: Kind, *, scope: Scope, since: datetime) -> None:
    """Suppress everything a person is known by, certain and possible."""
    group = group_of(root_id(person))
    taken = (EXIT_NAMES[kind], ",".join(sorted(scope.vehicles)), ",".join(sorted(scope.purposes)), since)
    add_suppressions(office.owner, office.folder, _hashes(office, group), [taken], person=root_id(person))


def extend_suppressions(office: Office, persons: Iterable[int]) -> None:
    """Let the exits of persons, if they took any, cover the identities that they have got since."""
    wanted = sorted(set(persons))
    halves = Person.objects.filter(owner=office.owner, merged_into__in=wanted).values_list("pk", "merged_into_id")
    groups: dict[int, list[int]] = {person: [person] for person in wanted}
    for half, person in halves:
        groups[person if person is not None else half].append(half)
    exits = _exits_of(office.owner, {number: person for person, group in groups.items() for number in group})
    for person, taken in sorted(exits.items()):
        add_suppressions(office.owner, office.folder, _hashes(office, groups[person]), taken, person=person)


def extend_erasures(office: Office, rows: Iterable[Iterable[tuple[str, str]]]) -> None:
    """Let erasures cover all that a row shows of whoever was erased; each row is its (hash, kind) pairs.

    Nothing but hashes is kept of them.
    """
    named = [dict(pairs) for pairs in rows]
    erasures = {
        suppression.key: suppression
        for suppression in suppressions_of(office.owner, {key for keys in named for key in keys})
        if suppression.exit == EXIT_NAMES[Kind.ERASED]
    }
    add_rows(
        office.owner,
        office.folder,
        [
            Suppression(
                owner=office.owner, key=key, kind=kind, exit=known.exit, since=known.since, person_id=known.person_id
            )
            for keys in named
            for known in [next(erasures[key] for key in keys if key in erasures)]
            for key, kind in sorted(keys.items())
        ],
    )


def _exits_of(owner: Owner, roots: Mapping[int, int]) -> dict[int, set[Taken]]:
    """Give each person's exits, by the suppressions they have and by the ledger.

    The ledger knows of those who share all their suppressions with somebody: each is kept once, for one person.
    """
    found: dict[int, set[Taken]] = {}
    rows = Suppression.objects.filter(owner=owner, person__in=list(roots))
    for row in rows:
        assert row.person_id is not None
        found.setdefault(roots[row.person_id], set()).add((row.exit, row.vehicles, row.purposes, row.since))
    for entry in exits_of(owner, roots):
        assert entry.person is not None
        vehicles, purposes = ",".join(sorted(entry.scope.vehicles)), ",".join(sorted(entry.scope.purposes))
        found.setdefault(roots[entry.person], set()).add(
            (EXIT_NAMES[entry.kind], vehicles, purposes, entry.occurred_at)
        )
    return found


def _hashes(office: Office, group: list[int]) -> set[tuple[str, str]]:
    found = set(Identity.objects.filter(owner=office.owner, person__in=group).values_list("key", "kind"))
    for person in Person.objects.filter(owner=office.owner, pk__in=group):
        found.add((number_key(person.uid), Suppression.Kind.NUMBER.value))
        possible = possible_keys(
            office.keys.identity,
            first_name=person.first_name,
            last_name=person.last_name,
            company=person.company,
            connected_on=person.connected_on,
        )
        found |= {(key, kind) for kind, key in possible.items()}
    return found


def add_suppressions(
    owner: Owner, folder: Path, hashes: Iterable[tuple[str, str]], taken: Iterable[Taken], *, person: int | None
) -> None:
    """Suppress hashes, given as (hash, kind), by each of the exits taken; in the database and in the file."""
    names = sorted(set(hashes))
    rows = [
        Suppression(
            owner=owner,
            key=key,
            kind=kind,
            exit=exit_,
            vehicles=vehicles,
            purposes=purposes,
            since=since,
            person_id=person,
        )
        for exit_, vehicles, purposes, since in sorted(taken)
        for key, kind in names
    ]
    add_rows(owner, folder, rows)


def add_rows(owner: Owner, folder: Path, rows: list[Suppression]) -> None:
    """Suppress by rows that are not saved yet, in the database and in the file; those that stand there are left out."""
    known = {written(owner, row).line() for row in suppressions_of(owner, {row.key for row in rows})}
    fresh = [row for row in rows if written(owner, row).line() not in known]
    lines = list(dict.fromkeys(written(owner, row) for row in fresh))
    Suppression.objects.bulk_create(fresh, ignore_conflicts=True)
    transaction.on_commit(lambda: append_lines(folder, lines))


def written(owner: Owner, row: Suppression) -> Suppressed:
    """Give a suppression as its line in the file has it."""
    return Suppressed(
        owner_uid=owner.uid,
        key=row.key,
        kind=str(row.kind),
        exit=row.exit,
        vehicles=row.vehicles,
        purposes=row.purposes,
        since=row.since,
    )
