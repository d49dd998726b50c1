"""How fast copies may leave."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from goodterms.delivery.rules.pacing import (
    NO_BOUND,
    UNLIMITED,
    Caps,
    Lately,
    Pace,
    Ramp,
    Span,
    Wait,
    Why,
    account_room,
    backed_off,
    current,
    domain_room,
    eased,
    forecast,
    grant,
    spent,
)

NOON = datetime(2026, 11, 2, 12, tzinfo=UTC)
BERLIN = ZoneInfo("Europe/Berlin")
SLOW = Pace(name="slow", account=Caps(minute=3, hour=10, day=20))


def seconds(number: float) -> datetime:
    return NOON + timedelta(seconds=number)


def test_nothing_bounds_what_is_unlimited() -> None:
    assert UNLIMITED.is_unlimited
    assert account_room(UNLIMITED, Lately(), NOON, UTC).copies == NO_BOUND


@pytest.mark.parametrize(
    ("copies", "room", "why"),
    [(0, 3, None), (2, 1, None), (3, 0, Why.MINUTE), (10, 0, Why.HOUR), (20, 0, Why.DAY), (99, 0, Why.DAY)],
)
def test_the_longest_wait_counts(copies: int, room: int, why: Why | None) -> None:
    found = account_room(SLOW, spent(Lately(), copies, NOON), NOON, UTC)
    assert (found.copies, found.wait and found.wait.why) == (room, why)


@given(
    st.lists(st.tuples(st.integers(0, 5_000), st.integers(1, 9)), max_size=60),
    st.integers(1, 5),
    st.integers(5, 20),
    st.integers(20, 60),
)
def test_no_cap_is_ever_passed_wherever_a_span_begins(
    asks: list[tuple[int, int]], minute: int, hour: int, day: int
) -> None:
    pace = Pace(name="any", account=Caps(minute=minute, hour=hour, day=day))
    lately, now, left = Lately(), NOON, []
    for pause, wanted in asks:
        now += timedelta(seconds=pause)
        found = grant(pace, lately, {}, ["a.test"] * wanted, now=now, zone=UTC, chance=0)
        lately = found.account
        left += [now] * len(found.places)
    for span, cap in ((Span.MINUTE, minute), (Span.HOUR, hour), (Span.DAY, day)):
        length = timedelta(seconds=span.length)
        assert all(sum(first <= at < first + length for at in left) <= cap for first in left)


@given(st.integers(1, 500), st.integers(1, 30), st.integers(30, 60))
def test_the_end_of_a_wait_is_when_room_comes(copies: int, minute: int, hour: int) -> None:
    pace = Pace(name="any", account=Caps(minute=minute, hour=hour))
    lately = spent(Lately(), copies, NOON)
    wait = account_room(pace, lately, NOON, UTC).wait
    if wait:
        assert account_room(pace, lately, wait.until - timedelta(seconds=1), UTC).wait == wait
        assert account_room(pace, lately, wait.until, UTC).copies > 0


def test_a_receiving_domain_has_caps_of_its_own_and_the_others_go_on() -> None:
    pace = Pace(name="own", domain=Caps(minute=2))
    wanted = ["big", "small", "big", "big", "tiny"]
    found = grant(pace, Lately(), {}, wanted, now=NOON, zone=UTC, chance=0)
    assert found.places == (0, 1, 2, 4)
    assert found.closed == {"big": Wait(until=seconds(65), why=Why.MINUTE, domain="big")}
    assert domain_room(pace, found.domains["small"], NOON, "small").copies == 1
    assert grant(pace, found.account, found.domains, ["big"], now=NOON, zone=UTC, chance=0).places == ()


def test_a_personal_mailbox_sends_one_after_the_other_with_gaps_that_are_drawn() -> None:
    pace = Pace(name="personal", gap_seconds=(20, 60))
    found = grant(pace, Lately(), {}, ["a", "b"], now=NOON, zone=UTC, chance=0.5)
    assert found.places == (0,)
    assert account_room(pace, found.account, NOON, UTC).wait == Wait(until=seconds(40), why=Why.GAP)
    assert account_room(pace, found.account, seconds(40), UTC).copies == 1


@pytest.mark.parametrize(
    ("hour", "opens"),
    [
        (6, datetime(2026, 11, 2, 7, tzinfo=UTC)),
        (7, None),
        (18, None),
        (19, datetime(2026, 11, 3, 7, tzinfo=UTC)),
        (23, datetime(2026, 11, 3, 7, tzinfo=UTC)),
    ],
)
def test_personal_mail_leaves_at_the_hours_of_the_owners_day(hour: int, opens: datetime | None) -> None:
    pace = Pace(name="personal", hours=(time(8), time(20)))
    room = account_room(pace, Lately(), NOON.replace(hour=hour), BERLIN)
    assert room.wait == (Wait(until=opens, why=Why.HOURS) if opens else None)


def test_the_hours_follow_summer_time() -> None:
    pace = Pace(name="personal", hours=(time(8), time(20)))
    night = datetime(2026, 10, 24, 22, tzinfo=UTC)
    room = account_room(pace, Lately(), night, BERLIN)
    assert room.wait
    assert room.wait.until == datetime(2026, 10, 25, 7, tzinfo=UTC)


def test_a_new_sender_begins_with_few_a_day_and_more_follow() -> None:
    pace = Pace(name="new", account=Caps(day=500), ramp=Ramp(first=50, factor=2, until=400))
    lately, days = Lately(), []
    for day in range(6):
        now = NOON + timedelta(days=day, minutes=60 * day)
        found = grant(pace, lately, {}, ["a"] * 999, now=now, zone=UTC, chance=0)
        lately = found.account
        days.append(len(found.places))
    assert days == [50, 100, 200, 500, 500, 500]
    wait = account_room(pace, spent(Lately(), 50, NOON), NOON, UTC).wait
    assert wait
    assert wait.why is Why.RAMP


def test_what_was_reached_a_month_ago_is_lost() -> None:
    pace = Pace(name="new", ramp=Ramp(first=50, factor=2, until=400))
    lately = spent(Lately(), 300, NOON)
    assert account_room(pace, lately, NOON + timedelta(days=29), UTC).copies == NO_BOUND
    assert account_room(pace, lately, NOON + timedelta(days=32), UTC).copies == 50


def test_midnight_alone_raises_nothing() -> None:
    pace = Pace(name="new", ramp=Ramp(first=50, factor=2, until=400))
    evening = NOON.replace(hour=23)
    lately = spent(Lately(), 50, evening)
    assert account_room(pace, lately, evening + timedelta(hours=2), UTC).copies == 0


def test_each_pause_that_a_server_asks_for_is_twice_as_long_up_to_an_hour() -> None:
    lately, now, pauses = Lately(), NOON, []
    for _ in range(8):
        lately = backed_off(lately, now)
        assert lately.not_before
        pauses.append((lately.not_before - now).total_seconds() / 60)
        assert backed_off(lately, now + timedelta(seconds=1)) == lately, "the rest of a window lengthens nothing"
        now = lately.not_before
    assert pauses == [1, 2, 4, 8, 16, 32, 60, 60]
    lately = eased(lately)
    assert lately.back_off == timedelta(minutes=30)
    for _ in range(5):
        lately = eased(lately)
    assert lately.back_off == timedelta(0)


def test_a_pause_holds_up_everything_and_says_so() -> None:
    found = account_room(SLOW, backed_off(Lately(), NOON), NOON, UTC)
    assert found.wait == Wait(until=seconds(60), why=Why.BACK_OFF)


def test_a_clock_set_back_makes_nobody_wait_for_ever() -> None:
    ahead = NOON + timedelta(days=400)
    lately = backed_off(spent(Lately(), 20, ahead), ahead)
    now = current(lately, NOON)
    assert now.count(Span.DAY) == 20
    wait = account_room(SLOW, lately, NOON, UTC).wait
    assert wait
    assert wait.until <= NOON + timedelta(hours=25)
    assert account_room(SLOW, lately, NOON, UTC).copies == 0, "what left may have left just now"


def test_nothing_that_is_too_old_is_kept() -> None:
    lately = spent(spent(Lately(), 7, NOON), 1, NOON + timedelta(days=40))
    assert [lately.count(span) for span in Span] == [1, 1, 1, 1]


@pytest.mark.parametrize(
    ("pace", "waiting", "takes"),
    [
        (UNLIMITED, 1_000_000, timedelta(0)),
        (Pace(name="p", account=Caps(minute=10)), 10, timedelta(0)),
        (Pace(name="p", account=Caps(minute=10)), 11, timedelta(seconds=65)),
        (Pace(name="p", account=Caps(day=100)), 250, timedelta(days=2, hours=2)),
        (Pace(name="p", gap_seconds=(20, 60)), 31, timedelta(minutes=20)),
        (Pace(name="p", domain=Caps(minute=10)), 31, timedelta(seconds=195)),
    ],
)
def test_a_forecast_says_when_the_last_one_leaves(pace: Pace, waiting: int, takes: timedelta) -> None:
    assert forecast(pace, Lately(), {}, {"a.test": waiting}, now=NOON, zone=UTC) - NOON == takes


def test_a_forecast_of_a_very_long_run_is_drawn_out() -> None:
    pace = Pace(name="p", gap_seconds=(20, 60))
    takes = forecast(pace, Lately(), {}, {"a.test": 1_000_000}, now=NOON, zone=UTC) - NOON
    assert takes.total_seconds() == pytest.approx(40 * 1_000_000, rel=0.01)


@given(st.integers(1, 60), st.integers(1, 9), st.integers(5, 30), st.booleans())
def test_a_forecast_is_what_comes_of_it(copies: int, minute: int, hour: int, human: bool) -> None:
    pace = Pace(
        name="p", account=Caps(minute=minute, hour=hour), gap_seconds=(10, 10) if human else (0, 0),
        hours=(time(8), time(20)),
    )  # fmt: skip
    ends_at = forecast(pace, Lately(), {}, {"a": copies}, now=NOON, zone=BERLIN)
    lately, now, last, left = Lately(), NOON, NOON, copies
    while left:
        wait = account_room(pace, lately, now, BERLIN).wait
        now = wait.until if wait else now
        found = grant(pace, lately, {}, ["a"] * left, now=now, zone=BERLIN, chance=0.5)
        lately, left = found.account, left - len(found.places)
        last = now if found.places else last
    assert last == ends_at
