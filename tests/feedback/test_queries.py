"""The list of people who want the connection broken, until it is done and seen."""

from datetime import datetime, timedelta

from django.db import connection
from django.test.utils import CaptureQueriesContext

from goodterms.exits.actions.take import take_exit
from goodterms.feedback.queries import leavers, replies_since_update, with_names
from goodterms.ledger.actions.append import append
from goodterms.ledger.rules.facts import Fact
from goodterms.ledger.rules.kinds import Actor, Kind
from goodterms.people.models import Person
from goodterms.sync.actions.joining import confirm_gone
from goodterms.sync.models import Export
from tests.feedback.postman import Postman, answer


def leave(postman: Postman, person: Person) -> None:
    take_exit(postman.office, person, Kind.LEFT, at=postman.network.clock(), now=postman.network.clock())


def see(postman: Postman, person: Person, kind: Kind) -> None:
    """Let a new export show something of the connection."""
    at = export(postman, postman.network.clock())
    append(postman.network.owner, [Fact(kind=kind, occurred_at=at, actor=Actor.SYSTEM, person=person.pk)], now=at)


def export(postman: Postman, at: datetime) -> datetime:
    Export.objects.create(
        owner=postman.network.owner,
        name="export",
        sha256=f"{at:%s%f}",
        is_newest=True,
        taken_at=at,
        taken_rule="name",
        counts={},
        applied_at=at,
    )
    return at


def listed(postman: Postman) -> list[tuple[str, bool]]:
    return [
        (one.name, one.waits_for_export) for one in with_names(postman.network.owner, leavers(postman.network.owner))
    ]


def test_who_left_is_listed_oldest_first_and_nobody_else(postman: Postman) -> None:
    ann, bob, _ = postman.network.add("ann", "bob", "eve")
    leave(postman, bob)
    leave(postman, ann)
    assert listed(postman) == [("Bob", False), ("Ann", False)]


def test_many_are_read_as_few_are(postman: Postman) -> None:
    people = postman.network.add(*(f"p{number}" for number in range(8)))
    leave(postman, people[0])
    with CaptureQueriesContext(connection) as one:
        assert len(listed(postman)) == 1
    for person in people[1:]:
        leave(postman, person)
    with CaptureQueriesContext(connection) as all_of_them:
        assert len(listed(postman)) == 8
    assert len(all_of_them) == len(one)


def test_done_waits_until_an_export_shows_it(postman: Postman) -> None:
    (bob,) = postman.network.add("bob")
    leave(postman, bob)
    confirm_gone(postman.office, bob, now=postman.network.clock())
    assert listed(postman) == [("Bob", True)]
    export(postman, postman.network.clock())
    assert listed(postman) == []


def test_whom_a_later_export_still_shows_is_listed_again(postman: Postman) -> None:
    (bob,) = postman.network.add("bob")
    leave(postman, bob)
    confirm_gone(postman.office, bob, now=postman.network.clock())
    see(postman, bob, Kind.CONNECTION_SEEN)
    assert listed(postman) == [("Bob", False)]


def test_who_is_absent_from_an_export_is_off_the_list(postman: Postman) -> None:
    (bob,) = postman.network.add("bob")
    leave(postman, bob)
    see(postman, bob, Kind.CONNECTION_ABSENT)
    assert listed(postman) == []


def test_replies_since_the_last_update_are_shown_before_the_next(postman: Postman) -> None:
    bob, first = postman.add_and_send("bob")
    sent = first.update.created_at
    postman.read(answer("Congratulations, Ann! See you in Graz."), now=sent - timedelta(days=9))
    assert [row.words for row in replies_since_update(postman.office.owner, first.update)] == [
        "Congratulations, Ann! See you in Graz."
    ]

    postman.read(answer("And a happy new year."), now=sent + timedelta(days=1))
    postman.read(answer("Please unsubscribe me."), now=sent + timedelta(days=1))
    later = postman.send(bob, subject="Next")
    assert [row.words for row in replies_since_update(postman.office.owner, later.update)] == ["And a happy new year."]
