"""How good chances were: scores of "did anything come of it", beside what was known without the model.

Brier: the mean square of what was missed. Log-loss: the mean surprise, in nats. Spiegelhalter's z (Statistics in
Medicine 5, 1986): how far the Brier score lies from what it would be if the chances were right, in standard errors.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

_LEAST = 1e-6


@dataclass(frozen=True)
class Told:
    """A chance that was told beforehand, and whether it came."""

    chance: float
    came: bool


@dataclass(frozen=True)
class Bin:
    """Tellings of like chances: how many, the mean chance, and the part that came."""

    count: int
    told: float
    came: float


@dataclass(frozen=True, kw_only=True)
class Scores:
    """The scores of tellings."""

    count: int
    brier: float
    log_loss: float
    base_log_loss: float
    """What always telling the mean of what came would have cost; it knows the answer, so it is hard to beat."""
    z: float | None
    """Spiegelhalter's; beyond 1.96 either way the chances were wrong. None: every chance was certain or even."""
    bins: tuple[Bin, ...]


def scores_of(told: Sequence[Told], *, bins: int = 5) -> Scores | None:
    """Give the scores of tellings; None: there are none."""
    if not told:
        return None
    base = sum(one.came for one in told) / len(told)
    return Scores(
        count=len(told),
        brier=sum((one.chance - one.came) ** 2 for one in told) / len(told),
        log_loss=log_loss(told),
        base_log_loss=log_loss([Told(base, one.came) for one in told]),
        z=spiegelhalter_z(told),
        bins=_bins(told, bins),
    )


def log_loss(told: Sequence[Told]) -> float:
    """Give the mean surprise; a chance of exactly 0 or 1 is taken for all but certain."""
    return sum(_surprise(one) for one in told) / len(told)


def _surprise(one: Told) -> float:
    chance = min(max(one.chance, _LEAST), 1 - _LEAST)
    return -math.log(chance if one.came else 1 - chance)


def spiegelhalter_z(told: Sequence[Told]) -> float | None:
    """Give how far the Brier score lies from what right chances would give, in standard errors."""
    spread = sum((1 - 2 * one.chance) ** 2 * one.chance * (1 - one.chance) for one in told)
    if spread <= 0:
        return None
    return sum((one.came - one.chance) * (1 - 2 * one.chance) for one in told) / math.sqrt(spread)


def _bins(told: Sequence[Told], count: int) -> tuple[Bin, ...]:
    """Give tellings by chance in bins of like size, the smallest chances first."""
    ordered = sorted(told, key=lambda one: one.chance)
    edges = [round(len(ordered) * part / count) for part in range(count + 1)]
    parts = [ordered[begin:end] for begin, end in pairwise(edges) if end > begin]
    return tuple(
        Bin(len(part), sum(one.chance for one in part) / len(part), sum(one.came for one in part) / len(part))
        for part in parts
    )
