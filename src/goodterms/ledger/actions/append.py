"""Appending facts, and keeping the standing in the same transaction."""

import secrets
from collections.abc import Iterable, Sequence
from datetime import datetime

from goodterms import sql
from goodterms.accounts.models import Owner
from goodterms.ledger.actions.project import fold_into_standings, recompute_bearings
from goodterms.ledger.models import Entry as EntryRow
from goodterms.ledger.models import Payload
from goodterms.ledger.queries.entries import last_recorded_at
from goodterms.ledger.rules.facts import Entry, Fact, body_of, entry_from
from goodterms.ledger.rules.heads import commitment_of
from goodterms.ledger.rules.kinds import Kind
from goodterms.ledger.turns import share_turn
from goodterms.lib.canonical import canonical_json

_ENTRY_COLUMNS = (
    "id",
    "owner_id",
    "person_id",
    "kind",
    "occurred_at",
    "recorded_at",
    "actor",
    "source",
    "commitment",
)
_PAYLOAD_COLUMNS = ("entry_id", "owner_id", "person_id", "salt", "body")


def append(owner: Owner, facts: Iterable[Fact], *, now: datetime) -> Sequence[Entry]:
    """Append facts in their order and bring the standings of everybody concerned up to date.

    Call it inside the transaction of the action that the facts tell of. Where the clock was put back, what is recorded
    keeps the moment of the entry before, so that the order of the ledger and its times agree.
    """
    share_turn(owner)
    now = max(now, last_recorded_at(owner) or now)
    appended: list[Entry] = []
    for batch in sql.batches(facts):
        appended += _append_batch(owner, batch, now)
    fold_into_standings(owner, [entry for entry in appended if entry.person is not None])
    if any(entry.kind is Kind.TERMS_IN_FORCE for entry in appended):
        recompute_bearings(owner)
    return appended


def _append_batch(owner: Owner, facts: list[Fact], now: datetime) -> list[Entry]:
    ids = sql.reserve_ids(EntryRow, len(facts))
    recorded = sql.moment(now)
    salts = secrets.token_hex(16 * len(facts))
    entries, entry_rows, payload_rows = [], [], []
    for place, (number, fact) in enumerate(zip(ids, facts, strict=True)):
        body = body_of(fact, owner_uid=owner.uid, recorded_at=now)
        written = canonical_json(body)
        salt = salts[32 * place : 32 * place + 32]
        entries.append(entry_from(fact, number, recorded_at=now))
        occurred = sql.moment(fact.occurred_at)
        commitment = commitment_of(salt, written)
        entry_rows.append(
            (
                number,
                owner.pk,
                fact.person,
                fact.kind.value,
                occurred,
                recorded,
                fact.actor.value,
                fact.source,
                commitment,
            )
        )
        payload_rows.append((number, owner.pk, fact.person, salt, written.decode()))
    sql.insert_rows(EntryRow, _ENTRY_COLUMNS, entry_rows)
    sql.insert_rows(Payload, _PAYLOAD_COLUMNS, payload_rows)
    return entries
