"""A CSV as it comes: any encoding, delimiter and preamble; rows with their line and exact text, streamed."""

import csv
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from io import BufferedReader, TextIOWrapper
from typing import NamedTuple, Self

HEADER_LINES = 12
"""How far down the header is looked for: LinkedIn's stands in line 1 or 4; people put a title above."""
CELL_SIGNS = 1024 * 1024
"""The longest cell read. LinkedIn's longest message has 8,000 signs."""
LINE_SIGNS = 2 * CELL_SIGNS
"""The longest line held in memory."""
ROW_LINES = 200
"""The most lines one row may span. LinkedIn's rows span one; beyond this a quote was left open."""
DELIMITERS = ",;\t"

_NOT_UTF8 = re.compile("[\udc80-\udcff]")
_LABEL_GAPS = re.compile(r"[\s_\-]+")
_LABEL_EDGES = "\ufeff \t\r\n\"'"

csv.field_size_limit(CELL_SIGNS)  # the csv module knows one limit for the whole process; its own is 128 KiB

Remark = Callable[[int, str], None]
"""Takes a line number and what is to be said about that line."""


def _windows_1252() -> dict[int, str]:
    """Give what each byte that is not UTF-8, escaped as a lone surrogate, stands for."""
    table = {}
    for byte in range(0x80, 0x100):
        sign = bytes([byte]).decode("cp1252", "replace")
        table[0xDC00 + byte] = chr(byte) if sign == "\ufffd" else sign
    return table


_WINDOWS_1252 = _windows_1252()


class RawRow(NamedTuple):
    """A row as it stands: the number of its first line, its exact text without the line end, its cells."""

    line: int
    text: str
    cells: list[str]


@dataclass(frozen=True, slots=True)
class Header:
    """What was found at the top of a table."""

    delimiter: str
    labels: tuple[str, ...]
    """Column names, folded."""
    above: str
    """The exact text down to and including the header's line."""
    lines: int
    """How many lines that is."""


def fold_label(text: str) -> str:
    """Give a column's or file's name for comparison: case, blanks, underscores and hyphens do not matter."""
    return _LABEL_GAPS.sub("", text.strip(_LABEL_EDGES)).casefold()


def open_text(stream: BufferedReader) -> TextIOWrapper:
    """Give the text of a table line by line, line ends kept.

    UTF-16 is known by its mark or its zero bytes. All else is taken for UTF-8; a byte that isn't becomes a
    lone surrogate, which `read_rows` reads as Windows-1252: hand-touched files mix both, even in one line.
    """
    encoding = _encoding(stream.peek(4)[:4])
    errors = "replace" if encoding.startswith("utf-16") else "surrogateescape"
    return TextIOWrapper(stream, encoding=encoding, errors=errors, newline="")


def _encoding(start: bytes) -> str:
    if start.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "utf-16"
    if len(start) == 4 and start[1] == start[3] == 0 and start[0] and start[2]:
        return "utf-16-le"
    if len(start) == 4 and start[0] == start[2] == 0 and start[1] and start[3]:
        return "utf-16-be"
    return "utf-8-sig"


def read_head(stream: BufferedReader) -> list[str]:
    """Give the first lines of a table, where its header must stand."""
    with stream, open_text(stream) as text:
        lines = _Lines(text, _say_nothing)
        return [line for line, _ in zip(lines, range(HEADER_LINES), strict=False)]


def find_header(head: list[str], fits: Callable[[frozenset[str]], bool]) -> Header | None:
    """Find the first line whose folded labels fit, whatever their order and delimiter, or give None."""
    for count, line in enumerate(head, start=1):
        for delimiter in DELIMITERS:
            labels = read_labels(line, delimiter)
            if fits(frozenset(labels)):
                return Header(delimiter, labels, "".join(head[:count]), count)
    return None


def read_labels(line: str, delimiter: str) -> tuple[str, ...]:
    """Give the folded labels in a line; none where it is no row at all."""
    try:
        return tuple(fold_label(cell) for cell in next(csv.reader([line], delimiter=delimiter), []))
    except csv.Error:
        return ()


def read_rows(stream: BufferedReader, header: Header, remark: Remark) -> Iterator[RawRow]:
    """Give the rows below the header, in order; memory does not grow with their number.

    Rows of empty cells are passed over. What can't be read is remarked upon and left out, the rest goes on.
    """
    with stream, open_text(stream) as text:
        lines = _Lines(text, remark)
        for _ in range(header.lines):
            next(lines, None)
        yield from _Rows(lines, header, remark)


def _say_nothing(line: int, text: str) -> None:
    """Keep the remarks of a first look to itself: reading the rows makes them again."""


