"""Forecasts beside what came of them; and a simulator whose truth is known."""

import math
from functools import cache

import numpy as np
import pytest

from goodterms.forecast import priors
from goodterms.forecast.backtest import Past, fit_of, places_in, poisson_interval
from goodterms.forecast.model import History, People, Seen, draw, prior_of
from goodterms.forecast.priors import Outcome
from goodterms.forecast.scores import Told, scores_of
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


def _came(
    everybody: People, dice: np.random.Generator, *, shock: float = 0.0, heavy: bool = False, heard: float = 1.0
) -> int:
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
    return int(dice.poisson(heard * len(everybody) / (1 + math.exp(-odds))))


@cache
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


@pytest.mark.parametrize(
    "world", [{}, {"shock": 1.0}, {"heavy": True}], ids=["as the model says", "shocking topics", "owners differ more"]
)
def test_the_model_costs_no_more_than_judgement_and_knows_its_chances(world: dict[str, float | bool]) -> None:
    fit = fit_of(_simulated(**world))
    assert fit.scores is not None
    assert fit.prior_log_loss is not None
    assert fit.scores.log_loss <= fit.prior_log_loss * 1.01
    assert fit.scores.log_loss <= fit.scores.base_log_loss * 1.03
    assert fit.scores.z is not None
    assert abs(fit.scores.z) < 3 if world else abs(fit.scores.z) < 1.96
    assert len(fit.scores.bins) == 5


def test_where_the_model_is_right_as_many_come_as_expected() -> None:
    fit = fit_of(_simulated())
    # Counts scatter more than Poisson's law says, for owners and texts differ: so the mean is tried, not the sum.
    observed = [one.observed for one in _simulated()]
    error = np.std(observed) / math.sqrt(len(observed))
    assert abs(fit.observed - fit.expected) / USERS < 2 * error


def test_where_the_owner_hears_of_half_of_what_the_model_takes_for_heard_the_test_says_so() -> None:
    """The share heard is wrong: the back-test must not pass, or it would prove nothing."""
    right, deaf = fit_of(_simulated()), fit_of(_simulated(heard=0.5))
    assert deaf.high < 1
    assert deaf.observed / deaf.expected < 0.7 * right.observed / right.expected
    assert deaf.scores is not None
    assert abs(deaf.scores.z or 0) > 1.96 or deaf.scores.log_loss > deaf.scores.base_log_loss


def test_history_takes_part_of_the_error_away_where_the_owner_is_unusual() -> None:
    """An owner whose people leave four times as often: with each sending the forecast comes nearer."""
    everybody = people(400)
    dice = np.random.default_rng(3)
    past, hits = [], 0.0
    for number in range(12):
        history = History(exits=Seen(400.0 * number, hits))
        observed = int(dice.poisson(400 * 4 * priors.OTHER_MEANS[Outcome.EXIT]))
        drawn = draw(Outcome.EXIT, everybody, PLAN, history, seed=number, draws=400)
        by_prior = draw(Outcome.EXIT, everybody, PLAN, History(), seed=number, draws=400)
        past.append(Past(drawn=drawn, observed=observed, by_prior=by_prior))
        hits += observed
    fit = fit_of(past)
    assert fit.scores is not None
    assert fit.prior_log_loss is not None
    assert fit.scores.log_loss < fit.prior_log_loss


@pytest.mark.parametrize(
    ("told", "brier", "loss", "z"),
    [
        ([(0.5, True), (0.5, False)], 0.25, math.log(2), None),
        ([(1.0, True), (0.0, False)], 0.0, 0.0, None),
        ([(0.1, False), (0.2, True)], 0.325, 0.8574, 1.1785),
    ],
)
def test_scores_by_hand(told: list[tuple[float, bool]], brier: float, loss: float, z: float | None) -> None:
    found = scores_of([Told(chance, came) for chance, came in told])
    assert found is not None
    assert found.brier == pytest.approx(brier)
    assert found.log_loss == pytest.approx(loss, abs=1e-4)
    assert found.z == (None if z is None else pytest.approx(z, abs=1e-3))


def test_of_nothing_there_are_no_scores() -> None:
    assert scores_of([]) is None


def test_where_the_model_is_right_places_are_even() -> None:
    places = np.array(places_in(_simulated()))
    assert abs(places.mean() - 0.5) < 0.05
    assert abs((places < 0.5).mean() - 0.5) < 0.07
