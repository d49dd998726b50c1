"""Handing mail to real servers on this machine, some of which misbehave."""

import asyncio
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from itertools import chain

import pytest
from aiosmtpd.handlers import Sink

from goodterms.delivery.rules.replies import Reply, Result, Step, judge
from goodterms.delivery.vehicles.email.engine.offers import Offers
from goodterms.delivery.vehicles.email.engine.pool import Limits
from goodterms.delivery.vehicles.email.engine.sign_in import SignInImpossible, sign_in
from goodterms.delivery.vehicles.email.engine.timeouts import Timeouts
from goodterms.delivery.vehicles.email.engine.wire import Wire
from goodterms.delivery.vehicles.email.server import Security, Server, read_server
from goodterms.delivery.vehicles.email.transport import SmtpTransport
from goodterms.delivery.vehicles.transport import Letter, SenderRefused, ServerUnreachable, carry_one
from goodterms.demo.catcher import LoopbackController
from tests.servers.certificates import Certificates
from tests.servers.mail import Fault, MailServer, Stage

MESSAGE = b"From: ann@owner.test\r\nTo: bob@people.test\r\nSubject: News\r\n\r\nHello Bob\r\n"
FAST = Timeouts(connect=5, command=2, data_begin=2, data_end=0.5)
StartMailServer = Callable[..., MailServer]


def transport_to(
    server: MailServer, certificates: Certificates | None = None, per_connection: int = 100
) -> SmtpTransport:
    tls = ssl.create_default_context(cafile=str(certificates.authority)) if certificates else None
    return SmtpTransport(read_server(server.url), tls=tls, timeouts=FAST, limits=Limits(per_connection=per_connection))


def carry(
    transport: SmtpTransport, to: str = "bob@people.test", content: bytes = MESSAGE, sender: str = "ann@owner.test"
) -> Reply:
    return carry_one(transport, Letter(message_id=to, envelope_from=sender, to=to, content=content))


def send(transport: SmtpTransport, to: str = "bob@people.test", content: bytes = MESSAGE) -> Reply:
    with closing(transport):
        return carry(transport, to, content)


def test_an_accepted_message_has_arrived_as_it_was(mail_server: MailServer) -> None:
    reply = send(transport_to(mail_server))

    assert judge(reply).result is Result.ACCEPTED
    (mail,) = mail_server.received
    assert (mail.sender, mail.receivers, mail.content) == ("ann@owner.test", ("bob@people.test",), MESSAGE)


def test_lines_that_begin_with_a_dot_arrive_whole_and_line_ends_are_mended(mail_server: MailServer) -> None:
    send(transport_to(mail_server), content=b"Subject: x\n\n.\n..a\r.b\r\n\n.\nend")

    (mail,) = mail_server.received
    assert mail.content == b"Subject: x\r\n\r\n.\r\n..a\r\n.b\r\n\r\n.\r\nend\r\n"


def test_one_connection_serves_many_messages_and_is_renewed(mail_server: MailServer) -> None:
    transport = transport_to(mail_server, per_connection=3)
    with closing(transport):
        for _ in range(7):
            assert carry(transport, "bob@people.test").code == 250

    assert len(mail_server.received) == 7
    assert len(mail_server.peers) == 3


@pytest.mark.parametrize(
    ("fault", "expected"),
    [
        (Fault(Stage.MAIL, "550 5.7.1 Not from you"), Reply(code=550, text="5.7.1 Not from you", step=Step.MAIL)),
        (Fault(Stage.RCPT, "550 5.1.1 Unknown"), Reply(code=550, text="5.1.1 Unknown", step=Step.RCPT)),
        (Fault(Stage.RCPT, "450 4.2.1 Busy"), Reply(code=450, text="4.2.1 Busy", step=Step.RCPT)),
        (Fault(Stage.CONTENT, "554 5.7.1 Spam"), Reply(code=554, text="5.7.1 Spam", step=Step.END)),
        (Fault(Stage.CONTENT, "451 4.3.0 Later"), Reply(code=451, text="4.3.0 Later", step=Step.END)),
    ],
)
def test_a_refusal_is_given_back_with_its_step_and_the_next_message_goes(
    mail_server: MailServer, fault: Fault, expected: Reply
) -> None:
    fault.times = 1
    mail_server.faults = [fault]
    transport = transport_to(mail_server)
    with closing(transport):
        assert carry(transport, "bob@people.test") == expected
        assert carry(transport, "carol@people.test").code == 250

    assert mail_server.receivers() == ["carol@people.test"]
    assert len(mail_server.peers) == 1


