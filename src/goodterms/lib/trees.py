"""Boosted trees whose levels ask one question each, for chances of few traits; no chance in learning, same trees.

Each tree asks the same questions of every example, one after the other, and adds what it keeps for these answers; each
next one learns from what is still wrong (oblivious trees, boosted by Newton's steps on the logistic loss).
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from goodterms.lib.regression import Floats, Ints, chance

Bools = npt.NDArray[np.bool_]
_BINS = 24
_FINE = 2.0**20
"""Slopes are rounded to steps that sums of them keep exactly, in whatever order they are added."""


@dataclass(frozen=True)
class Pace:
    """How many trees of how many questions are learnt, how far each goes, and how much little evidence is doubted."""

    trees: int
    depth: int
    step: float
    ridge: float


@dataclass(frozen=True)
class Trees:
    """Trees in a row: for each the numbers of the traits it asks for, what they must be above, and what it adds."""

    traits: Ints
    above: Floats
    leaves: Floats

    @classmethod
    def of(cls, rows: list[tuple[list[int], list[float], list[float]]]) -> "Trees":
        """Make trees of a row for each."""
        traits, above, leaves = zip(*rows, strict=True)
        return cls(np.array(traits, np.int64), np.array(above, np.float64), np.array(leaves, np.float64))

    def rows(self) -> list[tuple[list[int], list[float], list[float]]]:
        """Give a row for each tree."""
        return list(zip(self.traits.tolist(), self.above.tolist(), self.leaves.tolist(), strict=True))

    def sum(self, traits: Floats) -> float:
        """Give what all trees add up to for one example."""
        answers = (traits[self.traits] > self.above) @ self._worth + self._firsts
        return float(self.leaves.ravel()[answers].sum())

    @cached_property
    def _worth(self) -> Ints:
        """What a yes to each question adds to the number of the answers."""
        return np.asarray(1 << np.arange(self.traits.shape[1])[::-1], np.int64)

    @cached_property
    def _firsts(self) -> Ints:
        """Where each tree's leaves begin."""
        return np.asarray(np.arange(len(self.leaves)) * self.leaves.shape[1], np.int64)


def learn_trees(traits: Floats, truth: Floats, counts: Floats, pace: Pace) -> Trees:
    """Learn which traits speak for an example being true; a row of `traits` is one, and counts as much as it says."""
    edges = [_edges(column) for column in traits.T]
    bins = np.stack([np.searchsorted(edge, column) for edge, column in zip(edges, traits.T, strict=True)], axis=1)
    is_edge = np.array([[place < len(edge) for place in range(_BINS)] for edge in edges])
    sums = np.zeros(len(truth))
    rows = []
    for _ in range(pace.trees):
        chances = chance(sums)
        slopes, bends = _rounded((chances - truth) * counts), _rounded(chances * (1 - chances) * counts)
        asked, answers = _questions(bins, is_edge, (slopes, bends), pace)
        size = 1 << pace.depth
        down, bend = np.bincount(answers, slopes, size), np.bincount(answers, bends, size)
        leaves = np.round(-pace.step * down / (bend + pace.ridge), 4)
        rows.append(
            ([trait for trait, _ in asked], [float(edges[trait][bin_]) for trait, bin_ in asked], leaves.tolist())
        )
        sums += leaves[answers]
    return Trees.of(rows)


def _edges(column: Floats) -> Floats:
    return np.unique(np.round(np.quantile(column, np.linspace(0, 1, _BINS + 1)[1:-1]), 3))


def _rounded(values: Floats) -> Floats:
    return np.asarray(np.round(values * _FINE) / _FINE, np.float64)


def _questions(
    bins: Ints, is_edge: Bools, sums: tuple[Floats, Floats], pace: Pace
) -> tuple[list[tuple[int, int]], Ints]:
    """Give one tree's questions, each the trait and the bin that must be exceeded, and each example's answers."""
    answers = np.zeros(len(bins), np.int64)
    asked: list[tuple[int, int]] = []
    for level in range(pace.depth):
        gains = np.where(is_edge, _gains(bins, answers, 1 << level, sums, pace.ridge), -1)
        trait, bin_ = (int(place) for place in np.unravel_index(gains.argmax(), gains.shape))
        asked.append((trait, bin_))
        answers = answers * 2 + (bins[:, trait] > bin_)
    return asked, answers


def _gains(bins: Ints, answers: Ints, groups: int, sums: tuple[Floats, Floats], ridge: float) -> Floats:
    """Give how much each question would tell, all groups of answers so far together."""
    traits, width = bins.shape[1], _BINS + 1
    places = ((answers[:, None] * traits + np.arange(traits)) * width + bins).ravel()
    down, bend = (
        np.bincount(places, np.repeat(values, traits), groups * traits * width)
        .reshape(groups, traits, width)
        .cumsum(axis=2)
        for values in sums
    )
    all_down, all_bend = down[:, :, -1:], bend[:, :, -1:]
    gains = (down**2 / (bend + ridge) + (all_down - down) ** 2 / (all_bend - bend + ridge)).sum(axis=0)
    # Nothing is above the last bin.
    return np.asarray(gains[:, :-1], np.float64)
