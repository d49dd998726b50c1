"""What a copy costs the database: as much in a large mailing as in a small one."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from django.db import connection

from goodterms import sql
from goodterms.delivery.actions.run import run
from goodterms.delivery.rules.replies import Reply, Step
from goodterms.delivery.vehicles.transport import Answered, Letter
from tests.delivery.network import Network


class _Nowhere:
    """A transport that takes every letter."""

    window = 16

    def open(self) -> None:
        """Nothing is to be opened."""

    def close(self) -> None:
        """Nor closed."""

    def carry(self, letters: Iterable[Letter]) -> Iterator[list[Answered]]:
        """Accept everything."""
        for letter in letters:
            yield [(letter, Reply(code=250, text="2.0.0 ok", step=Step.END))]


@contextmanager
def _steps() -> Iterator[list[int]]:
    """Count the steps of SQLite's machine, by the hundred."""
    steps = [0]

    def count() -> int:
        steps[0] += 1
        return 0

    connection.connection.set_progress_handler(count, 100)
    try:
        yield steps
    finally:
        connection.connection.set_progress_handler(None, 0)


def _steps_a_copy(network: Network, count: int) -> float:
    network.add(*(f"{count}-{number}" for number in range(count)))
    update = network.update(subject=f"News for {count}")
    copies = network.plan(update).queued
    with _steps() as steps:
        assert run(network.owner, update, network.means(_Nowhere())).accepted == copies
    return steps[0] / copies


def test_a_copy_of_a_large_mailing_is_no_more_work_than_one_of_a_small(network: Network) -> None:
    if sql.is_postgresql():
        return  # it counts rows by itself, and reads tables as small as these whole whatever it is asked

    # The larger is for both groups, and nobody has counted the rows of any table, as after a first planning.
    small, large = _steps_a_copy(network, 100), _steps_a_copy(network, 700)

    assert large < 1.1 * small
