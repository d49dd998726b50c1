"""What came back, by kind; and what only the owner can tell, one at a time."""

from typing import Any

from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect

from goodterms.accounts.mail import mail_addresses
from goodterms.feedback.actions.pending import ANSWER_WITHIN, Choice, decide
from goodterms.feedback.models import Feedback
from goodterms.feedback.parsers.classify import Signal
from goodterms.feedback.queries import (
    came_back,
    complaints,
    counts_by_signal,
    leavers,
    pending_items,
    whole_words,
)
from goodterms.people.queries import find_person, search_people
from goodterms.web.access.visit import HELPER, Visit, page

_A_PAGE = 50
_SHOWN = ("exit_stop", "exit_leave", "complaint", "unsure", "reply", "bounce", "auto_reply", "ignored")
WORDS = {
    "exit_stop": "no more updates",
    "exit_leave": "break the connection",
    "complaint": "complaints",
    "unsure": "perhaps an exit",
    "reply": "replies",
    "bounce": "came back undelivered",
    "auto_reply": "answered by a machine",
    "ignored": "about nobody known",
}
_OF_ONE = {**WORDS, "complaint": "complaint", "reply": "reply"}
CHOSEN = {
    Choice.STOP: "They get no more updates.",
    Choice.LEAVE: "They are on the list of connections to break.",
    Choice.COMPLAINT: "They are never written to again.",
    Choice.NOT_AN_EXIT: "An ordinary word: the hold is lifted.",
}


@page()
def inbox(visit: Visit) -> HttpResponse:
    """Show what waits, and everything that came back."""
    owner, signal = visit.office.owner, visit.request.GET.get("kind", "")
    counts = counts_by_signal(owner)
    signal = signal if signal in _SHOWN else ""
    found = Paginator(came_back(owner, signal), _A_PAGE).get_page(visit.request.GET.get("page"))
    return visit.show(
        "inbox/inbox.html",
        waiting=pending_items(owner).count(),
        unanswered=complaints(owner, unanswered=True).count(),
        to_break=sum(not one.waits_for_export for one in leavers(owner)),
        kinds=[(name, WORDS[name], counts[name]) for name in _SHOWN if counts.get(name)],
        total=sum(counts.values()),
        signal=signal,
        found=found,
        listed=[(row, _OF_ONE.get(row.signal, row.signal)) for row in found],
        has_mailbox=bool(mail_addresses(visit.office).imap),
    )


@page()
def item(visit: Visit, number: int) -> HttpResponse:
    """Show one message, as text."""
    found = Feedback.objects.select_related("person", "artefact", "delivery__update")
    row = get_object_or_404(found, owner=visit.office.owner, pk=number)
    return visit.show("inbox/item.html", **_shown(visit, row))


@page()
def next_item(visit: Visit) -> HttpResponse:
    """Show the oldest message that only the owner can tell about."""
    waiting = pending_items(visit.office.owner).select_related("person", "artefact", "delivery__update")
    row = waiting.first()
    if row is None:
        return visit.show("inbox/none.html")
    return visit.show("inbox/decide.html", left=waiting.count(), **_shown(visit, row))


@page(HELPER, writes=True)
def decide_it(visit: Visit, number: int) -> HttpResponse:
    """Settle a message as somebody read it."""
    office = visit.office
    get_object_or_404(Feedback, owner=office.owner, pk=number)
    chosen, named = visit.request.POST.get("choice", ""), visit.request.POST.get("person", "").strip()
    if chosen not in set(Choice):
        raise Http404
    whose = find_person(office.owner, office.keys.identity, named) if named else None
    decide(office, number, Choice(chosen), person=whose, now=visit.now)
    visit.say(CHOSEN[Choice(chosen)])
    return redirect("inbox-next")


def _shown(visit: Visit, row: Feedback) -> dict[str, Any]:
    words = visit.request.GET.get("q", "").strip()
    expires = row.signal == Signal.UNSURE and row.kind != "challenge" and row.person_id is not None
    return {
        "row": row,
        "what": _OF_ONE.get(row.signal, row.signal),
        "text": whole_words(row),
        "exit_at": row.read_at + ANSWER_WITHIN if expires and row.decided_at is None else None,
        "words": words,
        "people": search_people(visit.office.owner, words)[:8] if words else [],
    }
