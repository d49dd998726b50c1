"""The list of updates, and one update: what it is for, whom it may go to, what it is likely to bring."""

from copy import copy
from dataclasses import dataclass
from importlib import import_module
from typing import Any

from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect

from goodterms.accounts.mail import list_server_address, mail_addresses
from goodterms.delivery.queries import counts_by_update, facts_of, served, texts_sent_before
from goodterms.ledger.rules.kinds import Vehicle
from goodterms.policy.queries.audiences import Audience, audience
from goodterms.policy.queries.decisions import Question
from goodterms.policy.rules import Reason, Verdict
from goodterms.policy.words import REASONS
from goodterms.review.actions import explain
from goodterms.review.queries import explanation_of, review_of
from goodterms.review.rules import Reads
from goodterms.terms.queries import text_in_force
from goodterms.terms.rules import Place
from goodterms.updates.actions import add_welcome
from goodterms.updates.models import Draft, Update
from goodterms.updates.queries import list_drafts, list_updates
from goodterms.web.access.visit import OWNER, Visit, number_in, page
from goodterms.web.jobs import JOBS, Job
from goodterms.web.pages.updates.sending import sending_of
from goodterms.web.pages.updates.writing import findings_shown, preview_of, somebody

_A_PAGE = 25
_WELCOME = Reason.WELCOME_DUE
_VEHICLES = (Vehicle.EMAIL, Vehicle.LINKEDIN)


@dataclass(frozen=True, kw_only=True)
class Counted:
    """One line of an audience."""

    verdict: Verdict
    reason: Reason | None
    count: int
    why: str


@page()
def updates(visit: Visit) -> HttpResponse:
    """List the drafts and the updates, and say how many wait for the welcome message."""
    owner = visit.office.owner
    found = Paginator(list_updates(owner), _A_PAGE).get_page(visit.request.GET.get("page"))
    counts = counts_by_update(owner, [update.pk for update in found])
    discarded = number_in(visit.request.GET.get("discarded", ""))
    asked = Question(facts=facts_of(Update(kind="update")), vehicle=Vehicle.LINKEDIN, **_at(visit))
    return visit.show(
        "updates/updates.html",
        drafts=list_drafts(owner)[:50],
        found=found,
        listed=[(update, counts.get(update.pk, {})) for update in found],
        discarded=Draft.objects.filter(owner=owner, pk=discarded).first() if discarded else None,
        welcomes=audience(owner, asked).hold.get(_WELCOME, 0),
    )


@page(OWNER, writes=True)
def welcome(visit: Visit) -> HttpResponse:
    """Open the welcome message as it stands now, to be sent by e-mail or by hand."""
    made = welcome_update(visit)
    return redirect("desk-next" if "by_hand" in visit.request.POST else "updates-update", made.pk)


def welcome_update(visit: Visit) -> Update:
    """Give the welcome message made from the wording in force."""
    owner = visit.office.owner
    text, terms = (text_in_force(owner, place, visit.now) for place in (Place.WELCOME, Place.UPDATE))
    return add_welcome(owner, text, terms=terms, now=visit.now)


@page()
def update(visit: Visit, number: int) -> HttpResponse:
    """Show one update."""
    one = the_update(visit, number)
    owner = visit.office.owner
    found = review_of(one, earlier=texts_sent_before(owner, one))
    audiences = {vehicle: count(visit, one, vehicle) for vehicle in _vehicles(visit, one)}
    person = visit.person_given(visit.request.GET.get("as", ""))
    if person is None:
        person = somebody(visit, question(visit, one, Vehicle.LINKEDIN), served=served(owner, one))
    return visit.show(
        "updates/update.html",
        update=one,
        review=found,
        **findings_shown(one, found.findings),
        is_mixed=found.needs_explanation and found.purpose.reads is Reads.MIXED,
        explanation=explanation_of(owner, one),
        audiences=[(vehicle, counted.send, lines(counted)) for vehicle, counted in audiences.items()],
        sends_by=mail_addresses(visit.office).leaves_by,
        by_hand=visit.rulebook.by_hand,
        sending=sending_of(visit, one),
        posting=copy(posting_of(visit, number)),
        may_email=audiences[Vehicle.EMAIL].send,
        **preview_of(visit, one, person),
    )


@page(OWNER, writes=True)
def explain_it(visit: Visit, number: int) -> HttpResponse:
    """Keep in the ledger why an update that reads mixed is networking."""
    explain(visit.office.owner, the_update(visit, number), visit.request.POST.get("text", ""), now=visit.now)
    visit.say("Kept in the ledger.")
    return redirect("updates-update", number)


