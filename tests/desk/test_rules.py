"""A person's pace, and what an archive says of what was marked as sent."""

from datetime import UTC, datetime, timedelta

import pytest

from goodterms.desk.rules import Seen, day_of, seen
from goodterms.policy.rules import ByHand

NOW = datetime(2026, 11, 2, 9, tzinfo=UTC)
LIMITS = ByHand(messages_a_day=3, gap=timedelta(seconds=20))


def ago(**span: float) -> datetime:
    return NOW - timedelta(**span)


@pytest.mark.parametrize(
    ("sent", "done", "left", "next_at", "again_at"),
    [
        ([], 0, 3, NOW, None),
        ([ago(seconds=5)], 1, 2, NOW + timedelta(seconds=15), None),
        ([ago(hours=25), ago(hours=1)], 1, 2, NOW, None),
        ([ago(hours=5), ago(hours=2), ago(hours=1)], 3, 0, NOW, ago(hours=5) + timedelta(days=1)),
        # Whoever sent more than the allowance waits until there is room for one.
        ([ago(hours=h) for h in (6, 5, 2, 1)], 4, 0, NOW, ago(hours=5) + timedelta(days=1)),
    ],
)
def test_a_day_at_the_desk(
    sent: list[datetime], done: int, left: int, next_at: datetime, again_at: datetime | None
) -> None:
    day = day_of(sent, LIMITS, now=NOW)
    assert (day.done, day.left, day.next_at, day.again_at) == (done, left, next_at, again_at)


@pytest.mark.parametrize(
    ("taken_at", "is_confirmed", "spoke_at", "what"),
    [
        (None, False, [], Seen.WAITS),
        (ago(days=1), False, [], Seen.WAITS),
        (NOW + timedelta(days=9), True, [NOW], Seen.CONFIRMED),
        (NOW + timedelta(days=9), False, [NOW + timedelta(hours=1)], Seen.OTHER_TEXT),
        (NOW + timedelta(days=9), False, [ago(days=30)], Seen.NOT_FOUND),
    ],
)
def test_what_an_archive_says_of_a_message(
    taken_at: datetime | None, is_confirmed: bool, spoke_at: list[datetime], what: Seen
) -> None:
    assert seen(marked_at=NOW, taken_at=taken_at, is_confirmed=is_confirmed, spoke_at=spoke_at) is what
