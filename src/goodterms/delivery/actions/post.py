"""Posting an update to a list: members made true, the decision asked once more, one post, and what became of it."""

import secrets
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime

from django.db import transaction

from goodterms.accounts.office import Office
from goodterms.delivery.actions.claim import LEASE, hand_over, release
from goodterms.delivery.actions.drop import drop
from goodterms.delivery.actions.lists import Synced, Tell, Wanted, changes_to, make_members, take_back_exits
from goodterms.delivery.actions.plan import plan
from goodterms.delivery.actions.reconcile import reconcile_journal
from goodterms.delivery.actions.settle import Settled, held_by, mark_journal, settle
from goodterms.delivery.claimed import claimed_of
from goodterms.delivery.copies import Copies
from goodterms.delivery.journal import Journal, JournalUnwritable, run_name
from goodterms.delivery.models import Delivery
from goodterms.delivery.queries import facts_of, reasons_against, served, texts_sent_before
from goodterms.delivery.rules.records import Intent, Outcome
from goodterms.delivery.rules.replies import Result
from goodterms.delivery.vehicles.list_server.server import ListServer, ListServerSilent, Post
from goodterms.exits.actions.reconcile import reconcile
from goodterms.ledger.actions.seal import seal
from goodterms.ledger.rules.kinds import Vehicle
from goodterms.lib.canonical import sha256_hex
from goodterms.lib.faults import Fault
from goodterms.policy.queries.audiences import recipients
from goodterms.policy.queries.decisions import Question
from goodterms.policy.rules import Rulebook
from goodterms.review.queries import make_sure_it_may_go
from goodterms.updates.models import Update

State = Delivery.State


class ListNotReady(Fault):
    """The list's settings would let something happen that must not."""


class TextPersonal(Fault):
    """The update names its receiver, and a list has one text for all."""


@dataclass(frozen=True, kw_only=True)
class Posted:
    """What posting did."""

    synced: Synced
    accepted: int
    answer: str


@dataclass(frozen=True, kw_only=True)
class Foreseen:
    """What posting would do, as things stand."""

    flaws: Sequence[str]
    """What of the list's settings must be otherwise first."""
    synced: Synced


def foresee_post(office: Office, copies: Copies, server: ListServer, *, rulebook: Rulebook, now: datetime) -> Foreseen:
    """Ask the list server what posting an update would change there, and change nothing.

    Raises TextPersonal or DraftRefused where it would not be posted.
    """
    owner, update = office.owner, copies.update
    make_sure_it_may_go(owner, update, earlier=texts_sent_before(owner, update))
    _post(copies, server, "foreseen", now=now)
    question = Question(facts=facts_of(update), vehicle=Vehicle.LIST, rulebook=rulebook, now=now)
    wanted = [
        Wanted(person=one.person, address=one.address, address_key=one.address_key)
        for one in recipients(owner, question, served=served(owner, update))
    ]
    return Foreseen(flaws=server.flaws(owner.email), synced=changes_to(office, server, wanted))


def post_update(
    office: Office,
    copies: Copies,
    server: ListServer,
    *,
    rulebook: Rulebook,
    worker: str,
    now: datetime,
    tell: Tell = lambda _step, _done, _total: None,
) -> Posted:
    """Post an update to a list, to exactly those who may have it and have it not.

    Raises ListNotReady, TextPersonal or DraftRefused before anything is done. Where the server gives no answer
    (ListServerSilent), the copies are unknown and never posted again by themselves.
    """
    owner, update = office.owner, copies.update
    reconcile(office, now=now)
    reconcile_journal(owner, office.folder / "journal", now=now)
    make_sure_it_may_go(owner, update, earlier=texts_sent_before(owner, update))
    run = run_name(worker, now=now)
    post = _post(copies, server, run, now=now)
    if flaws := server.flaws(owner.email):
        raise ListNotReady(
            f"The list {server.name} is not set up for this: {'; '.join(flaws)}. Nothing was posted.",
            typed="To set it right: goodterms list check --mend",
        )
    tell("hearing who left the list", 0, 0)
    exits, held = take_back_exits(office, server, now=now)
    plan(owner, update, Vehicle.LIST, now=now, rulebook=rulebook, message_id=copies.message_id)
    question = Question(facts=facts_of(update), vehicle=Vehicle.LIST, rulebook=rulebook, now=now)
    try:
        rows = _claimed(office, update, run, question)
        synced, rows = _members_of(office, server, rows, question, Synced(exits=exits, held=held), tell)
        tell("posting it", len(rows), len(rows))
        answer = _hand_over(office, server, post, rows, run, now=now) if rows else ""
    finally:
        release(owner, run)
        _forget_untried(office, update, now=now)
    seal(owner, office.keys, now=now)
    return Posted(synced=synced, accepted=len(rows), answer=answer)


