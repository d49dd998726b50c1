"""A mail is read as what it is, whatever bytes it is made of, and only a person takes a way out."""

from collections.abc import Iterator
from email.message import EmailMessage
from email.policy import SMTP
from functools import partial

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from goodterms.feedback.parsers.classify import Reading, Signal, classify
from goodterms.feedback.parsers.message import Incoming, Place, read_message
from goodterms.lib.tokens import Act, Token, make_token, tokens_in
from goodterms.updates.footer import footer_of, footer_words
from tests.updates.made_up import KEY, TERMS, ways

FIND = partial(tokens_in, KEY)
COPY = make_token(KEY, Token(person_uid=-77, owner_number=1, update_uid="ab" * 16, act=Act.COPY))
FOOTER = footer_of(TERMS, ways("https://out.example"))


def a_mail(text: str = "Lovely!", *, html: str = "", **headers: str) -> bytes:
    mail = EmailMessage(policy=SMTP)
    given = {
        "From": "Bob Byte <Bob@Boats.test>",
        "To": "alice@able.example",
        "Subject": "Re: News for Bob",
        "Message-ID": "<1@boats.test>",
        "In-Reply-To": f"<{COPY}@able.example>",
    }
    for name, value in (given | {name.replace("_", "-"): value for name, value in headers.items()}).items():
        if value:
            mail[name] = value
    if text or not html:
        mail.set_content(text)
    if html:
        (mail.add_alternative if text else mail.set_content)(html, subtype="html")
    return mail.as_bytes()


def read(raw: bytes) -> Incoming:
    return read_message(raw, FIND)


def reading_of(raw: bytes) -> Reading:
    return classify(read(raw), own_addresses=["alice@able.example"], our_footer=footer_words(TERMS))


def test_a_reply_is_read_with_its_sender_and_what_it_answers() -> None:
    incoming = read(a_mail("Lovely!", Date="Fri, 20 Nov 2026 09:30:00 +0000"))

    assert incoming.message_id == "<1@boats.test>"
    assert incoming.from_address == "bob@boats.test"
    assert incoming.to_addresses == ("alice@able.example",)
    assert incoming.subject == "Re: News for Bob"
    assert incoming.references == (f"<{COPY}@able.example>",)
    assert [(found.token.person_uid, found.place) for found in incoming.tokens] == [(-77, Place.ANSWERED)]
    assert incoming.machine is None
    assert incoming.text == "Lovely!\n"
    assert incoming.date is not None
    assert len(incoming.sha256) == 64


