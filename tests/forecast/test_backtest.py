"""Forecasts beside what came of them; and a simulator whose truth is known."""

import math

import numpy as np
import pytest

from goodterms.forecast import priors
from goodterms.forecast.backtest import Past, fit_of, places_in, poisson_interval
from goodterms.forecast.model import History, People, Seen, draw, prior_of
from goodterms.forecast.priors import Outcome
from tests.forecast.made import PLAN, people

USERS = 400


@pytest.mark.parametrize(
    ("count", "low", "high"), [(0, 0, 3.689), (1, 0.0253, 5.572), (10, 4.795, 18.39), (100, 81.36, 121.63)]
)
def test_the_interval_is_garwoods(count: int, low: float, high: float) -> None:
    assert poisson_interval(count) == pytest.approx((low, high), rel=0.002)


def test_without_sendings_nothing_is_claimed() -> None:
    fit = fit_of([])
    assert fit.coverage is None
    assert math.isinf(fit.high)


def _came(everybody: People, dice: np.random.Generator, *, shock: float = 0.0, heavy: bool = False) -> int:
    """Play one sending of exits in a world that is as the model says, or a little different."""
    beta = prior_of(priors.OTHER_MEANS[Outcome.EXIT], Seen())
    owner = dice.standard_t(4) * priors.OWNER_SD / math.sqrt(2) if heavy else dice.normal(0, priors.OWNER_SD)
    rate = np.clip(dice.beta(beta.a, beta.b), 1e-12, 1)
    text = dice.normal(0, priors.TEXT_SD) + (shock if dice.random() < 0.1 else 0.0)
    odds = np.log(rate / (1 - rate)) + owner + text
    odds += sum(
        shift.mean * amount + dice.normal(0, shift.sd) * amount
        for shift, amount in [(priors.EASY_EXIT, 1.0), (priors.SIZE, math.log(len(everybody) / 100))]
    )
    return int(dice.poisson(len(everybody) / (1 + math.exp(-odds))))


def _simulated(**world: float | bool) -> list[Past]:
    dice = np.random.default_rng(7)
    everybody = people(400)
    return [
        Past(
            drawn=draw(Outcome.EXIT, everybody, PLAN, History(), seed=number, draws=400),
            observed=_came(everybody, dice, **world),  # type: ignore[arg-type]
        )
        for number in range(USERS)
    ]


@pytest.mark.parametrize(
    "world", [{}, {"shock": 1.0}, {"heavy": True}], ids=["as the model says", "shocking topics", "owners differ more"]
)
def test_nine_of_ten_fall_into_their_interval(world: dict[str, float | bool]) -> None:
    fit = fit_of(_simulated(**world))
    assert fit.coverage is not None
    assert 0.85 <= fit.coverage <= 0.95


def test_where_the_model_is_right_places_are_even() -> None:
    places = np.array(places_in(_simulated()))
    assert abs(places.mean() - 0.5) < 0.05
    assert abs((places < 0.5).mean() - 0.5) < 0.07
