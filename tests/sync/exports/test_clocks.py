from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from goodterms.sync.exports.clocks import PACIFIC, Rule, Told, read_archive_name, read_time

DAYS = [
    ("05 Dec 2025", date(2025, 12, 5)),
    ("5 Dec 2025", date(2025, 12, 5)),
    ("05 December 2025", date(2025, 12, 5)),
    ("9-Feb-26", date(2026, 2, 9)),
    ("09.02.2026", date(2026, 2, 9)),
    ("9.2.26", date(2026, 2, 9)),
    ("2026-02-09", date(2026, 2, 9)),
    ("2/9/26", date(2026, 2, 9)),
    (" 29 Feb 2024 ", date(2024, 2, 29)),
]


@pytest.mark.parametrize(("text", "day"), DAYS)
def test_a_day_is_the_start_of_a_utc_day(text: str, day: date) -> None:
    told = read_time(text)

    assert told == Told(text, datetime(day.year, day.month, day.day, tzinfo=UTC), Rule.DAY_UTC)
    assert told is not None
    assert told.on == day


MOMENTS = [
    ("2025-12-05 13:14:15 UTC", datetime(2025, 12, 5, 13, 14, 15, tzinfo=UTC), Rule.STATED_UTC),
    ("2025/12/05 13:14:15 UTC", datetime(2025, 12, 5, 13, 14, 15, tzinfo=UTC), Rule.STATED_UTC),
    ("Fri Dec 05 13:14:15 UTC 2025", datetime(2025, 12, 5, 13, 14, 15, tzinfo=UTC), Rule.STATED_UTC),
    ("2025-12-05T13:14:15Z", datetime(2025, 12, 5, 13, 14, 15, tzinfo=UTC), Rule.STATED_UTC),
    ("2025-12-05T13:14:15.678Z", datetime(2025, 12, 5, 13, 14, 15, tzinfo=UTC), Rule.STATED_UTC),
    ("2025-12-05T13:14:15+05:30", datetime(2025, 12, 5, 7, 44, 15, tzinfo=UTC), Rule.STATED_OFFSET),
    ("2025-12-05T13:14:15-0800", datetime(2025, 12, 5, 21, 14, 15, tzinfo=UTC), Rule.STATED_OFFSET),
    ("2025-12-05 13:14:15", datetime(2025, 12, 5, 13, 14, 15, tzinfo=UTC), Rule.INFERRED_UTC),
    ("12/5/25, 1:14 PM", datetime(2025, 12, 5, 21, 14, tzinfo=UTC), Rule.INFERRED_PACIFIC),
    ("7/5/25, 1:14 PM", datetime(2025, 7, 5, 20, 14, tzinfo=UTC), Rule.INFERRED_PACIFIC),
    ("7/5/25, 1:14\u202fPM", datetime(2025, 7, 5, 20, 14, tzinfo=UTC), Rule.INFERRED_PACIFIC),
    ("7/5/2025 13:14", datetime(2025, 7, 5, 20, 14, tzinfo=UTC), Rule.INFERRED_PACIFIC),
    ("7/5/25, 12:00 AM", datetime(2025, 7, 5, 7, 0, tzinfo=UTC), Rule.INFERRED_PACIFIC),
    ("7/5/25, 12:00 PM", datetime(2025, 7, 5, 19, 0, tzinfo=UTC), Rule.INFERRED_PACIFIC),
    # Clocks go back at 2 on 2 Nov 2025 and forward at 2 on 8 Mar 2026
    ("11/2/25, 12:59 AM", datetime(2025, 11, 2, 7, 59, tzinfo=UTC), Rule.INFERRED_PACIFIC),
    ("11/2/25, 1:30 AM", datetime(2025, 11, 2, 8, 30, tzinfo=UTC), Rule.INFERRED_PACIFIC),
    ("11/2/25, 2:00 AM", datetime(2025, 11, 2, 10, 0, tzinfo=UTC), Rule.INFERRED_PACIFIC),
    ("3/8/26, 1:59 AM", datetime(2026, 3, 8, 9, 59, tzinfo=UTC), Rule.INFERRED_PACIFIC),
    ("3/8/26, 3:00 AM", datetime(2026, 3, 8, 10, 0, tzinfo=UTC), Rule.INFERRED_PACIFIC),
]


@pytest.mark.parametrize(("text", "at", "rule"), MOMENTS)
def test_a_moment_is_in_the_zone_it_states_or_its_form_has(text: str, at: datetime, rule: Rule) -> None:
    assert read_time(text) == Told(text, at, rule)


NO_TIMES = [
    "",
    "soon",
    "31 Feb 2025",
    "13/4/26",
    "4/13/26, 13:00 PM",
    "4/13/26, 0:00 AM",
    "2025-13-01",
    "2025-02-30 10:00:00 UTC",
    "2025-12-05 25:00:00 UTC",
    "2025-12-05 10:00:00 CET",
    "99 Foo 2025",
    "0001-01-01T00:00:00+14:00",
    "5 Dec 2025" + " " * 100_000,
    "Not Available",
]


@pytest.mark.parametrize("text", NO_TIMES, ids=lambda text: text[:25])
def test_what_is_no_time_is_not_guessed(text: str) -> None:
    assert read_time(text) is None


@given(st.text(max_size=70))
def test_any_text_is_a_time_or_none(text: str) -> None:
    told = read_time(text)

    assert told is None or (told.raw == text and told.at.tzinfo is UTC)


@given(st.datetimes(datetime(2003, 5, 5), datetime(2060, 1, 1)))  # noqa: DTZ001 -- a wall clock has no zone
def test_pacific_wall_clocks_come_back_from_their_utc_moment(wall: datetime) -> None:
    wall = wall.replace(second=0, microsecond=0)
    text = f"{wall.month}/{wall.day}/{wall:%y}, {wall.hour % 12 or 12}:{wall:%M} {'AM' if wall.hour < 12 else 'PM'}"
    told = read_time(text)

    assert told is not None
    there = told.at.astimezone(PACIFIC).replace(tzinfo=None)
    assert there - wall in {timedelta(0), timedelta(hours=1)}  # an hour where summer time skips one


@pytest.mark.parametrize(
    ("name", "day"),
    [
        ("Basic_LinkedInDataExport_12-05-2025.zip", date(2025, 12, 5)),
        ("Complete_LinkedInDataExport_06-27-2026.zip.zip", date(2026, 6, 27)),
        ("Basic_LinkedInDataExport_12-05-2025.zip (1).zip", date(2025, 12, 5)),
        ("basic_linkedindataexport_12-05-2025", date(2025, 12, 5)),
        ("Basic_LinkedInDataExport_13-05-2025.zip", None),
        ("export.zip", None),
    ],
)
def test_the_archives_name_tells_the_american_day(name: str, day: date | None) -> None:
    told = read_archive_name(name)

    assert (told.on if told else None) == day
    assert told is None or told.rule is Rule.NAME
