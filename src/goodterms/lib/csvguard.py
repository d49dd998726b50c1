"""CSV that a spreadsheet can open without running what somebody wrote into a cell."""

import csv
from collections.abc import Iterable, Sequence
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
    writer = csv.writer(stream)
    writer.writerow([guard_cell(label) for label in header])
    count = 0
    for row in rows:
        writer.writerow([guard_cell(cell) if isinstance(cell, str) else cell for cell in row])
        count += 1
    return count
