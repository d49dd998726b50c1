"""Signing mail, as the command line sets it up."""

import re

from tests.cli.conftest import Goodterms
from tests.servers.mail import MailServer


def test_keys_are_made_once_and_sign_what_is_sent(network: Goodterms, update: str, mail_server: MailServer) -> None:
    first, again = network("dkim", "gt1").said, network("dkim", GOODTERMS_DKIM_SELECTOR="gt1").said

    assert (first["made"], again["made"]) == (True, False)
    assert first["records"] == again["records"]
    assert [record["name"] for record in first["records"]] == [
        "gt1._domainkey.owner.test",
        "gt1-ed25519._domainkey.owner.test",
    ]
    smtp = {"GOODTERMS_SMTP_URL": mail_server.url, "GOODTERMS_DKIM_SELECTOR": "gt1"}
    assert network("send", update, **smtp).said["accepted"] == 3
    for mail in mail_server.received:
        assert re.findall(rb"a=(\w+)-sha256; c=relaxed/relaxed; d=owner.test; s=([\w-]+);", mail.content) == [
            (b"rsa", b"gt1"),
            (b"ed25519", b"gt1-ed25519"),
        ]


def test_without_a_selector_nothing_is_signed_and_none_is_guessed(
    network: Goodterms, update: str, mail_server: MailServer
) -> None:
    assert network("dkim").status == 2
    network("send", update, GOODTERMS_SMTP_URL=mail_server.url)
    assert not any(b"DKIM-Signature" in mail.content for mail in mail_server.received)


def test_without_keys_nothing_is_sent(network: Goodterms, update: str, mail_server: MailServer) -> None:
    ran = network("send", update, GOODTERMS_SMTP_URL=mail_server.url, GOODTERMS_DKIM_SELECTOR="gt1")
    assert ran.status == 1
    assert "The keys to sign with can't be read" in ran.said["error"]
    assert mail_server.received == []
