"""What people read: as it is, whole, and harmless to their terminal."""

from datetime import UTC, datetime, timedelta, timezone

import pytest

from goodterms.cli.output import answer, strong, table

EVIL = "Ann [red]Max[/red] [/b] :smile: \x1b[2J\x07\x9b31m"
SHOWN = "Ann [red]Max[/red] [/b] :smile: [2J31m"


@pytest.fixture(autouse=True)
def _width(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "40")
    monkeypatch.setattr("sys.argv", ["goodterms"])


def test_a_name_is_printed_as_it_is_and_commands_no_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    answer({}, EVIL, strong(EVIL), table(["name"], [(EVIL,)], cut=()))

    printed = capsys.readouterr().out
    assert printed.count(SHOWN) >= 2
    assert not set(printed) & {"\x1b", "\x07", "\x9b"}


def test_what_has_no_blanks_is_kept_whole_and_words_wrap(capsys: pytest.CaptureFixture[str]) -> None:
    slug, words = "a-slug-that-is-to-be-copied-1234", "some words that wrap where it is narrow"

    answer({}, table(["profile", "said"], [(slug, words)]))

    lines = capsys.readouterr().out.splitlines()
    assert slug in lines[1]
    assert len(lines) > 2


def test_a_cut_column_ends_in_an_ellipsis(capsys: pytest.CaptureFixture[str]) -> None:
    answer({}, table(["person", "company"], [(7, "A company with a very long name indeed, Limited")], cut=("company",)))

    lines = capsys.readouterr().out.rstrip().splitlines()
    assert len(lines) == 2
    assert lines[1].rstrip().endswith("…")


def test_moments_are_shown_to_the_minute_in_utc(capsys: pytest.CaptureFixture[str]) -> None:
    there = timezone(timedelta(hours=2))

    answer({}, table(["when"], [(datetime(2026, 5, 1, 14, 30, 59, 999, there),), (datetime(2026, 5, 1, tzinfo=UTC),)]))

    assert capsys.readouterr().out.split() == ["when", "2026-05-01", "12:30", "2026-05-01", "00:00"]


def test_an_empty_table_is_left_out(capsys: pytest.CaptureFixture[str]) -> None:
    answer({}, table(["person"], []), "Nobody.")

    assert capsys.readouterr().out == "Nobody.\n"
