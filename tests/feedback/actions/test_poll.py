"""The mailbox is read from a real Dovecot: all that is new, once, and nothing in it changes."""

import signal
import subprocess
import sys
from collections import Counter
from datetime import timedelta
from itertools import islice
from pathlib import Path
from urllib.parse import quote

import pytest
from django.db import connection

from goodterms.feedback.actions.poll import AfterReading, NotStored, growing_pauses, poll, watch
from goodterms.feedback.imap.address import MailboxAddress, Security, read_address
from goodterms.feedback.imap.session import MailboxRefused, MailboxUnreachable
from goodterms.feedback.models import Feedback, MailboxMark
from goodterms.lib.faults import Fault
from tests.conftest import Goodterms
from tests.feedback.postman import Postman, answer, bounce
from tests.servers.certificates import Certificates
from tests.servers.dovecot import PASSWORD, USER, Dovecot
from tests.servers.tokens import Tokens


@pytest.fixture
def dovecot(dovecot_server: Dovecot) -> Dovecot:
    client = dovecot_server.client()
    client.delete_messages(client.search())
    client.expunge()
    client.logout()
    return dovecot_server


def address(dovecot: Dovecot, security: Security = Security.NONE, password: str = PASSWORD) -> MailboxAddress:
    port = dovecot.tls_port if security is Security.TLS else dovecot.port
    user, word = quote(USER, safe=""), quote(password, safe="")
    return read_address(f"{security}://{user}:{word}@localhost:{port}")


def polled(postman: Postman, where: MailboxAddress, **after: str) -> Counter[str]:
    return poll(postman.office, where, after=AfterReading(**after), clock=postman.network.clock)


@pytest.mark.parametrize("security", list(Security))
def test_an_exit_in_the_mailbox_is_obeyed(
    postman: Postman,
    dovecot: Dovecot,
    certificates: Certificates,
    monkeypatch: pytest.MonkeyPatch,
    security: Security,
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(certificates.authority))
    bob, copy = postman.add_and_send("bob")
    dovecot.deliver(answer("Please stop", to=copy.message_id))
    assert polled(postman, address(dovecot, security))["exit_stop"] == 1
    assert postman.standing(bob).stops


def test_nothing_is_read_twice(postman: Postman, dovecot: Dovecot) -> None:
    _, copy = postman.add_and_send("bob")
    dovecot.deliver(answer("Lovely", to=copy.message_id))
    assert polled(postman, address(dovecot))["read"] == 1
    assert polled(postman, address(dovecot))["read"] == 0
    dovecot.deliver(bounce(copy.message_id, "5.1.1"), answer("Fine", to=copy.message_id))
    assert polled(postman, address(dovecot))["read"] == 2


def test_a_mailbox_numbered_anew_is_read_again_and_changes_nothing(postman: Postman, dovecot: Dovecot) -> None:
    _, copy = postman.add_and_send("bob")
    dovecot.deliver(answer("Please stop", to=copy.message_id))
    polled(postman, address(dovecot))
    client = dovecot.client()
    client.logout()
    dovecot.number_anew()
    counts = polled(postman, address(dovecot))
    assert (counts["read"], counts["new"], counts["renumbered"]) == (1, 0, 1)
    assert polled(postman, address(dovecot))["renumbered"] == 0
    assert Feedback.objects.count() == 1


def test_an_empty_mailbox_numbered_anew_is_told_of_once(postman: Postman, dovecot: Dovecot) -> None:
    dovecot.deliver(answer("Lovely"))
    polled(postman, address(dovecot))
    MailboxMark.objects.update(uid_validity=1)
    client = dovecot.client()
    client.delete_messages(client.search())
    client.expunge()
    client.logout()
    assert [polled(postman, address(dovecot))["renumbered"] for _ in range(2)] == [1, 0]


def test_the_mailbox_is_left_as_it_is(postman: Postman, dovecot: Dovecot) -> None:
    dovecot.deliver(answer("Lovely"))
    before = flags(dovecot)
    polled(postman, address(dovecot))
    assert flags(dovecot) == before == [()]


