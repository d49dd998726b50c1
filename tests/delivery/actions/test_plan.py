"""Planning: who gets a copy."""

from datetime import timedelta
from pathlib import Path

import pytest
from django.db import transaction

from goodterms import sql
from goodterms.delivery.actions.plan import Plan
from goodterms.delivery.models import Delivery
from goodterms.people.models import Identity, Person
from goodterms.policy.rules import Reason
from tests.delivery.network import BEFORE, NOW, Network

COUNTED = "SELECT reltuples FROM pg_class WHERE oid = 'goodterms_delivery'::regclass"
LOOKED_AT = """SELECT pid FROM pg_locks WHERE relation = 'goodterms_delivery'::regclass
    AND mode = 'ShareUpdateExclusiveLock' AND pid = pg_backend_pid()"""


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


@pytest.mark.postgresql
@pytest.mark.usefixtures("committed_db")
def test_many_copies_are_counted_after_the_commit_so_that_no_two_plannings_wait_for_each_other(
    data_folder: Path,
) -> None:
    network = Network(data_folder)
    network.add(*(f"p{number}" for number in range(1_001)))
    assert sql.fetch(COUNTED) != [(1_001,)]

    with transaction.atomic():
        assert network.plan(network.update()).queued == 1_001
        assert sql.fetch(LOOKED_AT) == []
    assert sql.fetch(COUNTED) == [(1_001,)]


@pytest.mark.postgresql
@pytest.mark.usefixtures("db")
@pytest.mark.parametrize(
    ("known", "added", "is_many"),
    [(-1, 1_000, False), (-1, 1_001, True), (100_000, 1_001, True), (200_000, 1_001, False), (200_000, 2_001, True)],
)
def test_a_table_is_looked_at_again_where_it_has_grown_much(known: int, added: int, *, is_many: bool) -> None:
    sql.execute("CREATE TEMPORARY TABLE goodterms_delivery (id bigint)")
    sql.execute("UPDATE pg_class SET reltuples = %s WHERE oid = 'goodterms_delivery'::regclass", [known])

    assert sql.is_many(Delivery, added) is is_many
