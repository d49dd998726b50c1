"""Mail that one's own server hands over is obeyed before it is answered for."""

import signal
import smtplib
import socket
import subprocess
import sys
import threading

import pytest
from django.db import DatabaseError

from goodterms.feedback.listener import Listener, ListenerBlocked
from goodterms.lib.faults import Fault
from tests.conftest import Goodterms
from tests.feedback.postman import Postman, answer


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
        return port


def client(port: int, *, lmtp: bool) -> smtplib.SMTP:
    return (smtplib.LMTP if lmtp else smtplib.SMTP)("127.0.0.1", port)


@pytest.mark.parametrize("lmtp", [False, True])
def test_a_mail_arrives_with_its_envelope(lmtp: bool) -> None:
    port = free_port()
    heard: list[bytes] = []
    stop = threading.Event()
    with Listener("127.0.0.1", port, speaks_lmtp=lmtp) as listener:

        def obey() -> None:
            listener.serve(heard.append, should_stop=stop.is_set, failed=_never)

        thread = threading.Thread(target=obey)
        thread.start()
        with client(port, lmtp=lmtp) as server:
            refused = server.sendmail("", ["out+1@owner.test", "out+2@owner.test"], answer("stop"))
            # Python's client reads one answer; LMTP gives one for each receiver.
            assert not lmtp or server.getreply()[0] == 250
        stop.set()
        thread.join()
    assert refused == {}
    assert heard[0].startswith(b"Return-Path: <>\r\nX-Envelope-To: <out+1@owner.test>\r\nX-Envelope-To: <out+2@")


def _never(fault: Exception) -> None:
    raise AssertionError(fault)


@pytest.mark.django_db  # after a fault the listener renews its connection to the database
@pytest.mark.parametrize("fault", [OSError("disk full"), DatabaseError("database or disk is full"), Fault("no room")])
def test_a_mail_that_could_not_be_obeyed_stays_with_its_server_until_it_can(fault: Exception) -> None:
    port = free_port()
    faults = [fault]
    told: list[Exception] = []
    heard: list[bytes] = []
    stop = threading.Event()

    def obey(raw: bytes) -> None:
        if faults:
            raise faults.pop()
        heard.append(raw)

    with Listener("127.0.0.1", port, speaks_lmtp=False) as listener:
        answers: list[int] = []

        def bring() -> None:
            for _ in range(2):
                with client(port, lmtp=False) as server:
                    server.ehlo()
                    server.mail("bob@people.test")
                    server.rcpt("ann@owner.test")
                    answers.append(server.data(answer("stop"))[0])
            stop.set()

        thread = threading.Thread(target=bring)
        thread.start()
        listener.serve(obey, should_stop=stop.is_set, failed=told.append)
        thread.join()
    assert (answers, told, len(heard)) == ([451, 250], [fault], 1)


def test_a_taken_port_is_told() -> None:
    with (
        socket.create_server(("127.0.0.1", 0)) as taken,
        pytest.raises(ListenerBlocked),
        Listener("127.0.0.1", taken.getsockname()[1], speaks_lmtp=True),
    ):
        pass


def test_a_token_in_the_address_is_an_exit(goodterms: Goodterms, committed_db: dict[str, str]) -> None:
    assert goodterms("init", "--name", "Ann", "--email", "ann@owner.test").status == 0
    port = free_port()
    command = [sys.executable, "-m", "goodterms", "feedback", "listen", "--port", str(port), "--json"]
    with subprocess.Popen(
        command, env=committed_db, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as listening:
        assert listening.stderr is not None
        assert "Listening" in listening.stderr.readline()
        with client(port, lmtp=True) as server:
            server.sendmail("bob@people.test", ["ann@owner.test"], answer("Please unsubscribe me."))
        assert goodterms("why", "bob@people.test").said["verdict"] == "refuse"
        listening.send_signal(signal.SIGINT)
        said = listening.communicate(timeout=20)[0]
    assert '"exits":1' in said


def test_an_envelope_token_is_read(postman: Postman) -> None:
    bob, copy = postman.add_and_send("bob")
    token = copy.message_id[1:].partition("@")[0]
    raw = b"Return-Path: <>\r\nX-Envelope-To: <b+" + token.encode() + b"@owner.test>\r\n"
    postman.read(raw + b"From: mailer-daemon@mx.test\r\nSubject: Undelivered\r\n\r\nRemote host said: 550 no user\r\n")
    assert postman.rows()[0].delivery == copy
    assert postman.standing(bob).stops == ()
