"""Standings as other concepts want them."""

from collections.abc import Iterable

import orjson
from django.db.models import QuerySet

from goodterms import sql
from goodterms.accounts.models import Owner
from goodterms.ledger.models import Standing as StandingRow
from goodterms.ledger.rules.bearing import Bearing
from goodterms.ledger.rules.standing import Connection, Standing, read_standing


def bearings_of(owner: int, persons: Iterable[int]) -> dict[int, Bearing]:
    """Give the bearing of each person; those without a standing are left out."""
    found: dict[int, Bearing] = {}
    for batch in sql.batches(persons):
        rows = StandingRow.objects.filter(owner=owner, person__in=batch).values_list("person_id", "bearing")
        found |= {person: Bearing.decode(bearing) for person, bearing in rows}
    return found


def persons_bearing(owner: Owner, bearings: Iterable[Bearing]) -> QuerySet[StandingRow, int]:
    """Give the numbers of the persons with one of these bearings, as a query."""
    rows = StandingRow.objects.filter(owner=owner, bearing__in=[bearing.encode() for bearing in bearings])
    return rows.values_list("person_id", flat=True)


def connections_of(owner: int, persons: Iterable[int]) -> dict[int, Connection]:
    """Give what the exports say of the connection of each person; those without a standing are left out."""
    return {person: bearing.connection for person, bearing in bearings_of(owner, persons).items()}


def standings_of(owner: int, persons: Iterable[int]) -> dict[int, Standing]:
    """Give the standing of each person that has one."""
    found: dict[int, Standing] = {}
    for batch in sql.batches(persons):
        rows = StandingRow.objects.filter(owner=owner, person__in=batch).values_list("person_id", "state")
        found |= {person: read_standing(orjson.loads(state)) for person, state in rows}
    return found


def exchanged_persons(owner: Owner) -> set[int]:
    """Give the persons of whom the ledger has, and counts, that both sides wrote."""
    # The state is JSON that only goodterms.ledger writes: the name stands in it exactly where there is a value.
    rows = StandingRow.objects.filter(owner=owner, state__contains='"exchanged_at"')
    return set(rows.values_list("person_id", flat=True))
