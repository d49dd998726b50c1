"""Who is suppressed."""

from collections.abc import Iterable

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
    certain = ", ".join(f"'{kind.value}'" for kind in CERTAIN)
    statement = f"""
        SELECT DISTINCT COALESCE(p.merged_into_id, p.id)
        FROM goodterms_suppression s
        JOIN goodterms_identity i ON i.owner_id = s.owner_id AND i.key = s.key
        JOIN goodterms_person p ON p.owner_id = i.owner_id AND p.id = i.person_id
        LEFT JOIN goodterms_person q ON q.owner_id = s.owner_id AND q.id = s.person_id
        WHERE s.owner_id = %s AND s.kind IN ({certain})
          AND (q.id IS NULL OR COALESCE(q.merged_into_id, q.id) <> COALESCE(p.merged_into_id, p.id))
    """  # noqa: S608
    values = [owner.pk]
    if persons is not None:
        wanted = list(persons)
        # By either column, so that both can be looked up in an index.
        (mine, numbers), (merged, _) = sql.among("p.id", wanted), sql.among("p.merged_into_id", wanted)
        statement += f" AND ({mine} AND p.merged_into_id IS NULL OR p.owner_id = s.owner_id AND {merged})"
        values += [numbers, numbers]
    return {person for (person,) in sql.fetch(statement, values)}
