"""Matching staged rows to people: by profile, by address, by name and connection date."""

from collections import Counter

from goodterms import sql
from goodterms.accounts.models import Owner

_ROOT = "COALESCE(p.merged_into_id, p.id)"
_TAKEN = "(SELECT person FROM staged WHERE person IS NOT NULL)"


def match_staged(owner: Owner) -> None:
    """Match every staged row that surely is somebody known; the others keep no person.

    The profile address is the surest sign. An address counts where its holder is in no other row and name or date agree
    as well, name and date together where they name one person and one row: that is how a changed slug looks.
    """
    sql.execute("CREATE INDEX staged_slug ON staged (slug_key)")
    sql.execute("CREATE INDEX staged_line ON staged (line)")
    _match_by_profile(owner)
    sql.execute("CREATE INDEX staged_person ON staged (person)")
    _match_by_address(owner)
    _match_by_name_and_date(owner)


def _match_by_profile(owner: Owner) -> None:
    sql.execute(
        f"""
        UPDATE staged SET how = 'profile', person = (
            SELECT MIN({_ROOT}) FROM goodterms_identity i JOIN goodterms_person p ON p.owner_id = i.owner_id
            AND p.id = i.person_id WHERE i.owner_id = %s AND i.key = staged.slug_key)
        WHERE slug_key <> '' AND EXISTS (
            SELECT 1 FROM goodterms_identity i WHERE i.owner_id = %s AND i.key = staged.slug_key)
        """,  # noqa: S608
        [owner.pk, owner.pk],
    )


def _match_by_address(owner: Owner) -> None:
    _match(
        owner,
        "email",
        f"""
        SELECT s.line, {_ROOT} AS root FROM staged s
        JOIN goodterms_identity i ON i.owner_id = %s AND i.key = s.email_key
        JOIN goodterms_person p ON p.owner_id = i.owner_id AND p.id = i.person_id
        JOIN goodterms_person r ON r.owner_id = p.owner_id AND r.id = {_ROOT}
        WHERE s.person IS NULL AND s.email_key <> '' AND (r.name_key = s.name_key OR r.connected_on = s.connected_on)
          AND {_ROOT} NOT IN {_TAKEN}
        """,  # noqa: S608
    )


def _match_by_name_and_date(owner: Owner) -> None:
    _match(
        owner,
        "name_date",
        f"""
        SELECT s.line, p.id AS root FROM staged s
        JOIN goodterms_person p ON p.owner_id = %s AND p.connected_on = s.connected_on AND p.name_key = s.name_key
        WHERE s.person IS NULL AND p.merged_into_id IS NULL AND p.erased_at IS NULL AND p.id NOT IN {_TAKEN}
        """,  # noqa: S608
    )


def _match(owner: Owner, how: str, pairs: str) -> None:
    """Match rows and people that name each other and nobody else."""
    found = sql.fetch(f"SELECT DISTINCT line, root FROM ({pairs}) AS pairs ORDER BY line, root", [owner.pk])  # noqa: S608
    lines = Counter(line for line, _ in found)
    roots = Counter(root for _, root in found)
    sure = [(root, how, line) for line, root in found if lines[line] == 1 and roots[root] == 1]
    sql.execute_many("UPDATE staged SET person = %s, how = %s WHERE line = %s", sure)


def leave_out_doubles() -> list[int]:
    """Leave one row for each person on the stage and give the lines of the others.

    The row with the profile that the person is known by stays, else the first. It gets the address of another one
    where two persons were joined: then both rows are that person's.
    """
    sql.execute(
        """
        UPDATE staged SET (email, email_key) = (
            SELECT o.email, o.email_key FROM staged o WHERE o.person = staged.person AND o.email <> ''
            ORDER BY o.line LIMIT 1)
        WHERE email = '' AND EXISTS (SELECT 1 FROM goodterms_person m WHERE m.merged_into_id = staged.person)
          AND EXISTS (SELECT 1 FROM staged o WHERE o.person = staged.person AND o.email <> '')
        """
    )
    others = """
        person IS NOT NULL AND line <> (
            SELECT o.line FROM staged o JOIN goodterms_person p ON p.id = o.person
            WHERE o.person = staged.person ORDER BY CASE WHEN o.slug = p.slug THEN 0 ELSE 1 END, o.line LIMIT 1)
    """
    found = [line for (line,) in sql.fetch(f"SELECT line FROM staged WHERE {others} ORDER BY line")]  # noqa: S608
    if found:
        sql.execute(f"DELETE FROM staged WHERE {others}")  # noqa: S608
    return found
