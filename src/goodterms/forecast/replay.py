"""Forecasting the owner's own past sendings, each with what was known before it."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from goodterms.accounts.models import Owner
from goodterms.delivery.queries import who_has
from goodterms.forecast.backtest import Fit, Past, fit_of
from goodterms.forecast.model import History, draw
from goodterms.forecast.priors import Outcome
from goodterms.forecast.queries import LONG_AGO, WATCHED, Moments, heard_by_person, history_of, people_of, plan_of
from goodterms.ledger.queries.entries import moments_by_person
from goodterms.ledger.rules.bearing import Basis
from goodterms.ledger.rules.kinds import Kind, Vehicle
from goodterms.policy.queries.audiences import sendable_bases
from goodterms.policy.queries.decisions import Question
from goodterms.policy.rules import Rulebook, UpdateFacts
from goodterms.updates.models import Update
from goodterms.updates.queries import list_updates

_AFTER = timedelta(days=30)
"""What comes within so long after a sending is counted to it."""
_COMES_AS: Mapping[Outcome, frozenset[Kind]] = {
    Outcome.EXIT: frozenset({Kind.STOPPED, Kind.LEFT}),
    Outcome.BOUNCE: frozenset({Kind.ADDRESS_BOUNCED}),
    Outcome.COMPLAINT: frozenset({Kind.COMPLAINED}),
}
_DRAWS = 1_000


def replay(owner: Owner, *, rulebook: Rulebook, now: datetime) -> dict[str, Fit]:
    """Give how well the model fitted past sendings, exits first; ties and bases are taken as they are now."""
    moments = moments_by_person(owner, WATCHED, since=now - LONG_AGO)
    question = Question(facts=UpdateFacts(), vehicle=Vehicle.EMAIL, rulebook=rulebook, now=now)
    bases = sendable_bases(owner, question)
    heard = heard_by_person(owner, rulebook)
    past: dict[Outcome, list[Past]] = {outcome: [] for outcome in _COMES_AS}
    for update in reversed(list_updates(owner, kind=Update.Kind.UPDATE)):
        _replay_one(owner, update, bases, moments, heard, past)
    return {outcome.value: fit_of(found) for outcome, found in past.items()}


def _replay_one(  # noqa: PLR0917 -- what is read once for all of them
    owner: Owner,
    update: Update,
    bases: Mapping[int, Basis],
    moments: Moments,
    heard: Mapping[int, float],
    past: dict[Outcome, list[Past]],
) -> None:
    copies = who_has(owner, update).filter(vehicle=Vehicle.EMAIL).values_list("person_id", "finished_at")
    reached = {person: at for person, at in copies if at is not None}
    if not reached:
        return
    began = min(reached.values())
    before = [moment for moment in moments if moment[2] < began]
    theirs = {person: bases.get(person, Basis.UNDER_TERMS) for person in reached}
    people, _ = people_of(owner, theirs, before, now=began)
    plan = plan_of(update, Vehicle.EMAIL, before, now=began)
    history = history_of(theirs, before, heard, now=began)
    for outcome, kinds in _COMES_AS.items():
        came = {p for p, kind, at in moments if kind in kinds and p in reached and began <= at < began + _AFTER}
        drawn = draw(outcome, people, plan, history, draws=_DRAWS)
        seen = sum(heard[one] for one in reached) / len(reached) if outcome is Outcome.COMPLAINT else 1.0
        by_prior = draw(outcome, people, plan, History(), draws=_DRAWS)
        past[outcome].append(Past(drawn=drawn, observed=len(came), share_seen=seen, by_prior=by_prior))
