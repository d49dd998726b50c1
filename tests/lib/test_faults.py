"""Faults are told in words for every door."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import goodterms
from goodterms.cli.main import main
from goodterms.lib.faults import Fault

_HERE = Path(goodterms.__file__).parent
# What only somebody at a command line meets.
_AT_THE_COMMAND_LINE = ("cli/", "demo/", "web/server.py", "mailings/workers/")
_COMMAND = re.compile(rf"goodterms ({'|'.join(main.commands)})\b")


def _said() -> Iterator[tuple[str, str]]:
    """Give each text that stands in the message of something raised, and where."""
    for path in sorted(_HERE.rglob("*.py")):
        where = path.relative_to(_HERE).as_posix()
        if where.startswith(_AT_THE_COMMAND_LINE):
            continue
        for found in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(found, ast.Raise) and isinstance(found.exc, ast.Call):
                texts = [part for argument in found.exc.args for part in ast.walk(argument)]
                yield from (
                    (f"{where}:{text.lineno}", text.value)
                    for text in texts
                    if isinstance(text, ast.Constant) and isinstance(text.value, str)
                )


def test_nobody_who_has_the_pages_is_told_to_type_a_command() -> None:
    said = list(_said())
    assert len(said) > 100
    assert [(where, text) for where, text in said if _COMMAND.search(text)] == []


def test_what_to_type_is_added_at_the_command_line_alone() -> None:
    fault = Fault("Nothing waits. Nothing was done.", typed="See: goodterms feedback pending")
    assert str(fault) == "Nothing waits. Nothing was done."
    assert fault.at_the_command_line == "Nothing waits. Nothing was done. See: goodterms feedback pending"
    assert Fault("Nothing was done.").at_the_command_line == "Nothing was done."
