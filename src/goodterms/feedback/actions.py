"""Obeying what comes back: each raw message once, and every exit in it before anything else is sent."""

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path

from django.db import transaction

from goodterms.accounts.office import Office
from goodterms.artefacts.actions import assign_artefacts, keep_artefacts
from goodterms.exits.actions import known_person, take_exit
from goodterms.feedback.models import Feedback
from goodterms.feedback.parsers.classify import Reading, Signal, classify
from goodterms.feedback.parsers.exit_words import Wish, exit_in
from goodterms.feedback.parsers.message import Incoming, read_message
from goodterms.ledger.actions.append import append
from goodterms.ledger.actions.seal import seal
from goodterms.ledger.queries.entries import persons_written_to
from goodterms.ledger.rules.facts import Fact
from goodterms.ledger.rules.kinds import Actor, HoldReason, Kind
from goodterms.lib.addresses import normalise_email
from goodterms.lib.tokens import tokens_in
from goodterms.people.models import Person
from goodterms.people.queries import named_email, persons_by_key, root_id
from goodterms.sync.actions.sync import sync
from goodterms.sync.rules import Report
from goodterms.ties.actions import Exchanged, keep_exchanges
from goodterms.ties.models import Exchange
from goodterms.updates.footer import footer_words
from goodterms.updates.models import Update

_BELIEVED = timedelta(days=30)
"""How old the date in a mail may be to be taken for the moment it was written; an exit counts from now otherwise."""
_MOST_WORDS = 500
_EXITS = {Signal.EXIT_STOP: Kind.STOPPED, Signal.EXIT_LEAVE: Kind.LEFT, Signal.COMPLAINT: Kind.COMPLAINED}
_WISHES = {Wish.STOP: Kind.STOPPED, Wish.LEAVE: Kind.LEFT}


@dataclass(frozen=True, kw_only=True)
class Heard:
    """One raw message, read."""

    raw: bytes
    incoming: Incoming
    reading: Reading

    @property
    def detail(self) -> dict[str, str]:
        """What the ledger keeps of it in words."""
        return {
            "channel": "email",
            "rule": self.reading.reason,
            "matched": self.reading.matched,
            "heard": self.reading.words[:_MOST_WORDS],
        }


def read_mail(office: Office, messages: Iterable[bytes], *, now: datetime) -> Counter[str]:
    """Read raw messages and obey them; give how many were read, new, and of each signal.

    A message that was read before changes nothing.
    """
    counts: Counter[str] = Counter()
    footer = "\n".join({footer_words(terms) for terms in _footers(office)})
    for raw in messages:
        counts["read"] += 1
        heard = _hear(office, raw, footer)
        if Feedback.objects.filter(owner=office.owner, sha256=heard.incoming.sha256).exists():
            continue
        counts["new"] += 1
        counts[heard.reading.signal.value] += 1
        _obey(office, heard, now=now)
    return counts


def _footers(office: Office) -> set[str]:
    return set(Update.objects.filter(owner=office.owner).values_list("footer", flat=True))


def _hear(office: Office, raw: bytes, footer: str) -> Heard:
    incoming = read_message(raw, partial(tokens_in, office.keys.token))
    reading = classify(incoming, own_addresses=[office.owner.email], our_footer=footer)
    return Heard(raw=raw, incoming=incoming, reading=reading)


@transaction.atomic
def _obey(office: Office, heard: Heard, *, now: datetime) -> None:
    signal = heard.reading.signal
    at = _when(heard.incoming, now)
    persons = _concerned(office, heard, now=now)
    artefact = None
    if persons:
        sha256 = heard.incoming.sha256
        artefact = keep_artefacts(office.owner, "mail", {sha256: heard.raw})[sha256]
        assign_artefacts([(persons[0].pk, artefact)])
    for person in persons:
        if signal in _EXITS:
            _exit(office, heard, person, at=at, now=now)
        elif signal is Signal.UNSURE:
            _hold(office, heard, person, at=at, now=now)
        elif signal is Signal.REPLY:
            _reply(office, heard, person, artefact, at=at, now=now)
    Feedback.objects.create(
        owner=office.owner,
        sha256=heard.incoming.sha256,
        artefact_id=artefact,
        person=persons[0] if persons else None,
        signal=signal.value,
        reason=heard.reading.reason,
        received_at=at,
        read_at=now,
    )


def _when(incoming: Incoming, now: datetime) -> datetime:
    written = incoming.date
    if written is None or written.tzinfo is None:
        return now
    return written if now - _BELIEVED <= written <= now else now


