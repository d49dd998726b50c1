"""The rows of Connections.csv in a table of their own, where they are matched to people by set.

Memory stays flat however long the list is, and matching costs one statement a rule rather than one a row.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from goodterms import sql
from goodterms.accounts.office import Office
from goodterms.artefacts.actions import keep_artefacts
from goodterms.lib.canonical import sha256_hex
from goodterms.people.queries import named_email, named_profile
from goodterms.people.rules import name_key
from goodterms.sync.exports.connections import ConnectionRow
from goodterms.sync.rules import Shown

_COLUMNS = (
    "line", "artefact", "sha256", "slug", "slug_key", "email", "email_key", "first_name", "last_name", "name_key",
    "company", "position", "connected_on", "connected_raw", "connected_rule",
)  # fmt: skip


@dataclass(frozen=True, kw_only=True, slots=True)
class Staged:
    """One row, and the person it was matched to."""

    line: int
    artefact: int
    sha256: str
    slug: str
    slug_key: str
    email: str
    email_key: str
    first_name: str
    last_name: str
    name_key: str
    company: str
    position: str
    connected_on: date | None
    connected_raw: str
    connected_rule: str
    person: int | None
    how: str | None

    @property
    def shown(self) -> Shown:
        """What the row shows of the person."""
        return Shown(
            first_name=self.first_name,
            last_name=self.last_name,
            company=self.company,
            position=self.position,
            slug=self.slug,
            email=self.email,
            connected_on=self.connected_on,
        )

    @property
    def name(self) -> str:
        """The full name."""
        return f"{self.first_name} {self.last_name}".strip()


def open_stage() -> None:
    """Make the empty stage."""
    sql.execute("DROP TABLE IF EXISTS staged")
    sql.execute(
        "CREATE TEMPORARY TABLE staged (line integer, artefact bigint, sha256 text, slug text, slug_key text, "
        "email text, email_key text, first_name text, last_name text, name_key text, company text, position text, "
        "connected_on date, connected_raw text, connected_rule text, person bigint, how text)"
    )


def stage_rows(office: Office, rows: Iterable[ConnectionRow]) -> list[int]:
    """Stage rows and keep each as an artefact; give the artefacts' numbers in order.

    The lines of the stage count on through the parts of a split file.
    """
    numbers: list[int] = []
    ((before,),) = sql.fetch("SELECT COALESCE(MAX(line), 0) FROM staged")
    for batch in sql.batches(rows):
        hashes = [sha256_hex(row.raw.encode("utf-8", "surrogateescape")) for row in batch]
        contents = {
            digest: row.raw.encode("utf-8", "surrogateescape") for digest, row in zip(hashes, batch, strict=True)
        }
        kept = keep_artefacts(office.owner, "connections", contents)
        staged = [
            (before + len(numbers) + place, kept[digest], digest, *_values(office.keys.identity, row))
            for place, (digest, row) in enumerate(zip(hashes, batch, strict=True), start=1)
            if not row.is_date_only
        ]
        places = ", ".join(["%s"] * len(_COLUMNS))
        sql.execute_many(f"INSERT INTO staged ({', '.join(_COLUMNS)}) VALUES ({places})", staged)  # noqa: S608
        numbers += [kept[digest] for digest in hashes]
    return numbers


def _values(key: bytes, row: ConnectionRow) -> tuple[object, ...]:
    told = row.connected_told
    return (
        row.slug or "",
        named_profile(key, row.slug).key if row.slug else "",
        row.email or "",
        named_email(key, row.email).key if row.email else "",
        row.first_name,
        row.last_name,
        name_key(key, row.first_name, row.last_name),
        row.company,
        row.position,
        row.connected_on.isoformat() if row.connected_on else None,
        told.raw if told else "",
        str(told.rule) if told else "",
    )


def staged_rows(where: str = "1 = 1") -> Iterator[Staged]:
    """Give staged rows in the order of the file; `where` is one of the conditions of this package."""
    names = Staged.__dataclass_fields__
    last = -1
    while True:
        found = sql.fetch(
            f"SELECT {', '.join(names)} FROM staged WHERE line > %s AND ({where}) ORDER BY line LIMIT {sql.BATCH}",  # noqa: S608
            [last],
        )
        if not found:
            return
        for values in found:
            row = dict(zip(names, values, strict=True))
            if isinstance(row["connected_on"], str):
                row["connected_on"] = date.fromisoformat(row["connected_on"])
            yield Staged(**row)
        last = found[-1][0]
