"""What the owner asks of the workers: to send an update at a time, to pause, to go on, to call it off.

Each is one statement with its condition, so that it holds from its commit on: a worker looks before every window of
copies, and at most the window that was decided on before can still leave.
"""

from collections.abc import Collection
from datetime import datetime

from django.db import transaction

from goodterms.accounts.office import Office
from goodterms.ledger.rules.kinds import Vehicle
from goodterms.lib.faults import Fault
from goodterms.mailings.models import Mailing
from goodterms.mailings.queries import mailing_of
from goodterms.mailings.workers.waking import wake_workers
from goodterms.review.queries import make_sure_it_may_go
from goodterms.updates.models import Update

State = Mailing.State
_OPEN = (State.SCHEDULED, State.SENDING, State.PAUSED, State.STOPPED)


class MailingElsewhere(Fault):
    """The mailing is not in a state in which this can be done."""


@transaction.atomic
def schedule(
    office: Office,
    update: Update,
    at: datetime,
    *,
    now: datetime,
    asked_by: str,
    vehicle: Vehicle = Vehicle.EMAIL,
    is_careful: bool = False,
) -> Mailing:
    """Set an update to be sent by the workers, not before a moment; one that waits for its time gets the new one.

    One that is done, stopped or was cancelled begins anew: whoever has a copy gets no second one. With `is_careful` it
    goes to the careful part of the forecast only, drawn when its time has come; to go on after a pause adds nobody,
    only to ask anew does, for by then the owner has seen what came back. Raises DraftRefused
    where the text must be mended or explained first, MailingElsewhere where it is being sent or is paused.
    """
    owner = office.owner
    make_sure_it_may_go(owner, update)
    asked = {"asked_by": asked_by[:60], "asked_at": now, "due_at": at, "is_careful": is_careful}
    mailing, is_new = Mailing.objects.get_or_create(
        owner=owner, update=update, vehicle=vehicle.value, defaults={"state": State.SCHEDULED, **asked}
    )
    if not is_new:
        states = (State.SCHEDULED, State.DONE, State.STOPPED, State.CANCELLED)
        fresh = {
            "state": State.SCHEDULED,
            "next_at": None,
            "failures": 0,
            "note": "",
            "begun_at": None,
            "finished_at": None,
        }
        _change(mailing, states, "be scheduled anew", **asked, **fresh)
    wake_workers()
    return mailing


def pause(office: Office, update: Update) -> Mailing:
    """Let a mailing wait: at most the copies that were decided on before still leave."""
    states = (State.SCHEDULED, State.SENDING, State.STOPPED)
    return _change(mailing_of(office.owner, update), states, "be paused", state=State.PAUSED)


@transaction.atomic
def resume(office: Office, update: Update) -> Mailing:
    """Let a paused or stopped mailing go on, once its time has come; who may have it by then is looked at anew."""
    made = _change(
        mailing_of(office.owner, update),
        (State.PAUSED, State.STOPPED),
        "go on",
        state=State.SCHEDULED,
        next_at=None,
        failures=0,
        note="",
    )
    wake_workers()
    return made


@transaction.atomic
def cancel(office: Office, update: Update) -> Mailing:
    """Call a mailing off: what waits is taken back as if it had never been planned, what was accepted stays so."""
    made = _change(
        mailing_of(office.owner, update), _OPEN, "be cancelled", state=State.CANCELLED, finished_at=None, note=""
    )
    wake_workers()
    return made


def _change(mailing: Mailing, states: Collection[State], what: str, **values: object) -> Mailing:
    changed = Mailing.objects.filter(pk=mailing.pk, owner=mailing.owner_id, state__in=states).update(**values)
    mailing.refresh_from_db()
    if not changed:
        label = State(mailing.state).label
        raise MailingElsewhere(
            f"The mailing of update {mailing.update_id} can't {what}; it is '{mailing.state}': {label}. Nothing was "
            "done."
        )
    return mailing
