"""CSV that a spreadsheet can open without running what somebody wrote into a cell."""

import csv
from collections.abc import Iterable, Iterator, Sequence
from io import StringIO
from itertools import chain
from typing import TextIO

_STARTERS = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")


def guard_cell(text: str) -> str:
    """Give a cell that no spreadsheet takes for a formula: a quote goes before what could start one.

    The signs are those of OWASP's page on CSV injection, their full-width forms included, also behind blanks.
    """
    return f"'{text}" if text.startswith(_STARTERS) or text.lstrip().startswith(_STARTERS) else text


def write_guarded(stream: TextIO, header: Sequence[str], rows: Iterable[Sequence[object]]) -> int:
    """Write a header and rows as RFC 4180 CSV with every text cell guarded, and give the number of rows.

    Numbers stay numbers; None becomes an empty cell. Open the stream with newline="".
    """
    lines = list(guarded_lines(header, rows))
    stream.writelines(lines)
    return len(lines) - 1


def guarded_lines(header: Sequence[str], rows: Iterable[Sequence[object]]) -> Iterator[str]:
    """Give what `write_guarded` writes, line by line."""
    line = StringIO(newline="")
    for row in chain([header], rows):
        csv.writer(line).writerow([guard_cell(cell) if isinstance(cell, str) else cell for cell in row])
        yield line.getvalue()
        line.seek(0)
        line.truncate()
