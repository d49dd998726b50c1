"""A filter's answer, and the findings that follow from it.

Filters look for the marks of spam and see no purpose: a polite offer scores as a personal word does. So what they say
is advice, and never stops a message.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime

from goodterms.review.draft import Draft
from goodterms.review.rules import Finding, Severity

LEAST = 0.5
"""Marks that count less are not worth a word."""
_OF_THE_WAY = frozenset(
    {"NO_RECEIVED", "NO_RELAYS", "MISSING_HEADERS", "DATE_IN_PAST", "DATE_IN_FUTURE", "MISSING_MID", "RCVD_COUNT_ZERO"}
    | {"HFILTER_HOSTNAME_UNKNOWN", "HFILTER_HELO_UNKNOWN", "ARC_NA", "R_DKIM_NA", "R_SPF_NA", "DMARC_NA", "MIME_GOOD"}
)
"""Marks of the way a message came, which a draft has not gone yet."""


class FilterSilent(Exception):
    """A filter could not be asked, or gave no answer that can be read; the message says why."""


@dataclass(frozen=True)
class Mark:
    """A filter's rule that found something: its name, what it counts, and its own words for it."""

    name: str
    score: float
    words: str = ""


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What a filter says: the marks, and from which score on it takes a message for spam."""

    filter: str
    threshold: float
    marks: tuple[Mark, ...]

    @property
    def score(self) -> float:
        """What the marks of the text count together."""
        return sum(mark.score for mark in self.marks)


def answer(filter_: str, threshold: float, marks: list[Mark]) -> Answer:
    """Give a filter's answer without the marks of the way, the weightiest first."""
    kept = [mark for mark in marks if mark.name not in _OF_THE_WAY]
    return Answer(
        filter=filter_, threshold=threshold, marks=tuple(sorted(kept, key=lambda mark: (-mark.score, mark.name)))
    )


def findings_in(draft: Draft, said: Answer) -> Iterator[Finding]:
    """Give one finding where a filter has marks worth a word, over the whole draft: a filter tells no places."""
    marks = [mark for mark in said.marks if mark.score >= LEAST]
    if not marks:
        return
    named = "; ".join(f"{mark.name} {mark.score:.1f} ({mark.words})" for mark in marks[:8])
    yield Finding(
        rule=f"spam.{said.filter}",
        severity=Severity.WARN if said.score >= said.threshold / 2 else Severity.HINT,
        start=draft.subject.start,
        end=draft.body.end,
        reason=f"{said.filter} counts {said.score:.1f}, and {said.threshold:.1f} is spam: {named}.",
        remedy="Change what the weightiest marks name; a filter at the other end may count alike.",
    )


def message_of(draft: Draft, *, sender: str, now: datetime) -> bytes:
    """Give a draft as a mail from the owner to nobody real."""
    message = EmailMessage()
    message["From"] = Address(addr_spec=sender)
    message["To"] = Address(display_name="A Reader", addr_spec="reader@example.com")
    message["Subject"] = " ".join(draft.subject.text.split())
    message["Date"] = format_datetime(now)
    message["Message-ID"] = f"<draft@{sender.rpartition('@')[2]}>"
    message.set_content(draft.body.text)
    return bytes(message)