@pytest.mark.parametrize("keeps", [True, False])
@pytest.mark.parametrize("closes", [True, False])
def test_without_an_answer_to_the_final_dot_the_outcome_is_unknown(
    mail_server: MailServer, keeps: bool, closes: bool
) -> None:
    mail_server.faults = [Fault(Stage.CONTENT, closes=closes, keeps=keeps)]

    reply = send(transport_to(mail_server))

    assert (reply.code, reply.step) == (0, Step.END)
    assert judge(reply).result is Result.UNKNOWN


@pytest.mark.parametrize("stage", [Stage.MAIL, Stage.RCPT])
def test_a_connection_lost_before_the_final_dot_handed_nothing_over(mail_server: MailServer, stage: Stage) -> None:
    mail_server.faults = [Fault(stage, closes=True)]

    reply = send(transport_to(mail_server))

    assert reply.code == 0
    assert judge(reply).result is Result.RETURNED
    assert mail_server.received == []


def test_a_connection_that_the_server_gave_up_is_replaced_unnoticed(mail_server: MailServer) -> None:
    transport = transport_to(mail_server)
    with closing(transport):
        assert carry(transport, "bob@people.test").code == 250
        mail_server.faults = [Fault(Stage.MAIL, "421 4.4.2 Idle too long", closes=True, times=1)]
        assert carry(transport, "carol@people.test").code == 250

    assert mail_server.receivers() == ["bob@people.test", "carol@people.test"]


def test_after_421_a_new_connection_is_made(mail_server: MailServer) -> None:
    mail_server.faults = [Fault(Stage.RCPT, "421 4.3.2 Closing down", closes=True, times=1)]
    transport = transport_to(mail_server)
    with closing(transport):
        assert carry(transport, "bob@people.test").code == 421
        assert carry(transport, "bob@people.test").code == 250

    assert len(mail_server.peers) == 2


@pytest.mark.parametrize("tls", ["starttls", "implicit"])
def test_tls_and_login_protect_the_way(
    start_mail_server: StartMailServer, certificates: Certificates, tls: str
) -> None:
    server = start_mail_server(tls=tls, login=("ann", "sesame"))

    assert send(transport_to(server, certificates)).code == 250
    (mail,) = server.received
    assert mail.encrypted
    assert mail.login == "ann"


@pytest.mark.parametrize("tls", ["starttls", "implicit"])
def test_a_certificate_that_cannot_be_verified_gets_nothing(start_mail_server: StartMailServer, tls: str) -> None:
    server = start_mail_server(tls=tls, login=("ann", "sesame"))

    with pytest.raises(ServerUnreachable, match=r"could not be verified.*No password and no message"):
        transport_to(server).open()
    assert server.received == []


def test_a_server_without_starttls_gets_nothing(mail_server: MailServer) -> None:
    server = Server(security=Security.STARTTLS, host="127.0.0.1", port=mail_server.port, user="ann", password="sesame")

    with pytest.raises(ServerUnreachable, match="does not offer STARTTLS"):
        SmtpTransport(server, timeouts=FAST).open()


def test_a_wrong_password_is_the_senders_matter_and_never_shown(start_mail_server: StartMailServer) -> None:
    server = start_mail_server(login=("ann", "sesame"))
    wrong = Server(security=Security.NONE, host="127.0.0.1", port=server.port, user="ann", password="s3cret")

    with pytest.raises(SenderRefused, match=r"did not let ann sign in: 535") as caught:
        SmtpTransport(wrong, timeouts=FAST).open()
    assert "s3cret" not in str(caught.value)


def test_a_password_that_is_not_ascii_is_understood(
    start_mail_server: StartMailServer, certificates: Certificates
) -> None:
    server = start_mail_server(tls="starttls", login=("änn", "sésame"))
    address = Server(security=Security.STARTTLS, host="localhost", port=server.port, user="änn", password="sésame")
    tls = ssl.create_default_context(cafile=str(certificates.authority))

    assert send(SmtpTransport(address, tls=tls, timeouts=FAST)).code == 250


def test_nobody_listening_is_said_with_the_place() -> None:
    with closing(socket.create_server(("127.0.0.1", 0))) as taken:
        port = taken.getsockname()[1]

    with pytest.raises(ServerUnreachable, match=rf"smtp://127.0.0.1:{port} can't be reached: .*wait unchanged"):
        SmtpTransport(read_server(f"smtp://127.0.0.1:{port}"), timeouts=FAST).open()


HELLO = b"220 ready\r\n", b"250-hello\r\n250 AUTH PLAIN\r\n"


