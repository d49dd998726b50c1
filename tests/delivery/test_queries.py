"""Where the copies are."""

from datetime import timedelta

from pytest_django import DjangoAssertNumQueries

from goodterms.delivery.models import Delivery
from goodterms.delivery.queries import (
    copies_of,
    count_waiting,
    counts_by_state,
    is_due,
    next_due_at,
    served,
    unknown_copies,
    who_has,
)
from goodterms.policy.rules import Reason
from goodterms.updates.models import Update
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


def test_whoever_has_a_copy_of_the_same_text_gets_no_second_one_and_the_others_do(network: Network) -> None:
    """Alice got it, Bob's was refused, Carol's is queued, Dave came later: the same words go to Bob and Dave."""
    network.add("alice", "bob", "carol")
    text = "I have moved to Lyon and work on night trains now, and my daughter began school in May."
    first, again, news = (network.update(subject) for subject in ("News", "News again", "Other news"))
    Update.objects.filter(pk=first.pk).update(body=text)
    Update.objects.filter(pk=again.pk).update(body=f"{text.upper()} Yours")
    network.plan(first)
    for name, state in (("Alice", State.ACCEPTED), ("Bob", State.REFUSED)):
        Delivery.objects.filter(update=first, person__first_name=name).update(state=state)
    network.add("dave")

    made = network.plan(Update.objects.get(pk=again.pk))
    assert set(network.states(again)) == {"bob", "dave"}
    assert (made.queued, dict(made.refuse)) == (2, {Reason.ALREADY_SENT: 2})
    assert network.plan(news).queued == 4


def test_what_said_the_same_is_looked_up_for_all_at_once(
    network: Network, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    update = network.update("News")
    for number in range(20):
        network.update(f"Old {number}")
    network.add(*(f"p{number}" for number in range(10)))
    with django_assert_num_queries(3):  # the third: whom only the journal may know
        list(served(network.owner, update))
