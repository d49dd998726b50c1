"""Reading a raw mail: who wrote, what it answers, whether a machine wrote it, and the words in it.

Whatever the bytes are, the result is an Incoming: what can't be read is empty.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from email import message_from_bytes
from email.message import Message
from email.policy import compat32
from email.utils import parsedate_to_datetime
from enum import StrEnum
from hashlib import sha256

from goodterms.feedback.parsers.absence import Absence, absence_in
from goodterms.feedback.parsers.answerable import may_be_answered
from goodterms.feedback.parsers.complaint import FeedbackReport, report_in
from goodterms.feedback.parsers.delivery_report import Returned, returned_in
from goodterms.feedback.parsers.html_words import words_in_html
from goodterms.feedback.parsers.machines import Machine, machine_behind
from goodterms.feedback.parsers.parts import MOST_TEXT, UNREADABLE, Head, content_of
from goodterms.feedback.parsers.regular import Irregular, parts_of_regular
from goodterms.lib.tokens import Token

_ID = re.compile(r"<[^<>\s]{1,300}>")
# RFC 2369 and RFC 2919, and what senders of newsletters add.
_BULK_HEADERS = ("list-unsubscribe", "list-id", "list-post", "x-campaign", "x-mailing-list", "feedback-id")
_RECEIVERS = ("To", "Cc", "Delivered-To", "X-Original-To", "Envelope-To", "X-Envelope-To", "Resent-To")


class Place(StrEnum):
    """Where in a mail a token was found."""

    SUBJECT = "subject"
    RECEIVER = "receiver"
    """In an address that it was sent to."""
    ANSWERED = "answered"
    """In the Message-ID that it answers."""
    TEXT = "text"
    """In the words: it says who, and asks for nothing; a quoted footer holds tokens too."""
    ORIGINAL = "original"
    """In the message that a report encloses."""


@dataclass(frozen=True)
class FoundToken:
    """A token of ours and where it was found."""

    token: Token
    place: Place


@dataclass(frozen=True, kw_only=True)
class Incoming:
    """A mail as far as it can be read."""

    sha256: str
    message_id: str
    from_address: str
    """In lower case; empty where there is none."""
    to_addresses: tuple[str, ...]
    subject: str
    date: datetime | None
    text: str
    references: tuple[str, ...]
    """Message-IDs that it answers, the nearest first."""
    tokens: tuple[FoundToken, ...]
    machine: Machine | None
    machine_mark: str = ""
    """What showed that a machine wrote it."""
    from_addresses: tuple[str, ...] = ()
    """All of them; more than one is rare, and a mark of forgery."""
    authentication: tuple[str, ...] = ()
    """What mail servers on the way wrote of its authenticity (RFC 8601), the last one's first."""
    is_answerable: bool = False
    """Whether an automatic answer may go to its sender (RFC 3834)."""
    is_bulk: bool = False
    """Whether it says that it went to many: no person's answer does."""
    returned: tuple[Returned, ...] = ()
    """The receivers that a report says were not reached."""
    report: FeedbackReport | None = None
    absence: Absence | None = None
    """What an automatic answer says of the person."""

    @property
    def is_auto(self) -> bool:
        """Say whether a machine wrote it that is no mail server."""
        return self.machine in {Machine.AUTO, Machine.CHALLENGE}

    @property
    def is_bounce(self) -> bool:
        """Say whether it reports on a delivery."""
        return self.machine is Machine.BOUNCE


TokenFinder = Callable[[str], Iterable[Token]]
"""Gives the valid tokens in a text, like `tokens_in` with the key put in."""


def read_message(raw: bytes, find_tokens: TokenFinder) -> Incoming:
    """Read a raw mail; never raises, whatever the bytes."""
    parts, kinds = _parts(raw)
    mail = parts[0]
    head = Head(mail)
    machine, mark = machine_behind(head, parts, kinds)
    text = _text(parts, kinds)
    incoming = Incoming(
        sha256=sha256(raw).hexdigest(),
        message_id="".join(_ID.findall(head.first("Message-ID"))[:1]),
        from_address="".join(head.addresses("From")[:1]),
        to_addresses=tuple(dict.fromkeys(head.addresses(*_RECEIVERS))),
        subject=" ".join(head.first("Subject").split())[:1000],
        date=_date(head.first("Date")),
        text=text,
        references=_references(head),
        tokens=(),
        machine=machine,
        machine_mark=mark,
        from_addresses=tuple(dict.fromkeys(head.addresses("From"))),
        authentication=tuple(head.all("Authentication-Results")[:20]),
        is_answerable=machine is None and may_be_answered(head),
        is_bulk=not head.names.isdisjoint(_BULK_HEADERS),
    )
    if machine:
        incoming = _with_findings(incoming, mail, parts)
    return _with_tokens(incoming, _enclosed(incoming, parts) if machine else "", find_tokens)


