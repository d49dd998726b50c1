"""Histories that the random ones came upon, told in full."""

import itertools
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.never_back.house import House
from tests.never_back.test_never_back import History


@pytest.fixture
def history(committed_db: dict[str, str], request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[History]:
    """A history that has begun: three are connected, read and welcomed."""
    template = request.getfixturevalue("_database_template")
    numbers = itertools.count()
    History.make_house = staticmethod(lambda: House(template, tmp_path / f"house{next(numbers)}"))
    made = History()
    made.begins("opt_out_list", with_terms=False)
    yield made
    made.house.close()


def test_whom_only_the_journal_knows_gets_no_second_copy_under_another_profile_and_address(history: History) -> None:
    """The fourth is first seen, and written to, after the backup; when it is put back they have changed both."""
    history.backs_up()
    history.connects("Ann Lee Kern", "Bolt", shared=False)
    history.exports_and_reads()
    history.changes(3, "slug")
    history.exports_and_reads()
    history.cares()
    history.sends("news")
    history.house.tick(days=1)

    history.puts_the_backup_back()
    history.changes(3, "h{}@other.test")
    history.exports_and_reads()
    history.cares()
    history.sends("news")
    assert len(history.sent) == 4, "the other three have their copies by the journal"

    history.sends("offer")
    history.house.tick(days=30)
    history.connects("Bo Kern", "Acme", shared=False)
    history.exports_and_reads()
    history.cares()
    history.sends("news")
    assert len(history.sent) == 5, "whoever connected after the copy had left is nobody who had it"
