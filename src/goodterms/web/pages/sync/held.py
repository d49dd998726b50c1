"""The questions that archives leave: who may be whom, and who is gone."""

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect

from goodterms.ledger.queries.standings import connections_of
from goodterms.ledger.rules.standing import Connection
from goodterms.people.models import Person
from goodterms.policy.held import held_people, why_held
from goodterms.policy.listing import Listing, Wanted
from goodterms.sync.actions.joining import confirm_all_gone, release, settle_match
from goodterms.web.access.visit import OWNER, Visit, page
from goodterms.web.pages.sync.words import waiting_words

_A_PAGE = 10
_A_LIST = 100


@page()
def held(visit: Visit) -> HttpResponse:
    """Show everybody who is held, beside whom they may be."""
    shown = Paginator(held_people(visit.office.owner), _A_PAGE).get_page(visit.request.GET.get("page"))
    return visit.show("sync/held.html", found=shown, questions=why_held(visit.office.owner, shown.object_list))


@page(OWNER, writes=True)
def decide(visit: Visit, number: int) -> HttpResponse:
    """Settle who somebody is: `known_as` another, or (empty) nobody else; or lift every hold with `release`."""
    person = visit.person(number)
    known_as = visit.request.POST.get("known_as", "")
    if "release" in visit.request.POST:
        release(visit.office, [person], include=False, now=visit.now)
        visit.say(f"{person} is no longer held.")
    else:
        other = visit.person_given(known_as)
        settle_match(visit.office, person, other, now=visit.now)
        visit.say(f"{other} and {person} are one person now." if other else f"{person} is somebody else.")
        tell_of_waiting(visit, person)
    return redirect(visit.back_to("sync-held"))


def tell_of_waiting(visit: Visit, person: Person) -> None:
    """Tell the visitor where nothing goes to somebody whom they spoke of because the newest archive misses them."""
    known = visit.person(person.pk)
    words = waiting_words(known, connections_of(visit.office.owner.pk, [known.pk]).get(known.pk, Connection.NONE))
    if words:
        visit.warn(words)


@page()
def departures(visit: Visit) -> HttpResponse:
    """Show who is no longer listed, for the owner to say that they are gone."""
    listing = Listing(visit.office.owner, Wanted(state=Connection.ABSENT.value), visit.rulebook, now=visit.now)
    return visit.show("sync/departures.html", found=Paginator(listing, _A_LIST).get_page(visit.request.GET.get("page")))


@page(OWNER, writes=True)
def accept_departures(visit: Visit) -> HttpResponse:
    """Record the owner's word that connections are gone: those marked."""
    given = map(visit.person_given, visit.request.POST.getlist("person"))
    marked = [person for person in given if person is not None]
    confirm_all_gone(visit.office, marked, now=visit.now)
    gone = f"{len(marked):,} connection{' is' if len(marked) == 1 else 's are'} gone."
    visit.say(gone if marked else "Nobody was marked; nothing was changed.")
    return redirect("sync-departures")
