"""Was the forecast right? Past sendings forecast with what was known before each, beside what came of them.

Complaints are too rare in one network to judge a model by: exits and bounces tell more, and say so first.
"""

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from goodterms.forecast.model import Drawn
from goodterms.forecast.scores import Scores, Told, log_loss, scores_of


@dataclass(frozen=True, kw_only=True)
class Past:
    """One past forecast and what came of it."""

    drawn: Drawn
    observed: int
    share_seen: float = 1.0
    """The part of what happens that the owner hears of."""
    by_prior: Drawn | None = None
    """What the model would have said without the owner's own history."""


@dataclass(frozen=True, kw_only=True)
class Fit:
    """How well forecasts fitted."""

    sendings: int
    observed: int
    expected: float
    low: float
    high: float
    """The 95 % interval of observed over expected; without anything expected it is open."""
    coverage: float | None
    """The part of the sendings that fell into their 90 % interval; None: there were none."""
    scores: Scores | None
    """How good the chances were that anything came at all; None: there were no sendings."""
    prior_log_loss: float | None
    """What the same chances would have cost without the owner's own history."""


def fit_of(past: Sequence[Past], *, seed: int = 0) -> Fit:
    """Give how well forecasts fitted what came of them."""
    observed = sum(one.observed for one in past)
    expected = sum(one.drawn.expected * one.share_seen for one in past)
    low, high = poisson_interval(observed)
    inside = [0.05 <= place <= 0.95 for place in places_in(past, seed=seed)]
    return Fit(
        sendings=len(past),
        observed=observed,
        expected=expected,
        low=low / expected if expected else 0.0,
        high=high / expected if expected else math.inf,
        coverage=sum(inside) / len(inside) if inside else None,
        scores=scores_of([_told(one, one.drawn) for one in past]),
        prior_log_loss=log_loss([_told(one, one.by_prior or one.drawn) for one in past]) if past else None,
    )


def _told(one: Past, drawn: Drawn) -> Told:
    """Give the chance that the owner hears of anything at all, and whether they did."""
    return Told(1 - _at_most(drawn.totals * one.share_seen, 0), one.observed > 0)


def places_in(past: Iterable[Past], *, seed: int = 0) -> list[float]:
    """Give where in its forecast each observation fell, 0 to 1; even where forecasts are right (randomised PIT)."""
    dice = np.random.default_rng(seed)
    return [_place(one, float(dice.random())) for one in past]


def _place(one: Past, share: float) -> float:
    rates = one.drawn.totals * one.share_seen
    below = _at_most(rates, one.observed - 1)
    return below + share * (_at_most(rates, one.observed) - below)


def _at_most(rates: npt.NDArray[np.float64], count: int) -> float:
    """Give how likely at most so many are, over all draws of the rate."""
    term, total = np.exp(-rates), np.zeros_like(rates)
    for number in range(count + 1):
        total += term
        term = term * rates / (number + 1)
    return float(total.mean())


def poisson_interval(count: int, level: float = 0.95) -> tuple[float, float]:
    """Give the exact interval of the mean of which so many were seen (Garwood), by halving."""
    tail = (1 - level) / 2
    low = 0.0 if count == 0 else _mean_where(lambda mean: 1 - _chance_of_at_most(mean, count - 1) - tail)
    return low, _mean_where(lambda mean: tail - _chance_of_at_most(mean, count))


def _chance_of_at_most(mean: float, count: int) -> float:
    return _at_most(np.array([mean]), count)


def _mean_where(rising: Callable[[float], float]) -> float:
    low, high = 0.0, 10.0
    while rising(high) < 0 and high < 600:
        high *= 2
    for _ in range(60):
        middle = (low + high) / 2
        low, high = (middle, high) if rising(middle) < 0 else (low, middle)
    return (low + high) / 2
