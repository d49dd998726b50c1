"""Obeying what comes back: each raw message once, and every exit in it before anything else is sent."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

from goodterms.accounts.habits import habits_of
from goodterms.accounts.office import Office
from goodterms.artefacts.actions import assign_artefacts, keep_artefacts
from goodterms.exits.actions.strangers import exit_of_stranger
from goodterms.exits.actions.take import known_person, take_exit
from goodterms.feedback.actions.answers import queue_exit_answer
from goodterms.feedback.actions.assents import obey_assent
from goodterms.feedback.actions.complaints import obey_report
from goodterms.feedback.actions.returns import obey_return
from goodterms.feedback.models import Feedback
from goodterms.feedback.parsers.asks import FOR_THE_OWNER
from goodterms.feedback.parsers.authentication import is_authentic
from goodterms.feedback.parsers.classify import Reading, Signal, classify
from goodterms.feedback.parsers.machines import Machine
from goodterms.feedback.parsers.message import Incoming, read_message
from goodterms.ledger.actions.append import append
from goodterms.ledger.rules.facts import WHOLE, Fact, Scope
from goodterms.ledger.rules.kinds import Actor, HoldReason, Kind
from goodterms.ledger.turns import alone
from goodterms.lib.addresses import normalise_email
from goodterms.lib.tokens import tokens_in
from goodterms.people.models import Person
from goodterms.people.queries import named_email, persons_by_key, root_id
from goodterms.ties.actions import Exchanged, keep_exchanges
from goodterms.ties.models import Exchange
from goodterms.updates.footer import footer_words
from goodterms.updates.models import Update

_BELIEVED = timedelta(days=30)
"""How old the date in a mail may be to be taken for the moment it was written; an exit counts from now otherwise."""
_MOST_WORDS = 500
_EXITS = {Signal.EXIT_STOP: Kind.STOPPED, Signal.EXIT_LEAVE: Kind.LEFT}
_STRANGERS_EXITS = {**_EXITS, Signal.UNSURE: Kind.STOPPED, Signal.COMPLAINT: Kind.COMPLAINED}


@dataclass(frozen=True, kw_only=True)
class Heard:
    """One raw message, read."""

    raw: bytes
    incoming: Incoming
    reading: Reading
    is_authentic: bool = False
    """Whether the sender's domain vouches for it, as far as a server of ours found."""

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


def count_read(counts: Counter[str]) -> dict[str, int]:
    """Give what `read_mail` counted in the words of the doors."""
    return {
        "read": counts["read"],
        "new": counts["new"],
        "exits": counts["exit_stop"] + counts["exit_leave"],
        "complaints": counts["complaint"],
        "bounces": counts["bounce"],
        "auto": counts["auto_reply"],
        "opt_ins": counts["opt_in"],
        "replies": counts["reply"],
        "pending": counts["unsure"],
        "ignored": counts["ignored"],
    }


def _footers(office: Office) -> set[str]:
    return set(Update.objects.filter(owner=office.owner).values_list("footer", flat=True))


def _hear(office: Office, raw: bytes, footer: str) -> Heard:
    incoming = read_message(raw, partial(tokens_in, office.keys.token))
    reading = classify(
        incoming, own_addresses=[office.owner.email], our_footer=footer, is_known=partial(_is_known, office)
    )
    trusted = habits_of(office.owner).authserv_id
    authentic = is_authentic(incoming.authentication, incoming.from_addresses, trusted)
    return Heard(raw=raw, incoming=incoming, reading=reading, is_authentic=authentic)


def _is_known(office: Office, text: str) -> bool:
    address = normalise_email(text)
    return bool(address) and bool(persons_by_key(office.owner, named_email(office.keys.identity, address or "").key))


@alone
def _obey(office: Office, heard: Heard, *, now: datetime) -> None:
    signal = heard.reading.signal
    at = _when(heard.incoming, now)
    persons = _concerned(office, heard, now=now)
    _let_strangers_out(office, heard, at=at, now=now)
    artefact = _keep(office, heard, persons)
    row = Feedback(
        owner=office.owner,
        sha256=heard.incoming.sha256,
        artefact_id=artefact,
        person=persons[0] if persons else None,
        signal=signal.value,
        kind=_kind(heard),
        reason=heard.reading.reason,
        words=heard.reading.words[:_MOST_WORDS],
        received_at=at,
        read_at=now,
    )
    waits = signal is Signal.UNSURE or row.kind in FOR_THE_OWNER
    # A challenge to mail that was not ours concerns nobody.
    row.decided_at = None if waits and (persons or row.kind != "challenge") else now
    row.save()
    if signal in {Signal.BOUNCE, Signal.AUTO_REPLY}:
        obey_return(office, row, heard.incoming, now=now)
    elif signal is Signal.COMPLAINT:
        obey_report(office, row, heard.incoming, persons, detail=heard.detail, now=now)
    else:
        _obey_person(office, heard, persons, artefact, at=at, now=now)


