"""A person's own page: the ways out at once, and every other choice."""

from django.http import HttpRequest, HttpResponse

from goodterms.exits.actions.links import LinkUnusable, exit_by_link
from goodterms.feedback.actions.choices import PAGE_ACTS, ChoiceImpossible, choose, open_page
from goodterms.feedback.actions.opt_ins import OptInImpossible, confirm_opt_in
from goodterms.feedback.rules.choices import PersonsChoice
from goodterms.lib.addresses import mask_email, normalise_email
from goodterms.lib.tokens import Act
from goodterms.web.pages.public.links import Holder, by_link, unknown
from goodterms.web.pages.public.mailing import send_answers_soon

_FIRST = {Act.STOP: PersonsChoice.NOTHING, Act.LEAVE: PersonsChoice.DISCONNECT}
_EXITS = frozenset(_FIRST.values())


@by_link("GET", "POST")
def page(holder: Holder) -> HttpResponse:
    """Show what this link would do and all that can be chosen; do what is posted, at once."""
    try:
        if holder.token.act is Act.CONFIRM:
            return _confirm(holder)
        if holder.token.act not in PAGE_ACTS:
            return unknown(holder.request)
        if holder.request.method != "POST":
            return _ask(holder)
        return _one_click(holder) if is_one_click(holder.request) else _do(holder)
    except LinkUnusable:
        return _bare(holder)


def is_one_click(request: HttpRequest) -> bool:
    """Say whether a mailbox provider posts on its user's behalf (RFC 8058 section 3.2)."""
    return request.POST.get("List-Unsubscribe") == "One-Click"


def _ask(holder: Holder, *, fault: str = "") -> HttpResponse:
    shown = open_page(holder.office, holder.link)
    return holder.show(
        "page.html",
        status=422 if fault else 200,
        fault=fault,
        first=_FIRST.get(holder.token.act),
        now=shown.choice,
        is_out=shown.choice in _EXITS,
        is_closed=shown.is_closed,
        address=mask_email(shown.address),
        waits_for=mask_email(shown.waits_for),
    )


def _bare(holder: Holder) -> HttpResponse:
    """Show the way out alone where nobody is known by the link: an older database was put back, or they were erased."""
    first = _FIRST.get(holder.token.act)
    if first is None or holder.request.method == "POST":
        return unknown(holder.request)
    return holder.show("page.html", first=first, is_bare=True)


def _one_click(holder: Holder) -> HttpResponse:
    if holder.token.act is Act.CHOOSE:
        choose(holder.office, holder.link, PersonsChoice.NOTHING, now=holder.now)
    else:
        exit_by_link(holder.office, holder.link, now=holder.now)
    return HttpResponse(b"Done.\n", content_type="text/plain")


def _do(holder: Holder) -> HttpResponse:
    wanted, address = holder.request.POST.get("choice", ""), holder.request.POST.get("address", "").strip()
    if wanted not in set(PersonsChoice):
        return _ask(holder, fault="choice")
    choice = PersonsChoice(wanted)
    if choice is _FIRST.get(holder.token.act):
        exit_by_link(holder.office, holder.link, now=holder.now)
        return holder.show("done.html", done=choice)
    if choice is PersonsChoice.EMAIL and address and normalise_email(address) is None:
        return _ask(holder, fault="address")
    offers = holder.request.POST.get("offers") == "on"
    try:
        chosen = choose(holder.office, holder.link, choice, address=address, offers=offers, now=holder.now)
    except (ChoiceImpossible, OptInImpossible):
        return _ask(holder, fault="other_address" if choice is PersonsChoice.EMAIL and address else "impossible")
    if chosen.answer:
        send_answers_soon(holder.office)
    asked = mask_email(chosen.answer.address) if chosen.answer else ""
    return holder.show("done.html", done=choice, address=asked)


def _confirm(holder: Holder) -> HttpResponse:
    if holder.request.method != "POST":
        return holder.show("confirm.html")
    try:
        confirm_opt_in(holder.office, holder.link, now=holder.now)
    except OptInImpossible:
        return holder.show("confirm.html", status=422, fault="impossible")
    return holder.show("done.html", done="confirmed")
