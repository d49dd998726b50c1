"""Boosted trees learn what traits say together, the same each time."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from goodterms.lib.trees import Pace, Trees, learn_trees

PACE = Pace(trees=20, depth=2, step=0.5, ridge=1.0)


def one_without_the_other(count: int) -> tuple[np.ndarray, np.ndarray]:
    """Give examples that are true where the first trait is high and the second low; a third one says nothing."""
    dice = np.random.default_rng(4)
    traits = dice.uniform(-1, 1, (count, 3))
    return traits, ((traits[:, 0] > 0) & (traits[:, 1] < 0)).astype(float)


def test_what_two_traits_say_together_is_learnt() -> None:
    traits, truth = one_without_the_other(600)
    trees = learn_trees(traits, truth, np.ones(600), PACE)

    found = np.array([trees.sum(row) > 0 for row in traits])
    assert (found == (truth > 0)).mean() > 0.95


def test_learning_anew_gives_the_same_trees_whatever_the_order_of_examples() -> None:
    traits, truth = one_without_the_other(300)
    order = np.random.default_rng(5).permutation(300)

    assert learn_trees(traits, truth, np.ones(300), PACE).rows() == (
        learn_trees(traits[order], truth[order], np.ones(300), PACE).rows()
    )


def test_examples_that_count_nothing_change_nothing() -> None:
    traits, truth = one_without_the_other(200)
    counts = np.r_[np.ones(100), np.zeros(100)]

    turned = np.r_[truth[:100], 1 - truth[100:]]
    assert learn_trees(traits, truth, counts, PACE).rows() == learn_trees(traits, turned, counts, PACE).rows()


def test_a_trait_that_is_always_the_same_is_never_asked_for() -> None:
    traits, truth = one_without_the_other(100)
    traits[:, 2] = 7.0

    assert 2 not in learn_trees(traits, truth, np.ones(100), PACE).traits


def test_trees_add_what_their_answers_say() -> None:
    trees = Trees.of([([0, 1], [0.5, 0.0], [1.0, 2.0, 4.0, 8.0]), ([1, 1], [3.0, 4.0], [16.0, 32.0, 64.0, 128.0])])

    assert trees.sum(np.array([0.5, 1.0])) == 2 + 16
    assert trees.sum(np.array([0.6, 5.0])) == 8 + 128


@given(st.lists(st.tuples(st.floats(-9, 9), st.booleans()), min_size=1, max_size=30))
@settings(max_examples=25, deadline=None)
def test_any_examples_are_learnt_from(examples: list[tuple[float, bool]]) -> None:
    traits = np.array([[trait] for trait, _ in examples])
    truth = np.array([float(is_true) for _, is_true in examples])

    assert np.isfinite(learn_trees(traits, truth, np.ones(len(truth)), PACE).leaves).all()
