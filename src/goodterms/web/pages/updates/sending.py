"""Sending an update by e-mail from the pages: leaving it to the workers, watching it, pausing it, calling it off."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.dateparse import parse_datetime

from goodterms import doors
from goodterms.delivery.queries import counts_by_state, new_by_receiver, waiting_by_receiver
from goodterms.feedback.queries import replies_since_update
from goodterms.lib.faults import Fault
from goodterms.mailings.actions.ask import cancel, pause, resume, schedule
from goodterms.mailings.models import Mailing
from goodterms.mailings.queries import find_mailing, rate_of
from goodterms.mailings.rules import Progress
from goodterms.review.queries import is_unexplained, make_sure_it_may_go
from goodterms.updates.models import Update
from goodterms.web.access.visit import OWNER, Visit, page
from goodterms.web.pages.updates.writing import send_test

State = Mailing.State
_SOON = timedelta(minutes=1)


class MomentUnreadable(Fault, ValueError):
    """The moment to send at is no moment to come."""


@dataclass(frozen=True, kw_only=True)
class Sending:
    """How the sending of an update stands."""

    mailing: Mailing | None
    """What the workers were asked; None where they were not."""
    copies: Progress
    rate: float
    """Copies a second since it was begun."""
    now: datetime

    @property
    def total(self) -> int:
        """All copies, by whatever vehicle."""
        return self.copies.finished + self.copies.left

    @property
    def state(self) -> str:
        """The mailing's state; empty where there is none."""
        return self.mailing.state if self.mailing else ""

    @property
    def is_later(self) -> bool:
        """Whether it waits for a time that was set."""
        return self.state == State.SCHEDULED and self.mailing is not None and self.mailing.due_at > self.now

    @property
    def is_moving(self) -> bool:
        """Whether the page is to look again by itself."""
        if self.mailing is None or self.is_later:
            return False
        is_ending = self.state == State.CANCELLED and self.mailing.finished_at is None
        return is_ending or self.state in {State.SCHEDULED, State.SENDING}

    @property
    def rests(self) -> bool:
        """Whether it waits for longer than one looks on."""
        return self.mailing is not None and self.mailing.next_at is not None and self.mailing.next_at > self.now + _SOON

    @property
    def a_minute(self) -> float:
        """Copies a minute."""
        return 60 * self.rate if self.state == State.SENDING else 0.0

    @property
    def time_left(self) -> timedelta | None:
        """How long the rest takes at this rate."""
        return self.copies.time_left(self.rate) if self.state == State.SENDING else None


def sending_of(visit: Visit, update: Update) -> Sending:
    """Give how the sending of an update stands."""
    owner = visit.office.owner
    mailing = find_mailing(owner, update)
    counts = {state.value: count for state, count in counts_by_state(owner, update).items()}
    return Sending(
        mailing=mailing,
        copies=Progress.of(counts, visit.now),
        rate=rate_of(mailing, now=visit.now) if mailing and mailing.state == State.SENDING else 0.0,
        now=visit.now,
    )


@page(OWNER, writes=True)
def test(visit: Visit, number: int) -> HttpResponse:
    """Send the owner a test copy."""
    send_test(visit, _update(visit, number), visit.person_given(visit.request.POST.get("as", "")))
    return redirect("updates-update", number)


@page(OWNER)
def send_it(visit: Visit, number: int) -> HttpResponse:
    """Ask once more, for a mail that left can't be taken back; then leave it to the workers, now or at a time."""
    update = _update(visit, number)
    if is_unexplained(visit.office.owner, update):
        visit.say("Before it can be sent, say below why it is networking, or take the offer out in a new draft.")
        return redirect("updates-update", number)
    if visit.request.method == "POST":
        _make_sure(visit, update)
        schedule(
            visit.office,
            update,
            _moment(visit),
            now=visit.now,
            asked_by=visit.membership.user.username,
            is_careful="careful" in visit.request.POST,
        )
        return redirect("updates-update", number)
    try:
        _make_sure(visit, update)
    except Fault as fault:
        return visit.show("updates/send.html", update=update, fault=str(fault))
    return visit.show("updates/send.html", update=update, **_plan(visit, update))


@page()
def progress(visit: Visit, number: int) -> HttpResponse:
    """Show how far it is; the part asks again by itself as long as something moves."""
    update = _update(visit, number)
    if not visit.is_fragment:
        return redirect("updates-update", number)
    return visit.show("updates/progress.html", update=update, sending=sending_of(visit, update))


@page(OWNER, writes=True)
def pause_it(visit: Visit, number: int) -> HttpResponse:
    """Let it wait: what is under way is finished."""
    pause(visit.office, _mailing(visit, number).update)
    return redirect("updates-update", number)


@page(OWNER, writes=True)
def go_on(visit: Visit, number: int) -> HttpResponse:
    """Go on with what waits, or begin at once what waits for its time."""
    update, user = _update(visit, number), visit.membership.user.username
    _make_sure(visit, update)
    mailing = find_mailing(visit.office.owner, update)
    if mailing is not None and mailing.state in {State.PAUSED, State.STOPPED}:
        resume(visit.office, update)
    else:
        is_careful = mailing is not None and mailing.is_careful
        schedule(visit.office, update, visit.now, now=visit.now, asked_by=user, is_careful=is_careful)
    return redirect("updates-update", number)


@page(OWNER, writes=True)
def call_off(visit: Visit, number: int) -> HttpResponse:
    """Call off what waits; whoever has a copy keeps it."""
    cancel(visit.office, _mailing(visit, number).update)
    visit.say("Called off: what waits is taken back. What was accepted stays so.")
    return redirect("updates-update", number)


def _make_sure(visit: Visit, update: Update) -> None:
    """Raise a Fault where the text must be mended first, or no server is set up: before anything begins."""
    owner = visit.office.owner
    make_sure_it_may_go(owner, update)
    doors.way_of(visit.office)


def _plan(visit: Visit, update: Update) -> dict[str, Any]:
    """Give to how many it would go, and when the last would leave."""
    owner, now = visit.office.owner, visit.now
    pacer = doors.pacer_for(visit.office, doors.way_of(visit.office))
    to_send = waiting_by_receiver(owner, update) + new_by_receiver(owner, update, visit.rulebook, now=now)
    ends_at = pacer.ends_at(to_send, now=now) if to_send else None
    return {
        "total": to_send.total(),
        "pace": pacer.pace,
        "ends_at": ends_at if ends_at and ends_at > now else None,
        "replies": replies_since_update(owner, update).count(),
        "zone": f"{now.astimezone(doors.zone_for(visit.office)):%Z}",
    }


def _moment(visit: Visit) -> datetime:
    """Give the moment that was asked for, in the owner's time zone; now where none was."""
    written = visit.request.POST.get("at", "").strip()
    if not written:
        return visit.now
    try:
        found = parse_datetime(written)
    except ValueError:  # it reads like one, as 30 February does
        found = None
    moment = found.replace(tzinfo=found.tzinfo or doors.zone_for(visit.office)) if found else None
    if moment is None or moment <= visit.now:
        raise MomentUnreadable(f"'{written}' is no moment to come. Nothing was sent; choose a day and an hour ahead.")
    return moment


def _mailing(visit: Visit, number: int) -> Mailing:
    found = find_mailing(visit.office.owner, _update(visit, number))
    if found is None:
        raise Http404
    return found


def _update(visit: Visit, number: int) -> Update:
    return get_object_or_404(Update.objects.select_related("owner"), owner=visit.office.owner, pk=number)
