"""What nobody but the owner can tell: asked for a week, and an exit then."""

from datetime import datetime, timedelta
from enum import StrEnum

from django.db.models import QuerySet

from goodterms.accounts.models import Owner
from goodterms.accounts.office import Office
from goodterms.exits.actions.take import take_exit
from goodterms.feedback.models import Feedback
from goodterms.feedback.parsers.classify import Signal
from goodterms.ledger.queries.standings import standings_of
from goodterms.ledger.rules.kinds import Actor, HoldReason, Kind
from goodterms.ledger.turns import alone
from goodterms.lib.faults import Fault
from goodterms.people.models import Person
from goodterms.people.queries import root_id
from goodterms.sync.actions.joining import release

ANSWER_WITHIN = timedelta(days=7)
_NEVER_AN_EXIT = ("challenge",)
"""A machine asked for something: the person said nothing."""


class Choice(StrEnum):
    """What the owner found."""

    STOP = "stop"
    LEAVE = "leave"
    COMPLAINT = "complaint"
    NOT_AN_EXIT = "not-an-exit"


_KINDS = {Choice.STOP: Kind.STOPPED, Choice.LEAVE: Kind.LEFT, Choice.COMPLAINT: Kind.COMPLAINED}


class NotPending(Fault):
    """There is nothing to decide."""


class PersonMissing(Fault):
    """Nobody can be found whom an exit would be of."""


@alone
def decide(office: Office, item: int, choice: Choice, *, person: Person | None = None, now: datetime) -> Feedback:
    """Settle an item as the owner says; `person` is whose it is where that could not be read."""
    row = Feedback.objects.filter(owner=office.owner, pk=item, decided_at=None).first()
    if row is None:
        raise NotPending(
            f"Nothing waits under number {item}: it may have been decided already. Nothing was done.",
            typed="See: goodterms feedback pending",
        )
    concerned = person or _person_of(row)
    if choice in _KINDS:
        if concerned is None:
            raise PersonMissing(
                f"Nobody is known whom item {item} is about. Nothing was done; say who it is.", typed="--person PERSON"
            )
        _exit(office, concerned, row, _KINDS[choice], actor=Actor.OWNER, now=now)
    row.person = concerned
    _settle(row, choice.value, now=now)
    if choice is Choice.NOT_AN_EXIT and concerned and not _other_items(office.owner, concerned):
        release(office, [concerned], reasons=[HoldReason.UNSURE], include=False, now=now)
    return row


def expire_pending(office: Office, *, now: datetime) -> int:
    """Make exits of what waited for the owner for a week; give how many. Without such no transaction is begun."""
    waiting = Feedback.objects.filter(
        owner=office.owner,
        signal=Signal.UNSURE,
        decided_at=None,
        read_at__lte=now - ANSWER_WITHIN,
        person__isnull=False,
    ).exclude(kind__in=_NEVER_AN_EXIT)
    return _expire(office, waiting, now=now) if waiting.exists() else 0


@alone
def _expire(office: Office, waiting: QuerySet[Feedback], *, now: datetime) -> int:
    taken = 0
    for row in waiting.select_related("person").order_by("id"):
        person = _person_of(row)
        if person and HoldReason.UNSURE in _holds(person):
            _exit(office, person, row, Kind.STOPPED, actor=Actor.SYSTEM, now=now)
            taken += 1
            _settle(row, "expired", now=now)
        else:
            _settle(row, "released", now=now)  # the owner has looked, and lifted the hold itself
    return taken


def _exit(office: Office, person: Person, row: Feedback, kind: Kind, *, actor: Actor, now: datetime) -> None:
    rule = "nobody said otherwise for seven days" if actor is Actor.SYSTEM else "the owner's reading"
    detail = {"channel": row.detail.get("channel", "email"), "rule": rule, "heard": row.words}
    evidence = (row.sha256,) if row.artefact_id else ()
    take_exit(office, person, kind, at=row.received_at, now=now, actor=actor, detail=detail, evidence=evidence)


def _settle(row: Feedback, decision: str, *, now: datetime) -> None:
    row.decided_at, row.detail = now, {**row.detail, "decision": decision}
    row.save()


def _person_of(row: Feedback) -> Person | None:
    if row.person is None:
        return None
    person = Person.objects.get(owner=row.owner_id, pk=root_id(row.person))
    return None if person.erased_at else person


def _holds(person: Person) -> frozenset[HoldReason]:
    standing = standings_of(person.owner_id, [person.pk]).get(person.pk)
    return standing.holds if standing else frozenset()


def _other_items(owner: Owner, person: Person) -> bool:
    return Feedback.objects.filter(owner=owner, person=person, signal=Signal.UNSURE, decided_at=None).exists()
