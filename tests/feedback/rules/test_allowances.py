"""How often the same may be asked for."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from goodterms.feedback.rules.allowances import Allowance, asked_again

NOW = datetime(2026, 11, 2, 9, tzinfo=UTC)
TWICE_AN_HOUR = Allowance(what="something", times=2, period=timedelta(hours=1))


@given(st.lists(st.integers(0, 7_200), max_size=60))
def test_in_no_period_is_more_granted_than_may_be(steps: list[int]) -> None:
    now, moments, granted = NOW, tuple[float, ...](), list[datetime]()
    for step in steps:
        now += timedelta(seconds=step)
        found = asked_again(TWICE_AN_HOUR, moments, now)
        moments = found.moments
        if found.is_granted:
            granted.append(now)
    assert all(third - first >= timedelta(hours=1) for first, third in zip(granted, granted[2:], strict=False))


def test_what_is_older_than_the_period_counts_no_more() -> None:
    before = tuple((NOW - timedelta(minutes=minutes)).timestamp() for minutes in (90, 60, 59))
    found = asked_again(TWICE_AN_HOUR, before, NOW)
    assert (found.is_granted, found.moments) == (True, (before[2], NOW.timestamp()))
    assert not asked_again(TWICE_AN_HOUR, found.moments, NOW).is_granted


def test_a_clock_set_back_frees_nothing_and_blocks_nobody_for_long() -> None:
    ahead = ((NOW + timedelta(days=9)).timestamp(),) * 2
    refused = asked_again(TWICE_AN_HOUR, ahead, NOW)
    assert not refused.is_granted
    assert asked_again(TWICE_AN_HOUR, refused.moments, NOW + timedelta(hours=1)).is_granted
