"""The commands as programs use them: what they answer, and what they do not let happen."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from goodterms.accounts.keys import read_keys
from goodterms.exits.rules import read_line
from goodterms.lib.keyed import keyed_hash
from tests.cli.conftest import Goodterms
from tests.cli.network import ALICE, BOB, CAROL, DAVE, EVE, EVERYBODY, FAY, Made, write_archive
from tests.conftest import Ran
from tests.servers.mail import MailServer

REPORT = {
    "archive", "sha256", "applied", "connections", "new", "gone", "absent", "back", "renamed", "changed", "date_only",
    "with_email", "invitations", "messages", "held", "warnings",
}  # fmt: skip


def test_a_sync_answers_with_every_count(owner: Goodterms, tmp_path: Path) -> None:
    said = owner("sync", write_archive(tmp_path, EVERYBODY)).said

    assert said.keys() >= REPORT
    assert (said["connections"], said["new"], said["with_email"], said["messages"]) == (6, 6, 5, 5)


def test_a_dry_run_changes_nothing(owner: Goodterms, tmp_path: Path) -> None:
    archive = write_archive(tmp_path, EVERYBODY)

    dry = owner("sync", "--dry-run", archive).said

    assert (dry["applied"], dry["new"]) == (False, 6)
    assert owner("people").said["count"] == 0
    assert owner("sync", archive).said["new"] == 6


@pytest.mark.parametrize(
    ("who", "vehicle", "answer"),
    [
        (ALICE, "email", ("send", "connected_under_terms", "connected_under_terms")),
        (CAROL, "email", ("hold", "welcome_due", "connected_under_terms")),
        (DAVE, "email", ("hold", "connected_before_terms", "connected_before_terms")),
        (EVE, "email", ("refuse", "no_address", "connected_under_terms")),
        (EVE, "linkedin", ("send", "connected_under_terms", "connected_under_terms")),
    ],
)
def test_why_names_verdict_reason_and_basis(
    network: Goodterms, who: Made, vehicle: str, answer: tuple[str, str, str]
) -> None:
    said = network("why", who.url, "--vehicle", vehicle).said

    assert (said["verdict"], said["reason"], said["basis"]) == answer


def test_a_decision_names_the_entries_it_rests_on(network: Goodterms) -> None:
    kinds = [entry["kind"] for entry in network("why", ALICE.url).said["entries"]]

    assert kinds == ["terms_in_force", "connection_seen", "welcome_confirmed"]


def test_why_answers_for_strangers_too(network: Goodterms) -> None:
    network("exit", "stranger@away.test", "--stop")

    assert network("why", "stranger@away.test").said["verdict"] == "refuse"
    unknown = network("why", "nobody@away.test").said
    assert (unknown["person"], unknown["verdict"], unknown["reason"]) == (None, "refuse", "unknown")


def test_commercial_updates_go_to_nobody_without_a_confirmed_opt_in(network: Goodterms) -> None:
    said = network("why", ALICE.email, "--purpose", "commercial").said

    assert (said["verdict"], said["reason"]) == ("refuse", "commercial_without_confirmed_opt_in")


def test_an_update_reaches_exactly_those_who_may_have_it_and_once(
    network: Goodterms, update: str, mail_server: MailServer
) -> None:
    audience = network("update", "audience", update, "--vehicle", "email").said
    assert audience == {
        "send": 3,
        "hold": {"connected_before_terms": 1, "welcome_due": 1},
        "refuse": {"no_address": 1},
    }

    first = network("send", update, "--vehicle", "email", GOODTERMS_SMTP_URL=mail_server.url).said
    again = network("send", update, "--vehicle", "email", GOODTERMS_SMTP_URL=mail_server.url).said

    assert (first["accepted"], first["deferred"], first["refused"], first["unknown"]) == (3, 0, 0, 0)
    assert again["accepted"] == 0
    assert again["skipped"]["already_sent"] == 3
    assert _receivers(mail_server) == [ALICE.email, BOB.email, FAY.email]


def _receivers(server: MailServer) -> list[str]:
    return sorted(receiver for mail in server.received for receiver in mail.receivers)


def _reply(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "reply.eml"
    path.write_text(
        f"From: <{BOB.email.upper()}>\nTo: olga@owner.test\nSubject: Re: News\nMessage-ID: <r1@birch.example>\n\n{text}"
    )
    return path


def _by_note(run: Goodterms, _folder: Path) -> Ran:
    return run("exit", BOB.slug, "--leave", "--heard", "told me on the phone")


def _by_reply(run: Goodterms, folder: Path) -> Ran:
    ran = run("feedback", "read", _reply(folder, "Please unsubscribe me.\n\n> reply with the word stop"))
    assert (ran.said["exits"], ran.said["new"]) == (1, 1)
    assert (
        run("feedback", "read", _reply(folder, "Please unsubscribe me.\n\n> reply with the word stop")).said["new"] == 0
    )
    return ran


def _by_erasure(run: Goodterms, _folder: Path) -> Ran:
    return run("erase", BOB.email, "--yes")


@pytest.mark.parametrize("leave", [_by_note, _by_reply, _by_erasure])
def test_nobody_who_left_gets_the_next_update_whatever_the_next_archive_says(
    network: Goodterms,
    update: str,
    mail_server: MailServer,
    tmp_path: Path,
    leave: Callable[[Goodterms, Path], Ran],
) -> None:
    assert leave(network, tmp_path).status == 0
    renamed = type(BOB)("Bob", "Birch", BOB.connected_on, "bob+new@birch.example", company="Elsewhere")
    network("sync", write_archive(tmp_path / "later", (*EVERYBODY, renamed)[1:], day="07-01-2026"))
    for person in EVERYBODY:
        network("welcome", "mark", person.slug)

    network("send", update, GOODTERMS_SMTP_URL=mail_server.url)

    assert not [receiver for receiver in _receivers(mail_server) if "bob" in receiver]
    assert network("why", BOB.email).said["verdict"] == "refuse"


def test_an_undone_sync_leaves_exits_in_force(network: Goodterms, tmp_path: Path) -> None:
    network("exit", ALICE.email, "--stop")

    assert network("sync", "undo").said["undone"].endswith(".zip")
    assert network("why", ALICE.email).said["reason"] == "stopped"
    network("sync", write_archive(tmp_path, EVERYBODY))
    assert network("why", ALICE.email).said["reason"] == "stopped"


def test_welcomes_go_to_those_due_and_make_updates_possible(
    network: Goodterms, update: str, mail_server: MailServer
) -> None:
    assert [person["name"] for person in network("welcome", "list").said["people"]] == ["Carol Cedar"]

    sent = network("welcome", "send", "--vehicle", "email", GOODTERMS_SMTP_URL=mail_server.url).said

    assert (sent["accepted"], _receivers(mail_server)) == (1, [CAROL.email])
    assert network("why", CAROL.email).said["verdict"] == "send"
    assert network("welcome", "list").said["due"] == 0
    assert network("update", "audience", update).said["send"] == 4


def test_the_ledger_verifies_and_standings_rebuild(network: Goodterms) -> None:
    before = network("why", ALICE.email).said["standing"]

    assert network("ledger", "rebuild").said["standings"] == 6
    assert network("why", ALICE.email).said["standing"] == before
    network("ledger", "seal")
    assert network("ledger", "verify").said["sound"] is True


@pytest.mark.parametrize(
    ("words", "status", "message"),
    [
        (("sync", "missing.zip"), 1, "can't be opened"),
        (("exit", "alice-arden"), 2, "Say which: --stop or --leave"),
        (("terms", "add", "--place", "profile", "--from", "soon", "--text", "x"), 1, "no day and no moment"),
        (("terms", "add", "--place", "profile", "--from", "2026-01-01"), 1, "The wording is empty"),
        (("update", "audience", "99"), 1, "There is no update '99'"),
        (("welcome", "mark", "nobody@away.test"), 1, "Nobody is known as"),
        (("why", "not a name at all"), 1, "is no e-mail address"),
        (("merge", "alice-arden", "alice@arden.example"), 1, "Both names mean person"),
        (("split", "alice-arden"), 1, "Nobody was merged"),
        (("resolve", "<x@y>", "--as", "accepted"), 1, "no copy with the Message-ID"),
    ],
)
def test_what_is_refused_says_why_and_how_it_is_meant(
    network: Goodterms, words: tuple[str, ...], status: int, message: str
) -> None:
    ran = network(*words)

    assert ran.status == status
    assert message in ran.messages
    assert ran.said is None or message in ran.said["error"]


def test_a_server_that_is_not_there_leaves_everything_waiting(network: Goodterms, update: str) -> None:
    ran = network("send", update, GOODTERMS_SMTP_URL="smtp://127.0.0.1:1")

    assert ran.status == 1
    assert ran.said["accepted"] == 0
    assert network("update", "list").said["updates"][0]["copies"] == {"queued": 3}


def test_without_its_keys_nothing_is_done(network: Goodterms, committed_db: dict[str, str]) -> None:
    keys = Path(committed_db["GOODTERMS_HOME"]) / "keys"
    (keys / "identity.key").write_text("ab" * 32)

    ran = network("why", ALICE.email)

    assert ran.status == 1
    assert "not those that this database was made with" in ran.messages


def test_departures_show_in_archives_whose_names_hold_no_day(owner: Goodterms, tmp_path: Path) -> None:
    names = ("first.zip", "second.zip", "third.zip")
    newest = max(EVERYBODY, key=lambda person: person.connected_on)
    rest = tuple(person for person in EVERYBODY if person is not newest)
    paths = [
        write_archive(tmp_path / name, people).rename(tmp_path / f"the-{name}")
        for name, people in zip(names, (EVERYBODY, rest, (*rest[:-1], Made("Gus", "Gum", "01 Apr 2026"))), strict=True)
    ]

    reports = [owner("sync", path).said for path in paths]

    assert [report["absent"] for report in reports] == [0, 1, 1]
    assert [report["gone"] for report in reports] == [0, 0, 1]
    assert owner("why", newest.email).said["reason"] == "gone"


def test_an_older_archive_undoes_nothing(network: Goodterms, tmp_path: Path) -> None:
    older = write_archive(
        tmp_path, (DAVE, Made("Old", "Friend", "01 Mar 2019", "old@friend.example")), day="01-01-2026"
    )

    said = network("sync", older).said

    assert (said["applied"], said["new"], said["absent"], said["gone"]) == (True, 1, 0, 0)
    assert network("why", ALICE.email).said["verdict"] == "send"
    assert network("why", "old@friend.example").said["reason"] == "absent"


def test_a_file_for_a_spreadsheet_starts_no_formula(owner: Goodterms, tmp_path: Path) -> None:
    owner("sync", write_archive(tmp_path, (Made("=HYPERLINK(1)", "Mallory", "01 Mar 2026"),)))

    said = owner("people", "--csv", tmp_path / "people.csv").said

    assert said["count"] == 1
    assert ",'=HYPERLINK(1) Mallory," in (tmp_path / "people.csv").read_text(encoding="utf-8-sig")


def test_an_exit_that_only_the_file_knows_holds_even_where_the_numbers_of_lines_agree(
    network: Goodterms, update: str, mail_server: MailServer, committed_db: dict[str, str]
) -> None:
    network("exit", FAY.email, "--stop")
    path = Path(committed_db["GOODTERMS_HOME"]) / "suppressions.jsonl"
    lines = [read_line(line) for line in path.read_bytes().splitlines()]
    fay = next(line for line in lines if line and line.kind == "email")
    key = keyed_hash(read_keys(path.parent / "keys").identity, "email", ALICE.email)
    alices = [replace(fay, key=key, since=fay.since + timedelta(seconds=place)) for place in range(len(lines))]
    path.write_bytes(b"".join(line.line() for line in alices))

    network("send", update, GOODTERMS_SMTP_URL=mail_server.url)

    assert _receivers(mail_server) == [BOB.email]
    assert network("why", ALICE.email).said["reason"] == "stopped"
