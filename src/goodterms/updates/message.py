"""One person's copy as a message (RFC 5322), ready for a mail server.

Header lines are written here, not by the standard library: its folding has broken long names and long
addresses more than once, and what goes into a header comes from strangers' profiles.
"""

import base64
import re
from binascii import b2a_base64, b2a_qp
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import format_datetime
from functools import lru_cache
from hashlib import sha256
from urllib.parse import quote

from email_validator import EmailNotValidError, validate_email

from goodterms.lib.faults import Fault
from goodterms.updates.fields import clean_value
from goodterms.updates.footer import WaysOut
from goodterms.updates.rendering import Copy, clean_subject

_LINE = 76
_URL_SIGNS = "/:?&=%~#@+,;[]"
_MOST_LINE = 998  # RFC 5322 section 2.1.1
_DOT_ATOM = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*")  # RFC 5322 3.2.3
_PLAIN = re.compile("[!-;=?-~]*")  # what is printable in ASCII, but for blanks and angle brackets
_MOST_LOCAL = 64  # RFC 5321 section 4.5.3.1.1
_NOT_ASCII = bytes(range(128, 256))


class AddressUnusable(Fault):
    """An address or a domain can't stand in a message."""


@dataclass(slots=True, kw_only=True)  # frozen it would cost three times as much to make
class Mailbox:
    """A name and an address."""

    address: str
    name: str = ""


@dataclass(frozen=True, kw_only=True)
class Letter:
    """What a message is made of beside the copy."""

    sender: Mailbox
    recipient: Mailbox
    message_id: str
    """As `message_id` made it, with its angle brackets; fixed before the first try."""
    list_id: str
    """As `list_id` made it; the same for ever."""
    ways: WaysOut
    reply_to: Mailbox | None = None


@dataclass(slots=True, kw_only=True)  # frozen it would cost three times as much to make
class Message:
    """A message in the form in which it travels."""

    content: bytes
    """Lines end in CR LF and are never longer than 998 bytes."""
    needs_smtputf8: bool
    """Whether an address is not ASCII before its @: only a server with SMTPUTF8 (RFC 6531) takes it."""
    envelope_from: str
    envelope_to: str


def message_of(copy: Copy, letter: Letter, *, now: datetime) -> Message:
    """Give the message; the same copy, letter and moment give the same bytes.

    Raises AddressUnusable where an address can't be written to.
    """
    sender, recipient = wire_address(letter.sender.address), wire_address(letter.recipient.address)
    headers = [
        date_line(now),
        address_line("From", letter.sender),
        *([address_line("Reply-To", letter.reply_to)] if letter.reply_to else []),
        address_line("To", letter.recipient),
        text_line("Subject", clean_subject(copy.subject)),
        identifier_line("Message-ID", letter.message_id),
        identifier_line("List-Id", letter.list_id),
        *unsubscribe_lines(letter.ways),
        "MIME-Version: 1.0",
    ]
    text, page = encoded_part(b"plain", in_utf8(copy.text)), encoded_part(b"html", in_utf8(copy.html))
    content = "\r\n".join(headers).encode("utf-8") + b"\r\n" + body_around(letter.message_id, text, page)
    return Message(
        content=content,
        needs_smtputf8=not "".join(headers).isascii(),  # only addresses are left as they are
        envelope_from=sender,
        envelope_to=recipient,
    )


def plain_message(
    text: str, *, sender: Mailbox, recipient: Mailbox, subject: str, headers: Mapping[str, str], now: datetime
) -> Message:
    """Give a message of plain text; `headers` are further ones with their values in ASCII, such as Message-ID.

    Raises AddressUnusable where an address can't be written to.
    """
    lines = [
        date_line(now),
        address_line("From", sender),
        address_line("To", recipient),
        text_line("Subject", clean_subject(subject)),
        *(_line(name, clean_value(value)) for name, value in headers.items()),
        "MIME-Version: 1.0",
    ]
    head = "\r\n".join(lines)
    return Message(
        content=head.encode("utf-8") + b"\r\n" + encoded_part(b"plain", in_utf8(text)),
        needs_smtputf8=not head.isascii(),
        envelope_from=wire_address(sender.address),
        envelope_to=wire_address(recipient.address),
    )


def message_id(token: str, domain: str) -> str:
    """Give a Message-ID that names one person's copy: its token at the sender's domain."""
    return f"<{token}@{domain_of(domain)}>"


def list_id(owner_uid: str, domain: str) -> str:
    """Give the List-Id (RFC 2919) of an owner's updates; it never changes, so it holds no name."""
    return f"<{owner_uid.lower()}.updates.{domain_of(domain)}>"


def wire_address(address: str) -> str:
    """Give an address as it travels: the domain as A-labels, the local part as it is (RFC 6531 3.7.1)."""
    local, _, domain = address.rpartition("@")
    if _DOT_ATOM.fullmatch(local) and len(local) <= _MOST_LOCAL:
        # Domains repeat, and looking at one thoroughly takes longer than all the rest of a copy.
        return f"{local}@{_wire_domain(domain)}"
    return _wire_address(address)


@lru_cache(maxsize=4_096)
def _wire_domain(domain: str) -> str:
    return _wire_address(f"x@{domain}").partition("@")[2]


def _wire_address(address: str) -> str:
    try:
        found = validate_email(address, check_deliverability=False, test_environment=True)
    except EmailNotValidError as fault:
        raise AddressUnusable(f"'{clean_value(address)}' is no address to write to: {fault}") from None
    return found.ascii_email or f"{found.local_part}@{found.ascii_domain}"


