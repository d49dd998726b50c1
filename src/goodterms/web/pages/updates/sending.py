"""Sending an update by e-mail from the pages, watching it, and ending it in order.

The run is the same action that a command uses. It goes on in a thread of this process; where the process ends, what
was under way is brought to an end, and the rest waits until somebody lets it go on.
"""

import time
from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect

from goodterms import doors
from goodterms.accounts.mail import mail_addresses
from goodterms.accounts.office import Office
from goodterms.delivery.actions.claim import take_back
from goodterms.delivery.actions.send import Sent, send
from goodterms.delivery.queries import (
    counts_by_update,
    new_by_receiver,
    next_due_at,
    texts_sent_before,
    waiting_by_receiver,
)
from goodterms.delivery.rules.outcomes import RunOutcome
from goodterms.delivery.vehicles.email.server import read_server
from goodterms.delivery.words import wait_words
from goodterms.lib.faults import Fault
from goodterms.review.queries import is_unexplained, make_sure_it_may_go
from goodterms.updates.models import Update
from goodterms.web.access.visit import OWNER, Visit, page
from goodterms.web.jobs import JOBS, Job
from goodterms.web.pages.updates.writing import send_test


@dataclass(frozen=True, kw_only=True)
class Progress:
    """How far the sending of an update is."""

    counts: dict[str, int]
    job: Job | None
    waiting: int
    next_at: datetime | None
    """When the next copy that was refused for now is tried again."""

    @property
    def is_running(self) -> bool:
        """Whether it is being sent."""
        return self.job is not None and not self.job.is_over

    @property
    def is_ending(self) -> bool:
        """Whether it was asked to end, and what is under way is still being finished."""
        return self.job is not None and self.is_running and self.job.stop.is_set()

    @property
    def done(self) -> int:
        """Copies that are settled for good."""
        return sum(self.counts.get(state, 0) for state in ("accepted", "refused", "unknown"))

    @property
    def total(self) -> int:
        """All copies."""
        return sum(self.counts.values())

    @property
    def wait_words(self) -> str:
        """Why nothing may leave just now; empty where it may."""
        so_far = self.job.so_far if self.job else None
        return wait_words(so_far.wait) if so_far and so_far.wait else ""

    @property
    def a_minute(self) -> float:
        """Copies a minute in this run."""
        so_far = self.job.so_far if self.job and self.is_running else None
        return 60 * so_far.tried / so_far.seconds if so_far and so_far.seconds > 0 else 0.0

    @property
    def time_left(self) -> timedelta | None:
        """How long the rest takes at this rate."""
        return timedelta(minutes=round(self.waiting / self.a_minute)) if self.a_minute else None


def progress_of(visit: Visit, update: Update) -> Progress:
    """Give how far the sending of an update is."""
    owner = visit.office.owner
    counts = counts_by_update(owner, [update.pk]).get(update.pk) or Counter()
    waiting = sum(counts.get(state, 0) for state in ("queued", "attempting", "deferred"))
    return Progress(
        counts=dict(counts),
        job=JOBS.latest(owner.pk, _key(update)),
        waiting=waiting,
        next_at=next_due_at(owner, update) if waiting else None,
    )


@page(OWNER, writes=True)
def test(visit: Visit, number: int) -> HttpResponse:
    """Send the owner a test copy."""
    chosen = visit.request.POST.get("as", "")
    person = visit.person(int(chosen)) if chosen.isdigit() and len(chosen) < 19 else None
    send_test(visit, _update(visit, number), person)
    return redirect("updates-update", number)


@page(OWNER)
def send_it(visit: Visit, number: int) -> HttpResponse:
    """Ask once more, for a mail that left can't be taken back; then send."""
    update = _update(visit, number)
    if is_unexplained(visit.office.owner, update):
        visit.say("Before it can be sent, say below why it is networking, or take the offer out in a new draft.")
        return redirect("updates-update", number)
    if visit.request.method == "POST":
        _make_sure(visit, update)
        _begin(visit, update)
        return redirect("updates-update", number)
    try:
        _make_sure(visit, update)
    except Fault as fault:
        return visit.show("updates/send.html", update=update, fault=str(fault))
    return visit.show("updates/send.html", update=update, **_plan(visit, update))


