"""Where the story is played: each command run as its user would, with a short account of it, and what must hold."""

import json
import os
import shlex
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.padding import Padding
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table
from rich.text import Text

from goodterms.lib.faults import Fault

_LOOKS_EVERY = 0.1
_PATIENCE = 0.8
"""Seconds after which a bar is shown."""
_WIDEST = 96


class StoryFailed(Fault):
    """Something that must hold in the story does not; the message says what."""


@dataclass
class Stage:
    """A folder to play in, and the account of the play."""

    folder: Path
    console: Console
    environ: dict[str, str]
    commands: list[dict[str, Any]] = field(default_factory=list)
    """Each command with its exit status and seconds."""
    checks: list[str] = field(default_factory=list)
    """What was found to hold."""

    # The account

    def scene(self, title: str) -> None:
        """Begin a new part of the story."""
        number = sum(1 for command in self.commands if "scene" in command) + 1
        self.commands.append({"scene": title})
        self.console.print()
        self.console.rule(Text(f"{number}. {title}", "bold"), align="left", style="dim")

    def say(self, *lines: str) -> None:
        """Tell something, wrapped to the width of the terminal."""
        for line in lines:
            self._print(Text.from_markup(line))

    def show(self, columns: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
        """Show a small table without lines."""
        shown = Table(box=None, show_header=any(columns), header_style="dim", pad_edge=False, padding=(0, 3, 0, 0))
        for place, name in enumerate(columns):
            is_number = bool(rows) and all(row[place].replace(",", "").isdigit() for row in rows)
            shown.add_column(name, justify="right" if is_number else "left", overflow="fold")
        for row in rows:
            shown.add_row(*map(Text, row))
        self._print(shown, indent=4)

    def quote(self, text: str) -> None:
        """Show a piece of a text as it is."""
        for line in text.splitlines():
            self._print(Text(line, "dim"), indent=4)

    def type(self, line: str) -> None:
        """Show a command line; a long one is never broken, so that it can be copied."""
        self.console.print(Text.assemble(("  $ ", "dim"), (line, "cyan")), soft_wrap=True)

    def _print(self, shown: Text | Table, *, indent: int = 2) -> None:
        if isinstance(shown, Text) and not shown:
            self.console.print()
            return
        width = self._width - indent
        lines = shown.wrap(self.console, width) if isinstance(shown, Text) else [shown]
        for line in lines:
            self.console.print(Padding(line, (0, 0, 0, indent), expand=False), width=self._width)

    @property
    def _width(self) -> int:
        return min(self.console.width, _WIDEST)

    # What must hold

    def hold(self, what: str, holds: bool, found: object = "") -> None:
        """Say that something holds, or end the story where it does not."""
        if not holds:
            detail = f" Found: {found}." if found else ""
            raise StoryFailed(f"The story went wrong. This should hold and does not: {what}.{detail}")
        self.checks.append(what)
        self._print(Text.assemble(("✓ ", "green"), f"{what}."))

    # The commands

    def run(
        self, *words: str, status: int = 0, total: int | None = None, done: Callable[[], int] = lambda: 0
    ) -> dict[str, Any]:
        """Run a command of Goodterms, showing it as its user would type it, and give what it answers.

        Raises StoryFailed where its exit status is another one. A bar is shown while it runs; with `total`, how much
        `done` says there is of it.
        """
        line = shlex.join(("goodterms", *words))
        self.console.print()
        self.type(line)
        started = time.monotonic()
        with self.bar(f"goodterms {words[0]}", total) as moved:
            finished, said, messages = self._run(words, lambda: moved(done()))
        self.commands.append({"command": line, "status": finished, "seconds": round(time.monotonic() - started, 2)})
        if finished != status:
            raise StoryFailed(f"'{line}' ended with status {finished} instead of {status}: {messages.strip()[-2_000:]}")
        return _read_answer(line, said)

    def _run(self, words: Sequence[str], look: Callable[[], None]) -> tuple[int, str, str]:
        # Files take what is said, not pipes: nobody reads while we watch, and a full pipe would stop the command.
        with (
            tempfile.TemporaryFile("w+", encoding="utf-8") as said,
            tempfile.TemporaryFile("w+", encoding="utf-8") as messages,
        ):
            with subprocess.Popen(  # noqa: S603 -- our own program
                [sys.executable, "-m", "goodterms", *words, "--json"],
                cwd=self.folder,
                env=self.environ,
                stdin=subprocess.DEVNULL,
                stdout=said,
                stderr=messages,
            ) as process:
                while process.poll() is None:
                    look()
                    _wait(process)
            look()
            said.seek(0)
            messages.seek(0)
            return process.returncode, said.read(), messages.read()

    @contextmanager
    def bar(self, what: str, total: int | None = None) -> Iterator[Callable[[int], None]]:
        """Show a bar where something takes long; gives a function to say how much is done. It vanishes afterwards."""
        columns = [TextColumn("    [dim]{task.description}"), BarColumn(30)]
        columns += [MofNCompleteColumn()] if total else []
        is_seen = self.console.is_terminal and not self.console.quiet
        progress = Progress(*columns, TimeElapsedColumn(), console=self.console, transient=True, disable=not is_seen)
        task = progress.add_task(what, total=total)
        shown_from = time.monotonic() + _PATIENCE

        def moved(done: int) -> None:
            if time.monotonic() > shown_from:
                progress.start()
            progress.update(task, completed=done)

        try:
            yield moved
        finally:
            progress.stop()


def make_stage(folder: Path, console: Console, *, database: str = "") -> Stage:
    """Give a stage in a folder, apart from whatever data folder and settings its user has."""
    environ = {name: value for name, value in os.environ.items() if not name.startswith(("GOODTERMS_", "DJANGO_"))}
    environ |= {"GOODTERMS_HOME": str(folder / "home"), "PYTHONIOENCODING": "utf-8"}
    if database:
        environ["GOODTERMS_DATABASE_URL"] = database
    return Stage(folder=folder, console=console, environ=environ)


def _wait(process: subprocess.Popen[bytes]) -> None:
    try:
        process.wait(_LOOKS_EVERY)
    except subprocess.TimeoutExpired:
        return


def _read_answer(line: str, said: str) -> dict[str, Any]:
    try:
        found = json.loads(said)
    except ValueError:
        raise StoryFailed(f"'{line}' answered something that is no JSON: {said[:500]}") from None
    if not isinstance(found, dict):
        raise StoryFailed(f"'{line}' answered no JSON object: {said[:500]}")
    return found
