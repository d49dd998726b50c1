"""The demo's mail server."""

import smtplib
from pathlib import Path
from urllib.parse import urlsplit

from goodterms.demo.catcher import Catcher


def test_it_keeps_each_message_with_its_envelope(tmp_path: Path) -> None:
    with Catcher(tmp_path / "mail") as catcher:
        where = urlsplit(catcher.url)
        with smtplib.SMTP(where.hostname or "", where.port or 0, timeout=10) as client:
            client.ehlo()
            assert client.has_extn("pipelining")
            client.sendmail("alice@home.test", ["bob@work.test"], b"Subject: One\r\n\r\nHello\r\n")
            client.sendmail("alice@home.test", ["charlie@club.example"], b"Subject: Two\r\n\r\nHello\r\n")
    found = sorted((mail["Subject"], mail["X-Envelope-From"], mail["X-Envelope-To"]) for mail in catcher.maildir)
    assert found == [
        ("One", "alice@home.test", "bob@work.test"),
        ("Two", "alice@home.test", "charlie@club.example"),
    ]


def test_what_was_caught_outlives_the_server(tmp_path: Path) -> None:
    with Catcher(tmp_path / "mail") as catcher:
        assert catcher.url.startswith("smtp://127.0.0.1:")
    assert (tmp_path / "mail" / "new").is_dir()
