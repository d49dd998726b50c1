"""The one reader of LinkedIn's exports: give it what LinkedIn gave, get typed rows with their evidence."""

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, Generic

from goodterms.sync.exports.archive import Archive, ExportUnreadable, Member, open_archive
from goodterms.sync.exports.clocks import Told
from goodterms.sync.exports.connections import CONNECTIONS
from goodterms.sync.exports.contacts import IMPORTED_CONTACTS
from goodterms.sync.exports.invitations import INVITATIONS
from goodterms.sync.exports.layout import FileKind, Layout, RowT, shorten
from goodterms.sync.exports.messages import MESSAGES
from goodterms.sync.exports.owner import EMAIL_ADDRESSES, PROFILE, PROFILE_SUMMARY, REGISTRATION
from goodterms.sync.exports.praise import (
    ENDORSEMENTS_GIVEN,
    ENDORSEMENTS_RECEIVED,
    RECOMMENDATIONS_GIVEN,
    RECOMMENDATIONS_RECEIVED,
)
from goodterms.sync.exports.tables import (
    DELIMITERS,
    Header,
    RawRow,
    find_header,
    fold_label,
    read_head,
    read_labels,
    read_rows,
)

LAYOUTS: tuple[Layout[Any], ...] = (
    CONNECTIONS,
    INVITATIONS,
    MESSAGES,
    PROFILE,
    PROFILE_SUMMARY,
    EMAIL_ADDRESSES,
    REGISTRATION,
    RECOMMENDATIONS_GIVEN,
    RECOMMENDATIONS_RECEIVED,
    ENDORSEMENTS_GIVEN,
    ENDORSEMENTS_RECEIVED,
    IMPORTED_CONTACTS,
)
"""Every table that is read, in the order of an export's files. A new one is a file and a line here."""

MOST_WARNINGS = 1_000
"""Kept in words; of more only the number is kept, so that a million bad rows don't fill the memory."""

_BY_STEM = {stem: layout for layout in LAYOUTS for stem in layout.stems}
_FILE_NAME = re.compile(r"(?P<stem>.*?)(?:[ _]+(?P<part>\d+))?(?: *\((?P<copy>\d+)\))?\.csv", re.IGNORECASE)


class Warnings:
    """What was left out or read with a doubt, each with its file and line."""

    def __init__(self) -> None:
        self._texts: dict[str, None] = {}  # a file read twice says the same twice
        self._more = 0

    def add(self, text: str) -> None:
        """Keep a warning."""
        if len(self._texts) < MOST_WARNINGS:
            self._texts.setdefault(text)
        elif text not in self._texts:
            self._more += 1

    @property
    def texts(self) -> list[str]:
        """All warnings so far, in the order found."""
        more = [f"... and {self._more:,} warnings more"] if self._more else []
        return [*self._texts, *more]


@dataclass(frozen=True)
class ExportFile(Generic[RowT]):
    """One table of an export."""

    layout: Layout[RowT]
    member: Member
    header: Header
    _warnings: Warnings

    @property
    def kind(self) -> FileKind:
        """What table it is; parts of one table are files of one kind."""
        return self.layout.kind

    @property
    def name(self) -> str:
        """The file's bare name."""
        return self.member.name

    @cached_property
    def sha256(self) -> str:
        """The SHA-256 of the file's bytes in hexadecimal; reads it through the first time."""
        return self.member.sha256()

    @property
    def preamble_and_header(self) -> str:
        """The exact text above the rows, the header included."""
        return self.header.above

    def rows(self) -> Iterator[RowT]:
        """Read the rows in order, from the start each time; duplicates are given as they stand.

        What can't be read becomes a warning of the export. Raises ExportUnreadable if the archive is damaged.
        """
        pick = self.layout.pick(self.header)
        read = self.layout.read
        width = len(self.header.labels)
        for raw in read_rows(self.member.open(), self.header, self._remark):
            if len(raw.cells) > width and any(raw.cells[width:]):
                self._remark(raw.line, _too_many(raw, width))
                continue
            row = read(raw, pick(raw), self._remark)
            if row is not None:
                yield row

    def _remark(self, line: int, text: str) -> None:
        self._warnings.add(f"{self.name}, line {line}: {text}")


