"""A draft as it is reviewed: its text, and where subject, sentences and links stand in it."""

import re
from dataclasses import dataclass, field
from functools import cached_property

from goodterms.ledger.rules.kinds import Purpose
from goodterms.lib.faults import Fault
from goodterms.review.lexicon import Lexicon, Tongues, lexicons, tongues_of

MOST_BYTES = 1_000_000
MOST_SIGNS = 30_000
"""So many signs of a body are read, some ten pages; whatever is longer is stopped, and no check looks further."""
MOST_SUBJECT = 1_000
_FRONT = re.compile(r"\A---[ \t]*\n(?P<front>.*?)^(?:---|\.\.\.)[ \t]*(?:\n|\Z)", re.DOTALL | re.MULTILINE)
_SUBJECT = re.compile(r"""^subject:[ \t]*(?P<quote>["']?)(?P<subject>.*?)(?P=quote)[ \t]*$""", re.MULTILINE)
_PURPOSE = re.compile(r"""^purpose:[ \t]*["']?(?P<purpose>\w+)""", re.MULTILINE)
_WITHIN = r"(?:[^\n]|\n(?!\s*(?:\n|[-*•>#]|\d+[.)]\s)))"
_SENTENCE = re.compile(
    rf"\S(?:{_WITHIN}{{0,1000}}?[.!?…。！？]+[\"'”»’)\]*_]*(?=\s+[^\sa-zß-ÿ]|\s*\Z)|{_WITHIN}{{0,1000}})"
)
"""Ends at a full stop before no small letter, at an empty line, or before the next item of a list."""
_LINK = re.compile(
    r"\[(?P<words>[^\[\]\n]{0,300})\]\((?P<target>[^)\s]{1,2000})[^)\n]{0,300}\)|(?P<bare>https?://[^\s<>)\]]+)",
    re.IGNORECASE,
)


class DraftUnreadable(Fault, ValueError):
    """A file can't be reviewed; the message says why."""


@dataclass(frozen=True, kw_only=True)
class Span:
    """A part of a draft: where it begins and ends in the file's text, in signs, and what it says."""

    start: int
    end: int
    text: str


@dataclass(frozen=True, kw_only=True)
class Link(Span):
    """A link in a draft."""

    words: str
    target: str


@dataclass(frozen=True)
class Draft:
    """The text of a file, line breaks as LF, with or without front matter."""

    text: str
    declared: Purpose = Purpose.NETWORKING
    subject: Span = field(default_factory=lambda: Span(start=0, end=0, text=""))
    body: Span = field(default_factory=lambda: Span(start=0, end=0, text=""))
    """As far as it is read."""

    @property
    def unread(self) -> int:
        """How many signs after the body are not read, for there are too many."""
        return len(self.text) - self.body.end

    @cached_property
    def sentences(self) -> tuple[Span, ...]:
        """The sentences of the body."""
        return tuple(
            Span(start=self.body.start + found.start(), end=self.body.start + found.end(), text=found[0])
            for found in _SENTENCE.finditer(self.body.text)
        )

    @cached_property
    def links(self) -> tuple[Link, ...]:
        """The links of the body."""
        return tuple(
            Link(
                start=self.body.start + found.start(),
                end=self.body.start + found.end(),
                text=found[0],
                words=found["words"] or "",
                target=found["target"] or found["bare"],
            )
            for found in _LINK.finditer(self.body.text)
        )

    @cached_property
    def tongues(self) -> Tongues:
        """The languages it is in."""
        return tongues_of(f"{self.subject.text}\n{self.body.text}")

    @property
    def lexicons(self) -> tuple[Lexicon, ...]:
        """The words of the languages it is in; of all of them where none can be told."""
        return self.tongues.read or lexicons()


def read_draft(content: bytes, name: str) -> Draft:
    """Read a file to review, kindly: without front matter all of it is the body; raise DraftUnreadable for no text."""
    if len(content) > MOST_BYTES:
        raise DraftUnreadable(f"{name}: {len(content):,} bytes are too many to review; {MOST_BYTES:,} is the most.")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as fault:
        line = content.count(b"\n", 0, fault.start) + 1
        raise DraftUnreadable(f"{name}:{line}: the file is not UTF-8. Save it as UTF-8 and try again.") from None
    if "\0" in text:
        raise DraftUnreadable(f"{name}: the file holds NUL bytes, so it is no text. Save it as plain text in UTF-8.")
    return draft_in(text.replace("\r\n", "\n").replace("\r", "\n"))


def draft_in(text: str) -> Draft:
    """Give the draft in a file's text."""
    front = _FRONT.match(text)
    start = front.end() if front else 0
    body = _body(text, start)
    subject = _SUBJECT.search(text, 0, start) if front else None
    purpose = _PURPOSE.search(text, 0, start) if front else None
    span = _span(subject, "subject") if subject else Span(start=0, end=0, text="")
    declared = Purpose.COMMERCIAL if purpose and purpose["purpose"] == "commercial" else Purpose.NETWORKING
    return Draft(text, declared, span, body)


def draft_of(subject: str, body: str, purpose: Purpose) -> Draft:
    """Give the draft that a stored update makes; places count in subject, line break, body."""
    text = f"{subject}\n{body}"
    read = subject[:MOST_SUBJECT]
    return Draft(text, purpose, Span(start=0, end=len(read), text=read), _body(text, len(subject) + 1))


def _body(text: str, start: int) -> Span:
    end = min(len(text), start + MOST_SIGNS)
    return Span(start=start, end=end, text=text[start:end])


def _span(found: re.Match[str], group: str) -> Span:
    words = found[group][:MOST_SUBJECT]
    return Span(start=found.start(group), end=found.start(group) + len(words), text=words)
