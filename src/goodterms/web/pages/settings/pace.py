"""How fast mail leaves by the owner's account: what is in force and why, another pace, limits of one's own."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect

from goodterms import doors
from goodterms.accounts.choices import Choice, is_fixed
from goodterms.accounts.mail import mail_addresses
from goodterms.delivery.own_pace import PaceTooFast, choose_pace, own_pace, pace_in_force, say_habits
from goodterms.delivery.paces import PaceFaulty, values_of
from goodterms.delivery.queries import audience_by_receiver
from goodterms.delivery.rules.pacing import UNLIMITED, Span
from goodterms.delivery.words import ORIGINS
from goodterms.web.access.visit import OWNER, Visit, page
from goodterms.web.pages.settings.pace_forms import HabitsForm, LimitsForm, PresetForm, written


@page(OWNER)
def pace(visit: Visit) -> HttpResponse:
    """Show the pace of the account that sends, why it is this one, and what else may be chosen."""
    return _show(visit)


@page(OWNER)
def ends(visit: Visit) -> HttpResponse:
    """Say when the last copy of an update that is begun now would leave."""
    pacer = doors.pacer_for(visit.office, doors.way_of(visit.office))
    waiting = audience_by_receiver(visit.office.owner, visit.rulebook, now=visit.now)
    ends_at = pacer.ends_at(waiting, now=visit.now) if waiting else None
    return visit.show(
        "settings/pace_ends.html" if visit.is_fragment else "settings/pace_ends_page.html",
        total=waiting.total(),
        ends_at=ends_at,
        is_at_once=ends_at is not None and ends_at <= visit.now,
        days=(ends_at - visit.now).days if ends_at else 0,
        left=pacer.left(Span.DAY, now=visit.now),
    )


@page(OWNER, writes=True)
def take(visit: Visit) -> HttpResponse:
    """Take one of the paces that come with Goodterms."""
    form = PresetForm(visit.request.POST)
    if not form.is_valid():
        return _show(visit, status=422)
    return _choose(visit, {"like": form.cleaned_data["like"]}, "settings-pace-take")


@page(OWNER, writes=True)
def limits(visit: Visit) -> HttpResponse:
    """Keep limits of one's own."""
    form = LimitsForm(visit.request.POST)
    if not form.is_valid():
        return _show(visit, status=422, limits=form)
    found = pace_in_force(visit.office.owner, doors.way_of(visit.office))
    return _choose(visit, values_of(found.whole) | form.values(), "settings-pace-limits", limits=form)


@page(OWNER, writes=True)
def habits(visit: Visit) -> HttpResponse:
    """Keep what the owner sends by hand, and their time zone."""
    form = HabitsForm(visit.request.POST)
    if not form.is_valid():
        return _show(visit, status=422, habits=form)
    say_habits(visit.office.owner, **form.cleaned_data, now=visit.now)
    visit.say("Kept. It counts from the next copy on.")
    return redirect("settings-pace")


@page(OWNER, writes=True)
def reset(visit: Visit) -> HttpResponse:
    """Go back to the pace that is recognised."""
    choose_pace(visit.office.owner, {}, doors.way_of(visit.office), now=visit.now)
    visit.say("Back to the pace that fits your server.")
    return redirect("settings-pace")


def _choose(visit: Visit, values: dict[str, Any], address: str, **shown: Any) -> HttpResponse:
    """Keep a pace; one that goes over what the provider publishes is asked for once more first."""
    is_knowing, way = visit.request.POST.get("knowing") == "yes", doors.way_of(visit.office)
    try:
        choose_pace(visit.office.owner, values, way, is_knowing=is_knowing, now=visit.now)
    except PaceTooFast as fault:
        posted = [(name, value) for name, value in visit.request.POST.items() if name != "csrfmiddlewaretoken"]
        return _show(visit, status=422, too_fast=str(fault), address=address, posted=posted, **shown)
    except PaceFaulty as fault:
        return _show(visit, status=422, fault=str(fault), **shown)
    visit.say("Kept. The next copies leave at this pace.")
    return redirect("settings-pace")


def _show(visit: Visit, *, status: int = 200, **shown: Any) -> HttpResponse:
    if not mail_addresses(visit.office).can_send:
        return visit.show("settings/pace.html", found=None)
    owner, way = visit.office.owner, doors.way_of(visit.office)
    found, own = pace_in_force(owner, way), own_pace(owner)
    name = found.pace.name.rpartition("like ")[2]
    habits = {"by_hand_a_day": own.by_hand_a_day, "zone": own.zone}
    forms = {
        "preset": PresetForm(initial={"like": name}),
        "limits": LimitsForm(initial=written(found.whole)),
        "habits": HabitsForm(initial=habits),
    }
    return visit.show(
        "settings/pace.html",
        status=status,
        found=found,
        way=way,
        why=ORIGINS[found.origin],
        is_unlimited=found.pace.name == UNLIMITED.name,
        is_fixed=is_fixed(Choice.PACE),
        zone=own.zone.replace("_", " ") or f"{visit.now.astimezone(doors.local_zone()):%Z}",
        **(forms | shown),
    )