class _QuoteLeftOpen(Exception):
    """A row goes on for more lines than a row can."""


class _Lines:
    """Hands out lines, cleaned of what no text may hold; knows those of the present row, takes lines back."""

    def __init__(self, text: TextIOWrapper, remark: Remark) -> None:
        self._readline = text.readline
        self._remark = remark
        self._returned: list[str] = []
        self._was_told = False
        self.taken: list[str] = []
        self.count = 0

    def __iter__(self) -> Self:
        return self

    def __next__(self) -> str:
        if len(self.taken) >= ROW_LINES:
            raise _QuoteLeftOpen
        line = self._returned.pop() if self._returned else self._fresh()
        self.count += 1
        self.taken.append(line)
        return line

    def take_back(self, lines: list[str]) -> None:
        """Hand these out again, before all others."""
        self._returned.extend(reversed(lines))
        self.count -= len(lines)

    def _fresh(self) -> str:
        line = self._readline(LINE_SIGNS)
        while len(line) == LINE_SIGNS and not line.endswith("\n"):
            self._drop_rest()
            line = self._readline(LINE_SIGNS)
        if not line:
            raise StopIteration
        if line.isascii():
            return line if "\0" not in line else self._without_nul(line)
        return self._cleaned(line)

    def _drop_rest(self) -> None:
        self.count += 1
        self._remark(self.count, f"the line is longer than {LINE_SIGNS:,} signs; it was left out")
        part = self._readline(LINE_SIGNS)
        while len(part) == LINE_SIGNS and not part.endswith("\n"):
            part = self._readline(LINE_SIGNS)

    def _cleaned(self, line: str) -> str:
        if _NOT_UTF8.search(line):
            if not self._was_told:
                self._remark(self.count + 1, "not all is UTF-8; the rest was read as Windows-1252 (told once a file)")
                self._was_told = True
            line = line.translate(_WINDOWS_1252)
        return line if "\0" not in line else self._without_nul(line)

    def _without_nul(self, line: str) -> str:
        self._remark(self.count + 1, "zero bytes in the line; they were left out")
        return line.replace("\0", "")


class _Rows:
    """Puts lines together to rows, and comes back to its senses after a quote left open."""

    def __init__(self, lines: _Lines, header: Header, remark: Remark) -> None:
        self._lines = lines
        self._remark = remark
        self._delimiter = header.delimiter
        self._width = len(header.labels)

    def __iter__(self) -> Iterator[RawRow]:
        lines, width = self._lines, self._width
        taken = lines.taken
        reader = csv.reader(lines, delimiter=self._delimiter)
        while True:
            taken.clear()
            cells: list[str] | None
            try:
                cells = next(reader)
            except StopIteration:
                return
            except (csv.Error, _QuoteLeftOpen):
                cells = None
            if cells is None or len(taken) > 1 or len(cells) != width:
                cells = self._settle(cells)
            if cells and any(cells):
                yield RawRow(lines.count - len(taken) + 1, _joined(taken), cells)

    def _settle(self, cells: list[str] | None) -> list[str] | None:
        """Judge a row that isn't one line of the right width: give its cells, or those of its first line."""
        taken = self._lines.taken
        start = self._lines.count - len(taken) + 1
        if cells is None and len(taken) == 1:
            self._remark(start, f"a cell is longer than {CELL_SIGNS:,} signs or broken; the row was left out")
            return None
        if cells is not None and self._is_whole(cells):
            return cells
        self._lines.take_back(taken[1:])
        del taken[1:]
        self._remark(start, "a quotation mark is left open; the line was read by itself")
        return self._split(taken[0], quoted=False)

    def _is_whole(self, cells: list[str]) -> bool:
        taken = self._lines.taken
        if sum(line.count('"') for line in taken) % 2:
            return False
        return len(taken) == 1 or (len(cells) == self._width and not any(map(self._is_row, taken[1:])))

    def _is_row(self, line: str) -> bool:
        """Say whether a line in a cell looks like a row: then the cell should have ended before it."""
        if self._width < 3 or line.count('"') % 2:
            return False
        return len(self._split(line, quoted=True) or ()) == self._width

    def _split(self, line: str, *, quoted: bool) -> list[str] | None:
        try:
            if quoted:
                return next(csv.reader([line], delimiter=self._delimiter), [])
            cells = next(csv.reader([line], delimiter=self._delimiter, quoting=csv.QUOTE_NONE), [])
        except csv.Error:
            return None
        return [cell.strip('"') for cell in cells]


def _joined(taken: list[str]) -> str:
    return (taken[0] if len(taken) == 1 else "".join(taken)).rstrip("\r\n")
