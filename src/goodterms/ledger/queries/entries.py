"""Entries as the rules want them."""

from collections.abc import Collection, Iterable, Iterator
from datetime import datetime
from itertools import groupby

import orjson
from django.db import transaction
from django.db.models import Min, QuerySet

from goodterms import sql
from goodterms.accounts.models import Owner
from goodterms.ledger.models import Entry as EntryRow
from goodterms.ledger.models import Payload
from goodterms.ledger.rules.bearing import ProfileTerms, profile_terms_in
from goodterms.ledger.rules.facts import Entry, entry_of
from goodterms.ledger.rules.kinds import EXITS, Kind


def entries_of(owner: Owner, persons: Iterable[int]) -> list[Entry]:
    """Give the entries about persons in the order they were recorded; erased ones are left out."""
    rows = Payload.objects.filter(owner=owner, person__in=list(persons)).order_by("entry_id")
    return [entry_of(number, orjson.loads(body)) for number, body in rows.values_list("entry_id", "body")]


def entries_by_person(owner: Owner) -> Iterator[tuple[int, list[Entry]]]:
    """Give each person's entries, person by person."""
    rows = (
        Payload.objects.filter(owner=owner, person__isnull=False)
        .order_by("person_id", "entry_id")
        .values_list("person_id", "entry_id", "body")
    )
    for person, group in groupby(rows.iterator(chunk_size=5_000), key=lambda row: row[0]):
        yield person, [entry_of(number, orjson.loads(body)) for _, number, body in group]


def exits_of(owner: Owner, persons: Iterable[int]) -> list[Entry]:
    """Give the ways out that persons took, in the order they were recorded."""
    rows = Payload.objects.filter(owner=owner, entry__owner=owner, entry__kind__in=EXITS, person__in=list(persons))
    return [entry_of(n, orjson.loads(body)) for n, body in rows.order_by("entry_id").values_list("entry_id", "body")]


def owner_entries(owner: Owner, kind: Kind) -> list[Entry]:
    """Give the entries of a kind that are about the whole network, in the order they were recorded."""
    rows = Payload.objects.filter(owner=owner, entry__owner=owner, entry__kind=kind, person__isnull=True).order_by(
        "entry_id"
    )
    return [entry_of(number, orjson.loads(body)) for number, body in rows.values_list("entry_id", "body")]


def erased_persons(owner: Owner) -> dict[int, "EntryRow"]:
    """Give the erasure entry of each person whose data were destroyed."""
    rows = EntryRow.objects.filter(owner=owner, kind=Kind.ERASED).order_by("id")
    return {row.person_id: row for row in rows if row.person_id is not None}


def count_entries(owner: Owner) -> int:
    """Count an owner's entries."""
    return EntryRow.objects.filter(owner=owner).count()


def last_recorded_at(owner: Owner) -> datetime | None:
    """Give when the newest entry was recorded."""
    row = EntryRow.objects.filter(owner=owner).order_by("-id").values_list("recorded_at", flat=True)[:1]
    return row[0] if row else None


def newest_entry(owner: Owner) -> int:
    """Give the number of the owner's newest entry; 0 where there is none."""
    return EntryRow.objects.filter(owner=owner).order_by("-id").values_list("id", flat=True).first() or 0


def entries_after(owner: Owner, number: int, count: int) -> list[Entry]:
    """Give so many entries of the owner's that come after a number, in order; erased ones are left out.

    None where an entry with a lower number may still come: whoever goes on from the last one would miss it.
    """
    with transaction.atomic():
        return _entries_after(owner, number, count) if sql.is_settled(EntryRow) else []


def _entries_after(owner: Owner, number: int, count: int) -> list[Entry]:
    rows = Payload.objects.filter(owner=owner, entry__gt=number).order_by("entry_id")[:count]
    return [entry_of(n, orjson.loads(body)) for n, body in rows.values_list("entry_id", "body")]


def undone_exports(owner: Owner) -> frozenset[int]:
    """Give the exports that were taken back."""
    return frozenset(entry.detail["export"] for entry in owner_entries(owner, Kind.EXPORT_UNDONE))


def profile_terms(owner: Owner) -> tuple[ProfileTerms, ...]:
    """Give the times in which the profile said what connecting means."""
    return profile_terms_in(owner_entries(owner, Kind.TERMS_IN_FORCE))


def entries_of_source(owner: Owner, source: int) -> list[Entry]:
    """Give the entries that an export told, in the order they were recorded."""
    rows = Payload.objects.filter(owner=owner, entry__owner=owner, entry__source=source).order_by("entry_id")
    return [entry_of(number, orjson.loads(body)) for number, body in rows.values_list("entry_id", "body")]


def numbers_of_source(owner: Owner, source: int, kinds: Collection[Kind]) -> QuerySet[EntryRow, int]:
    """Give the numbers of the entries of some kinds that an export told, in order; erased ones are left out."""
    rows = EntryRow.objects.filter(owner=owner, source=source, kind__in=list(kinds), payload__isnull=False)
    return rows.order_by("id").values_list("id", flat=True)


def entries_numbered(owner: Owner, numbers: Iterable[int]) -> list[Entry]:
    """Give entries by their numbers, in that order of numbers; erased ones are left out."""
    found: list[Entry] = []
    for batch in sql.batches(sorted(numbers)):
        rows = Payload.objects.filter(owner=owner, entry__in=batch).order_by("entry_id")
        found += [entry_of(n, orjson.loads(body)) for n, body in rows.values_list("entry_id", "body")]
    return found


def persons_written_to(owner: Owner) -> dict[int, datetime]:
    """Give when something was first sent to each person to whom something was."""
    kinds = (Kind.WELCOME_SENT, Kind.WELCOME_CONFIRMED, Kind.UPDATE_ACCEPTED, Kind.UPDATE_CONFIRMED)
    rows = EntryRow.objects.filter(owner=owner, kind__in=kinds, person__isnull=False)
    found = rows.values_list("person_id").annotate(first=Min("occurred_at")).order_by("person_id")
    return {person: first for person, first in found if person is not None}


def moments_by_person(owner: Owner, kinds: Collection[Kind], *, since: datetime) -> list[tuple[int, Kind, datetime]]:
    """Give when entries of some kinds happened to whom, the oldest first."""
    rows = EntryRow.objects.filter(owner=owner, kind__in=list(kinds), person__isnull=False, occurred_at__gte=since)
    found = rows.order_by("occurred_at", "id").values_list("person_id", "kind", "occurred_at")
    return [(person, Kind(kind), at) for person, kind, at in found if person is not None]