def _concerned(office: Office, heard: Heard, *, now: datetime) -> list[Person]:
    """Give everybody a message is about: whom its tokens name, and whoever writes from its sender's address.

    An exit from an address that nobody is known by is an exit all the same: somebody is made known for it.
    """
    uids = {
        found.token.person_uid for found in heard.reading.tokens if found.token.owner_number in {None, office.owner.pk}
    }
    named = Person.objects.filter(owner=office.owner, uid__in=uids)
    roots = {root_id(person) for person in named}
    address = normalise_email(heard.incoming.from_address)
    if address and heard.reading.signal is not Signal.BOUNCE:
        identity = named_email(office.keys.identity, address)
        senders = persons_by_key(office.owner, identity.key)
        if not senders and heard.reading.signal in {Signal.EXIT_STOP, Signal.EXIT_LEAVE}:
            senders = [known_person(office, identity, source="reply", now=now)]
        roots |= {person.pk for person in senders}
    return list(Person.objects.filter(owner=office.owner, pk__in=roots, erased_at=None).order_by("id"))


def _exit(office: Office, heard: Heard, person: Person, *, at: datetime, now: datetime) -> None:
    take_exit(
        office,
        person,
        _EXITS[heard.reading.signal],
        at=at,
        now=now,
        detail=heard.detail,
        evidence=(heard.incoming.sha256,),
    )


def _hold(office: Office, heard: Heard, person: Person, *, at: datetime, now: datetime) -> None:
    fact = Fact(
        kind=Kind.HELD,
        occurred_at=at,
        actor=Actor.PERSON,
        person=person.pk,
        detail={"reason": str(HoldReason.UNSURE), **heard.detail},
        evidence=(heard.incoming.sha256,),
    )
    append(office.owner, [fact], now=now)


def _reply(office: Office, heard: Heard, person: Person, artefact: int | None, *, at: datetime, now: datetime) -> None:
    fact = Fact(
        kind=Kind.REPLIED,
        occurred_at=at,
        actor=Actor.PERSON,
        person=person.pk,
        detail={"channel": "email"},
        evidence=(heard.incoming.sha256,),
    )
    append(office.owner, [fact], now=now)
    exchange = Exchanged(
        person=person.pk,
        kind=Exchange.Kind.REPLY,
        by_owner=False,
        at=at,
        clock="mail",
        text=heard.reading.words,
        export=None,
        artefact=artefact,
        key=heard.incoming.sha256,
    )
    keep_exchanges(office.owner, [exchange])


def sync_and_obey(
    office: Office,
    path: Path,
    *,
    now: datetime,
    dry_run: bool,
    accept_departures: bool,
    progress: Callable[[str], None],
) -> Report:
    """Read an archive, and obey what people wrote in its messages; all in one transaction."""

    def obey(export: int, report: Report) -> None:
        obey_messages(office, export, report, now=now)

    report = sync(
        office,
        path,
        now=now,
        dry_run=dry_run,
        accept_departures=accept_departures,
        progress=progress,
        obey=obey,
    )
    if report.applied:
        progress("sealing the ledger")
        seal(office.owner, office.keys, now=now)
    return report


def obey_messages(office: Office, export: int, report: Report, *, now: datetime) -> None:
    """Obey the messages that an export shows first: a word to stop is an exit on LinkedIn as by mail.

    What only may be one holds the person where something had been sent to them before; else there was nothing to stop.
    """
    messages = Exchange.objects.filter(
        owner=office.owner, export=export, kind=Exchange.Kind.MESSAGE, by_owner=False
    ).select_related("person", "artefact")
    written_to = persons_written_to(office.owner)
    for message in messages.order_by("at", "id").iterator(chunk_size=1_000):
        # LinkedIn's messages quote nothing and carry no footer of ours: all of it is the person's own words.
        found = exit_in(message.text)
        if found.wish in _WISHES:
            report.counts.exits += 1
            report.note("exit", message.person.name, found.wish.value)
            _exit_by_message(office, message, _WISHES[found.wish], found.rule, now=now)
        elif found.wish is Wish.UNSURE and message.at >= written_to.get(message.person_id, now):
            report.counts.held += 1
            report.note("held", message.person.name, HoldReason.UNSURE)
            _hold_by_message(office, message, found.rule, now=now)


def _exit_by_message(office: Office, message: Exchange, kind: Kind, rule: str, *, now: datetime) -> None:
    take_exit(
        office,
        message.person,
        kind,
        at=message.at,
        now=now,
        detail=_message_detail(message, rule),
        evidence=_evidence(message),
    )


def _hold_by_message(office: Office, message: Exchange, rule: str, *, now: datetime) -> None:
    fact = Fact(
        kind=Kind.HELD,
        occurred_at=message.at,
        actor=Actor.PERSON,
        person=message.person_id,
        detail={"reason": str(HoldReason.UNSURE), **_message_detail(message, rule)},
        evidence=_evidence(message),
        source=message.export,
    )
    append(office.owner, [fact], now=now)


def _message_detail(message: Exchange, rule: str) -> dict[str, str]:
    return {"channel": "linkedin", "rule": rule, "heard": message.text[:_MOST_WORDS]}


def _evidence(message: Exchange) -> tuple[str, ...]:
    return (message.artefact.sha256,) if message.artefact else ()
