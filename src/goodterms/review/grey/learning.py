"""Learning whole letters: a softmax over many signs, by what the letters have in common.

There are fewer letters than signs, so what is learnt is kept as a part of each letter until the end: the same weights
come out, and much sooner.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from goodterms.lib.regression import Floats, next_push
from goodterms.review.grey.whole import BUCKETS_OF_LETTERS

_RIDGE = 1.0
_ROUNDS = 200
_BLOCK = 4096
"""So many signs of all letters are held at once."""


@dataclass(frozen=True)
class Truth:
    """What letters are for, a row of three each, and what each counts, in a column."""

    purposes: Floats
    counts: Floats

    def of(self, rows: npt.NDArray[np.int64]) -> "Truth":
        """Give that of some letters."""
        return Truth(self.purposes[rows], self.counts[rows])


@dataclass(frozen=True)
class WholeModel:
    """The weights of whole letters, a row for each bucket and a column for each purpose, and where each starts."""

    values: Floats
    starts: Floats


class Common:
    """What letters have in common, by their signs."""

    def __init__(self, letters: Sequence[dict[int, float]]) -> None:
        self._count = len(letters)
        self._row = np.array([number for number, one in enumerate(letters) for _ in one], dtype=np.int64)
        self._sign = np.array([bucket for one in letters for bucket in one], dtype=np.int64)
        self._value = np.array([value for one in letters for value in one.values()])
        self.alike: Floats = np.zeros((self._count, self._count))
        """How much every two of them have in common."""
        for block in self.blocks():
            self.alike += block @ block.T

    def blocks(self) -> Iterator[Floats]:
        """Give the signs of all letters, a row each, in blocks of so many signs."""
        for first in range(0, BUCKETS_OF_LETTERS, _BLOCK):
            inside = (self._sign >= first) & (self._sign < first + _BLOCK)
            block = np.zeros((self._count, _BLOCK))
            block[self._row[inside], self._sign[inside] - first] = self._value[inside]
            yield block


def learn_whole(letters: Common, truth: Truth) -> WholeModel:
    """Learn from letters by their signs."""
    parts, starts = _learn(letters.alike, truth)
    values = np.concatenate([block.T @ parts for block in letters.blocks()])
    return WholeModel(values, starts)


def whole_left_out(letters: Common, truth: Truth, folds: Sequence[int]) -> Floats:
    """Give each letter's three totals by a model that did not learn from its part of the letters."""
    at = np.array(folds)
    totals = np.zeros((len(at), 3))
    for fold in np.unique(at):
        left, others = np.flatnonzero(at == fold), np.flatnonzero(at != fold)
        parts, starts = _learn(letters.alike[np.ix_(others, others)], truth.of(others))
        totals[left] = letters.alike[np.ix_(left, others)] @ parts + starts
    return totals


def _learn(alike: Floats, truth: Truth) -> tuple[Floats, Floats]:
    """Give what each letter adds to the weights, and where purposes start; ridge-penalised, by Nesterov's descent."""
    scaled = alike * np.sqrt(truth.counts) * np.sqrt(truth.counts).T
    pace = 1 / (0.5 * (_largest(scaled) + len(alike)) + _RIDGE)
    at = ahead = np.zeros((len(alike), 3))
    starts = starts_ahead = np.zeros(3)
    momentum = 1.0
    for _ in range(_ROUNDS):
        totals = alike @ ahead + starts_ahead
        raised = np.exp(totals - totals.max(axis=1, keepdims=True))
        errors = (raised / raised.sum(axis=1, keepdims=True) - truth.purposes) * truth.counts
        new, starts_new = ahead - pace * (errors + _RIDGE * ahead), starts_ahead - pace * errors.sum(axis=0)
        push, momentum = next_push(momentum)
        ahead, starts_ahead = new + push * (new - at), starts_new + push * (starts_new - starts)
        at, starts = new, starts_new
    return at, starts


def _largest(table: Floats) -> float:
    """Give the largest eigenvalue, by power iteration from evenly spread weights."""
    guess = np.ones(len(table))
    size = 1.0
    for _ in range(30):
        guess = table @ guess
        size = float(np.sqrt(guess @ guess))
        guess /= size
    return size
