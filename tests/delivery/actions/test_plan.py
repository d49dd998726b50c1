"""Planning: who gets a copy."""

from datetime import timedelta

from goodterms.delivery.actions.plan import Plan
from goodterms.delivery.models import Delivery
from goodterms.people.models import Identity, Person
from goodterms.policy.rules import Reason
from tests.delivery.network import BEFORE, NOW, Network


def test_everybody_who_may_have_a_copy_gets_one_row_and_the_others_a_reason(network: Network) -> None:
    alice, bob = network.add("alice", "bob")
    network.stop(bob)
    Person.objects.create(owner=network.owner, uid=1, first_name="Nobody", created_at=BEFORE)
    update = network.update()

    done = network.plan(update)

    assert done == Plan(queued=1, hold={}, refuse={Reason.STOPPED: 1})
    copy = Delivery.objects.get()
    assert (copy.person, copy.address, copy.state, copy.due_at) == (alice, "alice@people.test", "queued", NOW)
    assert copy.message_id.endswith("@owner.test>")


def test_planning_again_adds_only_who_came_since(network: Network) -> None:
    network.add("alice")
    update = network.update()
    network.plan(update)
    before = Delivery.objects.get()
    network.add("bob")

    later = NOW + timedelta(days=1)
    done = network.plan(update, now=later)

    assert done == Plan(queued=1, hold={}, refuse={Reason.ALREADY_SENT: 1})
    assert Delivery.objects.get(pk=before.pk).due_at == NOW
    assert network.states(update) == {"alice": "queued", "bob": "queued"}


def test_two_people_with_one_address_get_one_copy(network: Network) -> None:
    network.add("alice", "alicia", address="alice@people.test")
    network.add("alix", address="Alice+li@People.test")
    update = network.update()

    assert network.plan(update).queued == 1
    assert network.plan(update).queued == 0
    assert Delivery.objects.count() == 1


def test_another_update_has_copies_of_its_own(network: Network) -> None:
    network.add("alice")
    first, second = network.update("First"), network.update("Second")

    for update in (first, second):
        assert network.plan(update).queued == 1
    assert len(set(Delivery.objects.values_list("message_id", flat=True))) == 2


def test_the_address_is_the_current_one_seen_last(network: Network) -> None:
    (alice,) = network.add("alice")
    Identity.objects.filter(person=alice).update(is_current=False)
    Identity.objects.create(
        owner=network.owner, person=alice, kind="email", value="new@people.test", key="aa" * 32,
        is_current=True, source="reply", seen_at=NOW,
    )  # fmt: skip
    update = network.update()

    network.plan(update)

    assert Delivery.objects.get().address == "new@people.test"
