"""The three clocks in one archive: which zone a written time is in, and how that is known."""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, timezone
from enum import StrEnum
from functools import lru_cache
from zoneinfo import ZoneInfo

PACIFIC = ZoneInfo("America/Los_Angeles")
"""LinkedIn's home: invitations carry its wall clock without saying so, whatever the member's own zone."""

_MONTHS = {
    name: number
    for number, name in enumerate(
        ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"), start=1
    )
}
_CACHED = 65_536  # an archive spans some 8,000 days, and its moments seldom repeat
_LONGEST = 60  # no written time is longer; more is somebody's text, not worth a search
_MESSAGE_TIME = len("2026-01-31 14:05:00 UTC")

_DAY_FORMS = (
    re.compile(r"(?P<day>\d{1,2})[ -](?P<name>[A-Za-z]{3})[a-z]*[ -](?P<year>\d{4}|\d{2})"),  # 05 Dec 2025, 9-Feb-26
    re.compile(r"(?P<day>\d{1,2})\.(?P<month>\d{1,2})\.(?P<year>\d{4}|\d{2})"),
    re.compile(r"(?P<year>\d{4})[-/](?P<month>\d{1,2})[-/](?P<day>\d{1,2})"),
    re.compile(r"(?P<month>\d{1,2})/(?P<day>\d{1,2})/(?P<year>\d{4}|\d{2})"),  # LinkedIn's order is the American one
)
_TIME = r"(?P<hour>\d{1,2}):(?P<minute>\d{2})(?::(?P<second>\d{2})(?:\.\d+)?)?"
_DAY_AND_TIME = re.compile(
    rf"(?P<date>.*\d)(?:,\s*|\s+|T){_TIME}\s*(?P<half>[AaPp]\.?[Mm]\.?)?\s*(?P<zone>UTC|GMT|Z|[+-]\d\d:?\d\d)?"
)
_UNIX_FORM = re.compile(rf"[A-Za-z]{{3}} (?P<name>[A-Za-z]{{3}}) +(?P<day>\d{{1,2}}) {_TIME} UTC (?P<year>\d{{4}})")


class Rule(StrEnum):
    """How the moment behind a written time was told."""

    STATED_UTC = "stated_utc"
    """The text itself says UTC."""
    STATED_OFFSET = "stated_offset"
    """The text itself gives its distance from UTC."""
    INFERRED_PACIFIC = "inferred_pacific"
    """No zone is written; this form (M/D/YY, h:mm AM) was found to follow US Pacific (summer) time."""
    INFERRED_UTC = "inferred_utc"
    """No zone is written; this form (YYYY-MM-DD HH:MM:SS) says UTC wherever LinkedIn itself writes it."""
    DAY_UTC = "day_utc"
    """Only a day is written; LinkedIn's days were found to be UTC days. The moment is the day's start."""
    NAME = "name"
    """The day in the archive's name. The moment is the day's start in UTC."""
    FILE = "file"
    """The newest time among the archive's members, taken as UTC."""


@dataclass(frozen=True, slots=True)
class Told:
    """A time as written, the moment it was taken for, and the rule that told so."""

    raw: str
    at: datetime
    rule: Rule

    @property
    def on(self) -> date:
        """The UTC day of the moment."""
        return self.at.date()


def read_time(text: str) -> Told | None:
    """Read a day or a moment in any form found in exports, or give None where it is neither.

    A two-digit year is of this century. In the hour that summer time repeats, the first of the two is meant.
    """
    if text.endswith(" UTC") and len(text) == _MESSAGE_TIME:
        return _read_message_time(text) or _read_time(text)
    return _read_time(text) if len(text) <= _LONGEST else None


def _read_message_time(text: str) -> Told | None:
    # Messages have so many moments that no cache helps, and the general way takes most of their time.
    try:
        return Told(text, datetime.fromisoformat(f"{text[:19]}+00:00"), Rule.STATED_UTC)
    except ValueError:
        return None


@lru_cache(maxsize=_CACHED)
def _read_time(text: str) -> Told | None:
    stripped = text.strip()
    if day := _read_day(stripped):
        return Told(text, datetime.combine(day, time(), UTC), Rule.DAY_UTC)
    if match := _UNIX_FORM.fullmatch(stripped):
        return _told(text, _date_of(match), match)
    if match := _DAY_AND_TIME.fullmatch(stripped):
        return _told(text, _read_day(match["date"]), match)
    return None


def _read_day(text: str) -> date | None:
    for form in _DAY_FORMS:
        if match := form.fullmatch(text):
            return _date_of(match)
    return None


def _date_of(match: re.Match[str]) -> date | None:
    parts = match.groupdict()
    year = int(parts["year"])
    name = parts.get("name")
    month = _MONTHS.get(name.lower(), 0) if name else int(parts["month"])
    try:
        return date(year if len(parts["year"]) == 4 else 2000 + year, month, int(parts["day"]))
    except ValueError:
        return None


def _told(raw: str, day: date | None, match: re.Match[str]) -> Told | None:
    parts = match.groupdict()
    zone, rule = _zone(parts.get("zone") or ("UTC" if match.re is _UNIX_FORM else ""), parts.get("date") or "")
    try:
        hour = _hour(int(parts["hour"]), (parts.get("half") or "").lower())
        clock = time(hour, int(parts["minute"]), int(parts["second"] or 0), tzinfo=zone)
        return Told(raw, datetime.combine(day, clock).astimezone(UTC), rule) if day else None
    except (ValueError, OverflowError):
        return None


def _hour(hour: int, half: str) -> int:
    if not half:
        return hour
    if not 1 <= hour <= 12:
        raise ValueError(f"{hour} {half} is no hour")
    return hour % 12 + (12 if half.startswith("p") else 0)


def _zone(stated: str, day: str) -> tuple[timezone | ZoneInfo, Rule]:
    if stated in {"UTC", "GMT", "Z"}:
        return UTC, Rule.STATED_UTC
    if stated:
        distance = timedelta(hours=int(stated[1:3]), minutes=int(stated[-2:]))
        return timezone(-distance if stated[0] == "-" else distance), Rule.STATED_OFFSET
    return (UTC, Rule.INFERRED_UTC) if re.match(r"\d{4}-", day) else (PACIFIC, Rule.INFERRED_PACIFIC)


_NAME = re.compile(r"LinkedInDataExport_(?P<month>\d{2})-(?P<day>\d{2})-(?P<year>\d{4})", re.IGNORECASE)


def read_archive_name(name: str) -> Told | None:
    """Read the day an archive was made from its name (..._LinkedInDataExport_MM-DD-YYYY), or give None."""
    match = _NAME.search(name)
    day = _date_of(match) if match else None
    return Told(name, datetime.combine(day, time(), UTC), Rule.NAME) if day else None
