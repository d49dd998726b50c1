"""The pace of a mail account, as the command line keeps and tells it."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from goodterms.delivery.rules.outcomes import RunOutcome
from goodterms.delivery.rules.pacing import UNLIMITED, Pace, Wait, Why
from tests.cli.conftest import Goodterms
from tests.servers.mail import MailServer

NOW = datetime.now(UTC)  # noqa: TID251 -- the words tell today from other days


@pytest.fixture
def slow(tmp_path: Path) -> str:
    """A pace of two copies a day."""
    path = tmp_path / "slow.toml"
    path.write_text('like = "unlimited"\naccount = { day = 2 }\n')
    return str(path)


def test_at_the_days_limit_it_ends_and_says_when_to_go_on(
    network: Goodterms, update: str, mail_server: MailServer, slow: str
) -> None:
    smtp = {"GOODTERMS_SMTP_URL": mail_server.url, "GOODTERMS_PACE": slow}

    before = network("send", update, "--dry-run", **smtp).said
    said = network("send", update, **smtp).said
    again = network("send", update, **smtp).said

    assert (said["accepted"], said["waiting"], len(mail_server.received)) == (2, 1, 2)
    assert said["wait"]["why"] == "day"
    assert said["again_at"] == said["wait"]["until"] == again["again_at"] == again["ends_at"]
    until = datetime.fromisoformat(said["again_at"])
    assert timedelta(hours=23) < until - NOW < timedelta(hours=26)
    assert (before["pace"], before["send"], before["dry_run"]) == ("slow, like unlimited", 3, True)
    assert abs(datetime.fromisoformat(before["ends_at"]) - until) < timedelta(hours=1, minutes=1)
    assert again["accepted"] == 0


def test_a_server_on_this_machine_is_not_slowed_for_a_few(
    network: Goodterms, update: str, mail_server: MailServer
) -> None:
    said = network("send", update, GOODTERMS_SMTP_URL=mail_server.url).said
    assert (said["accepted"], said["wait"], said["waiting"]) == (3, None, 0)


def test_without_a_server_a_dry_run_tells_no_pace(network: Goodterms, update: str) -> None:
    said = network("send", update, "--dry-run").said
    assert (said["send"], said["pace"], said["ends_at"]) == (3, None, None)


def test_a_pace_that_is_none_is_refused_before_anything_leaves(
    network: Goodterms, update: str, mail_server: MailServer
) -> None:
    ran = network("send", update, GOODTERMS_SMTP_URL=mail_server.url, GOODTERMS_PACE="brisk")
    assert ran.status == 1
    assert ran.said["error"].startswith("GOODTERMS_PACE is 'brisk', and no pace is called so. Nothing was sent.")
    assert mail_server.received == []


def test_words_of_progress() -> None:
    from goodterms.cli.pace import clock_words  # noqa: PLC0415 -- Django has to be set up
    from goodterms.cli.sending import progress_words  # noqa: PLC0415

    until = NOW + timedelta(seconds=40)
    waits = RunOutcome(accepted=3, wait=Wait(until=until, why=Why.GAP))
    words = f"Accepted 3; waits until {clock_words(until)}: one mail leaves after the other, as a person writes them"
    assert progress_words(waits, 9, None, now=NOW) == words
    assert progress_words(RunOutcome(), 9, None, now=NOW) == "Accepted 0"
    fast = RunOutcome(accepted=1_990, deferred=8, unknown=2, seconds=10)
    assert (
        progress_words(fast, 12_000, None, now=NOW)
        == "Accepted 1,990, deferred 8, unknown 2; 200 a second, 50.0 s left"
    )
    slow = RunOutcome(accepted=3, seconds=120)
    ends_at = NOW + timedelta(days=3)
    assert progress_words(slow, 900, ends_at, now=NOW) == "Accepted 3; 1.5 a minute, 3.0 days left"


def test_words_of_a_forecast() -> None:
    from goodterms.cli.sending import forecast_words  # noqa: PLC0415 -- Django has to be set up

    pace = Pace(name="gmail", gap_seconds=(20, 60))
    assert forecast_words(pace, None, NOW) == "The pace is 'gmail'."
    assert forecast_words(UNLIMITED, NOW, NOW).endswith("they leave as fast as the mail server takes them.")
    assert forecast_words(pace, NOW + timedelta(days=2), NOW).startswith("At the pace 'gmail' the last leaves about ")


def test_a_wait_ends_when_it_is_over_or_the_run_is_asked_to_stop() -> None:
    from goodterms.doors import wait_until  # noqa: PLC0415 -- Django has to be set up

    wait_until(NOW - timedelta(days=1))
    wait_until(NOW + timedelta(days=9), should_stop=lambda: True)


def test_an_owner_chooses_their_own_pace_and_goes_back(network: Goodterms, mail_server: MailServer) -> None:
    smtp = {"GOODTERMS_SMTP_URL": mail_server.url}
    assert network("pace", "show", **smtp).said["why"] == "on_this_machine"

    assert network("pace", "take", "gmail", **smtp).said["account"] == {"minute": 0, "hour": 60, "day": 250}
    said = network("pace", "set", "--day", "90", "--any-hour", "--gap", "5", "9", **smtp).said
    assert (said["account"], said["hours"], said["gap_seconds"]) == ({"minute": 0, "hour": 60, "day": 90}, None, [5, 9])
    assert said["pace"] == "your own, like gmail"
    said = network("pace", "beside", "20", "--zone", "Europe/Vienna", **smtp).said
    assert (said["account"]["day"], said["zone"], said["by_hand_a_day"]) == (70, "Europe/Vienna", 20)
    assert network("pace", "set", "--hour", "0", "--no-warm-up", **smtp).said["account"] == {
        "minute": 0,
        "hour": 0,
        "day": 70,
    }
    assert network("pace", "reset", **smtp).said["pace"] == "own-server"


def test_a_time_to_send_at_is_of_the_owners_day(network: Goodterms, update: str, mail_server: MailServer) -> None:
    """As on the page that sends; a moment with a zone of its own keeps it."""
    smtp = {"GOODTERMS_SMTP_URL": mail_server.url}
    network("pace", "beside", "0", "--zone", "Asia/Tokyo", **smtp)

    def due_at(written: str) -> datetime:
        return datetime.fromisoformat(network("send", update, "--at", written, **smtp).said["due_at"])

    assert due_at("2126-03-01T09:00") == datetime(2126, 3, 1, tzinfo=UTC)
    assert due_at("2126-03-02") == datetime(2126, 3, 1, 15, tzinfo=UTC)
    assert due_at("2126-03-01T09:00Z") == datetime(2126, 3, 1, 9, tzinfo=UTC)


def test_more_than_a_provider_publishes_wants_to_be_known(network: Goodterms) -> None:
    smtp = {"GOODTERMS_SMTP_URL": "smtps://olga%40gmail.com:made-up@smtp.gmail.com"}
    assert network("pace", "set", "--gap", "0", "inf", **smtp).status == 2, "for ever is no gap"
    ran = network("pace", "set", "--day", "900", **smtp)
    assert ran.status == 1
    assert "500 is the most" in ran.said["error"]
    assert network("pace", "show", **smtp).said["account"]["day"] == 250
    assert network("pace", "set", "--day", "900", "--knowing", **smtp).said["account"]["day"] == 900
