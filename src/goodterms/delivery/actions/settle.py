"""Writing down what became of copies: their rows, and the ledger's entries, in one transaction."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Q

from goodterms import sql
from goodterms.accounts.models import Owner
from goodterms.delivery.models import Delivery, JournalMark
from goodterms.delivery.rules.replies import Result, enhanced_status
from goodterms.ledger.actions.append import append
from goodterms.ledger.rules.facts import Fact, Scope
from goodterms.ledger.rules.kinds import Actor, Kind, Purpose, Vehicle
from goodterms.people.models import Person
from goodterms.people.queries import root_id
from goodterms.updates.models import Update

State = Delivery.State
_STATES = {
    Result.ACCEPTED: State.ACCEPTED,
    Result.DEFERRED: State.DEFERRED,
    Result.REFUSED: State.REFUSED,
    Result.UNKNOWN: State.UNKNOWN,
    Result.RETURNED: State.QUEUED,
}
# A returned copy is not for the run that returned it.
_RETURN_PAUSE = timedelta(seconds=1)


@dataclass(frozen=True, kw_only=True)
class Settled:
    """What became of one copy."""

    delivery: Delivery
    result: Result
    at: datetime
    reply: str = ""
    """Without addresses."""
    copy_sha256: str = ""
    stops_address: bool = False
    due_at: datetime | None = None
    """When it is tried again, where it is."""


def settle(owner: Owner, settled: Iterable[Settled], where: Q, *, now: datetime) -> list[Settled]:
    """Write what became of copies whose rows still fulfil a condition, and what the ledger has to know of it.

    Gives those that were written.
    """
    with transaction.atomic():
        written = _written(list(settled), where)
        # The rows in hand may be older than an erasure; of somebody erased the ledger takes in nothing more.
        persons = Person.objects.filter(pk__in=[one.delivery.person_id for one in written])
        known = set(persons.filter(erased_at=None).values_list("pk", flat=True))
        told = [one for one in written if one.delivery.person_id in known]
        append(owner, [fact for one in told for fact in facts_of(one)], now=now)
    return written


def held_by(run: str) -> Q:
    """Give the condition that a run holds a copy, or held it when another took it for lost."""
    return Q(claimed_by=run, state__in=(State.ATTEMPTING, State.UNKNOWN))


def mark_journal(owner: Owner, run: str, offset: int) -> None:
    """Note how far this database has taken in a run's journal; call it in the transaction that took it in."""
    JournalMark.objects.update_or_create(owner=owner, file=run, defaults={"offset": offset})


def facts_of(settled: Settled, *, actor: Actor = Actor.SYSTEM) -> list[Fact]:
    """Give what the ledger has to know: that a copy was accepted, or that its address came back for good."""
    delivery, update = settled.delivery, settled.delivery.update
    if settled.result is Result.ACCEPTED:
        kind = Kind.WELCOME_SENT if update.kind == Update.Kind.WELCOME else Kind.UPDATE_ACCEPTED
        told: dict[str, Any] = {"copy_sha256": settled.copy_sha256 or delivery.copy_sha256}
    elif settled.result is Result.REFUSED and settled.stops_address:
        kind = Kind.ADDRESS_BOUNCED
        told = {"address_key": delivery.address_key, "status": enhanced_status(settled.reply[4:])}
    else:
        return []
    detail = {
        **told,
        "message_id": delivery.message_id,
        "reply": settled.reply,
        "update": update.uid,
        "update_sha256": update.sha256,
        "vehicle": delivery.vehicle,
    }
    scope = Scope(vehicles=frozenset({Vehicle(delivery.vehicle)}), purposes=frozenset({Purpose(update.purpose)}))
    person = root_id(delivery.person)
    return [Fact(kind=kind, occurred_at=settled.at, actor=actor, person=person, scope=scope, detail=detail)]


def _written(settled: list[Settled], where: Q) -> list[Settled]:
    """Write the rows that still fulfil the condition; give what was written, in its order."""
    fulfilling: set[int] = set()
    for batch in sql.batches(settled):
        rows = Delivery.objects.filter(where, pk__in=[one.delivery.pk for one in batch]).select_for_update()
        fulfilling |= set(rows.values_list("pk", flat=True))
    written = []
    for one in settled:
        if one.delivery.pk in fulfilling:
            fulfilling.discard(one.delivery.pk)
            written.append(one)
    sql.execute_many(_RETURN, [_returned(one) for one in written if one.result is Result.RETURNED])
    sql.execute_many(_SETTLE, [_concluded(one) for one in written if one.result is not Result.RETURNED])
    return written


# Plain SQL, because an update through the ORM costs more than sending the copy.
_TABLE = Delivery._meta.db_table  # noqa: SLF001 -- Django's documented way to a table's name
_SETTLE = f"""
    UPDATE "{_TABLE}" SET state = %s, attempts = attempts + 1, first_tried_at = COALESCE(first_tried_at, %s),
      reply = %s, copy_sha256 = %s, due_at = COALESCE(%s, due_at), finished_at = COALESCE(%s, finished_at)
    WHERE id = %s
"""  # noqa: S608
# Nobody was asked about this copy, so it does not count as a try.
_RETURN = f'UPDATE "{_TABLE}" SET state = %s, reply = %s, due_at = %s WHERE id = %s'  # noqa: S608


def _returned(settled: Settled) -> tuple[Any, ...]:
    due_at = sql.moment(settled.at + _RETURN_PAUSE)
    return State.QUEUED.value, settled.reply, due_at, settled.delivery.pk


def _concluded(settled: Settled) -> tuple[Any, ...]:
    at, is_deferred = sql.moment(settled.at), settled.result is Result.DEFERRED
    return (
        _STATES[settled.result].value,
        at,
        settled.reply,
        settled.copy_sha256,
        sql.moment(settled.due_at) if is_deferred else None,
        None if is_deferred else at,
        settled.delivery.pk,
    )
