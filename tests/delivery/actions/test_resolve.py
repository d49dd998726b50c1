"""The owner's word on copies whose fate no machine knows."""

import pytest

from goodterms.delivery.actions.resolve import DeliveryNotUnknown, resolve
from goodterms.delivery.models import Delivery
from goodterms.ledger.rules.kinds import Actor, Kind
from goodterms.people.models import Person
from tests.delivery.network import NOW, Network, State


@pytest.fixture
def copy(network: Network) -> Delivery:
    network.add("alice")
    network.plan(network.update())
    Delivery.objects.update(state=State.UNKNOWN, finished_at=NOW, copy_sha256="cc")
    return Delivery.objects.select_related("person").get()


def test_arrived_is_accepted_and_the_ledger_says_that_the_owner_says_so(network: Network, copy: Delivery) -> None:
    resolved = resolve(network.owner, copy, State.ACCEPTED, now=network.clock())

    assert (resolved.state, resolved.finished_at) == (State.ACCEPTED, NOW)
    (entry,) = network.told(copy.person, Kind.UPDATE_ACCEPTED)
    assert (entry.actor, entry.occurred_at, entry.detail["copy_sha256"]) == (Actor.OWNER, NOW, "cc")


@pytest.mark.parametrize("state", [State.REFUSED, State.QUEUED])
def test_not_arrived_is_left_or_sent_again_and_the_ledger_says_nothing(
    network: Network, copy: Delivery, state: Delivery.State
) -> None:
    assert resolve(network.owner, copy, state, now=network.clock()).state == state
    assert network.told(copy.person, Kind.UPDATE_ACCEPTED, Kind.ADDRESS_BOUNCED) == []


@pytest.mark.parametrize("state", [State.DEFERRED, State.ATTEMPTING, State.UNKNOWN])
def test_it_cannot_be_resolved_as_anything_else(network: Network, copy: Delivery, state: Delivery.State) -> None:
    with pytest.raises(DeliveryNotUnknown, match="it can as accepted, refused, queued"):
        resolve(network.owner, copy, state, now=network.clock())


def test_what_is_known_is_not_resolved(network: Network, copy: Delivery) -> None:
    Delivery.objects.update(state=State.ACCEPTED)

    with pytest.raises(DeliveryNotUnknown, match="is not unknown"):
        resolve(network.owner, copy, State.QUEUED, now=network.clock())
    assert Delivery.objects.get().state == State.ACCEPTED


def test_of_somebody_erased_the_ledger_takes_in_nothing(network: Network, copy: Delivery) -> None:
    Person.objects.update(erased_at=NOW)

    assert resolve(network.owner, copy, State.ACCEPTED, now=network.clock()).state == State.ACCEPTED
    assert network.told(copy.person, Kind.UPDATE_ACCEPTED) == []
