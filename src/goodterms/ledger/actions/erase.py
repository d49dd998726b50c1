"""Destroying the personal part of entries."""

from collections.abc import Iterable

from goodterms import sql
from goodterms.accounts.models import Owner
from goodterms.ledger.actions.project import refold
from goodterms.ledger.models import Entry, Payload
from goodterms.ledger.rules.kinds import Kind
from goodterms.people.models import Person


def destroy_payloads(owner: Owner, persons: Iterable[int]) -> None:
    """Delete payloads and salts of persons' entries, those of their erasure excepted, and make their standings anew.

    The database lets this happen only once the erasure itself is in the ledger.
    """
    group = list(persons)
    erasures = Entry.objects.filter(owner=owner, person__in=group, kind=Kind.ERASED).values_list("pk", flat=True)
    sql.delete_rows(Payload.objects.filter(owner=owner, person__in=group).exclude(pk__in=list(erasures)))
    roots = Person.objects.filter(owner=owner, pk__in=group, merged_into=None).values_list("pk", flat=True)
    refold(owner, roots)
