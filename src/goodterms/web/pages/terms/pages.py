"""The wordings by place and time, suggested ones, and what LinkedIn's profile says now."""

from dataclasses import dataclass

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse

from goodterms.accounts.models import Owner
from goodterms.terms.actions import put_in_force, take_away
from goodterms.terms.models import Wording
from goodterms.terms.profile import profile_seen
from goodterms.terms.queries import wordings
from goodterms.terms.rules import SUGGESTIONS, Place, Suggestion
from goodterms.web.access.visit import OWNER, Visit, page
from goodterms.web.pages.terms.forms import EndForm, WordingForm

_TITLES = {
    Place.PROFILE: ("On your profile", "Everybody can read it before they connect, so whoever connects has agreed."),
    Place.INVITATION: (
        "In invitations",
        "The note that you send, or answer with. Free accounts have five notes a month.",
    ),
    Place.WELCOME: ("In the welcome message", "It says it once more to each new connection, and lets them say no."),
    Place.UPDATE: ("At the foot of updates", "It says why somebody gets this, below each of your updates."),
}


@dataclass(frozen=True, kw_only=True)
class Section:
    """A place, what stood there, and what could."""

    place: Place
    title: str
    remark: str
    current: Wording | None
    earlier: list[Wording]
    suggestions: list[Suggestion]
    limit: int
    """How many characters LinkedIn takes there at most."""
    form: WordingForm


@page()
def terms(visit: Visit) -> HttpResponse:
    """Show the wordings."""
    return _show(visit)


@page(OWNER, writes=True)
def add(visit: Visit) -> HttpResponse:
    """Put a wording in force."""
    form = WordingForm(visit.request.POST)
    if not form.is_valid():
        return _show(visit, form)
    place = Place(form.cleaned_data["place"])
    since = form.cleaned_data["since"]
    put_in_force(visit.office.owner, place, form.cleaned_data["text"], from_at=since, until_at=None, now=visit.now)
    visit.say(
        f"These words stand {_TITLES[place][0][0].lower()}{_TITLES[place][0][1:]} since {since.day} {since:%B %Y}."
    )
    return redirect(f"{reverse('terms')}#{place}")


@page(OWNER, writes=True)
def end(visit: Visit, number: int) -> HttpResponse:
    """Record until when a wording stood."""
    wording = get_object_or_404(Wording, owner=visit.office.owner, pk=number)
    form = EndForm(visit.request.POST)
    if not form.is_valid():
        visit.warn("Say on which day it was taken away. Nothing was changed.")
    else:
        take_away(wording, until_at=form.cleaned_data["until"], now=visit.now)
        visit.say("It stands there no more; who connected meanwhile has agreed to it all the same.")
    return redirect(f"{reverse('terms')}#{wording.place}")


def _show(visit: Visit, faulty: WordingForm | None = None) -> HttpResponse:
    owner = visit.office.owner
    sections = [_section(owner, place, visit, faulty) for place in Place]
    status = 422 if faulty is not None else 200
    return visit.show(
        "terms/terms.html", status=status, sections=sections, seen=profile_seen(owner), end_form=EndForm()
    )


def _section(owner: Owner, place: Place, visit: Visit, faulty: WordingForm | None) -> Section:
    stood = [wording for wording in wordings(owner) if wording.place == place]
    now = [w for w in stood if w.from_at <= visit.now and (w.until_at is None or w.until_at > visit.now)]
    current = now[-1] if now else None
    suggestions = [suggestion for suggestion in SUGGESTIONS if suggestion.place is place]
    title, remark = _TITLES[place]
    is_faulty = faulty is not None and faulty.data.get("place") == place
    first = current.text if current else suggestions[0].text
    fresh = WordingForm(
        initial={"place": place, "text": first, "since": visit.now.date()}, prefix=None, auto_id=f"{place}_%s"
    )
    return Section(
        place=place,
        title=title,
        remark=remark,
        current=current,
        earlier=[wording for wording in reversed(stood) if wording != current],
        suggestions=suggestions,
        limit=min(suggestion.limit for suggestion in suggestions),
        form=faulty if is_faulty and faulty is not None else fresh,
    )
