"""Mail is read from every common kind of file, in order, and nothing in it is changed."""

from pathlib import Path

import pytest

from goodterms.feedback.parsers.mailbox import MailboxUnreadable, messages_in
from goodterms.lib.faults import Fault

ONE, TWO = b"Subject: one\n\nFirst.\n", b"Subject: two\n\nSecond.\n"


def test_a_single_mail_is_read(tmp_path: Path) -> None:
    (tmp_path / "a.eml").write_bytes(ONE)

    assert list(messages_in(tmp_path / "a.eml")) == [("a.eml", ONE)]


def test_an_mbox_is_read(tmp_path: Path) -> None:
    quoted = b"Subject: two\n\nHello\n>From here\n>>From there\nFrom inside a paragraph\n"
    (tmp_path / "mbox").write_bytes(b"From a@b.test Fri\n" + ONE + b"\nFrom c@d.test Fri\n" + quoted + b"\n")

    assert [raw for _, raw in messages_in(tmp_path / "mbox")] == [
        ONE,
        b"Subject: two\n\nHello\nFrom here\n>From there\nFrom inside a paragraph\n",
    ]


def test_a_maildir_is_read_and_left_as_it_was(tmp_path: Path) -> None:
    for name in ("cur", "new", "tmp"):
        (tmp_path / name).mkdir()
    (tmp_path / "new" / "2").write_bytes(TWO)
    (tmp_path / "cur" / "1:2,S").write_bytes(ONE)
    (tmp_path / "tmp" / "3").write_bytes(b"half")

    assert list(messages_in(tmp_path)) == [("1:2,S", ONE), ("2", TWO)]
    assert (tmp_path / "new" / "2").exists()


def test_a_folder_of_mails_is_read_in_order(tmp_path: Path) -> None:
    (tmp_path / "deep").mkdir()
    (tmp_path / "b.eml").write_bytes(TWO)
    (tmp_path / "deep" / "a.EML").write_bytes(ONE)
    (tmp_path / "notes.txt").write_bytes(b"no mail")

    assert [raw for _, raw in messages_in(tmp_path)] == [TWO, ONE]


@pytest.mark.parametrize("name", ["", "missing"])
def test_what_holds_no_mail_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(MailboxUnreadable):
        list(messages_in(tmp_path / name))


def test_a_command_can_tell_people_that_there_is_no_mail() -> None:
    assert issubclass(MailboxUnreadable, Fault)
