"""Two that write of one person at once: neither undoes what the other has written, least of all a way out."""

import threading
import time
from collections.abc import Callable
from contextlib import closing
from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.db.models import Model

from goodterms import sql
from goodterms.accounts.models import Owner
from goodterms.ledger.actions.append import append
from goodterms.ledger.actions.project import rebuild, recompute_bearings, refold
from goodterms.ledger.models import Standing
from goodterms.ledger.rules.bearing import Bearing, Exit
from goodterms.ledger.rules.facts import Fact
from goodterms.ledger.rules.kinds import Actor, Kind
from goodterms.people.models import Person
from tests.ledger.made import NOON, make_owner, make_person

ACTS: dict[str, Callable[[Owner, Person], object]] = {
    "a copy is accepted": lambda owner, person: tell(owner, person, Kind.UPDATE_ACCEPTED),
    "the connection is seen": lambda owner, person: tell(owner, person, Kind.CONNECTION_SEEN),
    "an export is undone": lambda owner, person: refold(owner, [person.pk]),
    "terms are added": lambda owner, _person: recompute_bearings(owner),
    "all is made anew": lambda owner, _person: rebuild(owner),
}


def tell(owner: Owner, person: Person, kind: Kind) -> None:
    fact = Fact(kind=kind, occurred_at=NOON, actor=Actor.PERSON, person=person.pk)
    append(owner, [fact], now=NOON + timedelta(hours=1))


def in_another_transaction(act: Callable[[], object]) -> threading.Thread:
    """Begin an act on a connection of its own; give its thread once it waits for somebody's lock, or is done."""

    def go() -> None:
        with closing(connection), transaction.atomic():
            act()

    thread = threading.Thread(target=go)
    thread.start()
    with connection.cursor() as cursor:
        while thread.is_alive():
            cursor.execute("SELECT count(*) FROM pg_locks WHERE NOT granted")
            if cursor.fetchone() != (0,):
                break
            time.sleep(0.01)
    return thread


def fact_of(person: Person) -> Fact:
    return Fact(kind=Kind.CONNECTION_SEEN, occurred_at=NOON, actor=Actor.SYSTEM, person=person.pk)


@pytest.mark.postgresql
@pytest.mark.parametrize("locked", [Person, Standing], ids=["person", "standing"])
@pytest.mark.usefixtures("committed_db")
def test_who_waits_for_one_person_holds_nobody_behind_them(locked: type[Model]) -> None:
    """So no two can wait for each other, however many persons each writes of, in whatever order."""
    owner = make_owner()
    first, last = make_person(owner, "Alice"), make_person(owner, "Zoe")
    append(owner, [fact_of(first), fact_of(last)], now=NOON)
    facts = [*[fact_of(last)] * sql.BATCH, fact_of(first)]

    with transaction.atomic():
        locked._default_manager.select_for_update().get(pk=first.pk)
        other = in_another_transaction(lambda: append(owner, facts, now=NOON))
        assert other.is_alive()
        assert locked._default_manager.select_for_update(nowait=True).get(pk=last.pk)
    other.join(timeout=30)

    assert not other.is_alive()


@pytest.mark.postgresql
@pytest.mark.usefixtures("committed_db")
def test_standings_of_persons_that_were_merged_are_held_in_one_order_too() -> None:
    """Whoever was merged into somebody with a lower number comes late among persons, and early among standings."""
    owner = make_owner()
    first, last = make_person(owner, "Alice"), make_person(owner, "Zoe")
    append(owner, [fact_of(first), fact_of(last)], now=NOON)
    late, early = (make_person(owner, "Ann", merged_into=one) for one in (last, first))
    facts = [*[fact_of(late)] * sql.BATCH, fact_of(early)]

    with transaction.atomic():
        Standing.objects.select_for_update().get(pk=first.pk)
        other = in_another_transaction(lambda: append(owner, facts, now=NOON))
        assert other.is_alive()
        assert Standing.objects.select_for_update(nowait=True).get(pk=last.pk)
    other.join(timeout=30)

    assert not other.is_alive()


@pytest.mark.postgresql
@pytest.mark.parametrize("is_known", [True, False], ids=["known", "new"])
@pytest.mark.parametrize("what", ACTS)
@pytest.mark.usefixtures("committed_db")
def test_a_way_out_stays_whatever_is_written_of_the_person_at_that_moment(what: str, *, is_known: bool) -> None:
    owner = make_owner()
    alice = make_person(owner)
    if is_known:
        tell(owner, alice, Kind.CONNECTION_SEEN)

    with transaction.atomic():
        tell(owner, alice, Kind.STOPPED)
        other = in_another_transaction(lambda: ACTS[what](owner, alice))
    other.join(timeout=30)

    assert not other.is_alive()
    assert Bearing.decode(Standing.objects.get(person=alice).bearing).exit is Exit.STOPPED
