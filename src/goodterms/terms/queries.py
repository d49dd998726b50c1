"""Wordings and when they were in force."""

from datetime import datetime

from django.db.models import Q

from goodterms.accounts.models import Owner
from goodterms.lib.faults import Fault
from goodterms.terms.models import Wording
from goodterms.terms.rules import Place, suggested


class WordingUnknown(Fault):
    """The owner has no wording by that number."""


def wordings(owner: Owner) -> list[Wording]:
    """Give all wordings by place and time."""
    return list(Wording.objects.filter(owner=owner))


def wording_numbered(owner: Owner, number: int) -> Wording:
    """Give a wording by its number; raise WordingUnknown."""
    found = Wording.objects.filter(owner=owner, pk=number).first()
    if found is None:
        raise WordingUnknown(f"There is no wording {number}. Nothing was done; list them to see their numbers.")
    return found


def in_force(owner: Owner, place: Place, at: datetime) -> Wording | None:
    """Give the wording that stood in a place at a moment; the youngest where several did."""
    current = Wording.objects.filter(owner=owner, place=place, from_at__lte=at)
    return current.filter(Q(until_at=None) | Q(until_at__gt=at)).order_by("from_at", "id").last()


def text_in_force(owner: Owner, place: Place, at: datetime) -> str:
    """Give the text that stands in a place at a moment: the owner's, or the suggested one."""
    found = in_force(owner, place, at)
    return found.text if found else suggested(place)
