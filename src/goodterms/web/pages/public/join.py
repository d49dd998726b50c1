"""Joining by oneself, with an address that confirms."""

from datetime import timedelta

from django.http import HttpRequest, HttpResponse

from goodterms import doors
from goodterms.accounts.models import Owner
from goodterms.accounts.office import Office
from goodterms.exits.actions.links import LinkUnusable
from goodterms.feedback.actions.allowances import take_allowance
from goodterms.feedback.actions.joining import join_by_link, joining_link, may_be_asked
from goodterms.feedback.actions.opt_ins import OptInImpossible
from goodterms.feedback.rules.allowances import Allowance
from goodterms.lib.addresses import normalise_email, widen_email
from goodterms.lib.networks import network_of
from goodterms.people.queries import PersonUnclear
from goodterms.web.pages.public.letters import join_words
from goodterms.web.pages.public.links import public, public_url, show, unknown
from goodterms.web.pages.public.mailing import send_soon

_BY_NETWORK = Allowance(what="join by network", times=20, period=timedelta(hours=1))
_BY_ADDRESS = Allowance(what="join by address", times=2, period=timedelta(days=1))


@public("GET", "POST")
def join(request: HttpRequest, owner: str) -> HttpResponse:
    """Ask for an address, and mail it a link; the answer is the same whoever has the address."""
    found = Owner.objects.filter(uid=owner).first()
    if found is None:
        return unknown(request)
    if request.method != "POST":
        return show(request, "join.html", owner=found)
    now, office = doors.now(), doors.office_of(found)
    if not take_allowance(office, _BY_NETWORK, network_of(str(request.META.get("REMOTE_ADDR", ""))), now=now):
        return show(request, "join.html", status=429, owner=found, fault="often")
    address = normalise_email(request.POST.get("address", ""))
    if address is None:
        return show(request, "join.html", status=422, owner=found, fault="address")
    # Counted in any case, so that the answer takes as long whoever has the address.
    if take_allowance(office, _BY_ADDRESS, widen_email(address), now=now) and may_be_asked(office, address):
        link = f"{public_url(request)}/join/{found.uid}/{joining_link(office, address, now=now)}"
        send_soon(office, address, join_words(found.name, link))
    return show(request, "done.html", owner=found, done="join")


@public("GET", "POST")
def confirm_join(request: HttpRequest, owner: str, link: str) -> HttpResponse:
    """Show the last button, and take the yes when it is pressed."""
    found = Owner.objects.filter(uid=owner).first()
    if found is None:
        return unknown(request)
    if request.method != "POST":
        return show(request, "confirm.html", owner=found)
    return _confirm(request, doors.office_of(found), link)


def _confirm(request: HttpRequest, office: Office, link: str) -> HttpResponse:
    try:
        join_by_link(office, link, now=doors.now())
    except LinkUnusable:
        return unknown(request)
    except (OptInImpossible, PersonUnclear):
        return show(request, "confirm.html", status=422, owner=office.owner, fault="impossible")
    return show(request, "done.html", owner=office.owner, done="confirmed")
