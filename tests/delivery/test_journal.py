"""The journal's files."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from goodterms.delivery.journal import Journal, JournalUnwritable, dead_run, file_of, read_journal, run_name
from goodterms.delivery.rules.records import write_record
from tests.delivery.rules.test_records import ACCEPTED, INTENT

NOW = datetime(2026, 11, 2, 9, tzinfo=UTC)


@pytest.fixture
def journal(tmp_path: Path) -> Iterator[Journal]:
    with Journal(tmp_path / "journal" / "0f", "run") as journal:
        yield journal


def test_what_was_written_is_there_before_anything_else_happens(journal: Journal) -> None:
    journal.intend([INTENT])
    assert read_journal(journal.path).records == (INTENT,)

    journal.conclude([ACCEPTED])
    reading = read_journal(journal.path)
    assert reading.records == (INTENT, ACCEPTED)
    assert reading.is_whole
    assert reading.end == journal.size == journal.path.stat().st_size


def test_reading_goes_on_where_it_ended(journal: Journal) -> None:
    journal.intend([INTENT])
    end = journal.size
    journal.conclude([ACCEPTED])

    assert read_journal(journal.path, end).records == (ACCEPTED,)


def test_only_its_user_can_read_it(journal: Journal) -> None:
    assert journal.path.stat().st_mode & 0o777 == 0o600
    assert journal.path.parent.stat().st_mode & 0o777 == 0o700


@pytest.mark.parametrize("cut", range(1, len(write_record(ACCEPTED))))
def test_a_torn_last_line_is_as_if_it_had_not_been_begun(tmp_path: Path, cut: int) -> None:
    path = tmp_path / "run.jsonl"
    path.write_bytes(write_record(INTENT) + write_record(ACCEPTED)[:-cut])

    reading = read_journal(path)

    assert reading.records == (INTENT,)
    assert reading.end == len(write_record(INTENT))
    assert reading.is_whole


def test_a_line_broken_in_the_middle_is_noticed_and_the_others_are_read(tmp_path: Path) -> None:
    path = tmp_path / "run.jsonl"
    path.write_bytes(write_record(INTENT) + b"\0\0\0\n" + write_record(ACCEPTED))

    reading = read_journal(path)

    assert reading.records == (INTENT, ACCEPTED)
    assert not reading.is_whole


@pytest.mark.parametrize("content", [None, b"", write_record(INTENT)[:20]])
def test_a_file_that_lost_what_was_read_of_it_is_not_whole(tmp_path: Path, content: bytes | None) -> None:
    path = tmp_path / "run.jsonl"
    if content is not None:
        path.write_bytes(content)

    reading = read_journal(path, 50)

    assert not reading.is_whole
    assert reading.end == 50


def test_a_run_is_dead_once_its_journal_is_closed_and_not_before(tmp_path: Path) -> None:
    with Journal(tmp_path, "run") as journal, dead_run(journal.path) as is_dead:
        assert not is_dead
    with dead_run(journal.path) as is_dead:
        assert is_dead
        with dead_run(journal.path) as is_dead_for_others:
            assert not is_dead_for_others


def test_of_a_run_without_a_file_nobody_can_say_that_it_is_dead(tmp_path: Path) -> None:
    with dead_run(file_of(tmp_path, "run")) as is_dead:
        assert not is_dead


def test_runs_are_named_for_their_order_and_never_alike() -> None:
    first, again = run_name("ann's laptop/1", now=NOW), run_name("ann's laptop/1", now=NOW)
    later = run_name("", now=replace_second(NOW))

    assert first.startswith("20261102T090000000000-ann-s-laptop-1-")
    assert first != again
    assert max(first, again) < later
    assert len(run_name("x" * 100, now=NOW)) <= 60


def replace_second(moment: datetime) -> datetime:
    return moment.replace(second=1)


def test_a_journal_that_cannot_be_written_stops_everything(tmp_path: Path) -> None:
    (tmp_path / "journal").write_text("in the way")

    with pytest.raises(JournalUnwritable, match="Without it nothing is sent"):
        Journal(tmp_path / "journal", "run")


def test_a_file_is_never_written_by_two_runs(tmp_path: Path) -> None:
    with Journal(tmp_path, "run") as journal:
        journal.intend([replace(INTENT, person=1)])
        with pytest.raises(JournalUnwritable):
            Journal(tmp_path, "run")
    assert len(read_journal(journal.path).records) == 1