@contextmanager
def scripted_server(*answers: bytes) -> Iterator[int]:
    """A server that greets with the first answer, gives the next ones line for line, and hangs up."""
    with closing(socket.create_server(("127.0.0.1", 0))) as listening:

        def serve() -> None:
            connection, _ = listening.accept()
            with closing(connection), connection.makefile("rb") as lines:
                for answer in answers:
                    connection.sendall(answer)
                    lines.readline()

        thread = threading.Thread(target=serve)
        thread.start()
        yield listening.getsockname()[1]
        thread.join()


@pytest.mark.parametrize(
    ("greeting", "stop", "said"),
    [
        (b"554 5.7.1 We know you\r\n", SenderRefused, "turned the connection away: 554 5.7.1 We know you"),
        (b"421 4.3.2 Later\r\n", ServerUnreachable, "takes no mail just now: 421 4.3.2 Later"),
        (b"250 odd\r\n", ServerUnreachable, "takes no mail just now"),
        (b"hello?\r\n", ServerUnreachable, "no answer of a mail server"),
        (b"\r\n", ServerUnreachable, "no answer of a mail server"),
        (b"220-one\r\n250 two\r\n", ServerUnreachable, "an answer with two codes"),
        (b"2" * 5_000, ServerUnreachable, "a line without an end"),
    ],
)
def test_a_server_that_turns_the_connection_away_is_quoted(greeting: bytes, stop: type[Exception], said: str) -> None:
    with scripted_server(greeting) as port, pytest.raises(stop, match=said):
        SmtpTransport(read_server(f"smtp://127.0.0.1:{port}"), timeouts=FAST).open()


@pytest.mark.parametrize(
    ("answer", "stop", "said"),
    [
        (b"535 5.7.8 No\r\n", SenderRefused, "did not let ann sign in: 535 5.7.8 No"),
        (b"454 4.7.0 Busy\r\n", ServerUnreachable, "can't sign ann in just now: 454 4.7.0 Busy"),
        (b"", ServerUnreachable, "went away while signing in"),
    ],
)
def test_a_sign_in_that_fails_says_whose_matter_it_is(answer: bytes, stop: type[Exception], said: str) -> None:
    answers = (*HELLO, answer) if answer else HELLO
    with scripted_server(*answers) as port, pytest.raises(stop, match=said):
        SmtpTransport(read_server(f"smtp://ann:sesame@127.0.0.1:{port}"), timeouts=FAST).open()


def test_a_server_that_offers_only_login_is_understood() -> None:
    answers = (
        b"220 ready\r\n",
        b"250-hello\r\n250 AUTH LOGIN\r\n",
        b"334 dXNlcg\r\n",
        b"334 cGFzcw\r\n",
        b"235 ok\r\n",
    )
    with (
        scripted_server(*answers) as port,
        closing(SmtpTransport(read_server(f"smtp://ann:sesame@127.0.0.1:{port}"), timeouts=FAST)) as transport,
    ):
        transport.open()


def test_a_server_without_a_known_way_to_sign_in_gets_no_password() -> None:
    answers = (b"220 ready\r\n", b"250-hello\r\n250 AUTH GSSAPI\r\n")
    with scripted_server(*answers) as port, pytest.raises(SenderRefused, match="neither AUTH PLAIN nor AUTH LOGIN"):
        SmtpTransport(read_server(f"smtp://ann:sesame@127.0.0.1:{port}"), timeouts=FAST).open()


def test_no_password_leaves_over_a_way_that_is_not_protected() -> None:
    far = Server(security=Security.NONE, host="mail.owner.test", port=25, user="ann", password="sesame")

    with pytest.raises(SignInImpossible) as caught:  # it would fail otherwise if it tried: there is no connection
        asyncio.run(sign_in(Wire(), far, Offers(auth=frozenset({"PLAIN"})), timeout=1))
    assert caught.value.code == 538


@pytest.mark.parametrize("answer", [b"250 5.0.0 Odd\r\n", b"354 Go on\r\n", b"999 What?\r\n", b"no number\r\n"])
def test_an_answer_that_makes_no_sense_accepts_nothing(answer: bytes) -> None:
    accepted = b"250 ok\r\n"
    with scripted_server(b"220 ready\r\n", b"250 hello\r\n", accepted, accepted, answer, answer) as port:
        reply = send(SmtpTransport(read_server(f"smtp://127.0.0.1:{port}"), timeouts=FAST))

    assert judge(reply).result in {Result.RETURNED, Result.UNKNOWN}


def test_eight_bit_content_goes_only_where_it_is_taken(mail_server: MailServer) -> None:
    content = MESSAGE + "Grüße\r\n".encode()
    assert send(transport_to(mail_server), content=content).code == 250
    assert mail_server.received[0].content == content

    with scripted_server(b"220 ready\r\n", b"250 hello\r\n", b"250 reset\r\n") as port:
        reply = send(SmtpTransport(read_server(f"smtp://127.0.0.1:{port}"), timeouts=FAST), content=content)
    assert (reply.code, reply.step) == (554, Step.DATA)


