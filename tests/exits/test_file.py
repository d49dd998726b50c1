"""The file of suppressions, whoever else writes to it."""

import os
from datetime import UTC, datetime
from pathlib import Path

import time_machine

from goodterms.exits.file import FILE_NAME, count_lines


def counted_later(folder: Path) -> int:
    """Count once the file is old enough for its time to tell whether it changes."""
    with time_machine.travel(datetime(2100, 1, 1, tzinfo=UTC)):
        return count_lines(folder)


def test_lines_that_are_added_are_counted(tmp_path: Path) -> None:
    path = tmp_path / FILE_NAME
    assert count_lines(tmp_path) == 0
    path.write_bytes(b"one\ntwo\n")
    assert [count_lines(tmp_path), counted_later(tmp_path), counted_later(tmp_path)] == [2, 2, 2]
    with path.open("ab") as file:
        file.write(b"three\ntorn")
    assert [count_lines(tmp_path), counted_later(tmp_path)] == [3, 3]


def test_a_file_that_is_written_anew_in_its_place_is_counted_anew(tmp_path: Path) -> None:
    path = tmp_path / FILE_NAME
    path.write_bytes(b"one\ntwo\nthree\n")
    assert counted_later(tmp_path) == 3
    with path.open("r+b") as file:
        file.write(b"one and two together, and longer than before\n")
    assert [counted_later(tmp_path), count_lines(tmp_path)] == [1, 1]


def test_a_file_of_the_same_length_is_counted_anew_too(tmp_path: Path) -> None:
    path = tmp_path / FILE_NAME
    path.write_bytes(b"one\ntwo\n")
    os.utime(path, ns=(0, 0))  # or both might be written within one tick of the system's clock
    assert counted_later(tmp_path) == 2
    with path.open("r+b") as file:
        file.write(b"one two\n")
    assert counted_later(tmp_path) == 1
