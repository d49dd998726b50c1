"""Settings of the pace and of signing: what is in force and why, and choices that are dangerous are asked for twice."""

import re
from collections.abc import Iterator

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from goodterms.updates.signing import new_keys
from tests.cli.conftest import Goodterms
from tests.servers.dns import ask_only, running_dns
from tests.servers.mail import MailServer

GMAIL = "smtps://olga%40gmail.com:made-up@smtp.gmail.com"
_LIMITS = {"minute": "", "hour": "60", "day": "200", "gap_least": "5", "gap_most": "9"}


@pytest.fixture
def gmail(network: Goodterms, monkeypatch: pytest.MonkeyPatch) -> Goodterms:
    """An owner whose mail leaves by Gmail; nothing is sent."""
    monkeypatch.setenv("GOODTERMS_SMTP_URL", GMAIL)
    return network


@pytest.fixture
def zone(monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[str, list[str]]]:
    texts: dict[str, list[str]] = {}
    with running_dns(texts) as resolver:
        ask_only(monkeypatch, resolver)
        yield texts


def account(gmail: Goodterms) -> dict[str, int]:
    found: dict[str, int] = gmail("pace", "show").said["account"]
    return found


def test_the_pace_is_told_once_there_is_a_server(network: Goodterms, visitor: Client, mail_server: MailServer) -> None:
    assert "No way out is set yet" in visitor.get("/settings/pace/").content.decode()
    network("mail", "server", mail_server.url, "--password", "")
    assert "own-server" in visitor.get("/settings/pace/").content.decode()


def test_the_page_says_why_with_source_and_date_and_when_a_run_would_end(gmail: Goodterms, visitor: Client) -> None:
    page = visitor.get("/settings/pace/").content.decode()
    for said in ("a personal Gmail mailbox", "500 messages in any 24 hours", "answer/22839", "November 2026"):
        assert said in page
    ends = visitor.get("/settings/pace/ends/", headers={"hx-request": "true"}).content.decode()
    assert "<html" not in ends
    assert '<span class="number">3</span> people' in ends
    assert "<html" in visitor.get("/settings/pace/ends/").content.decode()


def test_a_pace_is_taken_and_given_back(gmail: Goodterms, visitor: Client) -> None:
    visitor.post("/settings/pace/take/", {"like": "icloud", "knowing": ""})
    assert gmail("pace", "show").said["pace"] == "icloud"
    visitor.post("/settings/pace/reset/")
    assert gmail("pace", "show").said["why"] == "recognised"
    assert visitor.post("/settings/pace/take/", {"like": "none"}).status_code == 422


def test_more_than_the_provider_publishes_is_asked_for_once_more(gmail: Goodterms, visitor: Client) -> None:
    asked = visitor.post("/settings/pace/limits/", _LIMITS | {"day": "900"})
    page = asked.content.decode()
    assert asked.status_code == 422
    assert "Up to 900 mails a day would leave, and 500 is the most" in page
    assert account(gmail)["day"] == 250
    form = page.partition('role="alert"')[2].partition("</form>")[0]
    again = dict(re.findall(r'name="([\w]+)" value="([^"]*)"', form))
    assert again.pop("knowing") == "yes"
    assert visitor.post("/settings/pace/limits/", again | {"knowing": "yes"}).status_code == 302
    assert account(gmail) == {"minute": 0, "hour": 60, "day": 900}
    assert "This goes over it" in visitor.get("/settings/pace/").content.decode()
    unlimited = visitor.post("/settings/pace/take/", {"like": "unlimited"})
    assert "Nothing would bound what leaves in a day" in unlimited.content.decode()


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"gap_most": ""}, "Give both seconds, or none"),
        ({"gap_most": "2"}, "the shorter one comes first"),
        ({"hours_from": "20:00", "hours_to": "08:00"}, "hold nothing"),
        ({"ramp_first": "5"}, "all three of the warm-up"),
        ({"day": "-1"}, "greater than or equal to 0"),
    ],
)
def test_limits_that_cannot_be_are_said_to_be_none(
    gmail: Goodterms, visitor: Client, change: dict[str, str], said: str
) -> None:
    answer = visitor.post("/settings/pace/limits/", _LIMITS | change)
    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert gmail("pace", "show").said["why"] == "recognised"


def test_mail_by_hand_comes_off_the_day(gmail: Goodterms, visitor: Client) -> None:
    visitor.post("/settings/pace/habits/", {"by_hand_a_day": "30", "zone": "Pacific/Auckland"})
    page = visitor.get("/settings/pace/").content.decode()
    assert "of 250, beside 30 by hand" in page
    assert "Pacific/Auckland" in page
    assert account(gmail)["day"] == 220
    assert visitor.post("/settings/pace/habits/", {"by_hand_a_day": "x"}).status_code == 422


def test_a_key_is_made_published_seen_and_switched_on_and_off(
    network: Goodterms, visitor: Client, zone: dict[str, list[str]]
) -> None:
    made = visitor.post("/settings/signing/", {"selector": "gt1", "domain": "owner.test", "kind": "both"})
    place = made["Location"]
    page = visitor.get(place).content.decode()
    assert "gt1._domainkey.owner.test" in page
    assert "PRIVATE" not in page
    assert "nothing there yet" in visitor.post(f"{place}check/").content.decode()
    assert visitor.post(f"{place}on/", {"knowing": "yes"}).status_code == 422
    records = network("dkim", "show", "gt1").said["records"]
    zone.update({record["name"]: [record["txt"]] for record in records})
    assert "The DNS shows all of it" in visitor.post(f"{place}check/").content.decode()
    assert visitor.post(f"{place}on/")["Location"] == "/settings/signing/"
    assert "Mail is signed under <b>gt1</b>" in visitor.get("/settings/signing/").content.decode()
    assert visitor.post(f"{place}remove/").status_code == 422
    visitor.post("/settings/signing/off/")
    assert visitor.post(f"{place}remove/").status_code == 302
    assert network("dkim", "list").said["keys"] == []


def test_a_key_is_brought_along_as_a_file_or_refused(network: Goodterms, visitor: Client) -> None:
    wanted = {"selector": "mine", "domain": "owner.test", "kind": "mine"}
    assert visitor.post("/settings/signing/", wanted).status_code == 422
    junk = visitor.post("/settings/signing/", wanted | {"file": SimpleUploadedFile("k.pem", b"no key")})
    assert "has 0 private keys" in junk.content.decode()
    good = SimpleUploadedFile("k.pem", new_keys(rsa=False))
    assert visitor.post("/settings/signing/", wanted | {"file": good}).status_code == 302
    assert network("dkim", "list").said["keys"][0]["kinds"] == ["ed25519"]