def test_a_sender_address_with_a_command_in_it_stops_the_run(mail_server: MailServer) -> None:
    transport = transport_to(mail_server)
    with closing(transport):
        reply = carry(transport, sender="ann@owner.test>\r\nDATA")

    assert judge(reply).stops_run


def test_every_letter_taken_comes_back_once_even_where_the_server_is_gone(mail_server: MailServer) -> None:
    letters = [
        Letter(message_id=str(n), envelope_from="ann@owner.test", to=f"p{n}@people.test", content=MESSAGE)
        for n in range(3)
    ]
    transport = transport_to(mail_server, per_connection=2)
    with closing(transport):
        heard = []
        carried = chain.from_iterable(transport.carry(letters))
        for letter, reply in carried:
            heard.append((letter.message_id, reply.step))
            if letter.message_id == "1":
                mail_server.faults = [Fault(Stage.EHLO, closes=True)]
            if letter.message_id == "2":
                break
        with pytest.raises(ServerUnreachable):
            next(carried)

    assert heard == [("0", Step.END), ("1", Step.END), ("2", Step.CONNECT)]


def test_an_address_outside_ascii_goes_where_it_is_understood(mail_server: MailServer) -> None:
    assert send(transport_to(mail_server), to="bøb@people.test").code == 250
    assert mail_server.receivers() == ["bøb@people.test"]


def test_an_address_outside_ascii_goes_nowhere_else_and_no_other_form_is_guessed() -> None:
    controller = LoopbackController(Sink(), enable_SMTPUTF8=False)
    controller.start()
    try:
        reply = send(
            SmtpTransport(read_server(f"smtp://127.0.0.1:{controller.port}"), timeouts=FAST), to="bøb@people.test"
        )
    finally:
        controller.stop()

    assert reply == Reply(code=553, text="5.6.7 the mail server does not take non-ASCII addresses", step=Step.RCPT)


def test_a_domain_outside_ascii_goes_everywhere(mail_server: MailServer) -> None:
    assert send(transport_to(mail_server), to="bob@bücher.test").code == 250
    assert mail_server.receivers() == ["bob@xn--bcher-kva.test"]


@pytest.mark.parametrize(
    "to", ["bob@people.test>\r\nDATA", "bob@people.test\nX", "<bob@people.test>", "bob\0@people.test"]
)
def test_no_command_is_smuggled_in_with_an_address(mail_server: MailServer, to: str) -> None:
    reply = send(transport_to(mail_server), to=to)

    assert (reply.code, reply.step) == (501, Step.RCPT)
    assert mail_server.received == []


def signing_in(port: int, mechanism: str) -> SmtpTransport:
    server = Server(
        security=Security.NONE, host="127.0.0.1", port=port, user="ann", password="t0ken", mechanism=mechanism
    )
    return SmtpTransport(server, timeouts=FAST)


def test_a_token_is_given_where_it_is_asked_for_and_a_refusal_says_why() -> None:
    hello = b"220 ready\r\n", b"250-hello\r\n250 AUTH PLAIN XOAUTH2\r\n"
    with scripted_server(*hello, b"235 ok\r\n") as port, closing(signing_in(port, "XOAUTH2")) as transport:
        transport.open()
    answers = (*hello, b"334 eyJzdGF0dXMiOiI0MDEifQ==\r\n", b"535 5.7.8 Expired\r\n")
    with scripted_server(*answers) as port, pytest.raises(SenderRefused, match=r"535 5\.7\.8 Expired"):
        signing_in(port, "XOAUTH2").open()


def test_a_password_is_never_given_as_a_token() -> None:
    answers = (b"220 ready\r\n", b"250-hello\r\n250 AUTH XOAUTH2\r\n")
    with scripted_server(*answers) as port, pytest.raises(SenderRefused, match="neither AUTH PLAIN nor AUTH LOGIN"):
        signing_in(port, "").open()


def test_words_put_before_tls_are_not_taken_for_words_said_under_it(certificates: Certificates) -> None:
    answers = (b"220 ready\r\n", b"250-hello\r\n250 STARTTLS\r\n", b"220 go on\r\n250 injected\r\n")
    tls = ssl.create_default_context(cafile=str(certificates.authority))
    with scripted_server(*answers) as port:
        server = Server(security=Security.STARTTLS, host="127.0.0.1", port=port)
        with pytest.raises(ServerUnreachable, match="said more before TLS than it was asked"):
            SmtpTransport(server, tls=tls, timeouts=FAST).open()
