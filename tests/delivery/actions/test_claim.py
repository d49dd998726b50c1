"""Claiming: each copy is in one hand at a time."""

from datetime import timedelta

from goodterms.delivery.actions.claim import LEASE, claim, release
from goodterms.delivery.models import Delivery
from goodterms.updates.models import Update
from tests.delivery.network import NOW, Network, State


def planned(network: Network, count: int) -> Update:
    network.add(*(f"p{number}" for number in range(count)))
    update = network.update()
    network.plan(update)
    return update


def test_what_one_worker_holds_no_other_gets(network: Network) -> None:
    update = planned(network, 5)

    first = claim(network.owner, update, "one", limit=3, due_by=NOW, now=NOW)
    second = claim(network.owner, update, "two", limit=3, due_by=NOW, now=NOW)

    assert [len(first), len(second)] == [3, 2]
    assert len({copy.pk for copy in first + second}) == 5
    assert claim(network.owner, update, "three", limit=3, due_by=NOW, now=NOW) == []
    assert {copy.claimed_until for copy in first} == {NOW + LEASE}


def test_only_what_is_due_and_waits_is_claimed(network: Network) -> None:
    update = planned(network, 6)
    for copy, state in zip(Delivery.objects.order_by("id"), State, strict=True):
        Delivery.objects.filter(pk=copy.pk).update(state=state)
    Delivery.objects.filter(state=State.DEFERRED).update(due_at=NOW + timedelta(minutes=30))

    (queued,) = claim(network.owner, update, "one", limit=9, due_by=NOW, now=NOW)
    assert Delivery.objects.get(pk=queued.pk).state == State.ATTEMPTING
    assert len(claim(network.owner, update, "two", limit=9, due_by=NOW + timedelta(hours=1), now=NOW)) == 1


def test_what_is_given_back_waits_as_before(network: Network) -> None:
    update = planned(network, 2)
    tried, fresh = Delivery.objects.order_by("id")
    Delivery.objects.filter(pk=tried.pk).update(state=State.DEFERRED, attempts=1)
    claim(network.owner, update, "one", limit=9, due_by=NOW, now=NOW)

    assert release(network.owner, "other") == 0
    assert release(network.owner, "one") == 2
    states = dict(Delivery.objects.values_list("pk", "state"))
    assert states == {tried.pk: State.DEFERRED, fresh.pk: State.QUEUED}
