"""Keys between rows of one owner: the database finds the other row by its owner and its number, never by number alone.

On PostgreSQL, where the owner is first in every key (`goodterms.postgresql`), that is the quick way to a row, and the
only one that does not ask every shard where the database is sharded by owner. On both databases no join crosses from
one owner to another.
"""

from typing import Any, TypeVar

from django.db import models
from django.db.models.lookups import Exact
from django.db.models.sql.where import AND, WhereNode

_Set = TypeVar("_Set")
_Get = TypeVar("_Get")


class _SameOwner:
    """Adds the owner to the joins and look-ups of a foreign key; migrations have it as Django's own."""

    def get_extra_restriction(self, alias: str, related_alias: str) -> WhereNode:
        """Let both sides of a join have the same owner."""
        mine, theirs = _owner_of(self.model), _owner_of(self.related_model)  # type: ignore[attr-defined]
        same: Any = Exact(theirs.get_col(alias), mine.get_col(related_alias))
        return WhereNode([same], connector=AND)

    def get_extra_descriptor_filter(self, instance: Any) -> dict[str, Any]:
        """Let the row that is looked up have the owner of the one at hand."""
        return {"owner_id": instance.owner_id}

    def deconstruct(self) -> Any:
        """Give it to migrations as Django's own."""
        name, _, arguments, options = super().deconstruct()  # type: ignore[misc]
        return name, f"django.db.models.{type(self).__name__}", arguments, options


def _owner_of(model: type[models.Model]) -> "models.Field[Any, Any]":
    found = model._meta.get_field("owner")  # noqa: SLF001 -- Django's documented way
    assert isinstance(found, models.Field)
    return found


class ForeignKey(_SameOwner, models.ForeignKey[_Set, _Get]):
    """Leads to a row of the same owner."""


class OneToOneField(_SameOwner, models.OneToOneField[_Set, _Get]):
    """Leads to a row of the same owner, and no other does."""
