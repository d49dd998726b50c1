"""Odds drawn many times and added up."""

from dataclasses import replace

import numpy as np
import pytest

from goodterms.forecast.model import NOBODY, History, Plan, Seen, draw, prior_of
from goodterms.forecast.priors import COMPLAINT_MEANS, Outcome
from goodterms.forecast.rules import Gate, drivers_of, gate_of, most_to_send
from goodterms.ledger.rules.bearing import Basis
from goodterms.ledger.rules.kinds import Vehicle
from tests.forecast.made import PLAN, joined, people

NOTHING = History()


def expected(count: int = 500, plan: Plan = PLAN, **kind: float | Basis) -> float:
    return draw(Outcome.COMPLAINT, people(count, **kind), plan, NOTHING, draws=1_000).expected  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("seen", "mean"),
    [(Seen(), 0.002), (Seen(500, 0), 0.00082), (Seen(500, 1), 0.0020), (Seen(500, 0, 0.0), 0.002)],
)
def test_history_moves_a_rate_as_far_as_it_can_be_observed(seen: Seen, mean: float) -> None:
    assert prior_of(COMPLAINT_MEANS[Basis.BEFORE_TERMS], seen).mean == pytest.approx(mean, rel=0.02)


def test_more_complaints_than_could_be_observed_are_no_contradiction() -> None:
    assert 0 < prior_of(0.001, Seen(10, 5, 0.03)).mean < 1


def test_the_same_seed_gives_the_same_answer() -> None:
    one, two = (draw(Outcome.COMPLAINT, people(50), PLAN, NOTHING, seed=3, draws=500) for _ in range(2))
    assert (one.expected, one.curve) == (two.expected, two.curve)


def test_of_nobody_nothing_is_expected() -> None:
    for outcome in Outcome:
        assert draw(outcome, people(0), PLAN, NOTHING) is NOBODY
    assert gate_of(NOBODY) is Gate.NONE
    assert drivers_of(people(0), PLAN) == []
    assert most_to_send(NOBODY) is None


@pytest.mark.parametrize("outcome", list(Outcome))
def test_one_person_gets_a_sensible_answer(outcome: Outcome) -> None:
    drawn = draw(outcome, people(1), PLAN, NOTHING, draws=1_000)
    assert 0 < drawn.expected < 0.2
    assert 0 <= drawn.any < 0.2
    assert drawn.prior_share == 1


def test_what_ought_to_raise_complaints_does() -> None:
    usual = expected()
    assert expected(tie=1.0) < usual < expected(tie=0.0)
    assert expected(silence=48.0) > usual
    assert expected(basis=Basis.BEFORE_TERMS) > usual > expected(basis=Basis.CONFIRMED_OPT_IN)
    assert expected(plan=replace(PLAN, reads="commercial")) > expected(plan=replace(PLAN, reads="mixed")) > usual
    assert expected(plan=replace(PLAN, spamminess=2)) > usual
    assert expected(plan=replace(PLAN, vehicle=Vehicle.LIST)) > usual


def test_rare_updates_bring_more_exits() -> None:
    rare = draw(Outcome.EXIT, people(500), replace(PLAN, is_rare=True), NOTHING).expected
    assert rare > draw(Outcome.EXIT, people(500), PLAN, NOTHING).expected


def test_old_addresses_bounce() -> None:
    old = replace(people(100), proven=np.full(100, 24, dtype=np.float32))
    assert draw(Outcome.BOUNCE, old, PLAN, NOTHING).expected > 35


def test_the_interval_holds_the_middle_and_is_wide() -> None:
    drawn = draw(Outcome.EXIT, people(2_000), PLAN, NOTHING)
    assert drawn.low <= drawn.middle <= drawn.high
    assert drawn.high > 2 * drawn.middle


def test_the_curve_sends_to_the_safest_first() -> None:
    safe, risky = people(60, basis=Basis.CONFIRMED_OPT_IN, tie=0.9), people(40, basis=Basis.BEFORE_TERMS, tie=0.0)
    drawn = draw(Outcome.COMPLAINT, joined(risky, safe), PLAN, NOTHING, draws=1_000)
    assert set(drawn.order[:60]) == set(range(40, 100))
    assert [point.send + point.keep for point in drawn.curve] == [100] * len(drawn.curve)
    assert [point.expected for point in drawn.curve] == sorted(point.expected for point in drawn.curve)
    assert drawn.curve[-1].expected == pytest.approx(drawn.expected)
    assert drawn.curve[-1].any == pytest.approx(drawn.any)


def test_a_careful_part_is_smaller_than_a_careless_whole() -> None:
    drawn = draw(
        Outcome.COMPLAINT, joined(people(500, basis=Basis.CONFIRMED_OPT_IN, tie=0.9), people(500)), PLAN, NOTHING
    )
    careful = most_to_send(drawn)
    assert careful is None or careful.send < 1_000


def test_many_old_connections_are_held() -> None:
    drawn = draw(Outcome.COMPLAINT, people(3_000, basis=Basis.BEFORE_TERMS, tie=0.1), PLAN, NOTHING, draws=1_000)
    assert gate_of(drawn) is Gate.HOLD


def test_drivers_are_shares_of_all_that_moves_the_odds() -> None:
    found = drivers_of(people(300, basis=Basis.BEFORE_TERMS, tie=0.1), replace(PLAN, reads="mixed"))
    assert sum(driver.share for driver in found) == pytest.approx(1)
    assert [driver.share for driver in found] == sorted((driver.share for driver in found), reverse=True)
    assert {"basis", "tie", "purpose", "easy_exit"} <= {driver.factor for driver in found}


def test_own_history_takes_over_from_judgement() -> None:
    history = History(complaints={Basis.UNDER_TERMS: Seen(20_000, 1)})
    drawn = draw(Outcome.COMPLAINT, people(500), PLAN, history, draws=1_000)
    assert drawn.prior_share < 0.1
    assert drawn.expected < draw(Outcome.COMPLAINT, people(500), PLAN, NOTHING, draws=1_000).expected
