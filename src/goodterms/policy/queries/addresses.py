"""Where a vehicle reaches people."""

from collections.abc import Iterable

from django.db.models import Case, Q, When
from django.db.models.functions import Coalesce

from goodterms import sql
from goodterms.accounts.models import Owner
from goodterms.ledger.rules.kinds import Vehicle
from goodterms.people.models import Identity, Person
from goodterms.people.queries import group_of

MOST_AT_ONCE = 400
"""So many persons: each is named twice in a statement, and SQLite takes some thousands of values at least."""
_CHOSEN = Case(When(source="person", then=1), default=0)


def addresses_of(owner: Owner, persons: Iterable[int], vehicle: Vehicle) -> dict[int, tuple[str, str]]:
    """Give the identity, and its keyed hash, under which a vehicle reaches each person, as `address_of` does."""
    found: dict[int, tuple[str, str]] = {}
    for batch in sql.batches(persons, MOST_AT_ONCE):
        group = Person.objects.filter(Q(pk__in=batch) | Q(merged_into__in=batch), owner=owner)
        roots = dict(group.values_list("pk", Coalesce("merged_into_id", "id")))
        current = Identity.objects.filter(owner=owner, person__in=list(roots), kind=_kind_for(vehicle), is_current=True)
        # The one that counts is read last and stays.
        rows = current.order_by(_CHOSEN, "seen_at", "id").values_list("person_id", "value", "key")
        found |= {roots[person]: (value, key) for person, value, key in rows}
    return found


def address_of(owner: Owner, person: int, vehicle: Vehicle) -> Identity | None:
    """Give the identity under which a vehicle reaches a person: the one they chose, else the current one seen last."""
    found = Identity.objects.filter(owner=owner, person__in=group_of(person), kind=_kind_for(vehicle), is_current=True)
    return found.order_by(_CHOSEN.desc(), "-seen_at", "-id").first()


def _kind_for(vehicle: Vehicle) -> Identity.Kind:
    return Identity.Kind.PROFILE if vehicle is Vehicle.LINKEDIN else Identity.Kind.EMAIL
