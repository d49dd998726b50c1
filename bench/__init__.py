"""Speed, measured against something outside in the same run, since only such ratios say anything on a busy machine.

Each file but this, `__main__`, `ground` and `letters` is a benchmark: its `measure(size)` gives lines. A size of 1 is
what the goals are set for; smaller ones are for a quick look. Each runs in a process and a data folder of its own. What
sends in the benchmarks of sending, ours and others, stands in `senders/`.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Line:
    """One comparison; both sides in one unit."""

    name: str
    ours: float
    reference: float
    beside: str
    """What the reference is."""
    goal: float
    """The most that ours may take, as a multiple of the reference."""
    unit: str = "s"

    @property
    def ratio(self) -> float:
        """Ours as a multiple of the reference."""
        return self.ours / self.reference

    @property
    def is_met(self) -> bool:
        """Whether the goal is met."""
        return self.ratio <= self.goal


def processor_seconds(*works: Callable[[], object], times: int = 1) -> list[float]:
    """Give the shortest time that each work takes of the processor, in turns; for work that waits for nothing."""
    found: list[list[float]] = [[] for _ in works]
    for _ in range(times):
        for work, took in zip(works, found, strict=True):
            begun = time.process_time()
            work()
            took.append(time.process_time() - begun)
    return [min(took) for took in found]


def seconds(work: Callable[[], object], *, times: int = 1, clock: Callable[[], float] = time.perf_counter) -> float:
    """Give the shortest time of several runs: what disturbs a run only ever makes it longer."""
    found = []
    for _ in range(times):
        begun = clock()
        work()
        found.append(clock() - begun)
    return min(found)
