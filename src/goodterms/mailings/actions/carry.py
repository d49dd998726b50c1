"""What workers do with mailings: begin them, send a stint of them, bring them to an end.

Nothing here needs to be told who else is at work. Every step changes a row's state with its condition, so that several
may do the same at once, and whatever a lost worker left undone is found by the next look.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

from goodterms.accounts.models import Owner
from goodterms.accounts.office import Office
from goodterms.delivery.actions.drop import drop
from goodterms.delivery.actions.plan import plan
from goodterms.delivery.actions.reconcile import reconcile_journal
from goodterms.delivery.actions.run import run
from goodterms.delivery.means import Means
from goodterms.delivery.queries import WAITING, count_waiting, is_due
from goodterms.delivery.rules.outcomes import RunOutcome
from goodterms.delivery.vehicles.transport import MessageRefused, SenderRefused
from goodterms.delivery.words import wait_words
from goodterms.exits.actions.reconcile import reconcile
from goodterms.forecast.faults import ForecastHolds
from goodterms.ledger.actions.seal import seal
from goodterms.ledger.rules.kinds import Vehicle
from goodterms.lib.faults import Fault
from goodterms.mailings.models import Mailing
from goodterms.mailings.outfit import Outfit
from goodterms.mailings.queries import copies_in, has_claims, is_wanted, mailings_to_tend
from goodterms.mailings.rules import try_again_at
from goodterms.review.queries import DraftRefused, make_sure_it_may_go

State = Mailing.State
_PATIENCE = timedelta(seconds=10)
"""A worker waits so long for the pace of a mail account; before longer waits it turns to other mailings."""
_FOR_THE_OWNER = (SenderRefused, MessageRefused, DraftRefused, ForecastHolds)
"""Faults that trying again does not mend."""


def tend(office: Office, outfit: Outfit) -> list[Mailing]:
    """Bring an owner's mailings forward, all but the sending; give those of which copies are due."""
    owner = office.owner
    reconcile_journal(owner, outfit.folder / "journal", now=outfit.clock())
    to_send = []
    for mailing in mailings_to_tend(owner, now=outfit.clock()):
        if mailing.state == State.CANCELLED:
            _take_back(owner, mailing, now=outfit.clock())
        elif mailing.state == State.SCHEDULED:
            begin(office, mailing, outfit)
        if mailing.state == State.SENDING:
            if is_due(owner, mailing.update, by=outfit.clock()):
                to_send.append(mailing)
            else:
                _finish_where_done(office, mailing, now=outfit.clock())
    return to_send


def begin(office: Office, mailing: Mailing, outfit: Outfit) -> None:
    """Plan the copies of a mailing whose time has come; from then on it is being sent."""
    owner, update = office.owner, mailing.update
    try:
        # The start of a worker compares numbers only; before anything leaves, every line counts.
        reconcile(office, now=outfit.clock())
        make_sure_it_may_go(owner, update)
        _plan_copies(office, mailing, outfit)
    except Fault as fault:
        _note_fault(mailing, fault, outfit)
        return
    begun = Mailing.objects.filter(pk=mailing.pk, owner=owner, state=State.SCHEDULED)
    begun.update(state=State.SENDING, begun_at=outfit.clock(), finished_at=None)
    mailing.refresh_from_db(fields=["state"])


def _plan_copies(office: Office, mailing: Mailing, outfit: Outfit) -> None:
    """Queue the copies; of a careful mailing that goes on after a pause none are added to those it began with."""
    if mailing.is_careful and mailing.begun_at is not None:
        return
    plan(
        office.owner,
        mailing.update,
        Vehicle(mailing.vehicle),
        now=outfit.clock(),
        rulebook=outfit.rulebook(office),
        message_id=outfit.copies(office, mailing.update).message_id,
        without=_kept_back(office, mailing, outfit),
    )


