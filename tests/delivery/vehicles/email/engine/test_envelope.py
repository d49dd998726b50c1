"""One letter as commands."""

import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from goodterms.delivery.vehicles.email.engine.envelope import Envelope, enclose, xtext
from goodterms.delivery.vehicles.email.engine.offers import Offers, read_offers
from goodterms.delivery.vehicles.transport import Letter

ALL = Offers(dsn=True, eight_bit=True, smtputf8=True)


def enclosed(offers: Offers, to: str = "bob@people.test", message_id: str = "<abc@owner.test>") -> Envelope:
    letter = Letter(message_id=message_id, envelope_from="ann@owner.test", to=to, content=b"Subject: x\r\n\r\n")
    found = enclose(letter, offers)
    assert isinstance(found, Envelope)
    return found


PIECES = st.sampled_from([b"\r", b"\n", b"\r\n", b"a", b".", b"\xc3\xa9"])


@given(st.lists(PIECES, max_size=30).map(b"".join))
@example(b"a\rb\nc")
@example(b"a\n.\r\nMAIL FROM:<eve@evil.test>\r\n")
def test_no_line_end_stands_alone_whatever_a_letter_holds(content: bytes) -> None:
    """RFC 5321 section 2.3.8; a server that takes a bare one for an end could be handed a second letter."""
    letter = Letter(message_id="<a@owner.test>", envelope_from="ann@owner.test", to="bob@people.test", content=content)
    found = enclose(letter, ALL)
    assert isinstance(found, Envelope)
    assert not re.search(rb"(?<!\r)\n|\r(?!\n)", found.content)
    assert found.content.endswith(b"\r\n")
    assert b"".join(found.content.split()) == b"".join(content.split())


def test_where_reports_can_be_asked_for_they_name_the_copy_and_its_receiver() -> None:
    found = enclosed(read_offers([b"hello", b"DSN", b"PIPELINING"]))
    assert found.mail == b"MAIL FROM:<ann@owner.test> RET=HDRS ENVID=abc@owner.test\r\n"
    assert found.rcpt == b"RCPT TO:<bob@people.test> NOTIFY=FAILURE,DELAY ORCPT=rfc822;bob@people.test\r\n"


def test_elsewhere_nothing_is_asked() -> None:
    found = enclosed(Offers())
    assert (found.mail, found.rcpt) == (b"MAIL FROM:<ann@owner.test>\r\n", b"RCPT TO:<bob@people.test>\r\n")


def test_signs_that_could_be_misread_are_written_as_numbers() -> None:
    found = enclosed(ALL, to="bob+li=x@people.test")
    assert found.rcpt.endswith(b"ORCPT=rfc822;bob+2Bli+3Dx@people.test\r\n")


@pytest.mark.parametrize(
    ("message_id", "known_as"),
    [
        (f"<{'a' * 61}@{'b' * 60}.test>", f" ENVID={'a' * 61}"),
        (f"<{'a' * 101}@b.test>", ""),
        ("", ""),
    ],
)
def test_a_long_name_is_cut_at_its_domain_or_left_out(message_id: str, known_as: str) -> None:
    assert enclosed(ALL, message_id=message_id).mail.decode() == f"MAIL FROM:<ann@owner.test> RET=HDRS{known_as}\r\n"


def test_of_an_address_beyond_ascii_the_original_is_not_told() -> None:
    assert enclosed(ALL, to="bøb@people.test").rcpt == "RCPT TO:<bøb@people.test> NOTIFY=FAILURE,DELAY\r\n".encode()


@given(st.text(st.characters(max_codepoint=126, min_codepoint=1), max_size=60))
def test_xtext_reads_back(text: str) -> None:
    written = xtext(text)
    assert all("!" <= sign <= "~" and sign != "=" for sign in written)
    pieces = written.split("+")
    assert pieces[0] + "".join(chr(int(piece[:2], 16)) + piece[2:] for piece in pieces[1:]) == text
