"""What a session gives where a server does what Dovecot does not."""

from typing import Any

import pytest

from goodterms.feedback.imap import session
from goodterms.feedback.imap.address import read_address


class Forgetful:
    """Has three mails when it is searched, of which somebody deletes two before they are fetched."""

    def select_folder(self, _folder: str, *, readonly: bool) -> dict[bytes, int]:
        assert readonly
        return {b"UIDVALIDITY": 1}

    def search(self, _criteria: list[str]) -> list[int]:
        return [5, 6, 7]

    def fetch(self, uids: list[int], parts: list[str]) -> dict[int, dict[bytes, bytes]]:
        return {uid: {parts[0].encode().replace(b".PEEK", b""): b"Subject: x\r\n\r\n"} for uid in uids if uid == 7}


def test_mail_that_is_deleted_while_the_mailbox_is_read_is_passed_over(monkeypatch: pytest.MonkeyPatch) -> None:
    """RFC 2180 section 4.1.2: a server may answer that it fetched, and give nothing of what is gone."""
    monkeypatch.setattr(session, "_BATCH", 2)
    client: Any = Forgetful()
    opened = session.Session(client, read_address("imap://bob:word@localhost"), writes=False)
    assert [list(one.uids) for one in opened.newer_than(0)] == [[7]]