def _obey_person(
    office: Office, heard: Heard, persons: list[Person], artefact: int | None, *, at: datetime, now: datetime
) -> None:
    if heard.reading.signal in _EXITS and persons and habits_of(office.owner).confirms_exits:
        language = heard.reading.reason.partition(".")[0]
        queue_exit_answer(office, persons[0], heard.incoming, language=language, now=now)
    for person in persons:
        if heard.reading.signal in _EXITS:
            _exit(office, heard, person, at=at, now=now)
        elif heard.reading.signal is Signal.UNSURE:
            _hold(office, heard, person, at=at, now=now)
        elif heard.reading.signal is Signal.REPLY:
            _reply(office, heard, person, artefact, at=at, now=now)
    if heard.reading.signal in {Signal.OPT_IN, Signal.REPLY}:
        refused = obey_assent(office, heard.incoming, heard.reading, is_authentic=heard.is_authentic, now=now)
        if refused:
            Feedback.objects.filter(owner=office.owner, sha256=heard.incoming.sha256).update(
                detail={"refused": refused}
            )


def _keep(office: Office, heard: Heard, persons: list[Person]) -> int | None:
    if not persons:
        return None
    sha256 = heard.incoming.sha256
    artefact = keep_artefacts(office.owner, "mail", {sha256: heard.raw})[sha256]
    assign_artefacts(office.owner, [(persons[0].pk, artefact)])
    return artefact


def _kind(heard: Heard) -> str:
    incoming = heard.incoming
    if incoming.absence:
        return incoming.absence.kind.value
    if incoming.report:
        return incoming.report.kind[:20]
    return "challenge" if incoming.machine is Machine.CHALLENGE else heard.reading.asks.kind


def _when(incoming: Incoming, now: datetime) -> datetime:
    written = incoming.date
    if written is None or written.tzinfo is None:
        return now
    return written if now - _BELIEVED <= written <= now else now


def _concerned(office: Office, heard: Heard, *, now: datetime) -> list[Person]:
    """Give everybody a message is about: whom its tokens name, and whoever writes from its sender's address.

    An exit from an address that nobody is known by is an exit all the same: somebody is made known for it.
    """
    named = Person.objects.filter(owner=office.owner, uid__in=_numbers(office, heard))
    roots = {root_id(person) for person in named}
    address = normalise_email(heard.incoming.from_address)
    if address and heard.reading.signal not in {Signal.BOUNCE, Signal.COMPLAINT}:
        identity = named_email(office.keys.identity, address)
        senders = persons_by_key(office.owner, identity.key)
        if not senders and heard.reading.signal in {Signal.EXIT_STOP, Signal.EXIT_LEAVE}:
            senders = [known_person(office, identity, source="reply", now=now)]
        roots |= {person.pk for person in senders}
    return list(Person.objects.filter(owner=office.owner, pk__in=roots, erased_at=None).order_by("id"))


def _numbers(office: Office, heard: Heard) -> set[int]:
    tokens = (found.token for found in heard.reading.tokens)
    return {token.person_uid for token in tokens if token.owner_number in {None, office.owner.pk}}


def _let_strangers_out(office: Office, heard: Heard, *, at: datetime, now: datetime) -> None:
    """Keep the exits of people whom tokens name and an older database, put back, does not know.

    What only may be an exit is one here: nobody is at hand who could be held until the owner has looked.
    """
    kind = _STRANGERS_EXITS.get(heard.reading.signal)
    if kind is None or heard.incoming.machine is Machine.CHALLENGE:
        return
    numbers = _numbers(office, heard)
    known = Person.objects.filter(owner=office.owner, uid__in=numbers).values_list("uid", flat=True)
    for uid in sorted(numbers - set(known)):
        exit_of_stranger(office, uid, kind, scope=_scope(heard), at=at, now=now)


def _scope(heard: Heard) -> Scope:
    only = heard.reading.asks.stops_only
    return Scope(vehicles=frozenset({only})) if only else WHOLE


def _exit(office: Office, heard: Heard, person: Person, *, at: datetime, now: datetime) -> None:
    take_exit(
        office,
        person,
        _EXITS[heard.reading.signal],
        at=at,
        now=now,
        scope=_scope(heard),
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
    keep_exchanges(office.owner, [exchange], now=now)
