"""Complaints: an exit for ever on all vehicles, and a case until the owner has answered."""

from collections.abc import Iterable, Mapping
from datetime import datetime

from goodterms.accounts.office import Office
from goodterms.exits.actions.take import take_exit
from goodterms.feedback.actions.returns import copy_named_by
from goodterms.feedback.models import Complaint, Feedback
from goodterms.feedback.parsers.message import Incoming
from goodterms.ledger.actions.append import append
from goodterms.ledger.rules.facts import Fact
from goodterms.ledger.rules.kinds import Actor, HoldReason, Kind
from goodterms.ledger.turns import alone
from goodterms.lib.addresses import normalise_email
from goodterms.people.models import Person
from goodterms.people.queries import named_email, persons_by_key


@alone
def add_complaint(  # noqa: PLR0913 -- who said what to whom, when, and under which number: each matters
    office: Office,
    person: Person,
    *,
    source: str,
    ticket: str = "",
    words: str = "",
    cause: str = "",
    at: datetime,
    now: datetime,
) -> Complaint:
    """Open the case of a complaint that reached the owner, and let it be an exit at once."""
    detail = {"channel": source, "heard": words[:500], "ticket": ticket}
    take_exit(office, person, Kind.COMPLAINED, at=at, now=now, actor=Actor.OWNER, detail=detail)
    return Complaint.objects.create(
        owner=office.owner,
        person=person,
        source=source,
        ticket=ticket,
        words=words,
        cause=cause,
        received_at=min(at, now),
        opened_at=now,
    )


def obey_report(
    office: Office,
    row: Feedback,
    incoming: Incoming,
    persons: list[Person],
    *,
    detail: Mapping[str, str],
    now: datetime,
) -> None:
    """Obey a feedback report: whom our tokens name has complained.

    Anybody can write the report itself, so where only an address in it names somebody, they are held and the owner
    is asked.
    """
    row.delivery = copy_named_by(office.owner, incoming)
    evidence = (row.sha256,)
    for person in persons:
        take_exit(office, person, Kind.COMPLAINED, at=row.received_at, now=now, detail=dict(detail), evidence=evidence)
        open_case(office, row, person, now=now)
    if not persons:
        _hold_named(office, row, incoming, now=now)
    row.save()


def open_case(office: Office, row: Feedback, person: Person, *, now: datetime) -> None:
    """Open the case of a complaint that a provider reports."""
    Complaint.objects.create(
        owner=office.owner,
        person=person,
        source=Complaint.Source.FEEDBACK_LOOP,
        feedback=row,
        delivery=row.delivery,
        received_at=row.received_at,
        opened_at=now,
    )


def _hold_named(office: Office, row: Feedback, incoming: Incoming, *, now: datetime) -> None:
    named = incoming.report.recipients if incoming.report else ()
    found = {person.pk: person for address in named for person in _known_by(office, address)}
    facts = [
        Fact(
            kind=Kind.HELD,
            occurred_at=row.received_at,
            actor=Actor.SYSTEM,
            person=person,
            detail={"reason": str(HoldReason.UNSURE), "rule": row.reason},
            evidence=(row.sha256,),
        )
        for person in found
    ]
    append(office.owner, facts, now=now)
    row.signal, row.decided_at = "unsure", None
    row.kind, row.person = "complaint", next(iter(found.values()), None)


def _known_by(office: Office, address: str) -> Iterable[Person]:
    normal = normalise_email(address)
    if normal is None:
        return []
    return persons_by_key(office.owner, named_email(office.keys.identity, normal).key)


def mark_replied(complaint: Complaint, *, now: datetime) -> None:
    """Record that the owner answered; the first answer counts."""
    complaint.replied_at = complaint.replied_at or now
    complaint.save(update_fields=["replied_at"])
