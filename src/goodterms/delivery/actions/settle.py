"""Writing down what became of copies: their rows, and the ledger's entries, in one transaction."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any

from django.db import transaction
from django.db.models import Q

from goodterms import sql
from goodterms.accounts.models import Owner
from goodterms.delivery.claimed import Claimed
from goodterms.delivery.models import Delivery, JournalMark
from goodterms.delivery.rules.replies import Result, enhanced_status
from goodterms.ledger.actions.append import append
from goodterms.ledger.rules.facts import Fact, Scope
from goodterms.ledger.rules.kinds import Actor, Kind, Purpose, Vehicle
from goodterms.ledger.turns import share_turn
from goodterms.updates.models import Update

State = Delivery.State
_STATES = {
    Result.ACCEPTED: State.ACCEPTED,
    Result.DEFERRED: State.DEFERRED,
    Result.REFUSED: State.REFUSED,
    Result.UNKNOWN: State.UNKNOWN,
    Result.RETURNED: State.QUEUED,
}
_MARK = '(owner_id, file) DO UPDATE SET "offset" = excluded."offset"'
# A returned copy is not for the run that returned it.
_RETURN_PAUSE = timedelta(seconds=1)


@dataclass(slots=True, kw_only=True)  # frozen it would cost four times as much to make
class Settled:
    """What became of one copy."""

    copy: Claimed
    result: Result
    at: datetime
    reply: str = ""
    """Without addresses."""
    copy_sha256: str = ""
    stops_address: bool = False
    due_at: datetime | None = None
    """When it is tried again, where it is."""


@transaction.atomic(savepoint=False)
def settle(owner: Owner, settled: Iterable[Settled], where: Q, *, now: datetime) -> list[Settled]:
    """Write what became of copies whose rows still fulfil a condition, and what the ledger has to know of it.

    Gives those that were written.
    """
    share_turn(owner)  # before any row is held
    written = _written(owner, list(settled), where)
    append(owner, [fact for one, is_erased in written if not is_erased for fact in facts_of(one)], now=now)
    return [one for one, _ in written]


def held_by(run: str) -> Q:
    """Give the condition that a run holds a copy, or held it when another took it for lost."""
    return Q(claimed_by=run, state__in=(State.ATTEMPTING, State.UNKNOWN))


def mark_journal(owner: Owner, run: str, offset: int) -> None:
    """Note how far this database has taken in a run's journal; call it in the transaction that took it in."""
    sql.insert_rows(JournalMark, ("owner_id", "file", "offset"), [(owner.pk, run, offset)], on_conflict=_MARK)


def facts_of(settled: Settled, *, actor: Actor = Actor.SYSTEM) -> list[Fact]:
    """Give what the ledger has to know: that a copy was accepted, or that its address came back for good."""
    delivery, update = settled.copy, settled.copy.update
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
    scope = _scope(delivery.vehicle, update.purpose)
    return [Fact(kind=kind, occurred_at=settled.at, actor=actor, person=delivery.root_id, scope=scope, detail=detail)]


@lru_cache(maxsize=64)
def _scope(vehicle: str, purpose: str) -> Scope:
    return Scope(vehicles=frozenset({Vehicle(vehicle)}), purposes=frozenset({Purpose(purpose)}))


def _written(owner: Owner, settled: list[Settled], where: Q) -> list[tuple[Settled, bool]]:
    """Write the rows that still fulfil the condition; give what was written, in its order, and who was erased since.

    The rows in hand may be older than an erasure: of somebody erased the ledger takes in nothing more.
    """
    rows = sql.numbered(Delivery.objects.filter(where), owner.pk, (one.copy.pk for one in settled))
    rows = rows.order_by("pk").select_for_update(of=("self",))
    erased_at = dict(rows.values_list("pk", "person__erased_at"))
    # Once each: what was settled twice counts as it was first.
    first = {one.copy.pk: one for one in reversed(settled)}
    written = [one for one in settled if one.copy.pk in erased_at and first[one.copy.pk] is one]
    _write(owner, written)
    return [(one, erased_at[one.copy.pk] is not None) for one in written]


def _write(owner: Owner, written: list[Settled]) -> None:
    returned = [_returned(one) for one in written if one.result is Result.RETURNED]
    concluded = [_concluded(one) for one in written if one.result is not Result.RETURNED]
    if returned:
        sql.update_rows(
            owner.pk, Delivery, _RETURN, {"state": "text", "reply": "text", "due_at": "timestamptz"}, returned
        )
    if concluded:
        sql.update_rows(owner.pk, Delivery, _SETTLE, _SETTLED, concluded)


# Plain SQL, because an update through the ORM costs more than sending the copy. In the order of the values.
_SETTLED = {
    "state": "text",
    "first_tried_at": "timestamptz",
    "reply": "text",
    "copy_sha256": "text",
    "due_at": "timestamptz",
    "finished_at": "timestamptz",
}
_SETTLE = """state = v.state, attempts = d.attempts + 1, first_tried_at = COALESCE(d.first_tried_at, v.first_tried_at),
  reply = v.reply, copy_sha256 = v.copy_sha256, due_at = COALESCE(v.due_at, d.due_at),
  finished_at = COALESCE(v.finished_at, d.finished_at)"""
# Nobody was asked about this copy, so it does not count as a try.
_RETURN = "state = v.state, reply = v.reply, due_at = v.due_at"


def _returned(settled: Settled) -> tuple[Any, ...]:
    due_at = sql.moment(settled.at + _RETURN_PAUSE)
    return State.QUEUED.value, settled.reply, due_at, settled.copy.pk


def _concluded(settled: Settled) -> tuple[Any, ...]:
    at, is_deferred = sql.moment(settled.at), settled.result is Result.DEFERRED
    return (
        _STATES[settled.result].value,
        at,
        settled.reply,
        settled.copy_sha256,
        sql.moment(settled.due_at) if is_deferred else None,
        None if is_deferred else at,
        settled.copy.pk,
    )
