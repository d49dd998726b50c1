"""Signing mail, as the command line sets it up."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from goodterms.updates.signing import new_keys
from tests.cli.conftest import Goodterms
from tests.servers.dns import ask_only, running_dns
from tests.servers.mail import MailServer


@pytest.fixture
def zone(monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[str, list[str]]]:
    texts: dict[str, list[str]] = {}
    with running_dns(texts) as resolver:
        ask_only(monkeypatch, resolver)
        yield texts


def signatures(mail_server: MailServer) -> list[list[tuple[bytes, bytes]]]:
    pattern = re.compile(rb"a=(\w+)-sha256; c=relaxed/relaxed; d=owner.test; s=([\w-]+);")
    return [pattern.findall(mail.content) for mail in mail_server.received]


def test_keys_are_made_published_and_sign_what_is_sent(
    network: Goodterms, update: str, mail_server: MailServer, zone: dict[str, list[str]]
) -> None:
    made = network("dkim", "make", "gt1").said
    assert [record["name"] for record in made["records"]] == [
        "gt1._domainkey.owner.test",
        "gt1-ed25519._domainkey.owner.test",
    ]
    assert network("dkim", "on", "gt1").status == 1
    zone.update({record["name"]: [record["txt"]] for record in made["records"]})
    assert network("dkim", "check", "gt1").status == 0
    assert network("dkim", "on", "gt1").said == {"signs": "gt1"}
    assert network("send", update, GOODTERMS_SMTP_URL=mail_server.url).said["accepted"] == 3
    assert signatures(mail_server) == [[(b"rsa", b"gt1"), (b"ed25519", b"gt1-ed25519")]] * 3
    (key,) = network("dkim", "list").said["keys"]
    assert (key["on"], key["kinds"]) == (True, ["rsa", "ed25519"])
    assert network("dkim", "remove", "gt1").status == 1
    network("dkim", "off")
    assert network("dkim", "remove", "gt1").status == 0
    assert network("dkim", "show", "gt1").status == 1


def test_the_keys_of_the_settings_sign_where_the_owner_has_none(
    network: Goodterms, update: str, mail_server: MailServer, tmp_path: Path
) -> None:
    path = tmp_path / "dkim.pem"
    path.write_bytes(new_keys(rsa=False))
    smtp = {"GOODTERMS_SMTP_URL": mail_server.url, "GOODTERMS_DKIM_SELECTOR": "host", "GOODTERMS_DKIM_KEYS": str(path)}
    assert network("dkim", "list", **smtp).said == {"keys": [], "settings": "host"}
    network("send", update, **smtp)
    assert signatures(mail_server) == [[(b"ed25519", b"host-ed25519")]] * 3


def test_without_a_key_nothing_is_signed(network: Goodterms, update: str, mail_server: MailServer) -> None:
    network("send", update, GOODTERMS_SMTP_URL=mail_server.url)
    assert not any(b"DKIM-Signature" in mail.content for mail in mail_server.received)


def test_without_the_file_of_the_settings_nothing_is_sent(
    network: Goodterms, update: str, mail_server: MailServer
) -> None:
    ran = network("send", update, GOODTERMS_SMTP_URL=mail_server.url, GOODTERMS_DKIM_SELECTOR="gt1")
    assert ran.status == 1
    assert "The keys to sign with can't be read" in ran.said["error"]
    assert mail_server.received == []