@page()
def forecast_it(visit: Visit, number: int, vehicle: str) -> HttpResponse:
    """Show what sending is likely to bring; it is drawn beside the pages, for it takes a while with many people."""
    one = the_update(visit, number)
    if vehicle not in set(Vehicle):
        raise Http404
    job = _forecast_job(visit, one, Vehicle(vehicle))
    template = "updates/forecast.html" if visit.is_fragment else "updates/forecast_page.html"
    drawn, picture = job.result or (None, None)
    accepted: Any = import_module("goodterms.forecast.queries").acceptance_of if drawn else lambda *_: None
    return visit.show(
        template,
        update=one,
        vehicle=vehicle,
        job=job,
        forecast=drawn,
        chart=picture,
        accepted=accepted(visit.office.owner, one),
    )


@page(OWNER, writes=True)
def accept_it(visit: Visit, number: int, vehicle: str) -> HttpResponse:
    """Keep in the ledger why an update goes to everybody although its forecast holds it."""
    one = the_update(visit, number)
    if vehicle not in set(Vehicle):
        raise Http404
    owner, found = visit.office.owner, _forecast(visit, one, Vehicle(vehicle))
    accept: Any = import_module("goodterms.forecast.actions").accept_forecast
    accept(owner, one, found, visit.request.POST.get("text", ""), now=visit.now)
    visit.say("Kept in the ledger. It may go to all of them now.")
    return redirect("updates-update", number)


def the_update(visit: Visit, number: int) -> Update:
    """Give one of the owner's updates; 404 for anybody else's."""
    return get_object_or_404(Update.objects.select_related("owner"), owner=visit.office.owner, pk=number)


def posting_of(visit: Visit, number: int) -> Job | None:
    """Give the newest posting of an update to the list in this process; None where there was none."""
    return JOBS.latest(visit.office.owner.pk, f"post {number}")


def question(visit: Visit, one: Update, vehicle: Vehicle) -> Question:
    """Give what is asked of the rules about everybody."""
    return Question(facts=facts_of(one), vehicle=vehicle, **_at(visit))


def count(visit: Visit, one: Update, vehicle: Vehicle) -> Audience:
    """Count whom an update may go to by a vehicle."""
    owner = visit.office.owner
    return audience(owner, question(visit, one, vehicle), served=served(owner, one))


def lines(counted: Audience) -> list[Counted]:
    """Give those of an audience who do not get it, the most first within hold and refuse."""
    parts = ((Verdict.HOLD, counted.hold), (Verdict.REFUSE, counted.refuse))
    return [
        Counted(verdict=verdict, reason=reason, count=number, why=REASONS[reason])
        for verdict, part in parts
        for reason, number in sorted(part.items(), key=lambda one: -one[1])
    ]


def _vehicles(visit: Visit, one: Update) -> tuple[Vehicle, ...]:
    """Give the vehicles that an update may travel by; a list where one is set, which welcomes nobody."""
    has_list = one.kind == Update.Kind.UPDATE and bool(list_server_address(visit.office))
    return (*_VEHICLES, Vehicle.LIST) if has_list else _VEHICLES


def _at(visit: Visit) -> dict[str, Any]:
    return {"rulebook": visit.rulebook, "now": visit.now}


def _forecast(visit: Visit, one: Update, vehicle: Vehicle) -> Any:
    # NumPy and the charts take a second to load, and most pages do without them.
    drawn: Any = import_module("goodterms.forecast.queries").forecast
    return drawn(visit.office.owner, one, vehicle, rulebook=visit.rulebook, now=visit.now)


def _forecast_job(visit: Visit, one: Update, vehicle: Vehicle) -> Job:
    """Give the drawing of a forecast: the one of the last minutes, or a new one."""
    owner, now = visit.office.owner, visit.now
    copies = sum(counts_by_update(owner, [one.pk]).get(one.pk, {}).values())
    key = f"forecast {one.pk} {vehicle} {copies} {now:%Y-%m-%d %H}"

    def work(_job: Job) -> Any:
        drawn = _forecast(visit, one, vehicle)
        curve = next(iter(drawn.outcomes.values())).curve if drawn.people else ()
        charts = import_module("goodterms.web.pages.updates.charts")
        return drawn, charts.curve_chart(f"curve-{vehicle}", curve, drawn.careful) if curve else None

    return JOBS.latest(owner.pk, key) or JOBS.start(owner.pk, "Forecast", work, key=key)
