"""Which strategy to take depends on the size of the network and on what its connections were told."""

import pytest

from goodterms.forecast.advice import DEFENCES, FIRST, Network, advise
from goodterms.policy.rulebook import strategies


def network(size: int, under_terms: int = 0, before_terms: int = 0) -> Network:
    return Network(size=size, under_terms=under_terms, before_terms=before_terms, opted_in=0)


@pytest.mark.parametrize(
    ("found", "strategy"),
    [
        (network(0), "connection_opt_in"),
        (network(1, before_terms=1), "prequalified_one_off"),
        (network(100, before_terms=100), "prequalified_one_off"),
        (network(1_000, before_terms=1_000), "opt_in_list"),
        (network(10_000, under_terms=2_000, before_terms=8_000), "connection_opt_in"),
    ],
)
def test_advice_fits_the_network(found: Network, strategy: str) -> None:
    assert advise(found)[0] == strategy


def test_advice_differs_for_a_hundred_a_thousand_and_ten_thousand() -> None:
    said = [advise(network(size, under_terms=size))[1] for size in (100, 1_000, 10_000)]
    assert len(set(said)) == 3


def test_those_connected_before_the_terms_are_told_apart() -> None:
    assert "8,000 of 10,000 (80%)" in " ".join(advise(network(10_000, 2_000, 8_000))[1])


def test_every_strategy_has_a_defence_and_a_first_step() -> None:
    assert set(DEFENCES) == set(FIRST) == set(strategies())
