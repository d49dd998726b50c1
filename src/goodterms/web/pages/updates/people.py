"""The people behind each count: who may have an update, who not and why, who got it; and one person's copy."""

from csp.decorators import csp
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.views.decorators.clickjacking import xframe_options_sameorigin

from goodterms import doors
from goodterms.delivery.actions.resolve import resolve
from goodterms.delivery.models import Delivery
from goodterms.delivery.queries import copies_in, served
from goodterms.ledger.rules.kinds import Vehicle
from goodterms.people.queries import search_people
from goodterms.policy.queries.audiences import people_decided
from goodterms.policy.rules import Reason, Verdict
from goodterms.policy.words import REASONS
from goodterms.web.access.visit import OWNER, Visit, page
from goodterms.web.pages.updates.pages import question, the_update
from goodterms.web.pages.updates.writing import MAIL_POLICY

State = Delivery.State
_A_PAGE = 50
_MOST_FOUND = 8
_GROUPS = {
    "got": ((State.ACCEPTED,), "Who got it"),
    "waiting": ((State.QUEUED, State.ATTEMPTING, State.DEFERRED), "Who still waits for it"),
    "refused": ((State.REFUSED,), "Whose mail server did not take it"),
    "unknown": ((State.UNKNOWN,), "Of whom nobody can say whether they got it"),
}


@page()
def found(visit: Visit) -> HttpResponse:
    """Give the people whom some words name, to look at a copy as one of them."""
    asked = visit.request.GET
    words, back = asked.get("q", "").strip(), asked.get("to", "")
    people = search_people(visit.office.owner, words)[:_MOST_FOUND] if words else []
    return visit.show(
        "updates/persons.html" if visit.is_fragment else "updates/persons_page.html",
        people=people,
        words=words,
        form=asked.get("form", ""),
        to=back if back.startswith("/updates/") else reverse("updates"),
    )


@page()
def audience_people(visit: Visit, number: int, vehicle: str, verdict: str) -> HttpResponse:
    """Name the people behind one count of the audience."""
    one, reason = the_update(visit, number), visit.request.GET.get("reason", "")
    if vehicle not in set(Vehicle) or verdict not in set(Verdict) or (reason and reason not in set(Reason)):
        raise Http404
    why = Reason(reason) if reason else None
    owner = visit.office.owner
    people = people_decided(
        owner, question(visit, one, Vehicle(vehicle)), Verdict(verdict), why, served=served(owner, one)
    )
    shown = Paginator(people, _A_PAGE).get_page(visit.request.GET.get("page"))
    return visit.show(
        "updates/people.html",
        update=one,
        found=shown,
        vehicle=vehicle,
        verdict=verdict,
        why=REASONS[why] if why else "",
    )


@page()
def copies(visit: Visit, number: int, state: str) -> HttpResponse:
    """Name those who got a copy, wait for it, or did not get it, with the mail server's answer."""
    one = the_update(visit, number)
    if state not in _GROUPS:
        raise Http404
    states, title = _GROUPS[state]
    rows = copies_in(visit.office.owner, one, states)
    shown = Paginator(rows, _A_PAGE).get_page(visit.request.GET.get("page"))
    return visit.show("updates/copies.html", update=one, found=shown, state=state, title=title)


@page(OWNER, writes=True)
def resolve_it(visit: Visit, number: int, copy: int) -> HttpResponse:
    """Settle an unknown copy on the owner's word."""
    owner = visit.office.owner
    delivery = get_object_or_404(Delivery, owner=owner, update=number, pk=copy)
    chosen = visit.request.POST.get("as", "")
    if chosen not in set(State):
        raise Http404
    resolve(owner, delivery, State(chosen), now=visit.now)
    visit.say("Settled.")
    return redirect("updates-copies", number, "unknown")


@csp(MAIL_POLICY)
@xframe_options_sameorigin
@page()
def copy(visit: Visit, number: int) -> HttpResponse:
    """Give the HTML of one person's copy of an update, for the frame in which it is shown."""
    one, person = the_update(visit, number), visit.person_given(visit.request.GET.get("as", ""))
    if person is None:
        raise Http404
    return HttpResponse(doors.copies_of(visit.office, one).copy(person).html)