@pytest.mark.parametrize(
    ("raw", "signal"),
    [
        (a_mail("Lovely!"), Signal.REPLY),
        (a_mail("unsubscribe"), Signal.EXIT_STOP),
        (a_mail("please leave"), Signal.EXIT_LEAVE),
        (a_mail("Please cancel our call"), Signal.UNSURE),
        (a_mail("", Subject="unsubscribe", In_Reply_To=""), Signal.EXIT_STOP),
        (a_mail("", Subject=f"stop {ways().stop_token}", In_Reply_To=""), Signal.EXIT_STOP),
        (a_mail("", Subject=f"LEAVE {ways().leave_token.upper()}"), Signal.EXIT_LEAVE),
        (a_mail("don't stop", Subject=f"stop {ways().stop_token}"), Signal.EXIT_STOP),
        (a_mail("", To=f"out+{ways().stop_token}@able.example", Subject=""), Signal.EXIT_STOP),
        (a_mail("Lovely!", Subject=f"stop {ways().stop_token[:-1]}a", In_Reply_To=""), Signal.EXIT_STOP),
        (a_mail("Lovely!\n\n" + FOOTER.text), Signal.REPLY),
        (a_mail("", html="<p>Lovely!</p>" + FOOTER.html), Signal.REPLY),
        (a_mail("", html=f"<p>Lovely!</p><blockquote>unsubscribe {FOOTER.html}</blockquote>"), Signal.REPLY),
        (a_mail("", html="<p>stop</p><div class='gmail_quote'>Dear Bob</div>"), Signal.EXIT_STOP),
        (a_mail("", html="<p>Fine</p><div id='divRplyFwdMsg'>From: A</div><p>stop</p>"), Signal.REPLY),
        (a_mail("", html="<p>Un<b>sub</b>scribe</p>"), Signal.EXIT_STOP),
        (a_mail("unsubscribe", Auto_Submitted="auto-replied"), Signal.AUTO_REPLY),
        (a_mail("unsubscribe", Auto_Submitted="no"), Signal.EXIT_STOP),
        (a_mail("unsubscribe", X_Auto_Response_Suppress="All"), Signal.EXIT_STOP),
        (a_mail("stop", X_Autoreply="yes"), Signal.AUTO_REPLY),
        (a_mail("stop", Precedence="bulk"), Signal.AUTO_REPLY),
        (a_mail("stop", Precedence="list"), Signal.EXIT_STOP),
        (a_mail("stop", Return_Path="<>"), Signal.AUTO_REPLY),
        (a_mail("I am away.", Subject="Out of Office: Re: News"), Signal.AUTO_REPLY),
        (a_mail("Ich bin weg.", Subject="Abwesenheitsnotiz: News"), Signal.AUTO_REPLY),
        (a_mail("Absent.", Subject="Réponse automatique : News"), Signal.AUTO_REPLY),
        (a_mail("休みです", Subject="自動応答: News"), Signal.AUTO_REPLY),
        (a_mail("stop", Subject="Re: Out of office"), Signal.EXIT_STOP),
        (a_mail("stop", From="MAILER-DAEMON@boats.test", Subject="Undelivered Mail Returned"), Signal.BOUNCE),
        (a_mail("stop", X_Failed_Recipients="bob@boats.test"), Signal.BOUNCE),
        (a_mail("stop", From="postmaster@boats.test", Subject="Re: News"), Signal.EXIT_STOP),
        (a_mail("Click here", Subject="Please verify your email", X_BoxTrapper="x"), Signal.UNSURE),
        (a_mail("stop", From="Alice <ALICE@able.example>"), Signal.IGNORED),
        (b"", Signal.IGNORED),
    ],
)
def test_a_mail_is_what_it_is(raw: bytes, signal: Signal) -> None:
    assert reading_of(raw).signal is signal


def a_report(kind: str, part: str) -> bytes:
    return (
        f"From: mailer@boats.test\r\nSubject: report\r\nContent-Type: multipart/report; report-type={kind};"
        f' boundary="b"\r\n\r\n--b\r\nContent-Type: text/plain\r\n\r\nunsubscribe\r\n--b\r\n{part}\r\n'
        f"--b\r\nContent-Type: text/rfc822-headers\r\n\r\nMessage-ID: <{COPY}@able.example>\r\n"
        f"List-Unsubscribe: <{ways().stop_mailto}>\r\n--b--\r\n"
    ).encode()


def test_a_delivery_report_is_a_bounce_and_names_its_copy() -> None:
    status = "Content-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; a.test\r\n\r\nAction: failed\r\n"
    reading = reading_of(a_report("delivery-status", status))

    assert reading.signal is Signal.BOUNCE
    assert (-77, Act.COPY, Place.ORIGINAL) in {
        (found.token.person_uid, found.token.act, found.place) for found in reading.tokens
    }


@pytest.mark.parametrize(("kind", "signal"), [("abuse", Signal.COMPLAINT), ("not-spam", Signal.AUTO_REPLY)])
def test_a_feedback_report_of_abuse_is_a_complaint(kind: str, signal: Signal) -> None:
    part = f"Content-Type: message/feedback-report\r\n\r\nFeedback-Type: {kind}\r\nVersion: 1\r\n"

    assert reading_of(a_report("feedback-report", part)).signal is signal


