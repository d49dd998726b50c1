"""What is new with people, and who is due for a word."""

from dataclasses import dataclass

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect

from goodterms.ledger.rules.kinds import Kind
from goodterms.people.models import Person
from goodterms.policy.queries.states import not_to_be_written_to
from goodterms.sync.queries import exports
from goodterms.ties.actions import Fitting, drop_circle, keep_circle
from goodterms.ties.queries import News, circles, due, newest_export, news, news_numbers, people_in, strongest_silent
from goodterms.ties.rules import STRONG
from goodterms.web.access.visit import HELPER, Visit, page
from goodterms.web.pages.people.forms import CircleForm

_A_PAGE = 50
_MOST_SILENT = 20
_FIELDS = {
    "first_name": "first name",
    "last_name": "last name",
    "company": "company",
    "position": "position",
    "slug": "profile address",
    "email": "e-mail address",
}
_STRENGTHS = {"": (None, None), "strong": (STRONG, None), "weak": (None, STRONG)}
_ADDRESSES = {
    Kind.ADDRESS_SEEN: "shows an e-mail address",
    Kind.ADDRESS_WITHDRAWN: "no longer shows an e-mail address",
}


@dataclass(frozen=True, kw_only=True)
class Item:
    """What is new with somebody: (what, before, now)."""

    person: Person
    changes: list[tuple[str, str, str]]


@page()
def whats_new(visit: Visit) -> HttpResponse:
    """Show what profiles say in an archive that they did not say in the one before."""
    owner = visit.office.owner
    read = list(exports(owner).order_by("-id"))
    entry = newest_export(owner)
    asked = visit.request.GET.get("export", "")
    wanted = asked or str(entry.source if entry else "")
    chosen = next((export for export in read if str(export.pk) == wanted), None)
    numbers = news_numbers(owner, chosen.pk if chosen else 0)
    found = Paginator(numbers, _A_PAGE).get_page(visit.request.GET.get("page"))
    items = [_item(one) for one in news(owner, found.object_list)]
    return visit.show("people/news.html", found=found, items=items, chosen=chosen, exports=read)


@page()
def due_(visit: Visit) -> HttpResponse:
    """Show whom the owner wanted to have said a word to by now, and strong ties that fell silent."""
    owner = visit.office.owner
    without = not_to_be_written_to(owner)
    return visit.show(
        "people/due.html",
        found=Paginator(due(owner, now=visit.now, without=without), _A_PAGE).get_page(visit.request.GET.get("page")),
        silent=strongest_silent(owner, now=visit.now, most=_MOST_SILENT, without=without),
        circles=[(one, people_in(one, now=visit.now).count()) for one in circles(owner)],
        form=CircleForm(),
    )


@page(HELPER, writes=True)
def circle(visit: Visit) -> HttpResponse:
    """Keep a circle, or replace the one of that name."""
    form = CircleForm(visit.request.POST)
    if not form.is_valid():
        visit.warn("A circle needs a name, and a number of days. Nothing was changed.")
        return redirect("people-due")
    given = form.cleaned_data
    least, most = _STRENGTHS[given["ties"]]
    fitting = Fitting(company=given["company"], tie_from=least, tie_below=most)
    keep_circle(visit.office.owner, given["name"], fitting, given["every"], now=visit.now)
    return redirect("people-due")


@page(HELPER, writes=True)
def no_circle(visit: Visit) -> HttpResponse:
    """Drop a circle: the people stay, and no word is due by it any more."""
    drop_circle(visit.office.owner, visit.request.POST.get("name", ""))
    return redirect("people-due")


def _item(one: News) -> Item:
    changes = [
        (_FIELDS.get(name, name), str(one.before.get(name) or ""), str(value or ""))
        for name, value in one.after.items()
    ]
    return Item(person=one.person, changes=changes or [(_ADDRESSES.get(one.kind, "changed"), "", "")])
