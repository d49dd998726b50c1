"""Joining two records of one person, parting them again, and erasing somebody: each shown before it is done."""

from django.http import HttpResponse
from django.shortcuts import redirect

from goodterms.erasure.actions import erase
from goodterms.ledger.queries.standings import bearings_of
from goodterms.ledger.rules.bearing import Bearing
from goodterms.people.models import Person
from goodterms.policy.held import Candidate
from goodterms.policy.listing import Listing, Wanted
from goodterms.sync.actions.joining import merge, split
from goodterms.web.access.visit import OWNER, Visit, page
from goodterms.web.pages.sync.held import tell_of_waiting

_MOST_FOUND = 12


@page(OWNER)
def merge_(visit: Visit, number: int) -> HttpResponse:
    """Find the other record of a person, show both side by side, and join them."""
    one = visit.person(number)
    chosen = visit.request.POST.get("other") or visit.request.GET.get("other", "")
    other = visit.person_given(chosen)
    if visit.request.method == "POST" and other is not None:
        merge(visit.office, one, other, now=visit.now)
        visit.say(f"{other} is now part of {one}. It can be undone here, by parting them again.")
        tell_of_waiting(visit, one)
        return redirect("people-person", number=one.pk)
    if other is not None:
        return visit.show(
            "people/merge_preview.html", sides=_side_by_side(visit, [one, other]), person=one, other=other
        )
    words = visit.request.GET.get("q", one.last_name)
    listing = Listing(visit.office.owner, Wanted(words=words), visit.rulebook, now=visit.now)
    found = [listed for listed in listing[: _MOST_FOUND + 1] if listed.person != one][:_MOST_FOUND]
    template = "people/merge_found.html" if visit.is_fragment else "people/merge.html"
    return visit.show(template, person=one, found=found, words=words)


@page(OWNER)
def split_(visit: Visit, number: int) -> HttpResponse:
    """Show who was merged into a person, and part them."""
    one = visit.person(number)
    merged = list(Person.objects.filter(owner=visit.office.owner, merged_into=one).order_by("id"))
    if visit.request.method == "POST":
        parted = split(visit.office, one, now=visit.now)
        visit.say(f"{one} and {', '.join(map(str, parted))} are persons of their own again.")
        return redirect("people-person", number=one.pk)
    return visit.show("people/split.html", person=one, sides=_side_by_side(visit, [one, *merged]), merged=merged)


@page(OWNER)
def erase_(visit: Visit, number: int) -> HttpResponse:
    """Ask whether everything known of a person is to be destroyed, and destroy it."""
    one = visit.person(number)
    if visit.request.method == "POST":
        erase(visit.office, one, now=visit.now)
        visit.say(f"Person {one.pk} was erased. Nothing is ever sent to them again.")
        return redirect("people")
    return visit.show("people/erase.html", person=one)


def _side_by_side(visit: Visit, people: list[Person]) -> list[Candidate]:
    stands = bearings_of(visit.office.owner.pk, [person.pk for person in people])
    return [Candidate(person=person, bearing=stands.get(person.pk, Bearing())) for person in people]