def _make_sure(visit: Visit, update: Update) -> None:
    """Raise a Fault where the text must be mended first, or no server is set up: before anything begins."""
    owner = visit.office.owner
    make_sure_it_may_go(owner, update, earlier=texts_sent_before(owner, update))
    doors.transport_for(visit.office)


def _plan(visit: Visit, update: Update) -> dict[str, Any]:
    """Give to how many it would go, and when the last would leave."""
    owner, now = visit.office.owner, visit.now
    pacer = doors.pacer_for(visit.office, read_server(mail_addresses(visit.office).smtp))
    to_send = waiting_by_receiver(owner, update) + new_by_receiver(owner, update, visit.rulebook, now=now)
    ends_at = pacer.ends_at(to_send, now=now) if to_send else None
    return {"total": to_send.total(), "pace": pacer.pace, "ends_at": ends_at if ends_at and ends_at > now else None}


@page()
def progress(visit: Visit, number: int) -> HttpResponse:
    """Show how far it is; the part asks again by itself as long as it runs."""
    update = _update(visit, number)
    if not visit.is_fragment:
        return redirect("updates-update", number)
    return visit.show("updates/progress.html", update=update, progress=progress_of(visit, update))


@page(OWNER, writes=True)
def pause(visit: Visit, number: int) -> HttpResponse:
    """Let the copies under way be finished and the others wait."""
    return _ended(visit, _update(visit, number))


@page(OWNER, writes=True)
def resume(visit: Visit, number: int) -> HttpResponse:
    """Go on with what waits."""
    update = _update(visit, number)
    doors.transport_for(visit.office)
    _begin(visit, update)
    return redirect("updates-update", number)


@page(OWNER, writes=True)
def cancel(visit: Visit, number: int) -> HttpResponse:
    """Call off what waits; whoever has a copy keeps it."""
    update = _update(visit, number)
    owner, running = visit.office.owner, JOBS.latest(visit.office.owner.pk, _key(update))

    def work(_job: Job) -> int:
        while running is not None and not running.is_over:
            time.sleep(0.1)  # what it has under way is finished first, and given back to those who wait
        return take_back(owner, update)

    answer = _ended(visit, update)
    JOBS.start(owner.pk, f"Calling off '{update}'", work)
    visit.say("Called off: what waits is taken back. What was accepted stays so.")
    return answer


def _begin(visit: Visit, update: Update) -> Job:
    office = visit.office
    return JOBS.start(office.owner.pk, f"Sending '{update}'", lambda job: _send(office, update, job), key=_key(update))


def _send(office: Office, update: Update, job: Job) -> Sent:
    """Send until nothing waits or somebody wants an end; what pace or server held back in its turn."""
    server = read_server(mail_addresses(office).smtp)
    pacer = doors.pacer_for(office, server, should_stop=job.stop.is_set)

    def planned(waiting: int) -> None:
        job.total = waiting

    def went_on(outcome: RunOutcome) -> None:
        job.so_far, job.done = outcome, outcome.tried

    while True:
        sent = send(
            office,
            doors.copies_of(office, update),
            doors.transport_for(office, connections=pacer.pace.connections),
            rulebook=doors.rulebook_of(office),
            clock=doors.now,
            worker="web",
            pacer=pacer,
            planned=planned,
            progress=went_on,
            should_stop=job.stop.is_set,
        )
        job.so_far = sent.outcome
        again_at = _again_at(office, update, sent.outcome)
        if again_at is None or job.stop.is_set():
            return sent
        doors.wait_until(again_at, job.stop.is_set)
        if job.stop.is_set():
            return sent


def _again_at(office: Office, update: Update, outcome: RunOutcome) -> datetime | None:
    """Give when to go on; None where nothing waits."""
    due_at = next_due_at(office.owner, update)
    if due_at is None:
        return None
    return max(due_at, outcome.wait.until) if outcome.wait else due_at


def _ended(visit: Visit, update: Update) -> HttpResponse:
    job = JOBS.latest(visit.office.owner.pk, _key(update))
    if job is not None:
        job.stop.set()
    return redirect("updates-update", update.pk)


def _key(update: Update) -> str:
    return f"send {update.pk}"


def _update(visit: Visit, number: int) -> Update:
    return get_object_or_404(Update.objects.select_related("owner"), owner=visit.office.owner, pk=number)
