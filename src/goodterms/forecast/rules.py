"""What follows from a forecast: how far it may go, what drives it, how many to keep back."""

from collections.abc import Sequence
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
    """More than 0.1 % complaints are likelier than one in five."""
    HOLD = "hold"
    """More than 0.3 % are likelier than one in twenty, or more than two are expected."""


@dataclass(frozen=True, kw_only=True)
class Driver:
    """What moves the odds of a complaint, beside the middle of what is usual."""

    factor: str
    log_odds: float
    """On average over everybody; above 0: more complaints."""
    share: float
    """Of all that moves them, from 0 to 1."""


def gate_of(complaints: Drawn) -> Gate:
    """Say how a forecast looks."""
    if complaints.over_high > 0.05 or complaints.expected > 2:
        return Gate.HOLD
    return Gate.WARN if complaints.over_low > 0.2 else Gate.NONE


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


def most_to_send(curve: Sequence[Point]) -> Point | None:
    """Give the largest point of a curve that is careful: at most half a complaint, hardly ever over 0.1 %."""
    careful = [point for point in curve if point.over <= 0.05 and point.expected <= 0.5]
    return max(careful, key=lambda point: point.send, default=None)
