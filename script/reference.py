"""The parts of the documents that are made from the code: words, settings, commands.

A part stands between two comments of which the first names what it is made from:

    <!-- from goodterms.ledger.rules.kinds.Kind -->      an enumeration: a table of its values and their meanings
    <!-- from goodterms.config.SETTINGS -->              the settings
    <!-- from goodterms.cli -->                          the commands
    <!-- from goodterms -->                              the folders, in the order in which imports run
    <!-- from goodterms.delivery.paces -->               the paces of mail accounts
    <!-- end -->
"""

import ast
import importlib
import inspect
import os
import re
import sys
import tempfile
import textwrap
import tomllib
from collections.abc import Iterator
from enum import Enum
from itertools import pairwise
from pathlib import Path

import click
import django
from django.db.models import Choices

from goodterms.config import SETTINGS

ROOT = Path(__file__).parents[1]
DOCUMENTS = (
    "ARCHITECTURE.md",
    "GLOSSARY.md",
    "docs/decision.md",
    "docs/settings.md",
    "docs/commands.md",
    "docs/api.md",
    "docs/sending.md",
)
_PART = re.compile(r"<!-- from (?P<source>[\w.]+) -->\n(?P<text>.*?)<!-- end -->", re.DOTALL)


def sources(document: str) -> list[str]:
    """Give what a document's parts are made from, in their order."""
    return [match["source"] for match in _PART.finditer((ROOT / document).read_text(encoding="utf-8"))]


def made_anew(document: str) -> str:
    """Give a document with its parts made from the code as it is now."""
    text = (ROOT / document).read_text(encoding="utf-8")
    return _PART.sub(lambda match: f"<!-- from {match['source']} -->\n{part(match['source'])}\n<!-- end -->", text)


def part(source: str) -> str:
    """Give what is made from one source."""
    if source == "goodterms.config.SETTINGS":
        return _settings()
    if source == "goodterms.cli":
        return _commands()
    if source == "goodterms":
        return _folders()
    if source == "goodterms.delivery.paces":
        return _paces()
    return _table(_find(source))


def _paces() -> str:
    values = tomllib.loads((ROOT / "src/goodterms/delivery/paces.toml").read_text(encoding="utf-8"))["paces"]
    lines = [
        "| pace | for | at most | a new sender begins with | the provider publishes (read) |",
        "|---|---|---|---|---|",
    ]
    for name, pace in values.items():
        most = [f"{cap:,} a {span}" for span, cap in pace.get("account", {}).items()]
        most += [f"{cap:,} a {span} to a domain" for span, cap in pace.get("domain", {}).items()]
        first = f"{pace['ramp']['first']} a day" if "ramp" in pace else ""
        published = f"{pace['published']} ({pace['read_on']})"
        lines.append(f"| `{name}` | {pace['about']} | {', '.join(most)} | {first} | {published} |")
    return "\n".join(lines)


def meanings(enumeration: type[Enum]) -> dict[str, str]:
    """Give each value's meaning: the label of Django's choices, else the line below the value in the code."""
    if issubclass(enumeration, Choices):
        return {value: str(label) for value, label in enumeration.choices}
    (definition,) = ast.parse(textwrap.dedent(inspect.getsource(enumeration))).body
    assert isinstance(definition, ast.ClassDef)
    said = dict(_lines_below(definition.body))
    return {str(member.value): said.get(member.name, "") for member in enumeration}


def _lines_below(body: list[ast.stmt]) -> Iterator[tuple[str, str]]:
    for before, line in pairwise(body):
        match before, line:
            case ast.Assign(targets=[ast.Name(id=name)]), ast.Expr(value=ast.Constant(value=str(text))):
                yield name, " ".join(text.split())


def _find(source: str) -> type[Enum]:
    words = source.split(".")
    first_class = next(place for place, word in enumerate(words) if word[0].isupper())
    found: object = importlib.import_module(".".join(words[:first_class]))
    for word in words[first_class:]:
        found = getattr(found, word)
    assert isinstance(found, type)
    assert issubclass(found, Enum)
    return found


def _table(enumeration: type[Enum]) -> str:
    rows = [f"| `{value}` | {meaning} |" for value, meaning in meanings(enumeration).items()]
    return "\n".join(["| word | meaning |", "|---|---|", *rows])


def _settings() -> str:
    parts = []
    for setting in SETTINGS:
        default = f" By default: {setting.default}." if setting.default else " By default: not set."
        secret = " Holds a secret." if setting.secret else ""
        parts.append(f"### {setting.name}\n\n{setting.help}{default}{secret}")
    return "\n\n".join(parts)


def _folders() -> str:
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    layers = settings["tool"]["importlinter"]["contracts"][0]["layers"]
    rows = []
    for name in (name for layer in layers for name in layer.split(" | ")):
        if (ROOT / "src/goodterms" / name).is_dir():
            said = importlib.import_module(f"goodterms.{name}").__doc__
            rows += [f"| `{name}/` | {said.strip().splitlines()[0]} |"] if said else []
    return "\n".join(["| folder | what it is about |", "|---|---|", *rows])


def _commands() -> str:
    program = importlib.import_module("goodterms.cli.main").main
    return "\n\n".join(_command(words, text) for words, text in _helps(program, "goodterms", None))


def _helps(command: click.Command, name: str, parent: click.Context | None) -> Iterator[tuple[str, str]]:
    settings = {**command.context_settings, "terminal_width": 100, "color": False}
    context = click.Context(command, info_name=name, parent=parent, **settings)
    yield context.command_path, click.unstyle(command.get_help(context))
    if isinstance(command, click.Group):
        for word in command.list_commands(context):
            below = command.get_command(context, word)
            if below is not None and not below.hidden:
                yield from _helps(below, word, context)


def _command(words: str, text: str) -> str:
    lines = "\n".join(line.rstrip() for line in text.splitlines())
    return f"## {words}\n\n```text\n{lines}\n```"


def main() -> None:
    """Write the documents, or with --check say which of them do not fit the code."""
    os.environ["DJANGO_SETTINGS_MODULE"] = "goodterms.settings"
    with tempfile.TemporaryDirectory() as home:
        os.environ["GOODTERMS_HOME"] = home
        django.setup()
        stale = [document for document in DOCUMENTS if not _is_fresh(document)]
    if stale and "--check" in sys.argv:
        sys.exit(f"These do not fit the code: {', '.join(stale)}")


def _is_fresh(document: str) -> bool:
    path, text = ROOT / document, made_anew(document)
    is_fresh = path.read_text(encoding="utf-8") == text
    if not is_fresh and "--check" not in sys.argv:
        path.write_text(text, encoding="utf-8")
        print(f"{document} written anew")
    return is_fresh


if __name__ == "__main__":
    main()
