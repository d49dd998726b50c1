"""The desk: whom to write to by hand, one person at a time, and what the archive showed of it."""

from typing import Any

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse

from goodterms import doors
from goodterms.delivery.copies import Copies
from goodterms.delivery.models import Delivery
from goodterms.delivery.queries import facts_of, served
from goodterms.desk.actions import look_again, mark_not_sent, mark_sent, skip
from goodterms.desk.queries import (
    days,
    message_for,
    question_of,
    queue_of,
    sent_by_hand,
    today,
    what_was_seen,
)
from goodterms.ledger.rules.kinds import Vehicle
from goodterms.policy.queries.audiences import audience
from goodterms.policy.queries.decisions import Question
from goodterms.policy.rules import Reason
from goodterms.ties.actions import keep_note
from goodterms.ties.models import Note
from goodterms.ties.queries import notes_on, tie_with
from goodterms.ties.rules import reasons
from goodterms.updates.models import Update
from goodterms.updates.queries import list_updates
from goodterms.web.access.visit import HELPER, Visit, number_in, page

_NEWEST = 3
_A_PAGE = 50
_MORE = 10
"""How many more may be written to once the allowance is used up, each time that somebody asks for more."""


@page()
def desk(visit: Visit) -> HttpResponse:
    """Show what waits at the desk: the welcomes first, then the newest updates."""
    owner = visit.office.owner
    asked = Question(facts=facts_of(Update(kind="update")), vehicle=Vehicle.LINKEDIN, **_at(visit))
    waiting = []
    for update in list_updates(owner, kind=Update.Kind.UPDATE)[:_NEWEST]:
        found = audience(owner, question_of(update, **_at(visit)), served=served(owner, update))
        waiting.append((update, found.send))
    return visit.show(
        "desk/desk.html",
        welcomes=audience(owner, asked).hold.get(Reason.WELCOME_DUE, 0),
        waiting=waiting,
        today=today(owner, **_at(visit)),
        days=days(owner, now=visit.now),
        marked=what_was_seen(owner, list(sent_by_hand(owner)[:5])),
    )


@page()
def next_person(visit: Visit, number: int) -> HttpResponse:
    """Show who is next, with their message ready."""
    update, owner = _update(visit, number), visit.office.owner
    queue, day = queue_of(owner, update, **_at(visit)), today(owner, **_at(visit))
    more = visit.request.GET.get("more", "")
    is_over = not day.left and day.done >= (number_in(more) or 0)
    context: dict[str, Any] = {"update": update, "queue": queue, "day": day, "more": more, "more_to": day.done + _MORE}
    undo = _last(visit, update)
    if is_over or queue.first is None:
        return visit.show("desk/none.html", undo=undo, is_over=is_over, **context)
    person = visit.person(queue.first)
    tie = tie_with(owner, person.pk, now=visit.now)
    return visit.show(
        "desk/person.html",
        ready=message_for(_copies(visit, update), person, **_at(visit)),
        notes=notes_on(owner, person.pk)[:3],
        tie=tie,
        why=reasons(tie)[:2],
        undo=undo,
        **context,
    )


@page(HELPER, writes=True)
def sent(visit: Visit, number: int, person: int) -> HttpResponse:
    """Mark a person's message as sent, if they may still have it."""
    update = _update(visit, number)
    delivery = mark_sent(visit.office, _copies(visit, update), visit.person(person), visit.rulebook, now=visit.now)
    return _on(visit, update, done=delivery.pk)


@page(HELPER, writes=True)
def passed_over(visit: Visit, number: int, person: int) -> HttpResponse:
    """Pass a person over."""
    update = _update(visit, number)
    skip(visit.office.owner, update, visit.person(person), now=visit.now)
    return _on(visit, update)


@page(HELPER, writes=True)
def note(visit: Visit, number: int, person: int) -> HttpResponse:
    """Keep a note on a person."""
    update = _update(visit, number)
    keep_note(
        visit.office.owner,
        visit.person(person),
        visit.request.POST.get("text", ""),
        kind=Note.Kind.REMARK,
        now=visit.now,
    )
    return _on(visit, update)


@page(HELPER, writes=True)
def again(visit: Visit, number: int) -> HttpResponse:
    """Let everybody passed over come again."""
    update = _update(visit, number)
    look_again(visit.office.owner, update)
    return _on(visit, update)


@page(HELPER, writes=True)
def not_sent(visit: Visit, copy: int) -> HttpResponse:
    """Put right that something was marked as sent in error."""
    delivery = get_object_or_404(Delivery.objects.select_related("person", "update"), owner=visit.office.owner, pk=copy)
    update, name = delivery.update, str(delivery.person)
    mark_not_sent(visit.office.owner, delivery, now=visit.now)
    visit.say(f"{name} counts as not written to. The ledger keeps both, and the last word counts.")
    return redirect("desk-history") if "history" in visit.request.POST else _on(visit, update)


@page()
def history(visit: Visit) -> HttpResponse:
    """Show what was sent by hand, and what the newest archive shows of it."""
    owner = visit.office.owner
    found = Paginator(sent_by_hand(owner), _A_PAGE).get_page(visit.request.GET.get("page"))
    return visit.show("desk/history.html", found=found, marked=what_was_seen(owner, list(found)))


def _on(visit: Visit, update: Update, done: int | None = None) -> HttpResponse:
    more = visit.request.POST.get("more", "")
    values = [f"more={more}"] if number_in(more) else []
    values += [f"done={done}"] if done else []
    return redirect(reverse("desk-next", args=[update.pk]) + ("?" + "&".join(values) if values else ""))


def _last(visit: Visit, update: Update) -> Delivery | None:
    number = number_in(visit.request.GET.get("done", ""))
    if number is None:
        return None
    return sent_by_hand(visit.office.owner, update).filter(pk=number).first()


def _copies(visit: Visit, update: Update) -> Copies:
    return doors.copies_of(visit.office, update)


def _update(visit: Visit, number: int) -> Update:
    return get_object_or_404(Update.objects.select_related("owner"), owner=visit.office.owner, pk=number)


def _at(visit: Visit) -> dict[str, Any]:
    return {"rulebook": visit.rulebook, "now": visit.now}
