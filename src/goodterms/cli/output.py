"""What commands print: one JSON object for programs, or a few lines for people."""

import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import click
import orjson
from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn, TimeRemainingColumn
from rich.table import Table

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
        MESSAGES.print(f"[red]{escape(self.message)}[/red]", soft_wrap=True)


def is_for_programs() -> bool:
    """Say whether the running command was asked for JSON."""
    context = click.get_current_context(silent=True)
    return bool(context and context.params.get("as_json"))


def print_json(values: dict[str, Any]) -> None:
    """Print one JSON object, one line."""
    sys.stdout.buffer.write(orjson.dumps(values, default=str, option=orjson.OPT_APPEND_NEWLINE))
    sys.stdout.flush()


def answer(values: dict[str, Any], *lines: str | Table) -> None:
    """Print a command's answer: the values for programs, or the lines for people."""
    if is_for_programs():
        print_json(values)
        return
    console = Console(highlight=False)
    for line in lines:
        console.print(line, soft_wrap=isinstance(line, str))


def warn(message: str) -> None:
    """Print a message for people beside the answer."""
    MESSAGES.print(f"[yellow]{escape(message)}[/yellow]", soft_wrap=True)


def table(columns: Sequence[str], rows: Iterable[Sequence[Any]], *, title: str = "") -> Table:
    """Make a table for people; numbers stand to the right."""
    made = Table(title=title or None, title_justify="left", header_style="bold", box=None, pad_edge=False)
    filled = [["" if cell is None else str(cell) for cell in row] for row in rows]
    for place, name in enumerate(columns):
        is_number = bool(filled) and all(row[place].replace(",", "").isdigit() for row in filled)
        made.add_column(name, justify="right" if is_number else "left", overflow="fold")
    for row in filled:
        made.add_row(*map(escape, row))
    return made


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
