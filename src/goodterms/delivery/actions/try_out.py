"""Sending the owner a test copy, or a line as a trial: no delivery, so no row, no entry, no journal."""

import uuid
from datetime import datetime

from goodterms.accounts.models import Owner
from goodterms.delivery.copies import Copies
from goodterms.delivery.rules.records import without_addresses
from goodterms.delivery.rules.replies import Result, judge
from goodterms.delivery.vehicles.transport import Letter, Transport, carry_one
from goodterms.lib.faults import Fault
from goodterms.people.models import Person
from goodterms.updates.message import Mailbox, message_id, plain_message


class TestNotTaken(Fault):
    """The mail server did not take the test copy."""


def send_test_copy(copies: Copies, transport: Transport, person: Person | None, *, now: datetime) -> None:
    """Send the owner what a person would get, or, where nobody is chosen, what somebody of their own name would.

    Raises RunStopped where the server can't be reached or refuses the sender, TestNotTaken where it refuses the mail.
    """
    owner = copies.owner
    named = message_id(f"test-{uuid.uuid4().hex}", owner.email.rpartition("@")[2])
    content, needs_smtputf8 = copies.render_test(person or _namesake(copies, now), named, now=now)
    letter = Letter(
        message_id=named,
        envelope_from=owner.email,
        to=owner.email,
        content=content,
        needs_smtputf8=needs_smtputf8,
    )
    _hand_over(letter, transport, "the test copy")


def send_trial(owner: Owner, transport: Transport, *, now: datetime) -> None:
    """Send the owner a line, to see whether mail leaves by a way; raises as `send_test_copy` does."""
    named = message_id(f"test-{uuid.uuid4().hex}", owner.email.rpartition("@")[2])
    message = plain_message(
        "Mail from Goodterms leaves by this way. Nobody else got this.\n",
        sender=Mailbox(address=owner.email, name=owner.name),
        recipient=Mailbox(address=owner.email, name=owner.name),
        subject="Goodterms: a trial",
        headers={"Message-ID": named, "Auto-Submitted": "auto-generated"},
        now=now,
    )
    letter = Letter(
        message_id=named,
        envelope_from=message.envelope_from,
        to=message.envelope_to,
        content=message.content,
        needs_smtputf8=message.needs_smtputf8,
    )
    _hand_over(letter, transport, "a trial")


def _hand_over(letter: Letter, transport: Transport, what: str) -> None:
    try:
        transport.open()
        reply = carry_one(transport, letter)
    finally:
        transport.close()
    if judge(reply).result is not Result.ACCEPTED:
        raise TestNotTaken(
            f"The mail server did not take {what}: {without_addresses(str(reply))}. "
            "Nobody was written to, and nothing was recorded."
        )


def _namesake(copies: Copies, now: datetime) -> Person:
    first, _, last = copies.owner.name.partition(" ")
    return Person(owner=copies.owner, uid=0, first_name=first, last_name=last, connected_on=now.date())