def test_a_token_in_the_words_asks_for_nothing() -> None:
    """A quoted footer holds both tokens; who quotes it takes no way out."""
    reading = reading_of(a_mail(f"Thanks Alice, the photos are lovely:\nhttps://out.example/x/{ways().stop_token}"))

    assert reading.signal is Signal.REPLY
    assert {found.place for found in reading.tokens} == {Place.TEXT, Place.ANSWERED}


def test_leave_wins_over_stop() -> None:
    raw = a_mail("", Subject=f"stop {ways().stop_token}", Cc=f"x+{ways().leave_token}@able.example")

    assert reading_of(raw).signal is Signal.EXIT_LEAVE


@pytest.mark.parametrize(
    ("header", "address"),
    [
        ("Bob <bob@boats.test>", "bob@boats.test"),
        ("=?utf-8?q?B=C3=B6b?= <bob@boats.test>", "bob@boats.test"),
        ("Byte, Bob <bob@boats.test>", "bob@boats.test"),
        ("<bob@boats.test> (Bob)", "bob@boats.test"),
        ("bob at boats", ""),
        ("=?x-nothing?b?!!!?= <bob@boats.test>", "bob@boats.test"),
    ],
)
def test_the_sender_is_found(header: str, address: str) -> None:
    assert read(f"From: {header}\r\n\r\nx".encode()).from_address == address


def test_raw_utf8_headers_are_read() -> None:
    incoming = read("From: jörg@bücher.test\r\nSubject: Grüße\r\n\r\nstop".encode())

    assert incoming.from_address == "jörg@bücher.test"
    assert incoming.subject == "Grüße"


@pytest.mark.parametrize(
    ("head", "body", "text"),
    [
        ("Content-Type: text/plain; charset=latin-1", "gr\xfc\xdfe".encode("latin-1"), "grüße"),
        ("Content-Type: text/plain; charset=no-such", "grüße".encode(), "grüße"),
        ("Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: base64", b"c3RvcA==", "stop"),
        ("Content-Type: text/plain\r\nContent-Transfer-Encoding: base64", b"!!", ""),
        ("Content-Type: image/png", b"stop", ""),
        ("Content-Type: text/plain\r\nContent-Disposition: attachment", b"stop", ""),
    ],
)
def test_words_are_read_in_their_encoding(head: str, body: bytes, text: str) -> None:
    assert read(head.encode() + b"\r\n\r\n" + body).text == text


def test_nested_without_end_is_read() -> None:
    def nested(depth: int) -> Iterator[str]:
        for number in range(depth):
            yield f'Content-Type: multipart/mixed; boundary="{number}"\r\n\r\n--{number}\r\n'

    assert read("".join(nested(3000)).encode()).machine is None


PIECES = st.sampled_from(
    [
        *(
            b"From: ",
            b"To: ",
            b"Subject: ",
            b"\r\n",
            b"\r\n\r\n",
            b"=?utf-8?b?",
            b"?=",
            b"<",
            b">",
            b"@",
            b"\0",
            b"\xff",
        ),
        *(
            b"Content-Type: multipart/report; boundary=b",
            b"--b",
            b"--b--",
            b"Content-Type: message/rfc822",
            b";",
        ),
        *(
            b"Content-Transfer-Encoding: base64",
            b"charset=",
            b"Date: ",
            b"Message-ID: <",
            b"=3D",
            b"stop",
            b"\n> ",
        ),
        *(
            b"Content-Type: message/feedback-report",
            b"Content-Type: text/html",
            b"<div",
            b"<!--",
            b"<![",
            b"&#x",
        ),
    ]
)


@given(st.binary(max_size=400) | st.lists(PIECES | st.binary(max_size=6), max_size=60).map(b"".join))
@settings(max_examples=400, deadline=None)
def test_any_bytes_are_read(raw: bytes) -> None:
    reading = reading_of(raw)

    assert reading.signal in Signal
    assert not reading.tokens
