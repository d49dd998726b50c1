"""Keeping exchanges, telling the ledger where both spoke, and keeping what the owner says of a tie."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.db.models import Count, F, Max, Min, Q

from goodterms import sql
from goodterms.accounts.models import Owner
from goodterms.ledger.actions.append import append
from goodterms.ledger.queries.standings import exchanged_persons
from goodterms.ledger.rules.facts import Fact
from goodterms.ledger.rules.kinds import Actor, Kind
from goodterms.ledger.turns import alone
from goodterms.lib.faults import Fault
from goodterms.lib.moments import write_moment
from goodterms.people.models import Person
from goodterms.ties.models import Circle, Exchange, Note, TieChoice
from goodterms.ties.summing import sum_ties

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


def keep_exchanges(owner: Owner, exchanges: Iterable[Exchanged], *, now: datetime) -> int:
    """Keep the exchanges that are not kept yet, by their key; give how many were new. Call it in a transaction."""
    count = 0
    for batch in sql.batches(exchanges):
        unique = {exchange.key: exchange for exchange in batch}
        known = set(Exchange.objects.filter(owner=owner, key__in=list(unique)).values_list("key", flat=True))
        fresh = [exchange for key, exchange in unique.items() if key not in known]
        numbers = sql.reserve_ids(Exchange, len(fresh))
        sql.insert_rows(Exchange, _COLUMNS, [_row(owner, n, e) for n, e in zip(numbers, fresh, strict=True)])
        sum_ties(owner, {exchange.person for exchange in fresh}, now=now)
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
    messages = Exchange.objects.filter(owner=owner, kind=Exchange.Kind.MESSAGE)
    shown = messages.filter(export=export).values("person_id")
    both = (
        messages.filter(person__in=shown)
        .values("person_id")
        .annotate(
            count=Count("id"),
            by_owner=Count("id", filter=Q(by_owner=True)),
            first=Min("at"),
            last=Max("at"),
        )
        .filter(by_owner__gt=0, count__gt=F("by_owner"))
        .order_by("person_id")
    )
    told = exchanged_persons(owner)
    append(owner, (_two_way(found, export) for found in both if found["person_id"] not in told), now=now)


def _two_way(found: Mapping[str, Any], export: int) -> Fact:
    detail = {"messages": found["count"], "first": write_moment(found["first"]), "last": write_moment(found["last"])}
    return Fact(
        kind=Kind.EXCHANGE_SEEN,
        occurred_at=found["last"],
        actor=Actor.SYSTEM,
        person=found["person_id"],
        detail=detail,
        source=export,
    )


class TieFaulty(Fault, ValueError):
    """What was said of a tie can't be kept; the message says why."""


@alone
def keep_note(owner: Owner, person: Person, text: str, *, kind: Note.Kind, now: datetime) -> Note:
    """Keep the owner's note on a person; raise TieFaulty where it is empty."""
    if not text.strip():
        raise TieFaulty("The note is empty. Nothing was kept; write something after the person.")
    note = Note.objects.create(owner=owner, person=person, kind=kind, text=text.strip(), at=now)
    sum_ties(owner, [person.pk], now=now)
    return note


@alone
def choose_strength(owner: Owner, person: Person, strength: float | None, *, now: datetime) -> TieChoice:
    """Let a tie be as strong as the owner says, from 0 to 1; None: as computed again."""
    if strength is not None and not 0 <= strength <= 1:
        raise TieFaulty(f"A tie is from 0 to 1 strong, not {strength:g}. Nothing was changed.")
    return _choose(owner, person, now, strength=strength)


@alone
def choose_cadence(owner: Owner, person: Person, days: int | None, *, now: datetime) -> TieChoice:
    """Let a word be due to a person after so many days of silence; None: never."""
    _make_sure_of_cadence(days)
    return _choose(owner, person, now, cadence_days=days)


def _choose(owner: Owner, person: Person, now: datetime, **values: float | int | None) -> TieChoice:
    defaults = {**values, "chosen_at": now}
    choice, _ = TieChoice.objects.update_or_create(owner=owner, person=person, defaults=defaults)
    sum_ties(owner, [person.pk], now=now)
    return choice


def _make_sure_of_cadence(days: int | None) -> None:
    if days is not None and not 1 <= days <= 36_500:
        raise TieFaulty(f"A cadence is from 1 to 36,500 days, not {days:,}. Nothing was changed.")


_LONGEST_NAME = 60


@dataclass(frozen=True, kw_only=True)
class Fitting:
    """Whom a circle is of; what is left empty does not matter."""

    company: str = ""
    persons: tuple[int, ...] = ()
    tie_from: float | None = None
    tie_below: float | None = None


def keep_circle(owner: Owner, name: str, fitting: Fitting, days: int, *, now: datetime) -> Circle:
    """Let a word be due to all who fit after so many days of silence; a circle of that name is replaced.

    Raises TieFaulty where the name is empty or long, nobody is named or the cadence can't be kept.
    """
    _make_sure_of_cadence(days)
    if not 0 < len(name.strip()) <= _LONGEST_NAME:
        raise TieFaulty(f"A circle needs a name of at most {_LONGEST_NAME} signs. Nothing was changed.")
    company = fitting.company.strip()
    if replace(fitting, company=company) == Fitting():
        raise TieFaulty("A circle needs a company, persons or a strength of ties. Nothing was changed.")
    values = {
        "company": company,
        "persons": sorted(fitting.persons),
        "tie_from": fitting.tie_from,
        "tie_below": fitting.tie_below,
        "cadence_days": days,
        "chosen_at": now,
    }
    circle, _ = Circle.objects.update_or_create(owner=owner, name=name.strip(), defaults=values)
    return circle


def drop_circle(owner: Owner, name: str) -> None:
    """Let no word be due by a circle any more; raise TieFaulty where there is none of that name."""
    if not Circle.objects.filter(owner=owner, name=name.strip()).delete()[0]:
        raise TieFaulty(f"There is no circle '{name}'. Nothing was changed.")
