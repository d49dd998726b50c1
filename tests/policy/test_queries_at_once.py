"""The decision on many at once is the decision on each."""

from datetime import timedelta
from pathlib import Path

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from goodterms.delivery.queries import served
from goodterms.exits.models import Suppression
from goodterms.ledger.rules.kinds import Kind, Vehicle
from goodterms.people.models import Identity, Person
from goodterms.policy.queries.decisions import Question, decision_for, decisions_for
from goodterms.policy.rules import Reason, UpdateFacts, Verdict
from tests.delivery.network import NOW, RULEBOOK, Network

pytestmark = pytest.mark.django_db


@pytest.fixture
def network(data_folder: Path) -> Network:
    return Network(data_folder)


def question(**facts: object) -> Question:
    return Question(facts=UpdateFacts(**facts), vehicle=Vehicle.EMAIL, rulebook=RULEBOOK, now=NOW)  # type: ignore[arg-type]


def told_to_each(network: Network) -> list[Person]:
    """People of whom the ledger knows all sorts of things."""
    people = network.add("all", "stop", "leave", "bounced", "gone", "merged", "root", "suppressed", "served", "recent")
    by = {person.first_name.lower(): person for person in people}
    network.stop(by["stop"])
    network.tell([by["leave"]], Kind.LEFT)
    network.tell([by["gone"]], Kind.CONNECTION_GONE)
    Person.objects.filter(pk=by["merged"].pk).update(merged_into=by["root"])
    stranger = Person.objects.create(owner=network.owner, uid=99, created_at=NOW)
    for name, kind in (("suppressed", "email"), ("merged", "email")):
        key = Identity.objects.get(person=by[name]).key
        Suppression.objects.create(owner=network.owner, key=key, kind=kind, exit="stop", since=NOW, person=stranger)
    network.plan(network.update())
    return [*people, stranger]


def test_many_at_once_are_decided_as_one_by_one(network: Network) -> None:
    people = [person for person in told_to_each(network) if person.first_name != "Merged"]
    update = network.update("Another")
    network.plan(update)
    asked = question()

    for copies in (None, served(network.owner, update)):
        found = decisions_for(network.owner, [person.pk for person in people], asked, served=copies)
        single = {person.pk: decision_for(network.owner, person.pk, asked, served=copies) for person in people}
        assert {pk: (one.verdict, one.reason) for pk, one in found.items()} == {
            pk: (one.verdict, one.reason) for pk, one in single.items()
        }
    assert len({one.reason for one in found.values()}) >= 5


def test_somebody_of_whom_the_ledger_knows_nothing_is_refused(network: Network) -> None:
    found = decisions_for(network.owner, [4711], question())

    assert (found[4711].verdict, found[4711].reason) == (Verdict.REFUSE, Reason.UNKNOWN)


def test_the_number_of_queries_does_not_grow_with_the_people(network: Network) -> None:
    people = [person.pk for person in network.add(*(f"p{number:03}" for number in range(60)))]
    counts = []
    for size in (1, 60):
        with CaptureQueriesContext(
            connection,
        ) as queries:
            decisions_for(network.owner, people[:size], question())
        counts.append(len(queries))

    assert counts[0] == counts[1] <= 2


def test_the_clock_is_asked_for_all(network: Network) -> None:
    (alice,) = network.add("alice")
    later = Question(facts=UpdateFacts(), vehicle=Vehicle.EMAIL, rulebook=RULEBOOK, now=NOW + timedelta(days=90))

    assert decisions_for(network.owner, [alice.pk], later)[alice.pk].verdict is Verdict.SEND
