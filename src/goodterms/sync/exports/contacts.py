"""ImportedContacts.csv: the owner's own address book, as once given to LinkedIn."""

import re
from dataclasses import dataclass

from goodterms.lib.addresses import normalise_profile
from goodterms.sync.exports.clocks import Told
from goodterms.sync.exports.layout import FileKind, Layout, columns, read_address, read_when
from goodterms.sync.exports.tables import RawRow, Remark

_BETWEEN = re.compile(r"[,;\s]+")


@dataclass(frozen=True, slots=True)
class ImportedContactRow:
    """An entry of the owner's address book: no connection, and no agreement to anything."""

    line: int
    raw: str
    first_name: str
    last_name: str
    full_name: str
    position: str
    company: str
    emails: tuple[str, ...]
    emails_raw: str
    slugs: tuple[str, ...]
    created: Told | None


def _read(raw: RawRow, cells: tuple[str, ...], remark: Remark) -> ImportedContactRow | None:
    first, last, full, position, company, emails, profiles, created, _ = cells
    addresses = (read_address(raw, part, remark) for part in _BETWEEN.split(emails))
    slugs = (normalise_profile(part) for part in _BETWEEN.split(profiles))
    return ImportedContactRow(
        raw.line,
        raw.text,
        first.strip(),
        last.strip(),
        full.strip() or f"{first.strip()} {last.strip()}".strip(),
        position.strip(),
        company.strip(),
        tuple(address for address in addresses if address),
        emails,
        tuple(slug for slug in slugs if slug),
        read_when(raw, created, remark),
    )


IMPORTED_CONTACTS = Layout(
    FileKind.IMPORTED_CONTACTS,
    frozenset({"importedcontacts"}),
    columns(
        first_name="firstname",
        last_name="lastname",
        full_name="fullname",
        position="title",
        company="companies|company",
        emails="emails|emailaddress",
        profiles="profiles",
        created="createdat",
    ),
    frozenset({"first_name", "last_name", "emails"}),
    _read,
)
