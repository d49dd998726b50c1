"""A message is one a mail server takes as it is: one header for each thing, whatever people are called."""

import re
from dataclasses import replace
from email import message_from_bytes
from email.header import decode_header, make_header
from email.headerregistry import AddressHeader
from email.message import EmailMessage
from email.policy import default
from email.utils import parseaddr

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from goodterms.updates.message import (
    AddressUnusable,
    Letter,
    Mailbox,
    Message,
    list_id,
    message_id,
    message_of,
    wire_address,
)
from goodterms.updates.rendering import Copy, compile_update, copy_of
from goodterms.updates.source import read_update
from tests.updates.made_up import BOB, NOW, UPDATE, footer, ways

COPY = copy_of(compile_update(read_update(UPDATE, "a.md")), BOB, footer("https://out.example"))
LETTER = Letter(
    sender=Mailbox(name="Alice Able", address="alice@able.example"),
    recipient=Mailbox(name="Bob Byte", address="bob@boats.test"),
    message_id=message_id("abc234", "able.example"),
    list_id=list_id("F00D", "able.example"),
    ways=ways("https://out.example"),
)
HEADERS = [
    *("Date", "From", "To", "Subject", "Message-ID", "List-Id"),
    *("List-Unsubscribe", "List-Unsubscribe-Post", "MIME-Version", "Content-Type"),
]
HOSTILE = st.text(max_size=120) | st.sampled_from(
    [
        "\r\nBcc: x@y.test",
        "a\nb",
        '"><x@y.test>',
        'Bob" <x@y.test>, "',
        "=?utf-8?q?=0D=0ABcc:_x?=",
        "\\",
        '\\"',
        ",",
    ]
)


def parsed(message: Message) -> EmailMessage:
    found = message_from_bytes(message.content, policy=default)
    assert isinstance(found, EmailMessage)
    return found


def headers_of(content: bytes) -> bytes:
    return content.partition(b"\r\n\r\n")[0]


def test_a_message_has_each_header_once_and_reads_back() -> None:
    message = parsed(message_of(COPY, LETTER, now=NOW))

    assert message.keys() == HEADERS
    assert message["Date"] == "Fri, 20 Nov 2026 09:30:00 +0000"
    assert message["From"] == "Alice Able <alice@able.example>"
    assert message["To"] == "Bob Byte <bob@boats.test>"
    assert message["Subject"] == "News for Bob"
    assert message["Message-ID"] == "<abc234@able.example>"
    assert message["List-Id"] == "<f00d.updates.able.example>"
    assert message.get_content_type() == "multipart/alternative"
    text, page = message.iter_parts()
    assert isinstance(text, EmailMessage)
    assert isinstance(page, EmailMessage)
    assert text.get_content().replace("\r\n", "\n") == COPY.text
    assert page.get_content().replace("\r\n", "\n") == COPY.html
    assert page.get_content_type() == "text/html"


def test_one_click_is_offered_where_there_is_a_public_https_page() -> None:
    message = parsed(message_of(COPY, LETTER, now=NOW))
    out = LETTER.ways

    assert str(message["List-Unsubscribe"]) == f"<{out.stop_url}>, <{out.stop_mailto}>"
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"


@pytest.mark.parametrize("public_url", ["", "http://out.example"])
def test_without_https_the_way_out_is_a_mail(public_url: str) -> None:
    letter = replace(LETTER, ways=ways(public_url))
    message = parsed(message_of(COPY, letter, now=NOW))

    assert message["List-Unsubscribe"] == f"<{letter.ways.stop_mailto}>"
    assert "List-Unsubscribe-Post" not in message


def test_the_same_copy_gives_the_same_bytes() -> None:
    assert message_of(COPY, LETTER, now=NOW) == message_of(COPY, LETTER, now=NOW)


def test_a_personal_mail_is_not_marked_as_bulk() -> None:
    content = headers_of(message_of(COPY, LETTER, now=NOW).content).lower()

    for name in (b"precedence", b"feedback-id", b"auto-submitted", b"bcc", b"x-mailer"):
        assert b"\n" + name not in content


def test_answers_can_be_asked_to_another_address() -> None:
    letter = replace(LETTER, reply_to=Mailbox(address="news@able.example"))

    assert parsed(message_of(COPY, letter, now=NOW))["Reply-To"] == "news@able.example"


@pytest.mark.parametrize("name", ["Zoë Müller", "李雷", "O'Neil, Bob (Jr.)", 'Bob "B" \\ Byte', "x" * 190, "é" * 190])
def test_names_read_back_as_they_were(name: str) -> None:
    letter = replace(LETTER, recipient=Mailbox(name=name, address="bob@boats.test"))
    shown, address = parseaddr(raw_header(message_of(COPY, letter, now=NOW).content, "To"))

    assert str(make_header(decode_header(shown))) == name
    assert address == "bob@boats.test"


