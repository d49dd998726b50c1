"""What is kept about a person: seen, taken along, erased; by their own link alone.

The links in copies are passed on and quoted with the mail, so they do not open this.
"""

from datetime import datetime

import orjson
from django.http import HttpResponse

from goodterms.erasure.actions import AlreadyErased, erase
from goodterms.evidence.queries import kept_about
from goodterms.exits.actions.links import LinkUnusable
from goodterms.feedback.actions.choices import open_page
from goodterms.ledger.rules.kinds import Actor
from goodterms.lib.tokens import Act
from goodterms.people.models import Person
from goodterms.web.pages.public.links import Holder, by_link, unknown

_SHOWN = 10
"""How many of the newest updates the page lists; the file has all."""


@by_link("GET")
def kept(holder: Holder) -> HttpResponse:
    """Show what is kept, as a plain list."""
    person = _person_of(holder)
    if person is None:
        return _closed(holder)
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
    return holder.show("closed.html", status=403)


def _moment(written: str | None) -> datetime | None:
    return datetime.fromisoformat(written) if written else None
