"""Reading what an automatic answer says of the person, by the words in absence.toml. Nothing in it is a consent."""

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from functools import cache
from pathlib import Path

from goodterms.feedback.parsers.folding import fold

_MOST_SIGNS = 4_000
_ADDRESS = re.compile(r"[\w.+%-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,6}")
_ISO = re.compile(r"\b(20\d\d)-(\d{1,2})-(\d{1,2})\b")
_DOTTED = re.compile(r"\b(\d{1,2})[./](\d{1,2})[./](20\d\d|\d\d)\b")
_DAY_FIRST = re.compile(
    r"\b(\d{1,2})(?:st|nd|rd|th|\.|er)?\s+(?:de |of |d')?([a-z]{3,12})\.?,?(?:\s+(?:de )?(20\d\d))?"
)
_MONTH_FIRST = re.compile(r"\b([a-z]{3,12})\.?\s+(\d{1,2})(?:st|nd|rd|th)?\b,?(?:\s+(20\d\d))?")


class AbsenceKind(StrEnum):
    """What an automatic answer tells. The first that fits counts."""

    LEFT_COMPANY = "left_company"
    """The person works there no more: nobody reads this address."""
    ADDRESS_CHANGED = "address_changed"
    """The person has another address: a suggestion, until they say so themselves."""
    ROLE_CLOSED = "role_closed"
    """Nobody reads this address any more."""
    OUT_OF_OFFICE = "out_of_office"
    """The person is away."""
    OTHER = "other"
    """Anything else, such as a receipt."""


@dataclass(frozen=True, kw_only=True)
class Absence:
    """What an automatic answer says."""

    kind: AbsenceKind
    until_on: date | None = None
    """The last day of an absence, or the day of the return, as far as it can be read."""
    address: str = ""
    """Another address that it names: never written to without the person's own word."""

    @property
    def closes_address(self) -> bool:
        """Whether nobody reads the address any more."""
        return self.kind in {AbsenceKind.LEFT_COMPANY, AbsenceKind.ROLE_CLOSED}


def absence_in(subject: str, text: str, written_at: datetime | None) -> Absence:
    """Read an automatic answer; a date without a year is the next such day after it was written."""
    words = fold(f"{subject}\n{text}"[:_MOST_SIGNS])
    plain = " ".join(words.split())
    kind = next(
        (AbsenceKind(name) for name, pattern in _patterns().items() if pattern.search(plain)), AbsenceKind.OTHER
    )
    until = _until(plain, written_at) if kind is AbsenceKind.OUT_OF_OFFICE else None
    named = _ADDRESS.findall(text[:_MOST_SIGNS])
    return Absence(kind=kind, until_on=until, address=named[0].lower() if named else "")


def _until(words: str, written_at: datetime | None) -> date | None:
    """Give the latest day named that lies after the writing, within a year: away from the one until the other."""
    today = written_at.date() if written_at else None
    found = [day for day in _days(words, today) if today is None or 0 <= (day - today).days <= 366]
    return max(found, default=None)


def _days(words: str, today: date | None) -> Iterator[date]:
    for year, month, day in _ISO.findall(words):
        yield from _day(int(year), int(month), int(day))
    for day, month, year in _DOTTED.findall(words):
        # 03/12/2026 may be the 3rd of December or the 12th of March.
        yield from _day(int(year) % 100 + 2000, int(month), int(day))
    for day, name, year in _DAY_FIRST.findall(words):
        yield from _named(name, int(day), year, today)
    for name, day, year in _MONTH_FIRST.findall(words):
        yield from _named(name, int(day), year, today)


def _named(name: str, day: int, year: str, today: date | None) -> Iterator[date]:
    month = next((number for number, names in enumerate(_months(), 1) if name in names), 0)
    if not month or not (year or today):
        return
    for one in _day(int(year) if year else (today or date.min).year, month, day):
        if not year and today and one < today:
            yield from _day(one.year + 1, month, day)
        else:
            yield one


def _day(year: int, month: int, day: int) -> Iterator[date]:
    try:
        yield date(year, month, day)
    except ValueError:
        return


@cache
def _lists() -> dict[str, dict[str, list[str]]]:
    return tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8"))


@cache
def _patterns() -> dict[str, re.Pattern[str]]:
    return {name: re.compile(fold("|".join(entries))) for name, entries in _lists()["says"].items()}


@cache
def _months() -> list[set[str]]:
    return [{fold(name) for name in names} for names in _lists()["months"].values()]
