"""Keeping exchanges, and telling the ledger where both spoke."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from goodterms import sql
from goodterms.accounts.models import Owner
from goodterms.ledger.actions.append import append
from goodterms.ledger.rules.facts import Fact
from goodterms.ledger.rules.kinds import Actor, Kind
from goodterms.ties.models import Exchange

_COLUMNS = (
    "id",
    "owner_id",
    "person_id",
    "kind",
    "by_owner",
    "at",
    "clock",
    "text",
    "export",
    "artefact_id",
    "recognised",
    "key",
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Exchanged:
    """One exchange to be kept."""

    person: int
    kind: Exchange.Kind
    by_owner: bool
    at: datetime
    clock: str
    text: str
    export: int | None
    artefact: int | None
    key: str


def keep_exchanges(owner: Owner, exchanges: Iterable[Exchanged]) -> int:
    """Keep the exchanges that are not kept yet, by their key; give how many were new."""
    count = 0
    for batch in sql.batches(exchanges):
        unique = {exchange.key: exchange for exchange in batch}
        known = set(Exchange.objects.filter(owner=owner, key__in=list(unique)).values_list("key", flat=True))
        fresh = [exchange for key, exchange in unique.items() if key not in known]
        numbers = sql.reserve_ids(Exchange, len(fresh))
        sql.insert_rows(Exchange, _COLUMNS, [_row(owner, n, e) for n, e in zip(numbers, fresh, strict=True)])
        count += len(fresh)
    return count


def _row(owner: Owner, number: int, exchange: Exchanged) -> Sequence[object]:
    return (
        number,
        owner.pk,
        exchange.person,
        exchange.kind.value,
        exchange.by_owner,
        sql.moment(exchange.at),
        exchange.clock,
        exchange.text,
        exchange.export,
        exchange.artefact,
        "",
        exchange.key,
    )


def record_two_way(owner: Owner, export: int, *, now: datetime) -> None:
    """Tell the ledger of everybody for whom an export shows the first words of both sides."""
    wrote = _persons(owner, by_owner=True) & _persons(owner, by_owner=False)
    fresh = set(Exchange.objects.filter(owner=owner, export=export, kind="message").values_list("person_id", flat=True))
    told = set(Exchange.objects.filter(owner=owner, recognised="two_way").values_list("person_id", flat=True))
    facts = []
    for person in sorted((wrote & fresh) - told):
        messages = Exchange.objects.filter(owner=owner, person=person, kind=Exchange.Kind.MESSAGE).order_by("at", "id")
        first, last = messages[0], messages.order_by("-at", "-id")[0]
        detail = {"messages": messages.count(), "first": first.at.isoformat(), "last": last.at.isoformat()}
        facts.append(
            Fact(
                kind=Kind.EXCHANGE_SEEN,
                occurred_at=last.at,
                actor=Actor.SYSTEM,
                person=person,
                detail=detail,
                source=export,
            )
        )
    append(owner, facts, now=now)


def _persons(owner: Owner, *, by_owner: bool) -> set[int]:
    found = Exchange.objects.filter(owner=owner, kind=Exchange.Kind.MESSAGE, by_owner=by_owner)
    return set(found.values_list("person_id", flat=True))
