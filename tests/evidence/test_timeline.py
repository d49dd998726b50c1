"""Everything that happened with one person, with its proof."""

import pytest

from goodterms.delivery.models import Delivery
from goodterms.evidence.timeline import timeline
from goodterms.ledger.actions.seal import seal
from goodterms.ledger.rules.kinds import Actor, Kind
from goodterms.ties.models import Exchange
from tests.evidence.made import DAY, fact, make_history
from tests.ledger.made import KEYS, NOON, record

pytestmark = pytest.mark.django_db


def test_every_entry_comes_with_its_place_under_the_first_seal_above_it() -> None:
    owner, alice = make_history()
    told = timeline(owner, alice.pk)

    assert [event.what for event in told] == [
        "Exit: no more updates",
        "Update accepted by a mail server, or sent by hand",
        "Welcome message sent",
        "Connection listed by an export",
    ]
    assert [event.proof and event.proof.size for event in told] == [None, 7, 7, 5]
    assert told[0].is_exit
    seal(owner, KEYS, now=NOON + 9 * DAY)
    newest = timeline(owner, alice.pk)[0].proof
    assert newest is not None
    assert (newest.size, newest.sealed_at) == (8, NOON + 9 * DAY)


def test_messages_and_copies_that_went_wrong_stand_among_the_entries() -> None:
    owner, alice = make_history()
    Exchange.objects.create(
        owner=owner, person=alice, kind="message", by_owner=False, at=NOON + 5 * DAY, clock="utc", text="Hello", key="k"
    )
    Delivery.objects.filter(person=alice).update(state=Delivery.State.REFUSED)

    first, *rest = timeline(owner, alice.pk)
    assert (first.what, first.who, first.text) == ("LinkedIn message", "the person", "Hello")
    assert "Copy of “Spring <news>”: refused for good" in [event.what for event in rest]


def test_what_a_taken_back_export_told_is_marked() -> None:
    owner, alice = make_history()
    record(owner, [fact(Kind.EXPORT_UNDONE, NOON + 4 * DAY, actor=Actor.OWNER, detail={"export": 1})])
    assert [event.is_taken_back for event in timeline(owner, alice.pk)] == [False, False, False, True]
