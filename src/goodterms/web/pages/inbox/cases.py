"""Complaints until they are answered, and people who want the connection broken until it is seen gone."""

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect

from goodterms.feedback.actions.complaints import add_complaint, mark_replied
from goodterms.feedback.models import Complaint
from goodterms.feedback.queries import case_facts, complaints, leavers, with_names
from goodterms.feedback.rules.complaints import draft_reply
from goodterms.people.queries import PersonUnclear, find_person
from goodterms.sync.actions.joining import confirm_gone
from goodterms.web.access.visit import HELPER, Visit, page
from goodterms.web.pages.inbox.forms import ComplaintForm

_A_PAGE = 50


@page()
def leaving(visit: Visit) -> HttpResponse:
    """List those who want the connection broken, oldest first."""
    owner = visit.office.owner
    found = Paginator(leavers(owner), _A_PAGE).get_page(visit.request.GET.get("page"))
    return visit.show("inbox/leaving.html", found=found, leaving=with_names(owner, list(found)))


@page(HELPER, writes=True)
def done(visit: Visit, number: int) -> HttpResponse:
    """Note that the owner broke a connection."""
    person = visit.person(number)
    confirm_gone(visit.office, person, now=visit.now)
    visit.say(f"Noted. {person} stays on the list until an archive shows that the connection is gone.")
    return redirect("inbox-leaving")


@page()
def complaints_(visit: Visit) -> HttpResponse:
    """List the complaints, those unanswered first."""
    found = complaints(visit.office.owner)
    return visit.show(
        "inbox/complaints.html", waiting=found.filter(replied_at=None), answered=found.exclude(replied_at=None)
    )


@page(HELPER)
def add(visit: Visit) -> HttpResponse:
    """Record a complaint that reached the owner; it is an exit for ever at once."""
    form = ComplaintForm(visit.request.POST or None)
    if form.is_valid():
        values = form.cleaned_data
        named = values.pop("person")
        try:
            person = find_person(visit.office.owner, visit.office.keys.identity, named)
        except PersonUnclear as unclear:
            form.add_error("person", str(unclear))
        else:
            if person is not None:
                case = add_complaint(visit.office, person, at=visit.now, now=visit.now, **values)
                visit.say(f"{person} is never written to again. Here is a reply to begin with.")
                return redirect("inbox-complaint", case.pk)
            form.add_error("person", "Nobody is known by this. Nothing was done.")
    return visit.show("inbox/add.html", form=form)


@page()
def complaint(visit: Visit, number: int) -> HttpResponse:
    """Show a complaint, and the reply drafted from what is on record."""
    case = _case(visit, number)
    return visit.show("inbox/complaint.html", case=case, reply=draft_reply(case_facts(case)))


@page(HELPER, writes=True)
def replied(visit: Visit, number: int) -> HttpResponse:
    """Record that the owner answered."""
    mark_replied(_case(visit, number), now=visit.now)
    visit.say("Noted as answered.")
    return redirect("inbox-complaints")


def _case(visit: Visit, number: int) -> Complaint:
    cases = Complaint.objects.select_related("owner", "person", "delivery__update")
    return get_object_or_404(cases, owner=visit.office.owner, pk=number)
