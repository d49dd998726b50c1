"""The model: each person's odds, drawn many times, added up.

logit p = basis + vehicle + purpose + what is known of the person + this owner + this text, each drawn anew from what is
taken for likely; so the spread says how little is known, and one bad text hits everybody at once.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

from goodterms.forecast import priors
from goodterms.forecast.priors import Outcome, Shift
from goodterms.ledger.rules.bearing import Basis
from goodterms.ledger.rules.kinds import Vehicle

Floats = npt.NDArray[np.float32]

DRAWS = 4_000
BASES = tuple(priors.COMPLAINT_MEANS)
_CELLS = 2**20
"""How many odds are held in memory at once."""
_CUTS = 50


@dataclass(frozen=True, kw_only=True)
class Plan:
    """What is to be sent, and how."""

    vehicle: Vehicle
    reads: str
    spamminess: float = 0.0
    is_rare: bool = False
    """Whether updates go out less often than monthly."""


@dataclass(frozen=True, kw_only=True)
class People:
    """What is known of everybody who would get a copy; all of the same length."""

    basis: npt.NDArray[np.int8]
    """Places in BASES."""
    tie: Floats
    silence: Floats
    """Months since the last contact."""
    recent: Floats
    """Updates in the last 30 days."""
    proven: Floats
    """Months since the address was last seen to be theirs."""

    def __len__(self) -> int:
        return len(self.basis)

    @cached_property
    def features(self) -> Floats:
        """What moves each person's odds, a column for each of _PERSONAL."""
        columns = (self.tie - 0.5, np.log1p(np.maximum(self.silence, 0) / 6), np.log1p(np.maximum(self.recent, 0)))
        return np.stack(columns, axis=1).astype(np.float32)


_PERSONAL: tuple[tuple[str, Shift], ...] = (
    ("tie", priors.TIE),
    ("silence", priors.SILENCE),
    ("frequency", priors.FREQUENCY),
)


@dataclass(frozen=True)
class Seen:
    """What the owner's own history says of one basis: how many copies counted, and how many came to it."""

    copies: float = 0.0
    hits: float = 0.0
    heard: float = 1.0
    """The part of what came of them that could be heard of."""


@dataclass(frozen=True, kw_only=True)
class History:
    """The owner's own history, old parts of it counting less; hits are those observed."""

    complaints: Mapping[Basis, Seen] = field(default_factory=dict)
    exits: Seen = field(default_factory=Seen)
    bounces: Seen = field(default_factory=Seen)


@dataclass(frozen=True)
class Beta:
    """What is taken for likely of a rate."""

    a: float
    b: float

    @property
    def mean(self) -> float:
        """The rate in the middle of it."""
        return self.a / (self.a + self.b)


@dataclass(frozen=True, kw_only=True)
class Point:
    """One point of the curve: send to the safest so many, keep the others back."""

    send: int
    keep: int
    expected: float
    any: float
    """How likely one complaint or more is."""
    over: float
    """How likely more than 0.1 % complaints are."""


@dataclass(frozen=True, kw_only=True)
class Drawn:
    """What the draws say of one outcome."""

    expected: float
    low: float
    middle: float
    high: float
    """The 5, 50 and 95 % points of the count."""
    any: float
    over_low: float
    """How likely the rate is over 0.1 %."""
    over_high: float
    """How likely it is over 0.3 %."""
    prior_share: float
    """How much of it rests on what is taken for likely, and not on the owner's own history: 0 to 1."""
    curve: tuple[Point, ...] = ()
    order: npt.NDArray[Any] = field(default_factory=lambda: np.empty(0, dtype=np.int64))
    """Places of the people, the safest first."""
    totals: npt.NDArray[np.float64] = field(default_factory=lambda: np.zeros(1))
    """What each draw expects of everybody."""


NOBODY = Drawn(expected=0, low=0, middle=0, high=0, any=0, over_low=0, over_high=0, prior_share=1)


def prior_of(mean: float, seen: Seen) -> Beta:
    """Give what is likely of a rate after the history: so many hits more, so many observable copies without more.

    Hits are binomial with the rate times the part that is heard of, so copies of which nothing is heard teach nothing.
    """
    misses = max(seen.heard * seen.copies - seen.hits, 0.0)
    return Beta(priors.SHAPE + seen.hits, priors.SHAPE * (1 - mean) / mean + misses)


def draw(outcome: Outcome, people: People, plan: Plan, history: History, *, seed: int = 0, draws: int = DRAWS) -> Drawn:
    """Draw an outcome many times over everybody; the same seed gives the same answer."""
    if not len(people):
        return NOBODY
    dice = np.random.default_rng([seed, list(Outcome).index(outcome)])
    bases = [_beta(outcome, basis, history) for basis in BASES]
    common = _common(outcome, plan, len(people), dice, draws)
    starts = np.stack([_logit(dice.beta(beta.a, beta.b, draws)) for beta in bases]) + common
    slopes = np.stack([_drawn(shift, dice, draws) for _, shift in _PERSONAL]).astype(np.float32)
    order = _safest_first(people, bases)
    cuts = _cuts(len(people))
    sums, silent = _added_up(people, order, cuts, starts.astype(np.float32), slopes)
    if outcome is Outcome.BOUNCE:
        sums = sums + np.cumsum(_decayed(people)[order])[cuts - 1][:, None]
    return _read(sums, silent, cuts, dice, _prior_share(outcome, bases, people, history), order)


