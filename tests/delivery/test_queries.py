"""Where the copies are."""

from datetime import timedelta

from goodterms.delivery.models import Delivery
from goodterms.delivery.queries import (
    copies_of,
    count_waiting,
    counts_by_state,
    is_due,
    next_due_at,
    unknown_copies,
    who_has,
)
from tests.delivery.network import NOW, Network, State


def test_copies_are_counted_found_and_awaited(network: Network) -> None:
    people = network.add("alice", "bob", "carol", "dave")
    update, other = network.update("News"), network.update("Other")
    for planned in (update, other):
        network.plan(planned)
    copies = list(Delivery.objects.filter(update=update).order_by("id"))
    later = NOW + timedelta(hours=1)
    for copy, state in zip(copies, (State.ACCEPTED, State.UNKNOWN, State.DEFERRED, State.DEFERRED), strict=True):
        Delivery.objects.filter(pk=copy.pk).update(state=state, due_at=later, finished_at=NOW)

    assert counts_by_state(network.owner, update) == {State.ACCEPTED: 1, State.UNKNOWN: 1, State.DEFERRED: 2}
    assert list(who_has(network.owner, update)) == [copies[0]]
    assert list(unknown_copies(network.owner)) == list(unknown_copies(network.owner, update)) == [copies[1]]
    assert list(unknown_copies(network.owner, other)) == []
    assert [copy.update for copy in copies_of(network.owner, people[0].pk)] == [update, other]
    assert count_waiting(network.owner, update) == 2
    assert next_due_at(network.owner, update) == later
    assert not is_due(network.owner, update, by=NOW)
    assert is_due(network.owner, update, by=later)


def test_where_nothing_waits_there_is_no_next_moment(network: Network) -> None:
    assert next_due_at(network.owner, network.update()) is None
