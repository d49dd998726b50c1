"""When a copy is tried again."""

from datetime import UTC, datetime, timedelta

import pytest

from goodterms.delivery.rules.retries import next_try

FIRST = datetime(2026, 11, 2, 9, tzinfo=UTC)


@pytest.mark.parametrize(
    ("attempts", "minutes"), [(0, 30), (1, 30), (2, 60), (3, 120), (4, 240), (5, 480), (6, 480), (99, 480)]
)
def test_pauses_begin_at_half_an_hour_and_grow(attempts: int, minutes: int) -> None:
    assert next_try(attempts, first_tried_at=FIRST, now=FIRST) == FIRST + timedelta(minutes=minutes)


def test_after_five_days_it_is_given_up() -> None:
    assert next_try(9, first_tried_at=FIRST, now=FIRST + timedelta(days=5, hours=-8)) == FIRST + timedelta(days=5)
    assert next_try(9, first_tried_at=FIRST, now=FIRST + timedelta(days=5, hours=-8, seconds=1)) is None
    assert next_try(1, first_tried_at=FIRST, now=FIRST + timedelta(days=6)) is None


def test_a_server_that_always_defers_is_asked_about_twenty_times() -> None:
    tries, at = 1, FIRST
    while (due_at := next_try(tries, first_tried_at=FIRST, now=at)) is not None:
        tries, at = tries + 1, due_at

    assert tries == 19
    assert at - FIRST > timedelta(days=4)