def _post(copies: Copies, server: ListServer, run: str, *, now: datetime) -> Post:
    copy, message, message_id = copies.for_everybody(
        server.posting_address(copies.owner.email), f"{run}.{secrets.token_hex(4)}", now=now
    )
    if copy.blanks:
        raise TextPersonal(
            f"Update {copies.update.pk} names its receiver ({', '.join(copy.blanks)}), and a list has one text for "
            'all. Nothing was posted. Leave it out, or say what stands for everybody: {{ first_name | default: "all" }}'
        )
    return Post(
        message_id=message_id,
        sender=copies.owner.email,
        sender_name=copies.owner.name,
        subject=copy.subject,
        text=copy.text,
        html=copy.html,
        content=message.content,
    )


@transaction.atomic
def _claimed(office: Office, update: Update, run: str, question: Question) -> list[Delivery]:
    """Claim every copy that waits for the list and may go; the others are as if they had never been planned."""
    waiting = Delivery.objects.filter(
        owner=office.owner, update=update, vehicle=Vehicle.LIST, state__in=(State.QUEUED, State.DEFERRED)
    )
    waiting.update(state=State.ATTEMPTING, claimed_by=run, claimed_until=question.now + LEASE, handed_over_at=None)
    mine = Delivery.objects.filter(owner=office.owner, claimed_by=run, state=State.ATTEMPTING)
    return _still_allowed(office, list(mine.select_related("person", "update").order_by("id")), question)


def _still_allowed(office: Office, rows: Sequence[Delivery], question: Question) -> list[Delivery]:
    """Give the claimed copies that may go as things stand now; the others are as if they had never been planned."""
    reasons = reasons_against(office.owner, [claimed_of(row) for row in rows], question)
    refused = Delivery.objects.filter(owner=office.owner, pk__in=list(reasons))
    drop(office.owner, refused, reasons, now=question.now)
    return [row for row in rows if row.pk not in reasons]


def _members_of(  # noqa: PLR0917 -- as _hand_over
    office: Office, server: ListServer, rows: Sequence[Delivery], question: Question, synced: Synced, tell: Tell
) -> tuple[Synced, list[Delivery]]:
    """Make the members those of the claimed copies, until nobody has left while that went on; give who may get it.

    A large list takes minutes, and whoever leaves within them gets no post.
    """
    while True:
        made = make_members(office, server, [_wanted(row) for row in rows], now=question.now, tell=tell)
        synced = replace(
            made,
            exits=synced.exits,
            held=synced.held,
            added=synced.added + made.added,
            removed=synced.removed + made.removed,
        )
        allowed = _still_allowed(office, rows, question)
        if len(allowed) == len(rows):
            return synced, allowed
        rows = allowed


def _forget_untried(office: Office, update: Update, *, now: datetime) -> None:
    """Let whoever got nothing be as if it had never been planned, so that another vehicle may reach them."""
    rows = Delivery.objects.filter(owner=office.owner, update=update, vehicle=Vehicle.LIST)
    drop(office.owner, rows.filter(state=State.QUEUED, attempts=0), "the list has not had it", now=now)


def _wanted(row: Delivery) -> Wanted:
    return Wanted(person=row.person_id, address=row.address, address_key=row.address_key, name=row.person.name)


def _hand_over(
    office: Office, server: ListServer, post: Post, rows: Sequence[Delivery], run: str, *, now: datetime
) -> str:
    owner, digest = office.owner, sha256_hex(post.content)
    with Journal(office.folder / "journal" / owner.uid, run) as journal:
        hand_over(owner, run, [row.pk for row in rows], now=now)
        journal.intend(_intent(office, row, digest, now) for row in rows)
        try:
            answer, result = server.post(post), Result.ACCEPTED
        except ListServerSilent as fault:
            _write_down(office, journal, rows, Result.UNKNOWN, str(fault), digest, now)
            raise
        except Fault as fault:
            _write_down(office, journal, rows, Result.RETURNED, str(fault), digest, now)
            raise
        _write_down(office, journal, rows, result, answer, digest, now)
        return answer


def _intent(office: Office, row: Delivery, digest: str, now: datetime) -> Intent:
    return Intent(
        message_id=row.message_id,
        owner=office.owner.uid,
        update=row.update.uid,
        update_sha256=row.update.sha256,
        kind=row.update.kind,
        person=row.person.uid,
        address_key=row.address_key,
        vehicle=row.vehicle,
        copy_sha256=digest,
        at=now,
    )


def _write_down(  # noqa: PLR0917 -- as _hand_over
    office: Office,
    journal: Journal,
    rows: Sequence[Delivery],
    result: Result,
    reply: str,
    digest: str,
    now: datetime,
) -> None:
    with suppress(JournalUnwritable):
        journal.conclude(
            Outcome(message_id=row.message_id, result=result, stops_address=False, reply=reply[:500], at=now)
            for row in rows
        )
    settled = [
        Settled(copy=claimed_of(row), result=result, at=now, reply=reply[:500], copy_sha256=digest) for row in rows
    ]
    with transaction.atomic():
        settle(office.owner, settled, held_by(journal.run), now=now)
        mark_journal(office.owner, journal.run, journal.size)
