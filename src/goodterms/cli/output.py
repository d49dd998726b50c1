"""What commands print: one JSON object for programs, or a few lines for people."""

import sys
from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any
from unicodedata import category

import click
import orjson
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn, TimeRemainingColumn
from rich.table import Table
from rich.text import Text

MESSAGES = Console(stderr=True, highlight=False)
"""Messages and progress; never what a program reads."""


class Refused(click.ClickException):
    """The command was refused, or found something faulty; the exit status is 1."""

    exit_code = 1

    def __init__(self, message: str, values: dict[str, Any] | None = None) -> None:
        super().__init__(message)
        self.values = values or {}
        # Asked here: when click shows the message, the command's context is gone.
        self._is_for_programs = is_for_programs()

    def show(self, file: Any = None) -> None:
        """Print the values for programs and the message for people."""
        if self._is_for_programs:
            print_json({"error": self.message, **self.values})
        MESSAGES.print(Text(clean(self.message), "red"), soft_wrap=True)


def is_for_programs() -> bool:
    """Say whether the running command was asked for JSON."""
    context = click.get_current_context(silent=True)
    return bool(context and context.params.get("as_json"))


def print_json(values: dict[str, Any]) -> None:
    """Print one JSON object, one line."""
    sys.stdout.buffer.write(orjson.dumps(values, default=str, option=orjson.OPT_APPEND_NEWLINE))
    sys.stdout.flush()


def answer(values: dict[str, Any], *lines: str | Text | Table) -> None:
    """Print a command's answer: the values for programs, or the lines for people.

    Strings are printed as they are: names in them may hold anything. Only a Text has a style, and empty tables are left
    out.
    """
    if is_for_programs():
        print_json(values)
        return
    console = Console(highlight=False, markup=False, emoji=False)
    for line in lines:
        if isinstance(line, Table):
            if line.row_count:
                console.print(line)
        else:
            console.print(clean(line) if isinstance(line, str) else line, soft_wrap=True)


def clean(text: str) -> str:
    """Give a text without control signs, which could make a terminal do things."""
    return "".join(sign for sign in text if sign in "\n\t" or category(sign) != "Cc")


def strong(text: str) -> Text:
    """Give a text that stands out."""
    return Text(clean(text), "bold")


def warn(message: str) -> None:
    """Print a message for people beside the answer."""
    MESSAGES.print(Text(clean(message), "yellow"), soft_wrap=True)


def table(columns: Sequence[str], rows: Iterable[Sequence[Any]], *, cut: Collection[str] = ()) -> Table:
    """Make a table for people; numbers stand to the right.

    Words wrap where the terminal is narrow, but what has no blanks is kept whole to be copied. The `cut` columns never
    wrap: they end in an ellipsis.
    """
    made = Table(show_header=any(columns), header_style="bold", box=None, pad_edge=False, padding=(0, 2, 0, 0))
    filled = [[_cell(cell) for cell in row] for row in rows]
    for place, name in enumerate(columns):
        cells = [row[place] for row in filled]
        is_number = bool(cells) and all(cell.replace(",", "").isdigit() for cell in cells)
        is_whole = name not in cut and not any(" " in cell for cell in cells)
        made.add_column(name, justify="right" if is_number else "left", overflow="fold", no_wrap=is_whole)
    for row in filled:
        made.add_row(*(_text(cell, is_cut=name in cut) for cell, name in zip(row, columns, strict=True)))
    return made


def _text(cell: str, *, is_cut: bool) -> Text:
    return Text(cell, no_wrap=True, overflow="ellipsis") if is_cut else Text(cell)


def _cell(value: Any) -> str:
    if isinstance(value, datetime):
        return f"{value.astimezone(UTC):%Y-%m-%d\xa0%H:%M}"
    return "" if value is None else clean(str(value))


@contextmanager
def progress() -> Iterator[Progress]:
    """Show progress on long work, on standard error; nothing where nobody looks."""
    with Progress(
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
        console=MESSAGES,
        transient=True,
        disable=not MESSAGES.is_terminal,
    ) as shown:
        yield shown