def _kept_back(office: Office, mailing: Mailing, outfit: Outfit) -> list[int]:
    """Give the persons whom a careful mailing keeps back; raise ForecastHolds where nothing may be sent yet."""
    # NumPy takes a quarter of a second to load, and every command that knows of mailings would wait.
    from goodterms.forecast.queries import make_sure_forecast_allows  # noqa: PLC0415

    found = make_sure_forecast_allows(
        office.owner,
        mailing.update,
        Vehicle(mailing.vehicle),
        rulebook=outfit.rulebook(office),
        now=outfit.clock(),
        is_careful=mailing.is_careful,
    )
    return found.keep if found and mailing.is_careful else []


def send_stint(
    office: Office,
    mailing: Mailing,
    outfit: Outfit,
    *,
    progress: Callable[[RunOutcome], None] = lambda _outcome: None,
) -> RunOutcome:
    """Send what is due of a mailing, for a stint at most; give how many copies went where.

    A server that can't be reached is tried again after growing pauses; one that does not want this sender or this
    message stops the mailing until the owner has seen to it.
    """
    end = outfit.clock() + outfit.stint
    copies = outfit.copies(office, mailing.update)
    try:
        transport, pacer = outfit.paced_transport(office)
    except Fault as fault:
        _note_fault(mailing, fault, outfit)
        return RunOutcome()
    means = Means(
        transport=transport,
        pacer=replace(pacer, patience=_PATIENCE),
        render=lambda copy: copies.render(copy, now=outfit.clock()),
        rulebook=outfit.rulebook(office),
        clock=outfit.clock,
        folder=outfit.folder,
        worker=outfit.worker,
        lease=outfit.lease,
        goes_on=lambda: is_wanted(mailing) and outfit.clock() < end,
    )
    try:
        outcome = run(office.owner, mailing.update, means, progress=progress, should_stop=outfit.should_stop)
    except Fault as fault:
        _note_fault(mailing, fault, outfit)
        return getattr(fault, "outcome", RunOutcome())
    sending = Mailing.objects.filter(pk=mailing.pk, owner=mailing.owner_id, state=State.SENDING)
    if outcome.wait:
        sending.update(failures=0, note=f"{wait_words(outcome.wait)}.", next_at=outcome.wait.until)
    elif outcome.accepted:
        sending.exclude(failures=0, note="").update(failures=0, note="", next_at=None)
    return outcome


def _note_fault(mailing: Mailing, fault: Fault, outfit: Outfit) -> None:
    """Let a mailing wait, or stop it until the owner has seen to it, with the reason noted."""
    now = outfit.clock()
    mailing.refresh_from_db(fields=["failures", "state"])
    wanted = Mailing.objects.filter(pk=mailing.pk, owner=mailing.owner_id, state__in=(State.SCHEDULED, State.SENDING))
    if isinstance(fault, _FOR_THE_OWNER):
        wanted.update(state=State.STOPPED, note=str(fault))
    else:
        failures = mailing.failures + 1
        wanted.update(failures=failures, next_at=try_again_at(failures, now=now), note=str(fault))
    mailing.refresh_from_db(fields=["state"])
    outfit.say(f"Update {mailing.update_id}: {fault}")


def _take_back(owner: Owner, mailing: Mailing, *, now: datetime) -> None:
    """Delete the copies of a cancelled mailing that wait; it is finished once no worker holds any."""
    # Asked before as well: what a worker gives back meanwhile waits again, and is to be taken back the next time.
    was_held = has_claims(mailing)
    drop(owner, copies_in(mailing).filter(state__in=WAITING), "the mailing was called off", now=now)
    if not was_held and not has_claims(mailing):
        mine = Mailing.objects.filter(pk=mailing.pk, owner=mailing.owner_id, state=State.CANCELLED)
        mine.update(finished_at=now)


def _finish_where_done(office: Office, mailing: Mailing, *, now: datetime) -> None:
    if count_waiting(office.owner, mailing.update) or has_claims(mailing):
        return
    seal(office.owner, office.keys, now=now)
    mine = Mailing.objects.filter(pk=mailing.pk, owner=mailing.owner_id, state=State.SENDING)
    mine.update(state=State.DONE, finished_at=now, next_at=None, note="")
    mailing.refresh_from_db(fields=["state"])
