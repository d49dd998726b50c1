"""The mailbox is read from a real Dovecot: all that is new, once, and nothing in it changes."""

import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import timedelta
from itertools import islice
from pathlib import Path
from urllib.parse import quote

import pytest

from goodterms.feedback.actions.poll import growing_pauses, poll, watch
from goodterms.feedback.imap.address import MailboxAddress, Security, read_address
from goodterms.feedback.imap.session import MailboxRefused, MailboxUnreachable
from goodterms.feedback.models import Feedback
from goodterms.lib.faults import Fault
from tests.conftest import Ran
from tests.feedback.postman import Postman, answer, bounce
from tests.servers.certificates import Certificates
from tests.servers.dovecot import PASSWORD, USER, Dovecot, DovecotMissing, running_dovecot


@pytest.fixture(scope="module")
def server(certificates: Certificates) -> Iterator[Dovecot]:
    try:
        with running_dovecot(certificates) as found:
            yield found
    except DovecotMissing as missing:
        pytest.skip(str(missing))


@pytest.fixture
def dovecot(server: Dovecot) -> Dovecot:
    client = server.client()
    client.delete_messages(client.search())
    client.expunge()
    client.logout()
    return server


def address(dovecot: Dovecot, security: Security = Security.NONE, password: str = PASSWORD) -> MailboxAddress:
    port = dovecot.tls_port if security is Security.TLS else dovecot.port
    user, word = quote(USER, safe=""), quote(password, safe="")
    return read_address(f"{security}://{user}:{word}@localhost:{port}")


def polled(postman: Postman, where: MailboxAddress, *, flag: str = "") -> Counter[str]:
    return poll(postman.office, where, flag=flag, clock=postman.network.clock)


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
    assert (counts["read"], counts["new"]) == (1, 0)
    assert Feedback.objects.count() == 1


def test_the_mailbox_is_left_as_it_is(postman: Postman, dovecot: Dovecot) -> None:
    dovecot.deliver(answer("Lovely"))
    before = flags(dovecot)
    polled(postman, address(dovecot))
    assert flags(dovecot) == before == [()]


def test_a_flag_is_set_where_the_owner_wants_one(postman: Postman, dovecot: Dovecot) -> None:
    dovecot.deliver(answer("Lovely"))
    polled(postman, address(dovecot), flag="$Goodterms")
    assert flags(dovecot) == [(b"$Goodterms",)]


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


def test_a_token_command_that_fails_is_told(postman: Postman, dovecot: Dovecot) -> None:
    with pytest.raises(MailboxRefused, match="status 1"):
        poll(postman.office, address(dovecot), token_command="false", clock=postman.network.clock)


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


def test_mail_is_obeyed_as_it_comes(
    goodterms_cli: Callable[..., Ran], committed_db: dict[str, str], dovecot: Dovecot, tmp_path: Path
) -> None:
    assert goodterms_cli("init", "--name", "Ann", "--email", USER).status == 0
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
    assert goodterms_cli("why", "bob1@people.test").said["verdict"] == "refuse"
