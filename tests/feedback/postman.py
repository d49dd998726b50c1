"""Copies that were sent, and what comes back of them, for tests."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime
from email.message import EmailMessage
from email.policy import SMTP
from pathlib import Path

from goodterms.accounts.office import Office
from goodterms.delivery.copies import Copies
from goodterms.delivery.models import Delivery
from goodterms.feedback.actions.read import read_mail
from goodterms.feedback.models import Feedback
from goodterms.ledger.queries.standings import standings_of
from goodterms.ledger.rules.standing import Standing
from goodterms.people.models import Person
from goodterms.people.queries import named_email
from tests.delivery.network import Network

WORDS = "Sorry, your message was not delivered."


@dataclass
class Postman:
    """Sends copies of updates, and reads what comes back."""

    folder: Path
    network: Network = field(init=False)

    def __post_init__(self) -> None:
        self.network = Network(self.folder)

    @property
    def office(self) -> Office:
        """The owner's office."""
        return Office(owner=self.network.owner, keys=self.network.keys, folder=self.folder)

    def send(self, person: Person, *, subject: str = "", at: datetime | None = None) -> Delivery:
        """Send a copy of a new update to a person."""
        update = self.network.update(subject or f"News {Delivery.objects.count() + 1}")
        copies = Copies(update=update, token_key=self.network.keys.token)
        address = f"{person.first_name.lower()}@people.test"
        return Delivery.objects.create(
            owner=self.network.owner,
            update=update,
            person=person,
            vehicle="email",
            address=address,
            address_key=named_email(self.network.keys.identity, address).key,
            message_id=copies.message_id(person.uid),
            state=Delivery.State.ACCEPTED,
            due_at=at or self.network.clock(),
            finished_at=at or self.network.clock(),
        )

    def add_and_send(self, name: str) -> tuple[Person, Delivery]:
        """Add somebody and send them a copy."""
        (person,) = self.network.add(name)
        return person, self.send(person)

    def read(self, *mails: bytes, now: datetime | None = None) -> Counter[str]:
        """Read mail, and count what it was."""
        return read_mail(self.office, mails, now=now or self.network.clock())

    def standing(self, person: Person) -> Standing:
        """Give a person's standing."""
        return standings_of(person.owner_id, [person.pk])[person.pk]

    def rows(self) -> list[Feedback]:
        """Give what was kept of it."""
        return list(Feedback.objects.order_by("id"))


def report(message_id: str, *fields: str, kind: str = "delivery-status", headers: str = "") -> bytes:
    """Write a report (RFC 3464, RFC 5965) about a copy."""
    block = "\r\n".join(fields)
    return (
        f"Return-Path: <>\r\nFrom: MAILER-DAEMON@mx.test\r\nSubject: Undelivered Mail\r\n{headers}"
        f'Content-Type: multipart/report; report-type={kind}; boundary="b"\r\n\r\n'
        f"--b\r\nContent-Type: text/plain\r\n\r\n{WORDS}\r\n"
        f"--b\r\nContent-Type: message/{kind}\r\n\r\n{block}\r\n"
        f"--b\r\nContent-Type: text/rfc822-headers\r\n\r\nMessage-ID: {message_id}\r\nSubject: News\r\n--b--\r\n"
    ).encode()


def bounce(
    message_id: str, status: str, said: str = "", *, to: str = "bob@people.test", action: str = "failed"
) -> bytes:
    """Write a report that a copy was not delivered."""
    diagnostic = [f"Diagnostic-Code: smtp; {said}"] if said else []
    about = ["Reporting-MTA: dns; mx.test", "", f"Final-Recipient: rfc822; {to}", f"Action: {action}"]
    return report(message_id, *about, f"Status: {status}", *diagnostic)


def complaint(message_id: str, *fields: str) -> bytes:
    """Write a feedback report (RFC 5965 section 3)."""
    about = ["Feedback-Type: abuse", "User-Agent: Loop/1.0", "Version: 1"]
    return report(message_id, *about, *fields, kind="feedback-report")


def answer(text: str, *, to: str = "", sender: str = "bob@people.test", **headers: str) -> bytes:
    """Write an answer to a copy."""
    mail = EmailMessage(policy=SMTP)
    mail["From"], mail["To"], mail["Subject"] = sender, "ann@owner.test", headers.pop("Subject", "Re: News")
    if to:
        mail["In-Reply-To"] = to
    for name, value in headers.items():
        mail[name.replace("_", "-")] = value
    mail.set_content(text)
    return mail.as_bytes()
