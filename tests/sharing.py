"""One pytest run for both databases: a worker plays the tests of its own database; others go to whoever is free."""

from collections.abc import Iterable, Sequence
from itertools import groupby

import pytest
from xdist.scheduler import EachScheduling
from xdist.workermanage import WorkerController

ONCE = "@once"
"""What a worker adds to the names of tests that are marked "once": they are played on one database, whichever."""
ANYWHERE = "@anywhere"
"""What it adds to the names of tests that touch no database."""


class SharingScheduling(EachScheduling):  # type: ignore[misc]  # xdist tells no types
    """Hands each worker its own tests, then file by file those that one worker is enough for."""

    def __init__(self, config: pytest.Config) -> None:
        super().__init__(config)
        self._files: list[list[str]] = []

    @property
    def tests_finished(self) -> bool:
        """Say whether no worker needs to be told of more."""
        return super().tests_finished and not self._files

    def add_node_collection(self, node: WorkerController, collection: Sequence[str]) -> None:
        """Keep which tests a worker has."""
        super().add_node_collection(node, collection)
        self.node2collection.setdefault(node, list(collection))  # of one that stands in for another that broke down

    def schedule(self) -> None:
        """Hand out each worker's own tests, once all have told which they have."""
        if not self._started:
            self._files = _in_files(name for names in self.node2collection.values() for name in names)
        for node, pending in self.node2pending.items():
            if node not in self._started:
                self._started.append(node)
                own = [index for index, name in enumerate(self.node2collection[node]) if not _is_shared(name)]
                left, pending[:] = pending[:], []
                self._hand_out(node, left or own)

    def mark_test_complete(self, node: WorkerController, item_index: int, duration: float = 0) -> None:
        """Hand more to a worker that is nearly done."""
        super().mark_test_complete(node, item_index, duration)
        self._hand_out(node, [])

    def _hand_out(self, node: WorkerController, indices: list[int]) -> None:
        pending, names = self.node2pending[node], self.node2collection[node]
        # A worker plays a test only once it knows the next one, or that there is none.
        while self._files and len(pending) + len(indices) < 2:
            indices += [names.index(name) for name in self._files.pop(0)]
        if indices:
            pending += indices
            node.send_runtest_some(indices)
        if not self._files:
            node.shutdown()  # once it has played what it was told


def _is_shared(name: str) -> bool:
    return name.endswith((ONCE, ANYWHERE))


def _in_files(names: Iterable[str]) -> list[list[str]]:
    """Give shared tests by file; first the files with tests marked "once", which take longest."""
    shared = sorted(set(filter(_is_shared, names)))
    files = [list(found) for _, found in groupby(shared, key=lambda name: name.partition("::")[0])]
    return sorted(files, key=lambda file: not any(name.endswith(ONCE) for name in file))