def test_a_flag_is_set_where_the_owner_wants_one(postman: Postman, dovecot: Dovecot) -> None:
    dovecot.deliver(answer("Lovely"))
    polled(postman, address(dovecot), flag="$Goodterms")
    assert flags(dovecot) == [(b"$Goodterms",)]


def test_mail_is_moved_where_the_owner_wants_it_and_none_is_lost(postman: Postman, dovecot: Dovecot) -> None:
    _, copy = postman.add_and_send("bob")
    for number in range(2):
        dovecot.deliver(answer(f"Lovely {number}", to=copy.message_id), answer(f"Fine {number}", to=copy.message_id))
        assert polled(postman, address(dovecot), move_to="Goodterms/Read", flag="$Goodterms")["new"] == 2
    client = dovecot.client()
    assert client.search() == []
    client.select_folder("Goodterms.Read")
    moved = client.get_flags(client.search())
    client.delete_folder("Goodterms.Read")
    client.logout()
    assert [set(one) - {b"\\Recent"} for one in moved.values()] == [{b"$Goodterms"}] * 4


def flags(dovecot: Dovecot) -> list[tuple[bytes, ...]]:
    client = dovecot.client()
    found = client.get_flags(client.search())
    client.logout()
    return [tuple(flag for flag in one if flag != b"\\Recent") for one in found.values()]


def test_a_wrong_password_is_told_and_reads_nothing(postman: Postman, dovecot: Dovecot) -> None:
    with pytest.raises(MailboxRefused) as raised:
        polled(postman, address(dovecot, password="wrong"))
    assert "wrong" not in str(raised.value).partition("See the password")[0]


def test_a_mailbox_that_does_not_answer_is_told(postman: Postman) -> None:
    with pytest.raises(MailboxUnreachable):
        polled(postman, read_address("imap://ann:x@127.0.0.1:9"))


@pytest.mark.parametrize(
    ("command", "said"),
    [("false", "status 1"), ("sleep 9", "printed nothing within"), ("echo 'open", "No closing quotation")],
)
def test_a_token_command_that_fails_is_told(
    postman: Postman, dovecot: Dovecot, monkeypatch: pytest.MonkeyPatch, command: str, said: str
) -> None:
    monkeypatch.setattr("goodterms.feedback.imap.session._TOKEN_SECONDS", 0.5)
    with pytest.raises(MailboxRefused, match=said):
        poll(postman.office, address(dovecot), token_command=command, clock=postman.network.clock)


def with_token(postman: Postman, dovecot: Dovecot, command: str) -> Counter[str]:
    return poll(postman.office, address(dovecot), token_command=command, clock=postman.network.clock)


def test_an_access_token_opens_the_mailbox(postman: Postman, dovecot: Dovecot, tokens: Tokens) -> None:
    """XOAUTH2, as Gmail and Microsoft 365 want it; the server asks its provider whose the token is."""
    tokens.good = {"in-date": USER}
    dovecot.deliver(answer("Lovely"))
    assert with_token(postman, dovecot, "echo in-date")["read"] == 1


@pytest.mark.parametrize("good", [{}, {"another": USER}, {"out-of-date": "eve@owner.test"}])
def test_a_token_out_of_date_or_of_somebody_else_is_told_and_reads_nothing(
    postman: Postman, dovecot: Dovecot, tokens: Tokens, good: dict[str, str]
) -> None:
    tokens.good = good
    dovecot.deliver(answer("Lovely"))
    with pytest.raises(MailboxRefused, match="access token is not taken") as raised:
        with_token(postman, dovecot, "echo out-of-date")
    assert "out-of-date" not in str(raised.value)
    assert Feedback.objects.count() == 0


