"""Posting an update to the owner's list: what it would change there, the posting beside the pages, how far it is."""

from copy import copy
from importlib import import_module
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from goodterms import doors
from goodterms.accounts.mail import list_server_address
from goodterms.delivery.actions.post import Foreseen, Posted, foresee_post, post_update
from goodterms.feedback.queries import replies_since_update
from goodterms.ledger.rules.kinds import Vehicle
from goodterms.review.queries import is_unexplained
from goodterms.updates.models import Update
from goodterms.web.access.visit import OWNER, Visit, page
from goodterms.web.jobs import JOBS, Job
from goodterms.web.pages.updates.pages import count, lines, posting_of, the_update


@page(OWNER)
def post_it(visit: Visit, number: int) -> HttpResponse:
    """Ask once more, for a post that went out can't be taken back; then begin it."""
    update, owner = the_update(visit, number), visit.office.owner
    if not list_server_address(visit.office):
        return redirect("settings-mail-list")
    if is_unexplained(owner, update):
        visit.say("Before it can be posted, say below why it is networking, or take the offer out in a new draft.")
        return redirect("updates-update", number)
    counted = count(visit, update, Vehicle.LIST)
    if visit.request.method == "POST":
        if counted.send:
            _begin(visit, update)
        else:
            visit.warn("Nobody may have it through the list now. Nothing was posted.")
        return redirect("updates-update", number)
    return visit.show(
        "updates/post.html",
        update=update,
        list_name=doors.list_server_of(visit.office).name,
        total=counted.send,
        lines=lines(counted),
        job=_look(visit, update),
        replies=replies_since_update(owner, update).count(),
    )


@page(OWNER)
def foreseen(visit: Visit, number: int, uid: str) -> HttpResponse:
    """Show what the list server says of its members; the part asks again by itself until it has answered."""
    update, job = the_update(visit, number), JOBS.find(visit.office.owner.pk, uid)
    if job is None or not visit.is_fragment:
        return redirect("updates-post", number)
    return visit.show("updates/foreseen.html", update=update, job=copy(job))


@page()
def posting(visit: Visit, number: int) -> HttpResponse:
    """Show how far the posting is; once it is over the whole page is shown anew, for its counts have changed."""
    update, job = the_update(visit, number), posting_of(visit, number)
    if job is None:
        raise Http404
    if not visit.is_fragment:
        return redirect("updates-update", number)
    if job.is_over:
        response = HttpResponse()
        response["HX-Redirect"] = reverse("updates-update", args=[number])
        return response
    return visit.show("updates/posting.html", update=update, posting=copy(job))


@page(OWNER, writes=True)
def mend(visit: Visit, number: int) -> HttpResponse:
    """Set right on the list server what is not as it must be before anything is posted."""
    update = the_update(visit, number)
    doors.list_server_of(visit.office).mend(visit.office.owner.email)
    visit.say("The list is set up as it must be.")
    return redirect("updates-post", update.pk)


def _begin(visit: Visit, update: Update) -> None:
    office, rulebook, now = visit.office, visit.rulebook, visit.now

    def work(job: Job) -> Posted:
        def tell(step: str, done: int, total: int) -> None:
            job.step, job.done, job.total = step, done, total

        tell("asking the forecast", 0, 0)
        # NumPy takes a while to load, and most pages do without it.
        allow: Any = import_module("goodterms.forecast.queries").make_sure_forecast_allows
        allow(office.owner, update, Vehicle.LIST, rulebook=rulebook, now=now)
        copies, server = doors.copies_of(office, update), doors.list_server_of(office)
        return post_update(office, copies, server, rulebook=rulebook, worker="list", now=now, tell=tell)

    JOBS.start(office.owner.pk, f"Posting {update}", work, key=f"post {update.pk}")


def _look(visit: Visit, update: Update) -> Job:
    """Ask the list server beside the pages: with a list of thousands it takes a while."""
    office, rulebook, now = visit.office, visit.rulebook, visit.now

    def work(_job: Job) -> Foreseen:
        copies, server = doors.copies_of(office, update), doors.list_server_of(office)
        return foresee_post(office, copies, server, rulebook=rulebook, now=now)

    return JOBS.start(office.owner.pk, "Asking the list server", work, key=f"look at the list for {update.pk}")
