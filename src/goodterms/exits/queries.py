"""Who is suppressed."""

from collections.abc import Iterable
from typing import Any

from goodterms import sql
from goodterms.accounts.models import Owner
from goodterms.exits.models import Suppression
from goodterms.people.models import Identity
from goodterms.people.queries import group_of

CERTAIN = (Suppression.Kind.PROFILE, Suppression.Kind.EMAIL)
"""Kinds of hash that are a name of the person."""
NUMBERS = (Suppression.Kind.NUMBER, Suppression.Kind.STRANGER)
"""Kinds that are the person's number; those left only may be the person."""


def suppressions_of(owner: Owner, keys: Iterable[str]) -> list[Suppression]:
    """Give the suppressions of keyed hashes, oldest first."""
    found: list[Suppression] = []
    for batch in sql.batches(keys):
        found += Suppression.objects.filter(owner=owner, key__in=batch).order_by("since", "id")
    return found


def is_anothers(owner: Owner, key: str, person: int) -> bool:
    """Say whether whoever is suppressed by a keyed hash may be somebody else than a person (a root's number).

    So it is where the exit is another person's, or that of nobody known and the person has no such identity.
    """
    suppressions = suppressions_of(owner, [key])
    if not suppressions:
        return False
    group = group_of(person)
    mine = Identity.objects.filter(owner=owner, key=key, person__in=group).exists()
    return any(one.person_id not in group and not (one.person_id is None and mine) for one in suppressions)


def suppressed_elsewhere(owner: Owner, persons: Iterable[int] | None = None) -> set[int]:
    """Give the persons with an identity that is suppressed on somebody else's account, or on that of nobody left."""
    where, values = ("owner_id = %s", [owner.pk]) if persons is None else _with_halves(owner, persons)
    people = f"(SELECT id, COALESCE(merged_into_id, id) AS root FROM goodterms_person WHERE {where}) p"  # noqa: S608
    tables = [people, "goodterms_identity i", "goodterms_suppression s"]
    # SQLite goes through them in this order; there are fewer suppressions than people, and fewer of some people.
    ordered = reversed(tables) if persons is None else tables
    statement = f"""
        SELECT DISTINCT p.root FROM {" CROSS JOIN ".join(ordered)}
        LEFT JOIN goodterms_person q ON q.owner_id = s.owner_id AND q.id = s.person_id
        WHERE s.owner_id = %s AND i.owner_id = %s AND i.key = s.key AND i.person_id = p.id AND s.kind IN ({_CERTAIN})
          AND (q.id IS NULL OR COALESCE(q.merged_into_id, q.id) <> p.root)
    """  # noqa: S608
    return {person for (person,) in sql.fetch(statement, [*values, owner.pk, owner.pk])}


_CERTAIN = ", ".join(f"'{kind.value}'" for kind in CERTAIN)


def _with_halves(owner: Owner, roots: Iterable[int]) -> tuple[str, list[Any]]:
    """Give the condition for some persons and those who were merged into them, and its values."""
    numbers = list(roots)
    (mine, values), (is_one, listed) = sql.among(owner.pk, "id", numbers), sql.one_of(numbers)
    # By either column, so that both can be looked up in an index.
    where = f"{mine} AND merged_into_id IS NULL OR owner_id = %s AND merged_into_id {is_one}"
    return where, [*values, owner.pk, listed]
