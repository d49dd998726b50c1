"""What the owner does with what came back, at the command line."""

from pathlib import Path

import pytest

from tests.conftest import Goodterms
from tests.feedback.postman import answer


@pytest.fixture
def cli(goodterms: Goodterms) -> Goodterms:
    assert goodterms("init", "--name", "Ann", "--email", "ann@owner.test").status == 0
    return goodterms


def test_a_complaint_from_the_first_word_to_the_answer(cli: Goodterms) -> None:
    cli("exit", "bob@people.test", "--stop")
    opened = cli("complaint", "add", "bob@people.test", "--from", "abuse_desk", "--ticket", "A-17", "--words", "spam")
    number = opened.said["complaint"]
    assert cli("why", "bob@people.test").said["reason"] == "complained"
    assert [one["complaint"] for one in cli("complaint", "list", "--unanswered").said["complaints"]] == [number]
    assert any("complaint" in due for due in cli("status").said["due"])
    drafted = cli("complaint", "reply", number, "--sent").said["reply"]
    assert "A-17" in drafted
    assert cli("complaint", "list", "--unanswered").said["complaints"] == []
    assert cli("complaint", "reply", 99).status == 1


def test_who_wants_out_of_the_network_is_listed_until_done(cli: Goodterms) -> None:
    cli("exit", "https://www.linkedin.com/in/bob-byte", "--leave")
    (one,) = cli("leaving").said["leaving"]
    assert one["profile"] == "https://www.linkedin.com/in/bob-byte"
    assert any("leaving" in due for due in cli("status").said["due"])
    assert cli("leaving", "done", one["person"]).said == {"person": one["person"], "done": True}
    assert [leaver["waits_for_export"] for leaver in cli("leaving", "list").said["leaving"]] == [True]


def test_a_doubt_is_listed_and_decided(cli: Goodterms, tmp_path: Path) -> None:
    cli("exit", "bob@people.test", "--stop", "--vehicle", "list")
    mail = tmp_path / "bob.eml"
    mail.write_bytes(answer("Please cancel our call."))
    assert cli("feedback", "read", mail).said["pending"] == 1
    (item,) = cli("feedback", "pending").said["pending"]
    assert item["exit_on"]
    assert cli("feedback", "decide", item["item"]).status == 2
    assert cli("feedback", "decide", item["item"], "--exit", "stop").said["decision"] == "stop"
    assert cli("why", "bob@people.test").said["reason"] == "stopped"
    assert cli("feedback", "decide", item["item"], "--not-an-exit").status == 1


def test_replies_are_shown_before_the_next_update(cli: Goodterms, tmp_path: Path) -> None:
    cli("exit", "bob@people.test", "--stop", "--vehicle", "list")
    mail = tmp_path / "bob.eml"
    mail.write_bytes(answer("Congratulations, Ann! See you in Graz."))
    assert cli("feedback", "read", mail).said["replies"] == 1
    (tmp_path / "news.md").write_text("---\nsubject: News\n---\nHello {{ first_name | default: 'you' }}\n")
    update = cli("update", "add", tmp_path / "news.md").said["update"]
    (reply,) = cli("feedback", "replies", update).said["replies"]
    assert reply["heard"] == "Congratulations, Ann! See you in Graz."
    assert f"goodterms feedback replies {update}" in cli("send", update).messages


def test_a_mailbox_that_is_not_set_is_told(cli: Goodterms) -> None:
    ran = cli("feedback", "poll")
    assert ran.status == 1
    assert "GOODTERMS_IMAP_URL" in ran.said["error"]
