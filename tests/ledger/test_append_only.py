"""The database refuses to change what must never change, whoever asks."""

import pytest
from django.db import DatabaseError, connection, transaction

from goodterms.exits.models import Suppression
from goodterms.ledger.actions.seal import seal
from goodterms.ledger.models import Entry, Payload
from goodterms.ledger.rules.facts import Fact
from goodterms.ledger.rules.kinds import Actor, Kind
from tests.ledger.made import KEYS, NOON, make_owner, make_person, record, seen

pytestmark = pytest.mark.django_db


def refused(statement: str) -> str:
    """Give the message with which a statement was refused; fail where it was not."""
    with pytest.raises(DatabaseError) as caught, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)
    return str(caught.value)


@pytest.mark.parametrize("table", ["entry", "leaf", "node", "seal", "payload"])
def test_nothing_of_the_ledger_is_changed_or_deleted(table: str) -> None:
    owner = make_owner()
    record(owner, seen(make_person(owner), count=4))
    seal(owner, KEYS, now=NOON)
    column = {"entry": "kind", "leaf": "entry_id", "node": "hash", "seal": "root", "payload": "body"}[table]
    for event, statement in {
        "update": f"UPDATE goodterms_{table} SET {column} = {column}",
        "delete": f"DELETE FROM goodterms_{table}",
    }.items():
        expected = f"goodterms_{table} is append-only: {event} refused, nothing was changed"
        assert expected in refused(statement)


class TestErasing:
    def test_a_payload_goes_only_after_the_erasure_of_its_person(self) -> None:
        owner = make_owner()
        alice, bob = make_person(owner, "Alice"), make_person(owner, "Bob")
        of_alice = record(owner, seen(alice, count=2))
        of_bob = record(owner, seen(bob))
        assert "refused" in refused(f"DELETE FROM goodterms_payload WHERE person_id = {alice.pk}")
        erased = Fact(kind=Kind.ERASED, occurred_at=NOON, actor=Actor.OWNER, person=alice.pk)
        (erasure,) = record(owner, [erased])
        assert Payload.objects.filter(entry__in=of_alice).delete() == (2, {"goodterms.Payload": 2})
        assert "refused" in refused(f"DELETE FROM goodterms_payload WHERE entry_id = {erasure}")
        assert "refused" in refused(f"DELETE FROM goodterms_payload WHERE entry_id = {of_bob[0]}")

    def test_what_is_about_the_whole_network_stays(self) -> None:
        owner = make_owner()
        record(owner, [Fact(kind=Kind.EXPORT_IMPORTED, occurred_at=NOON, actor=Actor.OWNER)])
        assert "refused" in refused("DELETE FROM goodterms_payload")

    @pytest.mark.sqlite  # PostgreSQL refuses an entry about another owner's person: tests/postgresql
    def test_an_erasure_under_another_owner_does_not_count(self) -> None:
        olga, otto = make_owner("Olga"), make_owner("Otto")
        person = make_person(olga)
        record(olga, seen(person))
        record(otto, [Fact(kind=Kind.ERASED, occurred_at=NOON, actor=Actor.OWNER, person=person.pk)])
        assert "refused" in refused(f"DELETE FROM goodterms_payload WHERE person_id = {person.pk}")


class TestSuppressions:
    def test_only_the_person_may_change_and_nothing_deletes_one(self) -> None:
        owner = make_owner()
        alice = make_person(owner)
        suppression = Suppression.objects.create(owner=owner, key="k" * 64, kind="email", exit="stop", since=NOON)
        assert Suppression.objects.update(person=alice) == 1
        assert "update refused" in refused("UPDATE goodterms_suppression SET vehicles = 'email'")
        assert "delete refused" in refused("DELETE FROM goodterms_suppression")
        suppression.refresh_from_db()
        assert (suppression.person, suppression.vehicles) == (alice, "")


def test_the_triggers_can_be_taken_away_and_made_again(unguarded: None) -> None:
    """Migrating back is possible; rows are then like any others."""
    owner = make_owner()
    (number,) = record(owner, seen(make_person(owner)))
    Payload.objects.all().delete()
    assert Entry.objects.filter(pk=number).update(kind=Kind.LEFT) == 1
