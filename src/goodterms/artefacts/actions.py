"""Keeping raw evidence, once by its hash."""

from collections.abc import Iterable, Mapping

from goodterms import sql
from goodterms.accounts.models import Owner
from goodterms.artefacts.models import Artefact

_COLUMNS = ("id", "owner_id", "sha256", "kind", "person_id", "content")


def keep_artefacts(owner: Owner, kind: str, contents: Mapping[str, bytes]) -> dict[str, int]:
    """Keep contents by their SHA-256 (hexadecimal) and give each one's number; known ones keep theirs."""
    known = known_artefacts(owner, contents)
    fresh = [sha256 for sha256 in contents if sha256 not in known]
    numbers = dict(zip(fresh, sql.reserve_ids(Artefact, len(fresh)), strict=True))
    sql.insert_rows(
        Artefact,
        _COLUMNS,
        ((number, owner.pk, sha256, kind, None, contents[sha256]) for sha256, number in numbers.items()),
    )
    return known | numbers


def known_artefacts(owner: Owner, hashes: Iterable[str]) -> dict[str, int]:
    """Give the numbers of those hashes that are kept already."""
    found: dict[str, int] = {}
    for batch in sql.batches(hashes):
        rows = Artefact.objects.filter(owner=owner, sha256__in=batch).values_list("sha256", "id")
        found.update(rows)
    return found


def assign_artefacts(owner: Owner, pairs: Iterable[tuple[int, int]]) -> None:
    """Say whom artefacts are about: (person, artefact) pairs; one that is about somebody already stays theirs."""
    sql.execute_many(
        "UPDATE goodterms_artefact SET person_id = %s WHERE owner_id = %s AND id = %s AND person_id IS NULL",
        ((person, owner.pk, artefact) for person, artefact in pairs),
    )


def empty_artefacts(owner: Owner, numbers: Iterable[int]) -> None:
    """Destroy the contents of artefacts; their hashes stay."""
    for batch in sql.batches(numbers):
        Artefact.objects.filter(owner=owner, pk__in=batch).update(content=None)