def test_a_token_that_ran_out_is_asked_for_anew_until_one_is_taken(
    postman: Postman, dovecot: Dovecot, tokens: Tokens, tmp_path: Path
) -> None:
    """As a provider's token ends after an hour: told once, tried again, and nothing lost meanwhile."""
    tokens.good = {"new": USER}
    (tmp_path / "token").write_text("old")
    dovecot.deliver(answer("Lovely"))
    told: list[Fault] = []
    heard: list[Counter[str]] = []

    def pause(_seconds: float) -> None:
        (tmp_path / "token").write_text("new" if len(paused) == 2 else "old")
        paused.append(_seconds)

    paused: list[float] = []
    watch(
        postman.office,
        address(dovecot),
        token_command=f"cat {tmp_path / 'token'}",
        clock=postman.network.clock,
        pause=pause,
        should_stop=lambda: bool(heard) or len(paused) > 5,
        heard=heard.append,
        failed=lambda fault, _seconds: told.append(fault),
    )
    assert (len(told), paused, heard[0]["read"]) == (1, [5, 10, 20], 1)


@pytest.mark.sqlite
def test_a_full_disk_is_told_once_and_nothing_is_lost_or_read_twice(
    committed_db: dict[str, str], dovecot: Dovecot
) -> None:
    postman = Postman(Path(committed_db["GOODTERMS_HOME"]))
    _, copy = postman.add_and_send("bob")
    dovecot.deliver(answer("Lovely", to=copy.message_id), answer("stop\n" + "x " * 300_000, to=copy.message_id))
    told: list[Fault] = []
    heard: list[Counter[str]] = []
    paused: list[float] = []
    _allow_pages(20)

    def pause(seconds: float) -> None:
        paused.append(seconds)
        _allow_pages(20 if len(paused) < 3 else 1_000_000)

    watch(
        postman.office,
        address(dovecot),
        clock=postman.network.clock,
        pause=pause,
        should_stop=lambda: bool(heard) or len(paused) > 5,
        heard=heard.append,
        failed=lambda fault, _seconds: told.append(fault),
    )
    assert [type(fault) for fault in told] == [NotStored]
    assert (paused, Feedback.objects.count(), len(heard)) == ([5, 10, 20], 2, 1)
    assert polled(postman, address(dovecot))["read"] == 0


def _allow_pages(more: int) -> None:
    """Let the database grow by so many pages and no further, as a disk that is full."""
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA page_count")
        (count,) = cursor.fetchone()
        cursor.execute(f"PRAGMA max_page_count = {count + more}")


def test_a_fault_is_told_once_and_tried_again_after_growing_pauses(postman: Postman) -> None:
    paused: list[float] = []
    told: list[Fault] = []
    watch(
        postman.office,
        read_address("imap://ann:x@127.0.0.1:9"),
        clock=postman.network.clock,
        pause=paused.append,
        should_stop=lambda: len(paused) >= 4,
        heard=lambda _counts: None,
        failed=lambda fault, _seconds: told.append(fault),
    )
    assert paused == [5, 10, 20, 40]
    assert len(told) == 1
    assert list(islice(growing_pauses(), 20))[-1] == timedelta(minutes=15).total_seconds()


def test_mail_is_obeyed_as_it_comes(goodterms: Goodterms, committed_db: dict[str, str], dovecot: Dovecot) -> None:
    assert goodterms("init", "--name", "Ann", "--email", USER).status == 0
    user, word = quote(USER, safe=""), quote(PASSWORD, safe="")
    environ = committed_db | {"GOODTERMS_IMAP_URL": f"imap://{user}:{word}@127.0.0.1:{dovecot.port}"}
    command = [sys.executable, "-m", "goodterms", "feedback", "poll", "--watch", "--json"]
    with subprocess.Popen(command, env=environ, stdout=subprocess.PIPE, text=True) as watching:
        assert watching.stdout is not None
        for number in (1, 2):
            dovecot.deliver(answer("unsubscribe", sender=f"bob{number}@people.test"))
            assert '"exits":1' in watching.stdout.readline()
        watching.send_signal(signal.SIGINT)
        assert watching.wait(20) == 0
    assert goodterms("why", "bob1@people.test").said["verdict"] == "refuse"
