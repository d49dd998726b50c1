"""What is done about one person from their page."""

from django.forms import Form
from django.http import HttpResponse
from django.shortcuts import redirect

from goodterms.exits.actions.take import take_exit
from goodterms.ledger.rules.facts import Scope
from goodterms.ledger.rules.kinds import Actor, Kind, Vehicle
from goodterms.sync.actions.joining import confirm_gone, hold, release
from goodterms.ties.actions import choose_cadence, choose_strength, keep_note
from goodterms.ties.models import Note
from goodterms.web.access.visit import HELPER, OWNER, Visit, page
from goodterms.web.pages.people.forms import ExitForm, NoteForm, TieForm


def _back(number: int) -> HttpResponse:
    return redirect("people-person", number=number)


def _refuse(visit: Visit, form: Form, number: int) -> HttpResponse:
    faults = " ".join(str(fault) for faults in form.errors.values() for fault in faults)
    visit.warn(f"{faults} Nothing was changed.")
    return _back(number)


@page(HELPER, writes=True)
def note(visit: Visit, number: int) -> HttpResponse:
    """Keep a note."""
    one, form = visit.person(number), NoteForm(visit.request.POST)
    if not form.is_valid():
        return _refuse(visit, form, one.pk)
    kind = Note.Kind(form.cleaned_data["kind"])
    keep_note(visit.office.owner, one, form.cleaned_data["text"], kind=kind, now=visit.now)
    return _back(one.pk)


@page(HELPER, writes=True)
def tie(visit: Visit, number: int) -> HttpResponse:
    """Keep what the owner says of a tie, and how often they want a word."""
    one, form = visit.person(number), TieForm(visit.request.POST)
    if not form.is_valid():
        return _refuse(visit, form, one.pk)
    strength = form.cleaned_data["strength"]
    choose_strength(visit.office.owner, one, float(strength) if strength else None, now=visit.now)
    choose_cadence(visit.office.owner, one, form.cleaned_data["every"], now=visit.now)
    visit.say("Noted.")
    return _back(one.pk)


@page(HELPER, writes=True)
def exit_(visit: Visit, number: int) -> HttpResponse:
    """Record a way out that the person told the owner."""
    one, form = visit.person(number), ExitForm(visit.request.POST)
    if not form.is_valid():
        return _refuse(visit, form, one.pk)
    kind, only, heard = Kind(form.cleaned_data["way"]), form.cleaned_data["only"], form.cleaned_data["heard"]
    scope = Scope(vehicles=frozenset({Vehicle(only)} if only and kind is Kind.STOPPED else ()))
    detail = {"heard": heard} if heard else {}
    take_exit(visit.office, one, kind, at=visit.now, now=visit.now, actor=Actor.OWNER, scope=scope, detail=detail)
    if kind is Kind.LEFT:
        visit.say(f"{one} gets nothing any more. Now break the connection on LinkedIn; the next archive will show it.")
    else:
        visit.say(f"{one} gets no updates any more{' by ' + only if scope.vehicles else ''}.")
    return _back(one.pk)


@page(HELPER, writes=True)
def hold_(visit: Visit, number: int) -> HttpResponse:
    """Hold a person."""
    one = visit.person(number)
    hold(visit.office, one, note=visit.request.POST.get("note", "")[:500], now=visit.now)
    visit.say(f"{one} is held: nothing goes to them until you release them.")
    return _back(one.pk)


@page(OWNER, writes=True)
def release_(visit: Visit, number: int) -> HttpResponse:
    """Lift every hold, or (`include`) write to somebody knowingly who connected before the terms."""
    one, include = visit.person(number), "include" in visit.request.POST
    release(visit.office, [one], include=include, now=visit.now)
    visit.say(f"{one} is {'included: updates may go to them' if include else 'no longer held'}.")
    return _back(one.pk)


@page(OWNER, writes=True)
def gone(visit: Visit, number: int) -> HttpResponse:
    """Record the owner's word that the connection is gone."""
    one = visit.person(number)
    confirm_gone(visit.office, one, now=visit.now)
    visit.say(f"The connection to {one} is gone.")
    return _back(one.pk)
