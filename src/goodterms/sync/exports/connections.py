"""Connections.csv: whom the owner is connected to, newest first."""

from dataclasses import dataclass
from datetime import date

from goodterms.lib.addresses import normalise_profile
from goodterms.sync.exports.clocks import Told
from goodterms.sync.exports.layout import FileKind, Layout, columns, read_address, read_when, shorten
from goodterms.sync.exports.tables import RawRow, Remark


@dataclass(frozen=True, slots=True)
class ConnectionRow:
    """A connection; where only the date is left, somebody who was a member once."""

    line: int
    raw: str
    first_name: str
    last_name: str
    slug: str | None
    url: str
    email: str | None
    email_raw: str
    company: str
    position: str
    connected_on: date | None
    """The UTC day."""
    connected_told: Told | None

    @property
    def is_date_only(self) -> bool:
        """Whether nothing but the date is left: the member closed the account or is hidden."""
        return not (self.first_name or self.last_name or self.url or self.email_raw)


def _read(raw: RawRow, cells: tuple[str, ...], remark: Remark) -> ConnectionRow | None:
    first, last, url, email, company, position, day, _ = cells
    told = read_when(raw, day, remark)
    if told is None and not (first or last or url or email):
        remark(raw.line, f"neither a person nor a date; the row was left out: {shorten(raw.text)}")
        return None
    url = url.strip()
    slug = normalise_profile(url) if url else None
    if url and slug is None:
        remark(raw.line, f"'{shorten(url)}' is no address of a LinkedIn profile; known by name only")
    return ConnectionRow(
        raw.line,
        raw.text,
        first.strip(),
        last.strip(),
        slug,
        url,
        read_address(raw, email, remark) if email else None,
        email,
        company.strip(),
        position.strip(),
        told.on if told else None,
        told,
    )


CONNECTIONS = Layout(
    FileKind.CONNECTIONS,
    frozenset({"connections"}),
    columns(
        first_name="firstname",
        last_name="lastname",
        url="url|profileurl",
        email="emailaddress|email",
        company="company",
        position="position",
        connected_on="connectedon",
    ),
    frozenset({"first_name", "last_name", "connected_on"}),
    _read,
)
