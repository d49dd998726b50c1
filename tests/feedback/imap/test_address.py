"""The address of the mailbox says what is wrong with it, and never shows the password."""

import pytest

from goodterms.feedback.imap.address import MailboxAddressFaulty, read_address


def test_an_address_is_read() -> None:
    found = read_address("imaps://ann%40owner.test:p%40ss@imap.example/Answers")
    assert (found.user, found.password, found.host, found.port) == ("ann@owner.test", "p@ss", "imap.example", 993)
    assert found.folder == "Answers"
    assert "p@ss" not in f"{found} {found!r}"


def test_a_token_needs_no_password() -> None:
    assert read_address("imaps://ann@imap.example", has_token=True).folder == "INBOX"


@pytest.mark.parametrize(
    "url",
    ["", "imaps://", "imaps://imap.example", "pop3://a:secret@b.test", "imap://ann:secret@imap.example",
     "imaps://ann:secret@imap.example:x", "imaps://ann@imap.example", "imaps://[ann:secret@x"],
)  # fmt: skip
def test_a_faulty_address_is_refused(url: str) -> None:
    with pytest.raises(MailboxAddressFaulty) as raised:
        read_address(url)
    assert "secret" not in str(raised.value)
