"""The story is played as its user plays it, and fails where something that must hold does not."""

import json
import mailbox
import subprocess
import sys
from collections import Counter
from email import message_from_bytes, policy
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from goodterms.demo.leaving import look_for_leavers
from goodterms.demo.network import make_network
from goodterms.demo.people import Member
from goodterms.demo.plot import Leaver, Story
from goodterms.demo.post import Caught, Postbag, write_reply
from goodterms.demo.stage import Stage, StoryFailed, make_stage
from goodterms.policy.rules import Reason
from tests.ledger.made import NOON


def play(environ: dict[str, str], folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "goodterms", "demo", "--folder", str(folder), *words],
        env=environ, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=300, check=False,
    )  # fmt: skip


def receivers(folder: Path, subject: str) -> Counter[str]:
    maildir = mailbox.Maildir(folder / "mail", create=False)
    mails = [message_from_bytes(maildir.get_bytes(key), policy=policy.default) for key in maildir.iterkeys()]
    return Counter(str(mail["X-Envelope-To"]) for mail in mails if subject in str(mail["Subject"]))


@pytest.mark.slow
@pytest.mark.once
def test_the_story_ends_well_and_nobody_who_left_gets_the_next_update(
    committed_db: dict[str, str], tmp_path: Path
) -> None:
    folder = tmp_path / "story"

    done = play(committed_db, folder, "--size", "120", "--database", committed_db["GOODTERMS_DATABASE_URL"], "--json")

    assert done.returncode == 0, done.stderr
    said: dict[str, Any] = json.loads(done.stdout)
    first, second = receivers(folder, "old loom"), receivers(folder, "Three mills")
    assert (said["first"], said["second"]) == (len(first), len(second))
    assert {*first.values(), *second.values()} == {1}
    left = {leaver["address"] for leaver in said["leavers"]}
    assert len(left) == 4
    assert left <= set(first)
    assert not left & set(second)
    assert "Nobody who left got the next one" in said["checks"]
    assert all((folder / name).stat().st_size for name in [*said["archives"], *said["dossiers"]])


def test_a_folder_in_use_is_left_alone(committed_db: dict[str, str], tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("mine")

    done = play(committed_db, tmp_path, "--json")

    assert done.returncode == 1
    assert "is not empty" in json.loads(done.stdout)["error"]
    assert (tmp_path / "mine.txt").read_text() == "mine"


def test_the_users_own_settings_reach_no_command_of_the_story(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GOODTERMS_DATABASE_URL", "postgresql://real.test/real")
    monkeypatch.setenv("GOODTERMS_SMTP_URL", "smtps://real.test")

    stage = make_stage(tmp_path, Console(quiet=True))

    own = {name: value for name, value in stage.environ.items() if name.startswith("GOODTERMS_")}
    assert own == {"GOODTERMS_HOME": str(tmp_path / "home")}


# What the story looks at


@pytest.fixture
def stage(tmp_path: Path) -> Stage:
    return make_stage(tmp_path, Console(quiet=True))


@pytest.fixture
def story(stage: Stage) -> Story:
    network = make_network(1, 60, today=NOON.date(), with_email_share=1.0)
    story = Story(stage=stage, network=network, now=NOON, bag=Postbag(stage.folder / "mail"))
    people = [member for member in story.members if str(member.email) not in story.said_no()][:5]
    story.first = [caught(member) for member in people]
    story.leavers = [Leaver(member=people[0], how="signed link", reason=Reason.LEFT)]
    story.second = [caught(member) for member in people[1:]]
    return story


def caught(member: Member, text: str = "Hello\n") -> Caught:
    return Caught(to=str(member.email), sender="", subject="News", message_id="<1@a.test>", text=text)


def test_a_story_in_which_nobody_who_left_was_written_to_goes_on(story: Story) -> None:
    look_for_leavers(story)

    assert "Nobody who left got the next one" in story.stage.checks


def test_a_mail_to_somebody_who_left_ends_the_story(story: Story) -> None:
    story.second.append(caught(story.leavers[0].member))

    with pytest.raises(StoryFailed, match="Nobody who left got the next one"):
        look_for_leavers(story)


def test_somebody_passed_over_ends_the_story(story: Story) -> None:
    story.second.pop()

    with pytest.raises(StoryFailed, match="Everybody else who had got the first one did"):
        look_for_leavers(story)


def test_a_command_with_another_exit_status_ends_the_story(stage: Stage) -> None:
    with pytest.raises(StoryFailed, match="ended with status 1 instead of 0: There is no owner"):
        stage.run("sync", "nowhere.zip")

    assert stage.commands[-1]["status"] == 1


def test_the_ways_out_of_a_mail_are_found() -> None:
    mail = caught(
        make_network(1, 1, today=NOON.date()).member(0),
        "1. Stop\n   mailto:a@b.test?subject=stop%20abc\n2. Leave\n   mailto:a@b.test?subject=leave%20def\n",
    )

    assert (mail.way_out("stop"), mail.way_out("leave")) == (
        "mailto:a@b.test?subject=stop%20abc",
        "mailto:a@b.test?subject=leave%20def",
    )


def test_a_reply_quotes_all_of_what_it_answers(tmp_path: Path) -> None:
    member = make_network(1, 1, today=NOON.date(), with_email_share=1.0).member(0)

    path = write_reply(tmp_path, member, caught(member, "One\n\nTwo\n"), "No.\n", owner="Ann <a@b.test>", at=NOON)

    assert "> One\n> \n> Two\n" in path.read_bytes().decode().replace("\r\n", "\n")
