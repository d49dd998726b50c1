"""Ridge-penalised logistic regression over hashed signs, by Nesterov's accelerated descent: no chance, same bytes."""

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
_POWER_ROUNDS = 15


@dataclass(frozen=True)
class Table:
    """The signs of all examples in one long list: which bucket, of which example, how much it counts."""

    bucket: Ints
    row: Ints
    value: Floats
    count: int
    """How many examples there are."""
    buckets: int

    def times(self, weights: Floats) -> Floats:
        """Give each example's sum."""
        return np.asarray(
            np.bincount(self.row, weights=weights[self.bucket] * self.value, minlength=self.count), np.float64
        )

    @cached_property
    def squares(self) -> Floats:
        """Each bucket's sum of squares."""
        return np.asarray(np.bincount(self.bucket, weights=self.value**2, minlength=self.buckets), np.float64)

    def back(self, errors: Floats) -> Floats:
        """Give each bucket's sum."""
        return np.asarray(
            np.bincount(self.bucket, weights=errors[self.row] * self.value, minlength=self.buckets), np.float64
        )

    @cached_property
    def largest(self) -> float:
        """The largest eigenvalue of the table's square, by power iteration from evenly spread weights."""
        guess = np.ones(self.buckets)
        size = 1.0
        for _ in range(_POWER_ROUNDS):
            guess = self.back(self.times(guess))
            size = float(np.sqrt(guess @ guess))
            guess /= size
        return size


@dataclass(frozen=True)
class Learnt:
    """Weights as they were learnt, and where a sum starts."""

    values: Floats
    start: float


def learn(
    table: Table, truth: Floats, counts: Floats, *, ridge: float, rounds: int, begin: Learnt | None = None
) -> Learnt:
    """Learn which signs speak for an example being true; `counts` says how much each example counts, from 0 to 1."""
    pace = 1 / (0.25 * (table.largest + table.count) + ridge)
    return _descended(table, truth, counts, _Way(np.asarray(ridge), pace, pace, rounds), begin or _nothing(table))


def learn_evenly(
    table: Table, truth: Floats, counts: Floats, *, ridge: float, rounds: int, begin: Learnt | None = None
) -> Learnt:
    """Learn as `learn` does, in far fewer rounds: buckets that hold much go in smaller steps than rare ones."""
    scale = np.sqrt(0.25 * table.squares + ridge)
    even = replace(table, value=table.value / scale[table.bucket])
    # What all weights and the start do together is at most twice what each of both does.
    way = _Way(ridge / scale**2, 0.5 / (0.25 * even.largest + 1), 0.5 / (0.25 * table.count), rounds)
    begin = begin or _nothing(table)
    found = _descended(even, truth, counts, way, Learnt(begin.values * scale, begin.start))
    return Learnt(found.values / scale, found.start)


@dataclass(frozen=True)
class _Way:
    """How weights are sought: what holds them small, how far steps go, and how many there are."""

    ridge: Floats
    pace: float
    pace_of_start: float
    rounds: int


def _nothing(table: Table) -> Learnt:
    return Learnt(np.zeros(table.buckets), 0.0)


def _descended(table: Table, truth: Floats, counts: Floats, way: _Way, begin: Learnt) -> Learnt:
    at = ahead = begin.values
    start = start_ahead = begin.start
    momentum = 1.0
    for _ in range(way.rounds):
        errors = (chance(table.times(ahead) + start_ahead) - truth) * counts
        new = ahead - way.pace * (table.back(errors) + way.ridge * ahead)
        start_new = start_ahead - way.pace_of_start * float(errors.sum())
        push, momentum = next_push(momentum)
        ahead, start_ahead = new + push * (new - at), start_new + push * (start_new - start)
        at, start = new, start_new
    return Learnt(at, start)


def chance(sums: Floats) -> Floats:
    """Give how likely each sum makes its example, from 0 to 1."""
    return 1 / (1 + np.exp(-sums))


def next_push(momentum: float) -> tuple[float, float]:
    """Give how far to go on in the direction of the last step, and the next momentum."""
    later = float((1 + np.sqrt(1 + 4 * momentum**2)) / 2)
    return (momentum - 1) / later, later


def in_steps(values: Floats, step: float) -> bytes:
    """Give weights as bytes with a sign, in steps of `step`."""
    return _as_bytes(values / step)


def in_growing_steps(values: Floats, largest: float) -> bytes:
    """Give weights as bytes with a sign, in steps that grow with the weight: the many small ones count together."""
    roots = np.sign(values) * np.sqrt(np.abs(values) / largest)
    return _as_bytes(roots * 127)


def from_growing_steps(stored: bytes, largest: float) -> Floats:
    """Give the weights that were stored so."""
    roots = np.frombuffer(stored, dtype=np.int8).astype(np.float64) / 127
    return np.asarray(np.abs(roots) * roots * largest)


def _as_bytes(values: Floats) -> bytes:
    return bytes(np.clip(np.rint(values), -127, 127).astype(np.int8).tobytes())
