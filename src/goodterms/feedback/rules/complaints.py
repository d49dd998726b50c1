"""Drafting the reply to a complaint. The owner reads it, completes it and sends it themselves.

It says what is on record and what was done, and neither argues nor claims more: a connection is no subscription.
"""

from dataclasses import dataclass
from datetime import date, datetime


@dataclass(frozen=True, kw_only=True)
class Sending:
    """One copy that left."""

    at: datetime
    subject: str
    message_id: str


@dataclass(frozen=True, kw_only=True)
class CaseFacts:
    """What is on record about a complaint."""

    ticket: str
    received_at: datetime
    obeyed_at: datetime
    person: int | None
    connected_on: date | None
    sendings: tuple[Sending, ...]
    """Those of the twelve months before, oldest first."""
    complained_of: str
    """Message-ID of the copy, where it is known."""
    copies_of_that: int
    """To how many people that update went in all."""
    cause: str
    owner_name: str
    owner_address: str


def draft_reply(facts: CaseFacts) -> str:
    """Give the draft of a reply: to an abuse desk, to LinkedIn or to the person."""
    parts = (
        _opening(facts),
        _done(facts),
        _relationship(facts),
        _messages(facts),
        _cause(facts),
        _proof(facts),
        f"{facts.owner_name}\n{facts.owner_address}",
    )
    return "\n\n".join(part for part in parts if part) + "\n"


def _opening(facts: CaseFacts) -> str:
    ticket = f"Your reference: {facts.ticket}\n\n" if facts.ticket else ""
    return f"{ticket}Thank you for telling me about this complaint of {_moment(facts.received_at)}. I am sorry for it."


def _done(facts: CaseFacts) -> str:
    if facts.person is None:
        return "The report does not show who it is about. Please tell me the address or the Message-ID."
    return (
        f"It was recorded on {_moment(facts.obeyed_at)}. Since then every address and profile of this person that I "
        "know is suppressed for ever, for every way of writing to them; no later import lifts that."
    )


def _relationship(facts: CaseFacts) -> str:
    if facts.connected_on is None:
        return ""
    return (
        f"How we are in touch: we are connected on LinkedIn since {facts.connected_on:%d %B %Y}. I write personal "
        "updates to people I am connected to, and every message names a way out."
    )


def _messages(facts: CaseFacts) -> str:
    if not facts.sendings:
        return ""
    lines = [f"- {_moment(one.at)}, '{one.subject}', Message-ID {one.message_id}" for one in facts.sendings]
    if facts.complained_of:
        lines.append(f"The message complained of is {facts.complained_of}.")
        lines.append(f"That update went to {facts.copies_of_that:,} people.")
    count = len(facts.sendings)
    return f"Messages to this person in the twelve months before ({count}):\n" + "\n".join(lines)


def _cause(facts: CaseFacts) -> str:
    return f"What led to it, and what I changed: {facts.cause or '(please complete)'}"


def _proof(facts: CaseFacts) -> str:
    if facts.person is None:
        return ""
    return (
        "On request I send the record of this relationship: the wording shown, when we connected, each message and "
        "when the complaint was obeyed, with a program that checks it offline."
    )


def _moment(moment: datetime) -> str:
    return f"{moment:%d %B %Y, %H:%M} UTC"
