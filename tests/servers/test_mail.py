"""The mail server that other tests send to."""

import smtplib
import ssl
from collections.abc import Callable, Iterator

import pytest

from tests.servers.certificates import Certificates
from tests.servers.mail import Fault, MailServer, Stage

ALICE, BOB, CHARLIE = "alice@home.test", "bob@work.test", "charlie@club.example"
TEXT = b"Subject: News\r\n\r\nHello.\r\n.a line with a dot\r\n"


@pytest.fixture
def client(mail_server: MailServer) -> Iterator[smtplib.SMTP]:
    with smtplib.SMTP(mail_server.host, mail_server.port, timeout=10) as client:
        yield client
        client.close()


def test_it_keeps_envelope_and_bytes(mail_server: MailServer, client: smtplib.SMTP) -> None:
    client.sendmail(ALICE, [BOB, CHARLIE], TEXT)
    (mail,) = mail_server.received
    assert (mail.sender, mail.receivers, mail.content) == (ALICE, (BOB, CHARLIE), TEXT)
    assert mail.message["Subject"] == "News"
    assert len(mail_server.peers) == 1


def test_it_says_that_it_takes_commands_in_a_row(client: smtplib.SMTP) -> None:
    client.ehlo()
    assert client.has_extn("pipelining")


def test_it_refuses_one_receiver_and_takes_the_other(mail_server: MailServer, client: smtplib.SMTP) -> None:
    mail_server.faults.append(Fault(Stage.RCPT, "550 5.1.1 Unknown", receiver=BOB))
    refused = client.sendmail(ALICE, [BOB, CHARLIE], TEXT)
    assert refused == {BOB: (550, b"5.1.1 Unknown")}
    assert mail_server.receivers() == [CHARLIE]


def test_it_defers_once(mail_server: MailServer, client: smtplib.SMTP) -> None:
    mail_server.faults.append(Fault(Stage.CONTENT, "451 4.3.0 Later", times=1))
    with pytest.raises(smtplib.SMTPDataError) as raised:
        client.sendmail(ALICE, [BOB], TEXT)
    assert raised.value.smtp_code == 451
    client.sendmail(ALICE, [BOB], TEXT)
    assert mail_server.receivers() == [BOB]


def test_it_refuses_the_sender(mail_server: MailServer, client: smtplib.SMTP) -> None:
    mail_server.faults.append(Fault(Stage.MAIL, "550 5.7.1 Not you"))
    with pytest.raises(smtplib.SMTPSenderRefused):
        client.sendmail(ALICE, [BOB], TEXT)


@pytest.mark.parametrize("kept", [False, True])
def test_it_drops_the_connection_without_an_answer(mail_server: MailServer, client: smtplib.SMTP, kept: bool) -> None:
    mail_server.faults.append(Fault(Stage.CONTENT, closes=True, keeps=kept))
    with pytest.raises(smtplib.SMTPServerDisconnected):
        client.sendmail(ALICE, [BOB], TEXT)
    assert len(mail_server.received) == kept


def test_it_says_something_and_drops_the_connection(mail_server: MailServer, client: smtplib.SMTP) -> None:
    mail_server.faults.append(Fault(Stage.MAIL, "421 4.7.0 Too many", closes=True))
    client.ehlo()
    assert client.docmd("MAIL", f"FROM:<{ALICE}>") == (421, b"4.7.0 Too many")
    with pytest.raises(smtplib.SMTPServerDisconnected):
        client.docmd("NOOP")


def test_it_does_not_answer(mail_server: MailServer) -> None:
    mail_server.faults.append(Fault(Stage.RCPT))
    client = smtplib.SMTP(mail_server.host, mail_server.port, timeout=0.2)
    with pytest.raises((TimeoutError, smtplib.SMTPServerDisconnected)):
        client.sendmail(ALICE, [BOB], TEXT)
    client.close()


@pytest.mark.parametrize("tls", ["", "starttls", "implicit"])
def test_it_takes_mail_from_those_who_sign_in(
    start_mail_server: Callable[..., MailServer], certificates: Certificates, tls: str
) -> None:
    server = start_mail_server(login=("alice", "made-up"), tls=tls)
    trust = ssl.create_default_context(cafile=str(certificates.authority))
    client = (
        smtplib.SMTP_SSL(server.host, server.port, timeout=10, context=trust)
        if tls == "implicit"
        else smtplib.SMTP(server.host, server.port, timeout=10)
    )
    with client:
        if tls == "starttls":
            client.starttls(context=trust)
        with pytest.raises(smtplib.SMTPSenderRefused, match="530"):
            client.sendmail(ALICE, [BOB], TEXT)
        with pytest.raises(smtplib.SMTPAuthenticationError):
            client.login("alice", "wrong")
        client.login("alice", "made-up")
        client.sendmail(ALICE, [BOB], TEXT)
    (mail,) = server.received
    assert (mail.login, mail.encrypted) == ("alice", bool(tls))
    assert server.url.endswith(f"alice:made-up@{server.host}:{server.port}")