def _with_findings(incoming: Incoming, mail: Message, parts: list[Message]) -> Incoming:
    """Add what its machine says."""
    if incoming.machine is Machine.BOUNCE:
        return replace(incoming, returned=returned_in(mail, parts))
    if incoming.machine is Machine.COMPLAINT:
        return replace(incoming, report=report_in(parts))
    if incoming.machine is Machine.AUTO:
        return replace(incoming, absence=absence_in(incoming.subject, incoming.text, incoming.date))
    return incoming


def _parts(raw: bytes) -> tuple[list[Message], list[str]]:
    """Give the mail and all parts in it, each before its own, and their content types."""
    try:
        regular = parts_of_regular(raw)
    except Irregular:
        parts = _walked(_parsed(raw))
        return parts, [part.get_content_type() for part in parts]
    return [part for part, _ in regular], [kind for _, kind in regular]


def _parsed(raw: bytes) -> Message:
    try:
        return message_from_bytes(raw, policy=compat32)
    except UNREADABLE:
        return Message()


def _walked(mail: Message) -> list[Message]:
    try:
        return list(mail.walk())
    except UNREADABLE:
        return [mail]


def _references(head: Head) -> tuple[str, ...]:
    answered = _ID.findall(" ".join(head.all("In-Reply-To")))
    earlier = _ID.findall(" ".join(head.all("References")))
    return tuple(dict.fromkeys([*answered, *reversed(earlier)]))[:50]


def _date(text: str) -> datetime | None:
    try:
        return parsedate_to_datetime(text)
    except (*UNREADABLE, OverflowError, IndexError):
        return None


def _text(parts: list[Message], kinds: list[str]) -> str:
    """Give the words: of the first plain part that has any, else of the first HTML part."""
    plain = (content_of(part) for part in _bodies(parts, kinds, "text/plain"))
    pages = (words_in_html(content_of(part)) for part in _bodies(parts, kinds, "text/html"))
    return next((text for texts in (plain, pages) for text in texts if text.strip()), "")


def _bodies(parts: list[Message], kinds: list[str], wanted: str) -> Iterator[Message]:
    for part, kind in zip(parts, kinds, strict=True):
        if kind == wanted and not part.is_multipart() and not _is_attached(part):
            yield part


def _is_attached(part: Message) -> bool:
    return "attachment" in str(part.get("Content-Disposition", "")).lower()


def _enclosed(incoming: Incoming, parts: list[Message]) -> str:
    """Give the headers of the message that a report encloses, where our tokens stand."""
    lines: list[str] = [incoming.report.ids] if incoming.report else []
    # Odd servers append the message to their own words.
    lines += [line for line in incoming.text.splitlines() if line.lower().startswith("message-id:")]
    for part in parts[1:]:
        if part.get_content_type() in {"message/rfc822", "text/rfc822-headers"}:
            lines.append(content_of(part))
        lines += [f"{value}" for name, value in part.raw_items() if name.lower() in _TOKEN_HEADERS]
    return "\n".join(lines)[:MOST_TEXT]


_TOKEN_HEADERS = {
    "message-id",
    "list-unsubscribe",
    "return-path",
    "cfbl-address",
    "cfbl-feedback-id",
    "feedback-id",
    "original-envelope-id",
    "x-original-message-id",
}


def _with_tokens(incoming: Incoming, enclosed: str, find_tokens: TokenFinder) -> Incoming:
    places = (
        (Place.SUBJECT, incoming.subject),
        (Place.RECEIVER, " ".join(incoming.to_addresses)),
        (Place.ANSWERED, " ".join(incoming.references)),
        (Place.TEXT, incoming.text),
        (Place.ORIGINAL, enclosed),
    )
    found = tuple(dict.fromkeys(FoundToken(token, place) for place, text in places for token in find_tokens(text)))
    return replace(incoming, tokens=found) if found else incoming
