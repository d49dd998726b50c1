"""The commands that look at a draft, and what send makes of what they find."""

from pathlib import Path

import pytest

from tests.conftest import Goodterms
from tests.servers.mail import MailServer

NEWS = (
    "Dear {{ first_name }}, I moved to Leeds in May and I am happy there. I thank you for your long letter about the "
    "bridge. My daughter began school and I began to run. How are you, and what keeps you busy these days?"
)
MIXED = f"{NEWS} You can buy my book for $9."


@pytest.fixture
def cli(goodterms: Goodterms) -> Goodterms:
    """The commands, with an owner whose terms stand."""
    goodterms("init", "--name", "Olga Owner", "--email", "olga@owner.test", "--postal-address", "1 Quay")
    for place in ("profile", "update"):
        goodterms("terms", "add", "--place", place, "--from", "2020-01-01", "--text", "We are connected.")
    return goodterms


def draft(folder: Path, body: str, purpose: str = "networking") -> Path:
    path = folder / "draft.md"
    path.write_text(f"---\nsubject: News from Leeds\npurpose: {purpose}\n---\n{body}\n", encoding="utf-8")
    return path


def test_a_review_names_purpose_findings_and_rulebooks(cli: Goodterms, tmp_path: Path) -> None:
    path = draft(tmp_path, MIXED)
    said = cli("review", path).said
    assert said["purpose"] == "mixed"
    assert said["needs_explanation"] is True
    offer = next(one for one in said["findings"] if one["rule"] == "purpose.offer")
    assert path.read_text(encoding="utf-8")[offer["start"] : offer["end"]] == "You can buy"
    assert set(said["rulebooks"]) == {"AU-2026.1", "CA-2026.1", "DE-2026.1", "EU-2026.1", "UK-2026.1", "US-2026.1"}
    assert list(cli("review", path, "--jurisdiction", "us").said["rulebooks"]) == ["US-2026.1"]


@pytest.mark.parametrize("content", [b"\0\1\2", b"\xff\xfe", b"x" * 2_000_000])
def test_what_is_no_text_is_refused(cli: Goodterms, tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "draft.md"
    path.write_bytes(content)
    assert cli("review", path).status == 1


def test_an_empty_draft_is_told_so(cli: Goodterms, tmp_path: Path) -> None:
    path = tmp_path / "draft.md"
    path.write_bytes(b"")
    said = cli("review", path).said
    assert said["purpose"] == "mixed"
    assert "tone.empty" in {one["rule"] for one in said["findings"]}


def test_mixed_is_sent_once_it_is_explained(cli: Goodterms, tmp_path: Path, mail_server: MailServer) -> None:
    smtp = {"GOODTERMS_SMTP_URL": mail_server.url}
    update = cli("update", "add", draft(tmp_path, MIXED)).said["update"]
    refused = cli("send", update, **smtp)
    assert refused.status == 1
    assert "goodterms update explain" in refused.said["error"]

    assert cli("update", "explain", update, "The book is a present to friends.").status == 0
    assert cli("update", "review", update).said["explanation"] == "The book is a present to friends."
    assert cli("send", update, **smtp).status == 0


def test_a_forecast_of_nobody_is_empty_and_says_no_more(cli: Goodterms, tmp_path: Path) -> None:
    update = cli("update", "add", draft(tmp_path, NEWS)).said["update"]
    said = cli("forecast", update).said
    assert said["people"] == 0
    assert said["curve"] == []
    assert cli("forecast", "backtest").said["fits"]["exit"]["coverage"] is None
    compared = cli("compare").said
    assert all(way["complaints"] is None for way in compared["ways"])
    assert compared["recommended"] == "connection_opt_in"


@pytest.mark.parametrize(
    ("content", "purpose"),
    [
        ("", "mixed"),
        ("\u200b \n", "mixed"),
        ("\U0001f389\U0001f389\U0001f389 \U0001f382", "mixed"),
        ("\u05e9\u05dc\u05d5\u05dd, \u05e2\u05d1\u05e8\u05ea\u05d9 \u05d3\u05d9\u05e8\u05d4.", "mixed"),
        ("\u0645\u0631\u062d\u0628\u0627 \u202e abc \u202c", "mixed"),
        ("Hello \u041c\u0438\u0440 \u4e16\u754c, p\u0430ypal", "mixed"),
    ],
    ids=["empty", "invisible", "emoji", "right to left", "embedded", "scripts mixed"],
)
def test_of_what_can_not_be_read_no_certainty_is_claimed(
    cli: Goodterms, tmp_path: Path, content: str, purpose: str
) -> None:
    path = tmp_path / "draft.md"
    path.write_text(content, encoding="utf-8")
    said = cli("review", path).said
    assert said["purpose"] == purpose
    assert said["findings"]
    assert all(0 <= one["start"] <= one["end"] <= len(content) for one in said["findings"])


def test_ten_megabytes_are_refused_with_the_most_that_is_read(cli: Goodterms, tmp_path: Path) -> None:
    path = tmp_path / "draft.md"
    path.write_bytes(b"I moved. " * 1_111_111)
    refused = cli("review", path)
    assert refused.status == 1
    assert "1,000,000" in refused.said["error"]
