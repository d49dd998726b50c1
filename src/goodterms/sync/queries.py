"""Exports that were read."""

from django.db.models import QuerySet

from goodterms.accounts.models import Owner
from goodterms.sync.models import Export
from goodterms.sync.rules import Dating


def exports(owner: Owner) -> QuerySet[Export]:
    """Give the exports that count, in the order they were read."""
    return Export.objects.filter(owner=owner, undone_at=None).order_by("id")


def all_exports(owner: Owner) -> QuerySet[Export]:
    """Give every export that was read, those taken back included, the last one first."""
    return Export.objects.filter(owner=owner).order_by("-id")


def newest_export(owner: Owner) -> Export | None:
    """Give the export by which people are connected or not: the last that was newer than all before it."""
    return exports(owner).filter(is_newest=True).last()


def last_export(owner: Owner) -> Export | None:
    """Give the export that was read last: the one that undo takes back."""
    return exports(owner).last()


def dating_of(export: Export | None) -> Dating | None:
    """Give when an export was made."""
    if export is None:
        return None
    return Dating(taken_at=export.taken_at, rule=export.taken_rule, newest_at=export.newest_at)
