"""How far a mailing is."""

from datetime import UTC, datetime, timedelta

import pytest

from goodterms.mailings.rules import Progress, try_again_at

NOW = datetime(2026, 11, 2, 9, tzinfo=UTC)


@pytest.mark.parametrize(
    ("failures", "seconds"), [(0, 30), (1, 30), (2, 60), (3, 120), (5, 480), (6, 900), (7, 900), (400, 900)]
)
def test_after_each_failure_it_waits_longer_up_to_a_quarter_of_an_hour(failures: int, seconds: int) -> None:
    assert try_again_at(failures, now=NOW) == NOW + timedelta(seconds=seconds)


def test_progress_tells_the_rate_and_the_time_left() -> None:
    before = Progress.of({"accepted": 100, "queued": 900}, NOW)
    now = Progress.of(
        {"accepted": 150, "refused": 5, "unknown": 5, "deferred": 40, "queued": 750, "attempting": 50},
        NOW + timedelta(seconds=10),
    )

    assert (now.finished, now.left) == (160, 840)
    assert now.rate_since(before) == 6.0
    assert now.time_left(6.0) == timedelta(seconds=140)
    assert now.time_left(0) is None
    assert now.rate_since(now) == 0.0
