"""Claiming: each copy is in one hand at a time."""

from datetime import timedelta

import pytest

from goodterms import sql
from goodterms.delivery.actions.claim import (
    ANSWER_LEASE,
    LEASE,
    SHARED_LEASE,
    claim,
    hand_over,
    release,
    release_lapsed,
)
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
    assert {copy.claimed_until for copy in first} == {NOW + (SHARED_LEASE if sql.is_postgresql() else LEASE)}


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


@pytest.mark.postgresql
def test_what_a_lost_machine_had_not_begun_to_send_goes_to_the_others_after_its_lease(network: Network) -> None:
    update = planned(network, 3)
    gone, *waiting = claim(network.owner, update, "lost", limit=9, due_by=NOW, now=NOW)
    assert hand_over(network.owner, "lost", [gone.pk], now=NOW) == {gone.pk}

    assert release_lapsed(network.owner, now=NOW + SHARED_LEASE) == 0
    after = NOW + SHARED_LEASE + timedelta(seconds=1)
    assert release_lapsed(network.owner, now=after) == 2
    taken = claim(network.owner, update, "other", limit=9, due_by=after, now=after)

    assert {copy.pk for copy in taken} == {copy.pk for copy in waiting}
    assert release_lapsed(network.owner, now=NOW + 2 * ANSWER_LEASE) == 2, "not the one that may have left"


@pytest.mark.postgresql
def test_a_run_that_slept_beyond_its_lease_lets_nothing_leave_that_others_may_have(network: Network) -> None:
    update = planned(network, 2)
    copies = [copy.pk for copy in claim(network.owner, update, "asleep", limit=9, due_by=NOW, now=NOW)]
    later = NOW + SHARED_LEASE + timedelta(seconds=1)
    release_lapsed(network.owner, now=later)
    assert hand_over(network.owner, "asleep", copies, now=later) == set()

    claim(network.owner, update, "other", limit=1, due_by=later, now=later)
    assert hand_over(network.owner, "asleep", copies, now=later) == set()
    assert len(hand_over(network.owner, "other", copies, now=later)) == 1


def test_postgresql_keeps_room_for_rows_to_be_written_anew_where_they_stand(network: Network) -> None:
    if sql.is_postgresql():
        assert sql.fetch("SELECT reloptions FROM pg_class WHERE relname = 'goodterms_delivery'") == [
            (["fillfactor=50"],)
        ]
