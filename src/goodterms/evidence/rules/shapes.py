"""Shapes that values read from a file must have; what does not fit is told with its place."""

import re
from collections.abc import Callable, Collection, Iterator
from datetime import datetime
from typing import Any

from goodterms.evidence.rules.findings import Finding, Part
from goodterms.lib.moments import write_moment

Shape = Callable[[Any, str], Iterator[Finding]]
"""Called with a value and its place; gives what is wrong with it."""


def fields(**shapes: Shape) -> Shape:
    """Give the shape of a mapping with exactly these keys."""

    def check(value: Any, where: str) -> Iterator[Finding]:
        if not isinstance(value, dict):
            yield _wrong(where, "a mapping is expected")
            return
        for name in sorted(shapes.keys() - value.keys()):
            yield _wrong(_at(where, name), "it is missing")
        for name in sorted(value.keys() - shapes.keys()):
            yield _wrong(_at(where, name), "nothing of that name belongs there")
        for name in sorted(shapes.keys() & value.keys()):
            yield from shapes[name](value[name], _at(where, name))

    return check


def many(shape: Shape) -> Shape:
    """Give the shape of a list of this shape."""

    def check(value: Any, where: str) -> Iterator[Finding]:
        if not isinstance(value, list):
            yield _wrong(where, "a list is expected")
            return
        for place, item in enumerate(value):
            yield from shape(item, f"{where}[{place}]")

    return check


def perhaps(shape: Shape) -> Shape:
    """Give the shape of a value that may be null."""

    def check(value: Any, where: str) -> Iterator[Finding]:
        if value is not None:
            yield from shape(value, where)

    return check


def one_of(values: Collection[Any]) -> Shape:
    """Give the shape of a value that is one of these."""

    def check(value: Any, where: str) -> Iterator[Finding]:
        # True is 1 to Python, and a list is in nothing.
        if not any(type(value) is type(known) and value == known for known in values):
            yield _wrong(where, f"{', '.join(map(str, values))} is expected")

    return check


def text(value: Any, where: str) -> Iterator[Finding]:
    """Check a text."""
    if not isinstance(value, str):
        yield _wrong(where, "a text is expected")


def number(value: Any, where: str) -> Iterator[Finding]:
    """Check a whole number that every reader of JSON holds exactly (RFC 8259 section 6), from 0 on."""
    if type(value) is not int or not 0 <= value < 2**53:
        yield _wrong(where, "a whole number from 0 on is expected")


def mapping(value: Any, where: str) -> Iterator[Finding]:
    """Check a mapping of anything."""
    if not isinstance(value, dict):
        yield _wrong(where, "a mapping is expected")


def hexadecimal(length: int) -> Shape:
    """Give the shape of a text of so many lower-case hexadecimal digits."""
    pattern = re.compile(f"[0-9a-f]{{{length}}}")

    def check(value: Any, where: str) -> Iterator[Finding]:
        if not isinstance(value, str) or not pattern.fullmatch(value):
            yield _wrong(where, f"{length} hexadecimal digits are expected")

    return check


def moment(value: Any, where: str) -> Iterator[Finding]:
    """Check a moment in UTC, written as Goodterms writes it (RFC 3339)."""
    try:
        is_moment = write_moment(datetime.fromisoformat(value)) == value
    except (TypeError, ValueError, OverflowError):
        is_moment = False
    if not is_moment:
        yield _wrong(where, "a moment like 2026-01-31T14:05:00Z is expected")


def _at(where: str, name: str) -> str:
    return f"{where}.{name}" if where else name


def _wrong(where: str, what: str) -> Finding:
    return Finding(part=Part.FILE, where=where or "the dossier", what=what)
