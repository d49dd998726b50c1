"""The strategies side by side on the owner's own network: reach, risk, work, defence; and which to take."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from goodterms.accounts.models import Owner
from goodterms.forecast.advice import DEFENCES, FIRST, Network, advise
from goodterms.forecast.model import Plan, draw
from goodterms.forecast.priors import Outcome
from goodterms.forecast.queries import LONG_AGO, WATCHED, Moments, heard_by_person, history_of, people_of
from goodterms.ledger.queries.entries import moments_by_person
from goodterms.ledger.rules.bearing import Basis, Exit
from goodterms.ledger.rules.kinds import Vehicle
from goodterms.ledger.rules.standing import Connection
from goodterms.policy.queries.audiences import sendable_bases
from goodterms.policy.queries.decisions import Question
from goodterms.policy.queries.states import bearings
from goodterms.policy.rulebook import read_rulebook, strategies
from goodterms.policy.rules import UpdateFacts

_LIMITS = Path(__file__).with_name("limits.toml")
_VEHICLES = (Vehicle.EMAIL, Vehicle.LINKEDIN)
_OLD_CONNECTIONS = (Basis.BEFORE_TERMS, Basis.TWO_WAY)
_DRAWS = 1_000


@dataclass(frozen=True, kw_only=True)
class Way:
    """One strategy by one vehicle, over a year."""

    strategy: str
    vehicle: Vehicle
    reach: int
    complaints: tuple[float, float, float]
    exits: tuple[float, float, float]
    """Expected, and the 5 and 95 % points."""
    hours: float
    """Of hand work."""
    days_to_send: int
    """How many days one update takes within the vehicle's limit."""


@dataclass(frozen=True, kw_only=True)
class Comparison:
    """Every way, and which to take."""

    network: Network
    ways: tuple[Way, ...]
    recommended: str
    reasons: tuple[str, ...]
    defences: Mapping[str, str]
    first: Mapping[str, str]
    limits: Mapping[str, Any]


@cache
def limits() -> Mapping[str, Any]:
    """Give what each vehicle can carry, with source and date."""
    return tomllib.loads(_LIMITS.read_text(encoding="utf-8"))


def compare(owner: Owner, *, rulebook_path: str = "", a_year: int = 12, now: datetime) -> Comparison:
    """Compare the strategies for so many networking updates a year."""
    moments = moments_by_person(owner, WATCHED, since=now - LONG_AGO)
    network = network_of(owner)
    ways = tuple(
        _way(owner, strategy, vehicle, moments, rulebook_path=rulebook_path, a_year=a_year, now=now)
        for strategy in strategies()
        for vehicle in _VEHICLES
    )
    recommended, reasons = advise(network)
    return Comparison(
        network=network,
        ways=ways,
        recommended=recommended,
        reasons=reasons,
        defences=DEFENCES,
        first=FIRST,
        limits=limits(),
    )


def network_of(owner: Owner) -> Network:
    """Count the network by what matters for a strategy."""
    size = under = old = opted_in = 0
    for bearing, count in bearings(owner).items():
        if bearing.connection is Connection.CONNECTED and bearing.exit is Exit.NONE:
            size += count
            under += count * (bearing.basis is Basis.UNDER_TERMS)
            old += count * (bearing.basis in _OLD_CONNECTIONS)
            opted_in += count * (bearing.basis in {Basis.OPT_IN, Basis.CONFIRMED_OPT_IN})
    return Network(size=size, under_terms=under, before_terms=old, opted_in=opted_in)


def _way(
    owner: Owner, strategy: str, vehicle: Vehicle, moments: Moments, *, rulebook_path: str, a_year: int, now: datetime
) -> Way:
    rulebook = read_rulebook(rulebook_path, strategy)
    question = Question(facts=UpdateFacts(), vehicle=vehicle, rulebook=rulebook, now=now)
    bases = sendable_bases(owner, question)
    people, _ = people_of(owner, bases, moments, now=now)
    plan = Plan(vehicle=vehicle, reads="networking", is_rare=a_year < 12)
    history = history_of(bases, moments, heard_by_person(owner, rulebook), now=now)
    drawn = {
        outcome: draw(outcome, people, plan, history, draws=_DRAWS) for outcome in (Outcome.COMPLAINT, Outcome.EXIT)
    }
    limit = limits()[vehicle.value]
    minutes = limit["minutes_an_update"] + limit["minutes_a_copy"] * len(people)
    return Way(
        strategy=strategy,
        vehicle=vehicle,
        reach=len(people),
        complaints=_over_a_year(drawn[Outcome.COMPLAINT].totals, len(people), a_year),
        exits=_over_a_year(drawn[Outcome.EXIT].totals, len(people), a_year),
        hours=a_year * minutes / 60 if len(people) else 0.0,
        days_to_send=-(-len(people) // limit["a_day"]),
    )


def _over_a_year(totals: npt.NDArray[np.float64], count: int, a_year: int) -> tuple[float, float, float]:
    """Give the expected number, and the 5 and 95 % points; nobody counts twice, for whoever left gets no more."""
    gone = count * -np.expm1(-totals * a_year / count) if count else totals
    low, high = np.percentile(gone, [5, 95])
    return float(gone.mean()), float(low), float(high)