def _beta(outcome: Outcome, basis: Basis, history: History) -> Beta:
    if outcome is Outcome.COMPLAINT:
        seen = history.complaints.get(basis, Seen())
        return prior_of(priors.COMPLAINT_MEANS[basis], seen)
    seen = {Outcome.EXIT: history.exits, Outcome.BOUNCE: history.bounces}.get(outcome, Seen())
    return prior_of(priors.OTHER_MEANS[outcome], seen)


def _common(outcome: Outcome, plan: Plan, count: int, dice: np.random.Generator, draws: int) -> npt.NDArray[np.float64]:
    """Draw what is the same for everybody: the plan, the owner and the text."""
    total = dice.normal(0, priors.OWNER_SD, draws) + dice.normal(0, priors.TEXT_SD, draws)
    for _, shift, amount in plan_factors(plan, count, outcome):
        total += amount * _drawn(shift, dice, draws)
    return total


def plan_factors(plan: Plan, count: int, outcome: Outcome) -> list[tuple[str, Shift, float]]:
    """Give what moves everybody's odds: its name, by how much, and how much of it there is."""
    factors = [
        ("vehicle", priors.VEHICLES[plan.vehicle], 1.0),
        ("purpose", priors.PURPOSES[plan.reads], 1.0),
        ("spamminess", priors.SPAMMINESS, min(plan.spamminess, 3.0)),
        ("easy_exit", priors.EASY_EXIT, 1.0),
        ("size", priors.SIZE, float(np.log(count / 100))),
    ]
    if outcome is Outcome.EXIT:
        factors.append(("rare", priors.RARE, float(plan.is_rare)))
    return [] if outcome is Outcome.BOUNCE else factors


def _drawn(shift: Shift, dice: np.random.Generator, draws: int) -> npt.NDArray[np.float64]:
    return dice.normal(shift.mean, shift.sd, draws)


def _logit(rates: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    safe = np.clip(rates, 1e-12, 1 - 1e-12)
    return np.asarray(np.log(safe / (1 - safe)))


def _safest_first(people: People, bases: list[Beta]) -> npt.NDArray[Any]:
    starts = np.array([np.log(beta.mean) for beta in bases])
    means = np.array([shift.mean for _, shift in _PERSONAL])
    return np.argsort(starts[people.basis] + people.features @ means, kind="stable")


def _cuts(count: int) -> npt.NDArray[Any]:
    return np.unique(np.linspace(0, count, min(count, _CUTS) + 1).round().astype(np.int64))[1:]


def _added_up(
    people: People, order: npt.NDArray[Any], cuts: npt.NDArray[Any], starts: Floats, slopes: Floats
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """Give, for each cut and draw, what is expected of everybody before it, and the log of the chance of nothing."""
    draws = starts.shape[1]
    total, nothing = np.zeros(draws), np.zeros(draws)
    sums, silent = np.empty((len(cuts), draws)), np.empty((len(cuts), draws))
    step = max(_CELLS // draws, 1)
    begin = 0
    for place, cut in enumerate(cuts):
        for first in range(begin, int(cut), step):
            part = order[first : min(first + step, int(cut))]
            odds = people.features[part] @ slopes
            odds += starts[people.basis[part]]
            np.exp(odds, out=odds)
            # -log(1 - p) is log(1 + odds); for rates this small p = odds / (1 + odds).
            nothing -= np.log1p(odds).sum(axis=0, dtype=np.float64)
            odds /= 1 + odds
            total += odds.sum(axis=0, dtype=np.float64)
        sums[place], silent[place] = total, nothing
        begin = int(cut)
    return sums, silent


def _decayed(people: People) -> npt.NDArray[np.float64]:
    return np.asarray(-np.expm1(-priors.DECAY_A_MONTH * np.maximum(people.proven, 0)), dtype=np.float64)


def _read(  # noqa: PLR0917 -- what the draws gave, taken together once
    sums: npt.NDArray[np.float64],
    silent: npt.NDArray[np.float64],
    cuts: npt.NDArray[Any],
    dice: np.random.Generator,
    prior_share: float,
    order: npt.NDArray[Any],
) -> Drawn:
    total, count = sums[-1], int(cuts[-1])
    low, middle, high = np.percentile(dice.poisson(total), [5, 50, 95])
    return Drawn(
        expected=float(total.mean()),
        low=float(low),
        middle=float(middle),
        high=float(high),
        any=float(1 - np.exp(silent[-1]).mean()),
        over_low=float((total / count > 0.001).mean()),
        over_high=float((total / count > 0.003).mean()),
        prior_share=prior_share,
        curve=tuple(_point(sums[n], silent[n], int(cut), count) for n, cut in enumerate(cuts)),
        order=order,
        totals=total,
    )


def _point(sums: npt.NDArray[np.float64], silent: npt.NDArray[np.float64], send: int, count: int) -> Point:
    return Point(
        send=send,
        keep=count - send,
        expected=float(sums.mean()),
        any=float(1 - np.exp(silent).mean()),
        over=float((sums / send > 0.001).mean()),
    )


def _prior_share(outcome: Outcome, bases: list[Beta], people: People, history: History) -> float:
    """Give the part of the certainty that was there before the history, for the bases that these people have."""
    before = [_beta(outcome, basis, History()) for basis in BASES]
    shares = np.array([(old.a + old.b) / (new.a + new.b) for old, new in zip(before, bases, strict=True)])
    return float(shares[people.basis].mean())
