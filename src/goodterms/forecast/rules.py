"""What follows from a forecast: how far it may go, what drives it, how many to keep back."""

from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from goodterms.forecast import priors
from goodterms.forecast.model import BASES, Drawn, People, Plan, Point, plan_factors
from goodterms.forecast.priors import Outcome
from goodterms.ledger.rules.bearing import Basis


class Gate(StrEnum):
    """How a forecast looks."""

    NONE = "none"
    """Nothing speaks against it."""
    WARN = "warn"
    """More than 0.1 % complaints are likelier than one in five, or more than 0.3 % likelier than one in twenty."""
    HOLD = "hold"
    """More than two are expected; or more than 0.3 % are likelier than one in twenty, and your own history says so."""


@dataclass(frozen=True, kw_only=True)
class Driver:
    """What moves the odds of a complaint, beside the middle of what is usual."""

    factor: str
    log_odds: float
    """On average over everybody; above 0: more complaints."""
    share: float
    """Of all that moves them, from 0 to 1."""


MOSTLY = 0.5
"""While more than this part rests on judgement, a forecast knows too little to call a rate too high."""
MOST_EXPECTED = 2.0
CAREFUL = 0.5
"""So many complaints may be expected of a careful part."""


def gate_of(complaints: Drawn) -> Gate:
    """Say how a forecast looks.

    Without a history nearly every rate may be over 0.3 %, for nothing is known: that warns, and what is expected
    decides. So a few can always be written to first, and what comes back teaches; many can't, unless knowingly.
    """
    is_known = complaints.prior_share <= MOSTLY
    if complaints.expected > MOST_EXPECTED or (is_known and complaints.over_high > 0.05):
        return Gate.HOLD
    return Gate.WARN if complaints.over_low > 0.2 or complaints.over_high > 0.05 else Gate.NONE


def drivers_of(people: People, plan: Plan) -> list[Driver]:
    """Give what moves the odds of a complaint, the strongest first; measured from connections under the terms."""
    if not len(people):
        return []
    middle = np.log(priors.COMPLAINT_MEANS[Basis.UNDER_TERMS])
    starts = np.log([priors.COMPLAINT_MEANS[basis] for basis in BASES])
    means = people.features.mean(axis=0)
    moves = {"basis": float((starts[people.basis] - middle).mean())}
    shifts = (priors.TIE, priors.SILENCE, priors.FREQUENCY)
    names = ("tie", "silence", "frequency")
    moves |= {name: shift.mean * float(mean) for name, shift, mean in zip(names, shifts, means, strict=True)}
    moves |= {name: shift.mean * amount for name, shift, amount in plan_factors(plan, len(people), Outcome.COMPLAINT)}
    total = sum(abs(move) for move in moves.values()) or 1.0
    found = [Driver(factor=name, log_odds=move, share=abs(move) / total) for name, move in moves.items() if move]
    return sorted(found, key=lambda driver: -driver.share)


def most_to_send(complaints: Drawn) -> Point | None:
    """Give the largest careful point of a curve: at most half a complaint, and hardly ever over 0.1 %.

    Where no point is, and that is mostly judgement, it is a first part of whom half a complaint is expected at most.
    """
    few = [point for point in complaints.curve if point.expected <= CAREFUL]
    careful = [point for point in few if point.over <= 0.05]
    first = few if complaints.prior_share > MOSTLY else []
    return max(careful or first, key=lambda point: point.send, default=None)
