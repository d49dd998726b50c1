"""When an archive is too old."""

from datetime import UTC, datetime, timedelta

import pytest

from goodterms.status.rules import Due, Need, Urgency, age_of_archive

NOW = datetime(2026, 6, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("days", "urgency"),
    [(120, None), (121, Urgency.SOON), (151, Urgency.NOW), (181, Urgency.LATE), (1_000, Urgency.LATE)],
)
def test_an_archive_is_wanted_before_linkedin_forgets(days: int, urgency: Urgency | None) -> None:
    found = list(age_of_archive(NOW - timedelta(days=days), NOW))
    assert found == ([Due(need=Need.OLD_ARCHIVE, count=days, urgency=urgency)] if urgency else [])


def test_without_an_archive_one_is_wanted() -> None:
    assert list(age_of_archive(None, NOW)) == [Due(need=Need.ARCHIVE)]