def _too_many(raw: RawRow, width: int) -> str:
    return f"{len(raw.cells)} cells under {width} columns; the row was left out: {shorten(raw.text)}"


@dataclass(frozen=True)
class Export:
    """An export opened for reading."""

    archive: Archive
    files: tuple[ExportFile[Any], ...]
    """In the order of LAYOUTS, parts of one table in the order of their numbers."""
    _warnings: Warnings

    @property
    def name(self) -> str:
        """The name under which it was given."""
        return self.archive.name

    @property
    def sha256(self) -> str:
        """The SHA-256 of the zip or the CSV; for a folder, of the list of its tables' names and hashes."""
        return self.archive.sha256

    @property
    def taken(self) -> Told | None:
        """When LinkedIn made it, by its name or its newest member; None where only the contents can tell."""
        return self.archive.taken

    @property
    def warnings(self) -> list[str]:
        """What was left out or read with a doubt so far; complete once all rows were read."""
        return self._warnings.texts

    def files_of(self, layout: Layout[RowT]) -> tuple[ExportFile[RowT], ...]:
        """Give the files of one layout: none where the export lacks it, several where it is split."""
        return tuple(file for file in self.files if file.layout is layout)

    def rows_of(self, layout: Layout[RowT]) -> Iterator[RowT]:
        """Read the rows of one layout, through all its parts."""
        for file in self.files_of(layout):
            yield from file.rows()


@contextmanager
def read_export(path: Path) -> Iterator[Export]:
    """Open a zip, an unpacked folder or a single CSV; rows are read when asked for, while it is open.

    Raises ExportUnreadable where it is no export, is damaged, or a table lacks a column it must have.
    """
    with open_archive(path, lambda name: layout_named(name) is not None) as archive:
        warnings = Warnings()
        found = [_open_file(member, archive, warnings) for member in archive.members]
        files = sorted((file for file in found if file), key=_order)
        if not files:
            raise ExportUnreadable(f"The tables in '{archive.name}' are all empty. Ask LinkedIn for a new copy.")
        yield Export(archive, tuple(files), warnings)


def layout_named(file_name: str) -> Layout[Any] | None:
    """Give the layout a file's bare name stands for, whatever its case, blanks and part number."""
    match = _FILE_NAME.fullmatch(file_name)
    return _BY_STEM.get(fold_label(match["stem"])) if match else None


def _order(file: ExportFile[Any]) -> tuple[int, int, int, str]:
    match = _FILE_NAME.fullmatch(file.name)
    numbers = (int(match["part"] or 0), int(match["copy"] or 0)) if match else (0, 0)
    return (LAYOUTS.index(file.layout), *numbers, file.name)


def _open_file(member: Member, archive: Archive, warnings: Warnings) -> ExportFile[Any] | None:
    head = read_head(member.open())
    named = layout_named(member.name)
    if not any(line.strip() for line in head):
        if named is CONNECTIONS or archive.is_single:
            raise ExportUnreadable(f"'{member.name}' is empty. Ask LinkedIn for a new copy; nothing was changed.")
        warnings.add(f"{member.name}: the file is empty")
        return None
    candidates: Sequence[Layout[Any]] = [named] if named else LAYOUTS
    for layout in candidates:
        if header := find_header(head, layout.fits):
            return ExportFile(layout, member, header, warnings)
    raise ExportUnreadable(_no_header(member.name, head, named))


def _no_header(name: str, head: list[str], layout: Layout[Any] | None) -> str:
    if layout is None:
        return f"'{name}' is none of LinkedIn's tables: no line at its top has their column names."
    seen = {frozenset(read_labels(line, delimiter)) for line in head for delimiter in DELIMITERS}
    missing = min((layout.missing(labels) for labels in seen), key=lambda names: (len(names), names))
    return (
        f"'{name}' lacks {', '.join(label.replace('_', ' ') for label in missing)}: no line at its top has "
        "all the column names of that table. Use the file as LinkedIn gave it; nothing was changed."
    )
