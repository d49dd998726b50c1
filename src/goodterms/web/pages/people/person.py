"""One person's page."""

from dataclasses import dataclass, replace

from django.http import HttpResponse

from goodterms.evidence.timeline import timeline
from goodterms.ledger.queries.standings import bearings_of
from goodterms.ledger.rules.bearing import Exit
from goodterms.ledger.rules.kinds import Vehicle
from goodterms.ledger.rules.standing import Connection
from goodterms.lib.addresses import profile_url
from goodterms.people.models import Identity, Person
from goodterms.people.queries import group_of
from goodterms.policy.held import why_held
from goodterms.policy.queries.decisions import Question, decision_entries, decision_for
from goodterms.policy.rules import Reason, UpdateFacts, Verdict
from goodterms.policy.words import REASONS, VERDICTS
from goodterms.ties.queries import choice_on, notes_on, seeks_proposed, tie_with
from goodterms.ties.rules import reasons
from goodterms.web.access.visit import Visit, page
from goodterms.web.addresses import first_there
from goodterms.web.pages.people import words
from goodterms.web.pages.people.forms import ExitForm, NoteForm, TieForm

_MOST_EVENTS = 300
_BREAKING = {Exit.LEFT, Exit.COMPLAINED}


@dataclass(frozen=True, kw_only=True)
class Told:
    """What the rules say of a person by one vehicle."""

    vehicle: str
    verdict: str
    tone: str
    reason: str
    is_before_terms: bool
    entries: list[dict[str, object]]


@page()
def person(visit: Visit, number: int) -> HttpResponse:
    """Show all that is known of one person, and what can be done."""
    one = visit.person(number)
    owner = visit.office.owner
    found = bearings_of(owner.pk, [one.pk]).get(one.pk)
    told = _in_brief([_told(visit, one, vehicle) for vehicle in words.VEHICLES])
    tie, choice = tie_with(owner, one.pk, now=visit.now), choice_on(owner, one.pk)
    events = timeline(owner, one.pk)
    strength = "" if choice is None or choice.strength is None else str(choice.strength)
    return visit.show(
        "people/person.html",
        person=one,
        bearing=found,
        connection=words.CONNECTIONS[found.connection] if found else "nothing is on record",
        is_to_be_broken=found is not None and found.exit in _BREAKING and found.connection is Connection.CONNECTED,
        basis=words.BASES[found.basis] if found else "",
        is_out=found is not None and found.exit is not Exit.NONE,
        told=told,
        may_be_included=any(line.is_before_terms for line in told),
        held=why_held(owner, [one])[0],
        profile=profile_url(one.slug) if one.slug else "",
        proof_url=first_there("proof-person", number=one.pk),
        identities=Identity.objects.filter(owner=owner, person__in=group_of(one.pk)).order_by(
            "-is_current", "-seen_at"
        ),
        merged=list(Person.objects.filter(owner=owner, merged_into=one).order_by("id")),
        tie=tie,
        tie_reasons=reasons(tie),
        choice=choice,
        tie_form=TieForm(initial={"strength": strength, "every": choice.cadence_days if choice else None}),
        notes=list(notes_on(owner, one.pk)[:100]),
        seeks=seeks_proposed(owner, one.pk)[:5],
        note_form=NoteForm(auto_id="note_%s"),
        exit_form=ExitForm(initial={"way": ExitForm.Way.STOP}, auto_id="exit_%s"),
        events=events[:_MOST_EVENTS],
        more_events=max(0, len(events) - _MOST_EVENTS),
    )


def _in_brief(told: list[Told]) -> list[Told]:
    """Give one line where all vehicles share verdict and reason."""
    if len({(line.verdict, line.reason) for line in told}) > 1:
        return told
    return [replace(told[0], vehicle="any vehicle")]


def _told(visit: Visit, one: Person, vehicle: Vehicle) -> Told:
    question = Question(facts=UpdateFacts(), vehicle=vehicle, rulebook=visit.rulebook, now=visit.now)
    decision = decision_for(visit.office.owner, one.pk, question)
    verdict = VERDICTS[decision.verdict]
    return Told(
        vehicle=words.VEHICLES[vehicle],
        verdict=verdict if decision.verdict is not Verdict.SEND else "yes",
        tone=words.TONES[decision.verdict],
        reason=REASONS[decision.reason],
        is_before_terms=decision.reason is Reason.BEFORE_TERMS,
        entries=decision_entries(visit.office.owner, decision),
    )
