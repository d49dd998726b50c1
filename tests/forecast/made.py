"""Made-up people to forecast for."""

import numpy as np

from goodterms.forecast.model import BASES, People, Plan
from goodterms.ledger.rules.bearing import Basis
from goodterms.ledger.rules.kinds import Vehicle

PLAN = Plan(vehicle=Vehicle.EMAIL, reads="networking")


def people(count: int, *, basis: Basis = Basis.UNDER_TERMS, tie: float = 0.5, silence: float = 0.0) -> People:
    """Give so many people who are all alike."""
    return People(
        basis=np.full(count, BASES.index(basis), dtype=np.int8),
        tie=np.full(count, tie, dtype=np.float32),
        silence=np.full(count, silence, dtype=np.float32),
        recent=np.zeros(count, dtype=np.float32),
        proven=np.zeros(count, dtype=np.float32),
    )


def joined(*parts: People) -> People:
    """Give all of them as one."""
    names = ("basis", "tie", "silence", "recent", "proven")
    return People(**{name: np.concatenate([getattr(part, name) for part in parts]) for name in names})
