"""The desk by its commands: the strongest first, never to somebody who left, and the archive has the last word."""

import zipfile
from datetime import timedelta
from pathlib import Path

from goodterms.delivery.models import Delivery
from goodterms.feedback.models import Feedback
from tests.cli.conftest import Goodterms, network, owner, update
from tests.cli.network import ALICE, BOB, CAROL, DAVE, EVE, EVERYBODY, OWNER_URL, Made, write_archive

__all__ = ["network", "owner", "update"]


def test_only_those_come_who_may_have_it(network: Goodterms, update: str) -> None:
    asked = []
    while (said := network("desk", "next", update).said)["person"]:
        asked.append(said["name"])
        assert f"Hello {said['name'].split()[0]}" in said["text"]
        assert "reply with the word" in said["text"]
        assert "mailto:" not in said["text"]
        assert network("desk", "skip", update, said["person"]).status == 0
    assert sorted(asked) == ["Alice Arden", "Bob Birch", "Eve Elm", "Fay Fir"]
    assert (said["waiting"], said["skipped"]) == (0, 4)
    assert network("desk", "skip", update, "--again").said["again"] == 4


def test_what_was_marked_counts_as_a_copy_and_for_the_day(network: Goodterms, update: str) -> None:
    assert network("desk", "sent", update, EVE.slug).status == 0

    said = network("desk", "next", update).said
    assert (said["waiting"], said["today"], said["allowance"]) == (3, 1, 50)
    again = network("desk", "sent", update, EVE.slug)
    assert again.status == 1
    assert "has this one already" in again.messages
    assert network("update", "audience", update, "--vehicle", "linkedin").said["refuse"] == {"already_sent": 1}


def test_somebody_who_left_meanwhile_is_not_marked(network: Goodterms, update: str) -> None:
    network("exit", EVE.slug, "--stop")

    refused = network("desk", "sent", update, EVE.slug)

    assert refused.status == 1
    assert "asked for no more updates" in refused.messages
    assert network("desk", "list").said["sent"] == []


def test_an_error_is_put_right_by_an_entry_of_its_own(network: Goodterms) -> None:
    before = network("why", CAROL.slug).said
    network("desk", "sent", "welcome", CAROL.slug)
    assert network("why", CAROL.slug).said["reason"] == "connected_under_terms"

    assert network("desk", "not-sent", "welcome", CAROL.slug).status == 0

    assert network("why", CAROL.slug).said["reason"] == before["reason"] == "welcome_due"
    assert network("desk", "next", "welcome").said["name"] == "Carol Cedar"
    assert network("ledger", "rebuild").status == 0
    assert network("why", CAROL.slug).said["reason"] == "welcome_due"
    assert network("desk", "not-sent", "welcome", CAROL.slug).status == 1


def test_what_somebody_answered_was_sent_whatever_the_owner_says(network: Goodterms) -> None:
    network("desk", "sent", "welcome", CAROL.slug)
    copy = Delivery.objects.get()
    Feedback.objects.create(
        owner=copy.owner, sha256="aa" * 32, person=copy.person, signal="reply", delivery=copy,
        received_at=copy.due_at, read_at=copy.due_at,
    )  # fmt: skip

    refused = network("desk", "not-sent", "welcome", CAROL.slug)

    assert refused.status == 1
    assert "Something came back about this message, so it was sent." in refused.messages
    assert Delivery.objects.get().state == "accepted"


def test_the_archive_confirms_what_was_sent_and_finds_what_was_not_marked(
    network: Goodterms, update: str, tmp_path: Path
) -> None:
    network("desk", "sent", update, ALICE.slug)
    network("desk", "sent", update, EVE.slug)
    text = network("desk", "next", update).said["text"].split("____")[0]
    archive = _with_messages(tmp_path, {ALICE: text.replace("Bob", "Alice"), BOB: text, DAVE: "Quite another matter."})

    assert network("sync", archive).said["applied"] is True

    assert {one["name"]: one["seen"] for one in network("desk", "list").said["sent"]} == {
        "Alice Arden": "confirmed",
        "Bob Birch": "confirmed",
        "Eve Elm": "waits",
    }
    assert network("desk", "not-sent", update, ALICE.slug).status == 1
    assert network("update", "audience", update, "--vehicle", "linkedin").said["refuse"]["already_sent"] == 3


def _with_messages(folder: Path, said: dict[Made, str]) -> Path:
    from goodterms import doors  # noqa: PLC0415 -- needs Django set up

    later = doors.now() + timedelta(minutes=2)
    path = write_archive(folder / "later", EVERYBODY, f"{later:%m-%d-%Y}")
    with zipfile.ZipFile(path) as archive:
        files = {name: archive.read(name).decode() for name in archive.namelist()}
    for person, text in said.items():
        flat = " ".join(text.split())
        files["messages.csv"] += (
            f"\n2-{person.slug},,Olga Owner,{OWNER_URL},{person.first} {person.last},{person.url},"
            f'{later:%Y-%m-%d %H:%M:%S} UTC,,"{flat}",INBOX'
        )
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return path