@lru_cache(maxsize=64)
def date_line(now: datetime) -> str:
    """Give the Date field."""
    return _line("Date", format_datetime(now.astimezone(UTC)))


def identifier_line(header: str, identifier: str) -> str:
    """Give a field with a Message-ID or a List-Id."""
    return _line(header, _bracketed(identifier))


def unsubscribe_lines(ways: WaysOut) -> list[str]:
    """Give List-Unsubscribe (RFC 2369), and one click (RFC 8058) where there is a public https address."""
    mailto = f"<{ways.stop_mailto}>"
    if not ways.stop_url.startswith("https://"):
        return [_line("List-Unsubscribe", mailto)]
    url = quote(_bare(ways.stop_url), safe=_URL_SIGNS)
    return [
        _line("List-Unsubscribe", f"<{url}>,\r\n {mailto}"),
        _line("List-Unsubscribe-Post", "List-Unsubscribe=One-Click"),
    ]


def body_around(message_id: str, text: bytes, page: bytes) -> bytes:
    """Give both parts, as `encoded_part` made them, with what stands around them.

    The boundary follows from the Message-ID. It stands in neither part: "=_" occurs in nothing that is encoded as
    quoted-printable or base64 (RFC 2045 section 6.7, note on boundaries).
    """
    mark = b"=_" + sha256(message_id.encode()).hexdigest()[:32].encode()
    return b"".join(
        (
            b'Content-Type: multipart/alternative;\r\n boundary="%b"\r\n\r\n' % mark,
            b"--%b\r\n" % mark,
            text,
            b"--%b\r\n" % mark,
            page,
            b"--%b--\r\n" % mark,
        )
    )


def encoded_part(subtype: bytes, content: bytes, quoted: bytes | None = None) -> bytes:
    """Give one part, encoded so that every server lets it through: no line has more than 76 signs.

    Quoted-printable (RFC 2045 section 6.7) is readable and short where most of a text is ASCII, base64 where it is
    not; both are written by C code, so that a copy costs microseconds where an `email.message` object costs
    milliseconds. `quoted` is the content as quoted-printable, where it is at hand.
    """
    if quoted is not None:
        name, encoded = b"quoted-printable", quoted
    elif 6 * count_not_ascii(content) > len(content):
        name, encoded = b"base64", _base64_lines(content)
    else:
        name, encoded = b"quoted-printable", b2a_qp(content, istext=True)
    head = b'Content-Type: text/%b; charset="utf-8"\r\nContent-Transfer-Encoding: %b\r\n\r\n' % (subtype, name)
    return head + encoded + b"\r\n"


def count_not_ascii(content: bytes) -> int:
    """Count the bytes that are not ASCII."""
    return len(content) - len(content.translate(None, _NOT_ASCII))


def _base64_lines(content: bytes) -> bytes:
    encoded = b2a_base64(content, newline=False)
    return b"".join(encoded[place : place + _LINE] + b"\r\n" for place in range(0, len(encoded), _LINE))


def in_utf8(text: str) -> bytes:
    """Give a text in UTF-8 with one kind of line end; lone surrogates, which nothing can encode, become marks."""
    return "\r\n".join([*text.encode("utf-8", "replace").decode("utf-8").splitlines(), ""]).encode()


def address_line(header: str, mailbox: Mailbox) -> str:
    """Give a field with a name and an address."""
    address = f"<{wire_address(mailbox.address)}>"
    name = clean_value(mailbox.name)
    if not name:
        return _line(header, address)
    phrase = _phrase(name, header)
    joint = " " if len(header) + len(phrase) + len(address) + 3 <= _LINE and "\n" not in phrase else "\r\n "
    return _line(header, f"{phrase}{joint}{address}")


def _phrase(name: str, header: str) -> str:
    """Give a display name: quoted in ASCII (RFC 5322 section 3.2.4), else as encoded words (RFC 2047)."""
    if not name.isascii() or len(name) > 60 or "=?" in name:
        return _encoded(name, header)
    escaped = name.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def text_line(header: str, text: str) -> str:
    """Give a field with a text."""
    if text.isascii() and "=?" not in text and len(header) + 2 + len(text) <= _LINE:
        return _line(header, text)
    return _line(header, _encoded(text, header))


@lru_cache(maxsize=4_096)
def _encoded(text: str, header: str) -> str:
    """Give encoded words of at most 75 signs, one a line, none cutting a character (RFC 2047 section 5)."""
    words: list[str] = []
    piece = b""
    room = 45 - len(header)  # the first line holds the header's name too
    for sign in text:
        raw = sign.encode("utf-8", "replace")
        if len(piece) + len(raw) > room:
            words.append(_encoded_word(piece))
            piece, room = b"", 45
        piece += raw
    return "\r\n ".join([*words, _encoded_word(piece)])


def _encoded_word(raw: bytes) -> str:
    return f"=?utf-8?b?{base64.b64encode(raw).decode('ascii')}?="


def _bracketed(identifier: str) -> str:
    return f"<{_bare(identifier.removeprefix('<').removesuffix('>'))}>"


def _bare(text: str) -> str:
    """Give the text without anything that could end a header or a bracket."""
    if _PLAIN.fullmatch(text):
        return text
    return "".join(sign for sign in text if sign.isprintable() and sign not in "<> ")


def _line(header: str, value: str) -> str:
    assert 4 * len(value) < _MOST_LINE or all(len(line.encode()) < _MOST_LINE for line in value.split("\r\n")), header
    return f"{header}: {value}"


def domain_of(domain: str) -> str:
    """Give a domain as it travels: as A-labels."""
    return _wire_domain(domain)
