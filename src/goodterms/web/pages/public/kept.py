"""What is kept about a person: seen, taken along, erased; by their own link alone.

The links in copies are passed on and quoted with the mail, so they do not open this.
"""

from datetime import datetime, timedelta

import orjson
from django.http import HttpResponse

from goodterms.erasure.actions import AlreadyErased, erase
from goodterms.evidence.queries import kept_about
from goodterms.exits.actions.links import LinkUnusable
from goodterms.feedback.actions.allowances import take_allowance
from goodterms.feedback.actions.choices import open_page
from goodterms.feedback.actions.opt_ins import page_token
from goodterms.feedback.rules.allowances import Allowance
from goodterms.feedback.rules.choices import PersonsChoice
from goodterms.ledger.rules.kinds import Actor
from goodterms.lib.addresses import mask_email
from goodterms.lib.tokens import Act
from goodterms.people.models import Person
from goodterms.web.pages.public.letters import own_link_words
from goodterms.web.pages.public.links import Holder, by_link, public_url, unknown
from goodterms.web.pages.public.mailing import send_soon

_BY_PERSON = Allowance(what="own link", times=2, period=timedelta(days=1))
_SHOWN = 10
"""How many of the newest updates the page lists; the file has all."""


@by_link("GET", "POST")
def kept(holder: Holder) -> HttpResponse:
    """Show what is kept, as a plain list; or mail the link that does to whoever came with another one."""
    person = _person_of(holder)
    if person is None:
        return _mail_own_link(holder) if holder.request.method == "POST" else _closed(holder)
    found = kept_about(holder.office.owner, person)
    newest = [{**update, "sent_at": _moment(update["finished_at"])} for update in found["updates"][-_SHOWN:][::-1]]
    connected_on = person.connected_on
    return holder.show("kept.html", kept=found, newest=newest, connected_on=connected_on)


@by_link("GET")
def download(holder: Holder) -> HttpResponse:
    """Give what is kept as JSON, to take along."""
    person = _person_of(holder)
    if person is None:
        return _closed(holder)
    content = orjson.dumps(kept_about(holder.office.owner, person), option=orjson.OPT_INDENT_2)
    response = HttpResponse(content, content_type="application/json")
    response["Content-Disposition"] = 'attachment; filename="kept-about-me.json"'
    return response


@by_link("GET", "POST")
def erase_me(holder: Holder) -> HttpResponse:
    """Ask once, then destroy what is known; what is needed never to write to them again stays."""
    person = _person_of(holder)
    if person is None:
        return _closed(holder)
    if holder.request.method != "POST" or holder.request.POST.get("sure") != "yes":
        return holder.show("erase.html")
    try:
        erase(holder.office, person, actor=Actor.PERSON, now=holder.now)
    except AlreadyErased:
        return unknown(holder.request)
    return holder.show("done.html", done="erased")


def _person_of(holder: Holder) -> Person | None:
    if not holder.is_own:
        return None
    try:
        return open_page(holder.office, holder.link).person
    except LinkUnusable:
        return None


def _closed(holder: Holder) -> HttpResponse:
    if holder.token.act not in {Act.STOP, Act.LEAVE}:
        return unknown(holder.request)
    return holder.show("closed.html", status=403, address=mask_email(_where_to(holder)))


def _where_to(holder: Holder) -> str:
    """Give the address that the own link may be mailed to; none to whoever left, as anybody with the mail may ask."""
    try:
        page = open_page(holder.office, holder.link)
    except LinkUnusable:
        return ""
    return "" if page.is_closed or page.choice in {PersonsChoice.NOTHING, PersonsChoice.DISCONNECT} else page.address


def _mail_own_link(holder: Holder) -> HttpResponse:
    if holder.token.act not in {Act.STOP, Act.LEAVE}:
        return unknown(holder.request)
    address = _where_to(holder)
    if not address:
        return _closed(holder)
    person = open_page(holder.office, holder.link).person
    if take_allowance(holder.office, _BY_PERSON, str(person.pk), now=holder.now):
        link = f"{public_url(holder.request)}/x/{page_token(holder.office, person)}"
        send_soon(holder.office, address, own_link_words(holder.office.owner.name, link))
    return holder.show("done.html", done="link", address=mask_email(address))


def _moment(written: str | None) -> datetime | None:
    return datetime.fromisoformat(written) if written else None
