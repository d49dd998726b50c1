"""The table of people, and one person's page."""

from django.core.paginator import Paginator
from django.http import HttpResponse

from goodterms.people.queries import search_people
from goodterms.policy.queries import STATES, in_state
from goodterms.web.access.visit import Visit, page

_A_PAGE = 50


@page()
def people(visit: Visit) -> HttpResponse:
    """Show the people, found by words and filtered by state; htmx gets the rows alone."""
    words, state = visit.request.GET.get("q", "").strip(), visit.request.GET.get("state", "")
    found = search_people(visit.office.owner, words)
    if state in STATES:
        found = found.filter(in_state(visit.office.owner, state, visit.rulebook, now=visit.now))
    shown = Paginator(found, _A_PAGE).get_page(visit.request.GET.get("page"))
    template = "people/rows.html" if visit.is_fragment else "people/people.html"
    return visit.show(template, found=shown, words=words, state=state, states=STATES)


@page()
def person(visit: Visit, number: int) -> HttpResponse:
    """Show all that is known of one person."""
    return visit.show("people/person.html", person=visit.person(number))
