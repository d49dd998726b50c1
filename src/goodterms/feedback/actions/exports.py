"""Obeying what people wrote in an export's messages, in the transaction that reads it."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from goodterms.accounts.office import Office
from goodterms.desk.actions import confirm_by_messages
from goodterms.exits.actions.take import take_exit
from goodterms.feedback.models import Feedback
from goodterms.feedback.parsers.asks import FOR_THE_OWNER, asks_in
from goodterms.feedback.parsers.classify import Signal
from goodterms.feedback.parsers.exit_words import ExitSignal, Wish, exit_in
from goodterms.ledger.actions.append import append
from goodterms.ledger.actions.seal import seal
from goodterms.ledger.queries.entries import persons_written_to
from goodterms.ledger.rules.facts import WHOLE, Fact, Scope
from goodterms.ledger.rules.kinds import Actor, HoldReason, Kind
from goodterms.lib.canonical import sha256_hex
from goodterms.sync.actions.sync import sync
from goodterms.sync.rules import Report
from goodterms.ties.models import Exchange

_MOST_WORDS = 500
_WISHES = {Wish.STOP: Kind.STOPPED, Wish.LEAVE: Kind.LEFT}
_SIGNALS = {Wish.STOP: Signal.EXIT_STOP, Wish.LEAVE: Signal.EXIT_LEAVE, Wish.UNSURE: Signal.UNSURE}


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
        confirm_by_messages(office.owner, export, now=now)

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
            _exit_by_message(office, message, found, now=now)
            _note(office, message, found, now=now)
        elif found.wish is Wish.UNSURE and message.at >= written_to.get(message.person_id, now):
            report.counts.held += 1
            report.note("held", message.person.name, HoldReason.UNSURE)
            _hold_by_message(office, message, found.rule, now=now)
            _note(office, message, found, now=now)


def _exit_by_message(office: Office, message: Exchange, found: ExitSignal, *, now: datetime) -> None:
    assert found.wish is not None
    only = asks_in(message.text).stops_only
    take_exit(
        office,
        message.person,
        _WISHES[found.wish],
        at=message.at,
        now=now,
        scope=Scope(vehicles=frozenset({only})) if only else WHOLE,
        detail=_message_detail(message, found.rule),
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


def _note(office: Office, message: Exchange, found: ExitSignal, *, now: datetime) -> None:
    """Keep it beside what came back by mail, so that the owner is asked about both in one place."""
    assert found.wish is not None
    asks = replace(asks_in(message.text), threat=found.rule.endswith(".threat"))
    signal = _SIGNALS[found.wish]
    Feedback.objects.get_or_create(
        owner=office.owner,
        sha256=sha256_hex(f"linkedin message {message.key}".encode()),
        defaults={
            "artefact": message.artefact,
            "person_id": message.person_id,
            "signal": signal.value,
            "kind": asks.kind,
            "reason": found.rule,
            "words": message.text[:_MOST_WORDS],
            "detail": {"channel": "linkedin"},
            "received_at": message.at,
            "read_at": now,
            "decided_at": None if signal is Signal.UNSURE or asks.kind in FOR_THE_OWNER else now,
        },
    )


def _message_detail(message: Exchange, rule: str) -> dict[str, str]:
    return {"channel": "linkedin", "rule": rule, "heard": message.text[:_MOST_WORDS]}


def _evidence(message: Exchange) -> tuple[str, ...]:
    return (message.artefact.sha256,) if message.artefact else ()
