"""The table of people, as a page and as a file."""

from collections.abc import Iterator

from django.core.paginator import Paginator
from django.http import HttpResponse

from goodterms.lib.addresses import profile_url
from goodterms.lib.csvguard import guarded_lines
from goodterms.people.models import Person
from goodterms.policy.listing import Listing
from goodterms.web.access.visit import OWNER, Visit, page
from goodterms.web.pages.people.forms import FilterForm

_A_PAGE = 50
_COLUMNS = ("number", "first name", "last name", "company", "position", "connected on", "profile", "e-mail")


@page()
def people(visit: Visit) -> HttpResponse:
    """Show the people, found by words and narrowed by what is known of them; htmx gets the rows alone."""
    form = FilterForm(visit.request.GET)
    found = Paginator(_listing(visit, form), _A_PAGE).get_page(visit.request.GET.get("page"))
    template = "people/rows.html" if visit.is_fragment else "people/people.html"
    return visit.show(template, found=found, form=form)


@page(OWNER)
def export(visit: Visit) -> HttpResponse:
    """Give the filtered list as CSV, safe to open in a spreadsheet."""
    listing = _listing(visit, FilterForm(visit.request.GET))
    response = HttpResponse(_lines(listing), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="people-{visit.now:%Y-%m-%d}.csv"'
    return response


def _listing(visit: Visit, form: FilterForm) -> Listing:
    return Listing(visit.office.owner, form.wanted(), visit.rulebook, now=visit.now)


def _lines(listing: Listing) -> Iterator[str]:
    """Give the file piece by piece: a mark that says UTF-8 to spreadsheets, the header, then the people."""
    yield "\ufeff"
    yield from guarded_lines(_COLUMNS, map(_values, listing.people()))


def _values(person: Person) -> tuple[object, ...]:
    return (
        person.pk, person.first_name, person.last_name, person.company, person.position, person.connected_on,
        profile_url(person.slug) if person.slug else "", person.email,
    )  # fmt: skip
