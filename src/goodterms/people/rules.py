"""Keyed hashes by which a person is recognised again."""

from datetime import date

from goodterms.lib.keyed import keyed_hash
from goodterms.lib.names import fold_name, fold_search

_LONGEST_FOLDED = 600


def person_uid(key: bytes, kind: str, value: str, salt: int = 0) -> int:
    """Give the number that a person has for good: signed, 64 bits, from their first identity.

    The same person read anew into a restored database gets the same number, so links in old mails still find them.
    """
    digest = keyed_hash(key, "person", kind, value, str(salt) if salt else "")
    return int.from_bytes(bytes.fromhex(digest[:16]), "big", signed=True)


def number_key(uid: int) -> str:
    """Give a person's number as suppressions have it: 16 hexadecimal digits. It is a keyed hash already."""
    return f"{uid & 0xFFFF_FFFF_FFFF_FFFF:016x}"


def uid_of(number: str) -> int:
    """Give the number that `number_key` wrote."""
    return int.from_bytes(bytes.fromhex(number), "big", signed=True)


def name_key(key: bytes, first_name: str, last_name: str) -> str:
    """Give the keyed hash of a name as it is compared."""
    return keyed_hash(key, "name", fold_name(first_name, last_name))


def folded(*, first_name: str, last_name: str, company: str, position: str, slug: str, email: str) -> str:
    """Give what a search looks through and lists are sorted by: the last name first, cut to what an index takes."""
    return fold_search(last_name, first_name, company, position, slug, email)[:_LONGEST_FOLDED]


def possible_keys(
    key: bytes, *, first_name: str, last_name: str, company: str, connected_on: date | None
) -> dict[str, str]:
    """Give the hashes by which somebody may be recognised under a new name or address: kind -> hash."""
    name = fold_name(first_name, last_name)
    found = {}
    if name and connected_on:
        found["name_date"] = keyed_hash(key, "name_date", name, connected_on.isoformat())
    if name and company.strip():
        found["name_company"] = keyed_hash(key, "name_company", name, fold_name(company))
    if connected_on:
        found["date"] = keyed_hash(key, "date", connected_on.isoformat())
    return found