@pytest.mark.parametrize("subject", ["Grüße aus Köln", "news " * 40, "a" * 240, "日本" * 90, "=?utf-8?q?x?="])
def test_subjects_read_back_as_they_were(subject: str) -> None:
    content = message_of(replace(COPY, subject=subject), LETTER, now=NOW).content

    assert str(make_header(decode_header(raw_header(content, "Subject")))) == subject.strip()


def raw_header(content: bytes, name: str) -> str:
    # The newer parser of the standard library puts blanks between encoded words of a name.
    return str(message_from_bytes(content)[name])


@given(sender=HOSTILE, recipient=HOSTILE, subject=HOSTILE, text=st.text(max_size=300))
@settings(max_examples=200)
def test_no_name_adds_a_header_or_a_receiver(sender: str, recipient: str, subject: str, text: str) -> None:
    letter = replace(
        LETTER,
        sender=Mailbox(name=sender, address="alice@able.example"),
        recipient=Mailbox(name=recipient, address="bob@boats.test"),
    )
    made = message_of(Copy(subject=subject, text=text, html=text), letter, now=NOW)

    names = [line.partition(b":")[0].decode() for line in headers_of(made.content).split(b"\r\n") if line[:1] != b" "]
    assert names == HEADERS
    assert not re.search(rb"(?<!\r)\n|\r(?!\n)", made.content)
    assert max(map(len, made.content.split(b"\r\n"))) <= 998
    assert made.content.isascii()
    header = parsed(made)["To"]
    assert isinstance(header, AddressHeader)
    assert [found.addr_spec for found in header.addresses] == ["bob@boats.test"]


def test_header_lines_are_short() -> None:
    lines = headers_of(message_of(COPY, LETTER, now=NOW).content).split(b"\r\n")

    assert [line for line in lines if len(line) > 78 and b"<" not in line] == []


def test_a_local_part_outside_ascii_needs_smtputf8() -> None:
    letter = replace(LETTER, recipient=Mailbox(name="Jörg", address="jörg@bücher.test"))
    made = message_of(COPY, letter, now=NOW)

    assert made.needs_smtputf8
    assert made.envelope_to == "jörg@xn--bcher-kva.test"
    assert "<jörg@xn--bcher-kva.test>".encode() in made.content


def test_a_domain_outside_ascii_needs_nothing_special() -> None:
    letter = replace(LETTER, recipient=Mailbox(name="Jörg", address="joerg@bücher.test"))
    made = message_of(COPY, letter, now=NOW)

    assert not made.needs_smtputf8
    assert made.envelope_to == "joerg@xn--bcher-kva.test"


@pytest.mark.parametrize(
    "address", ["", "bob", "bob@", "bob@boats.test\r\nBcc: x@y.test", "a b@boats.test", "<bob@boats.test>"]
)
def test_what_is_no_address_is_not_written_to(address: str) -> None:
    with pytest.raises(AddressUnusable):
        wire_address(address)


@pytest.mark.parametrize("domain", ["able.example\r\nBcc: x@y.test", "a>b.test", ""])
def test_a_domain_that_is_none_makes_no_message_id(domain: str) -> None:
    with pytest.raises(AddressUnusable):
        message_id("abc", domain)


@given(text=st.text(max_size=2_000), page=st.text(max_size=2_000))
def test_every_text_reads_back_in_short_ascii_lines(text: str, page: str) -> None:
    content = message_of(Copy(subject="x", text=text, html=page), LETTER, now=NOW).content
    plain, rich = message_from_bytes(content, policy=default).iter_parts()

    for part, wanted in ((plain, text), (rich, page)):
        read = part.get_content()
        assert read.splitlines() == wanted.encode("utf-8", "replace").decode().splitlines()
    assert content.isascii()
    assert max(map(len, content.split(b"\r\n"))) <= 998
    assert content.count(b"\r\n") == content.count(b"\n") == content.count(b"\r")
    body = content.partition(b"\r\n\r\n")[2]
    assert max(map(len, body.split(b"\r\n"))) <= 76


@pytest.mark.parametrize(
    ("address", "wire"),
    [
        ("a.b+c@People.TEST", "a.b+c@people.test"),
        ("o'x@people.test", "o'x@people.test"),
        ("a@bücher.test", "a@xn--bcher-kva.test"),
    ],
)
def test_an_address_travels_with_its_domain_in_ascii(address: str, wire: str) -> None:
    assert wire_address(address) == wire


@pytest.mark.parametrize("address", ["a..b@people.test", ".a@people.test", "a@-x.test", "a@"])
def test_the_quick_look_at_an_address_lets_nothing_through_that_the_thorough_one_stops(address: str) -> None:
    with pytest.raises(AddressUnusable):
        wire_address(address)
