"""What a kind of table looks like: its file names and columns in every era, and how a row of it is read."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from operator import itemgetter
from typing import Generic, TypeVar

from goodterms.lib.addresses import normalise_email
from goodterms.sync.exports.clocks import Told, read_time
from goodterms.sync.exports.tables import Header, RawRow, Remark


class FileKind(StrEnum):
    """The tables of an export that are read; all others are left alone."""

    CONNECTIONS = "connections"
    INVITATIONS = "invitations"
    MESSAGES = "messages"
    PROFILE = "profile"
    PROFILE_SUMMARY = "profile_summary"
    EMAIL_ADDRESSES = "email_addresses"
    REGISTRATION = "registration"
    RECOMMENDATIONS_GIVEN = "recommendations_given"
    RECOMMENDATIONS_RECEIVED = "recommendations_received"
    ENDORSEMENTS_GIVEN = "endorsements_given"
    ENDORSEMENTS_RECEIVED = "endorsements_received"
    IMPORTED_CONTACTS = "imported_contacts"


RowT = TypeVar("RowT")
Read = Callable[[RawRow, tuple[str, ...], Remark], RowT | None]
"""Makes a typed row of a raw one and its cells in the layout's order; None, after a remark, if it can't."""


@dataclass(frozen=True)
class Layout(Generic[RowT]):
    """A kind of table."""

    kind: FileKind
    stems: frozenset[str]
    """Folded file names without suffix and part number."""
    columns: Mapping[str, tuple[str, ...]]
    """Each column of ours with its folded labels in all eras."""
    required: frozenset[str]
    """Columns without which it is no such table."""
    read: Read[RowT]

    def fits(self, labels: frozenset[str]) -> bool:
        """Say whether a line with these folded labels is this table's header."""
        return not self.missing(labels)

    def missing(self, labels: frozenset[str]) -> list[str]:
        """Give the required columns that are not among the folded labels."""
        return [name for name in self.columns if name in self.required and labels.isdisjoint(self.columns[name])]

    def pick(self, header: Header) -> Callable[[RawRow], tuple[str, ...]]:
        """Give what puts a raw row's cells into this layout's order; columns the file lacks are empty."""
        width = len(header.labels)
        choose = itemgetter(*(self._place(name, header.labels) for name in self._order))

        def pick(raw: RawRow) -> tuple[str, ...]:
            cells = raw.cells
            found: tuple[str, ...] = choose([*cells, *[""] * (width - len(cells) + 1)])
            return found

        return pick

    @cached_property
    def _order(self) -> tuple[str, ...]:
        # One column more, never present: itemgetter of a single place would give no tuple.
        return (*self.columns, "")

    def _place(self, name: str, labels: tuple[str, ...]) -> int:
        places = (labels.index(label) for label in self.columns.get(name, ()) if label in labels)
        return next(places, len(labels))


def columns(**labels: str) -> dict[str, tuple[str, ...]]:
    """Write columns as name="label|older label", labels folded."""
    return {name: tuple(written.split("|")) for name, written in labels.items()}


def read_when(raw: RawRow, text: str, remark: Remark) -> Told | None:
    """Read a time, with a remark where there is one that can't be read."""
    if not text or text.isspace():
        return None
    told = read_time(text)
    if told is None:
        remark(raw.line, f"'{shorten(text)}' is no date or time that is known here; it was left empty")
    return told


def read_address(raw: RawRow, text: str, remark: Remark) -> str | None:
    """Read an e-mail address, with a remark where there is something that is none."""
    if not text or text.isspace() or text.strip().casefold() == "not available":
        return None
    address = normalise_email(text)
    if address is None:
        remark(raw.line, f"'{shorten(text)}' is no e-mail address; it was left empty")
    return address


def shorten(text: str) -> str:
    """Give the beginning of a text for a message."""
    return text if len(text) <= 120 else f"{text[:117]}..."
