"""Forecasting an update to a network of the largest size, beside the bare matrix product of the same size."""

from collections.abc import Iterator

import numpy as np

from bench import Line, ground, seconds


def measure(size: float) -> Iterator[Line]:
    """Draw complaints 4,000 times over 100,000 people, after a history of which a third could be heard."""
    ground.begin()
    from goodterms.forecast.model import BASES, DRAWS, History, People, Plan, Seen, draw  # noqa: PLC0415 - after Django is set up
    from goodterms.forecast.priors import Outcome  # noqa: PLC0415
    from goodterms.ledger.rules.kinds import Vehicle  # noqa: PLC0415

    count = int(100_000 * size)
    dice = np.random.default_rng(1)
    people = People(
        basis=dice.integers(0, 5, count).astype(np.int8),
        tie=dice.random(count, dtype=np.float32),
        silence=dice.random(count, dtype=np.float32) * 60,
        recent=np.zeros(count, dtype=np.float32),
        proven=np.ones(count, dtype=np.float32),
    )
    plan = Plan(vehicle=Vehicle.EMAIL, reads="networking")
    history = History(complaints={basis: Seen(copies=5_000, hits=1, heard=0.3) for basis in BASES})
    features = dice.random((count, 9), dtype=np.float32)
    factors = dice.random((9, DRAWS), dtype=np.float32)
    step = 256

    def product() -> None:
        for first in range(0, count, step):
            features[first : first + step] @ factors

    yield Line(
        name=f"forecast: {DRAWS:,} draws over {count:,} people",
        ours=seconds(lambda: draw(Outcome.COMPLAINT, people, plan, history), times=3),
        reference=seconds(product, times=3),
        beside="the matrix product of the same size, in the same parts",
        goal=10,
    )
