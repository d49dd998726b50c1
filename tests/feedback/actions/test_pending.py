"""What only the owner can tell holds the person, is asked, and is an exit after a week."""

from datetime import timedelta

import pytest

from goodterms.feedback.actions.pending import Choice, NotPending, decide, expire_pending
from goodterms.feedback.queries import pending_items
from goodterms.ledger.rules.kinds import HoldReason, Vehicle
from goodterms.people.models import Person
from goodterms.sync.actions.joining import release
from tests.feedback.postman import Postman, answer

WEEK = timedelta(days=7)


def doubt(postman: Postman, text: str = "Please cancel our call") -> tuple[Person, int]:
    bob, copy = postman.add_and_send("bob")
    postman.read(answer(text, to=copy.message_id))
    (row,) = pending_items(postman.network.owner)
    return bob, row.pk


def test_a_doubt_holds_and_waits(postman: Postman) -> None:
    bob, _ = doubt(postman)
    assert postman.standing(bob).holds == {HoldReason.UNSURE}


def test_after_a_week_it_is_an_exit(postman: Postman) -> None:
    bob, _ = doubt(postman)
    now = postman.network.clock()
    assert expire_pending(postman.office, now=now + WEEK - timedelta(minutes=1)) == 0
    assert postman.standing(bob).stops == ()
    assert expire_pending(postman.office, now=now + WEEK) == 1
    assert postman.standing(bob).stops
    assert expire_pending(postman.office, now=now + 2 * WEEK) == 0


@pytest.mark.parametrize(("choice", "left", "stopped"), [(Choice.STOP, False, True), (Choice.LEAVE, True, False)])
def test_the_owner_says_which_exit(postman: Postman, choice: Choice, left: bool, stopped: bool) -> None:
    bob, item = doubt(postman)
    decide(postman.office, item, choice, now=postman.network.clock())
    standing = postman.standing(bob)
    assert (standing.left_at is not None, bool(standing.stops)) == (left, stopped)
    assert not pending_items(postman.network.owner)


def test_the_owner_says_that_it_is_none(postman: Postman) -> None:
    bob, item = doubt(postman)
    decide(postman.office, item, Choice.NOT_AN_EXIT, now=postman.network.clock())
    standing = postman.standing(bob)
    assert (standing.holds, standing.stops) == (frozenset(), ())
    assert expire_pending(postman.office, now=postman.network.clock() + WEEK) == 0
    with pytest.raises(NotPending):
        decide(postman.office, item, Choice.STOP, now=postman.network.clock())


def test_a_hold_that_was_lifted_by_hand_is_no_exit_later(postman: Postman) -> None:
    bob, _ = doubt(postman)
    release(postman.office, [bob], include=False, now=postman.network.clock())
    assert expire_pending(postman.office, now=postman.network.clock() + WEEK) == 0
    assert postman.standing(bob).stops == ()


def test_a_challenge_is_the_owners_to_look_at_and_never_an_exit(postman: Postman) -> None:
    bob, copy = postman.add_and_send("bob")
    postman.read(answer("Click here", to=copy.message_id, X_BoxTrapper="1"))
    assert postman.standing(bob).holds == {HoldReason.UNSURE}
    assert expire_pending(postman.office, now=postman.network.clock() + WEEK) == 0


def test_less_often_is_asked_about(postman: Postman) -> None:
    bob, _ = doubt(postman, "Could you write less often? Once a year is enough.")
    assert postman.standing(bob).holds == {HoldReason.UNSURE}


def test_a_wish_for_erasure_is_an_exit_and_waits_for_the_owner(postman: Postman) -> None:
    bob, _ = doubt(postman, "I want you to erase all my data under GDPR.")
    assert postman.standing(bob).stops
    assert [row.kind for row in pending_items(postman.network.owner)] == ["erase"]


def test_a_threat_is_an_exit_and_waits_for_the_owner(postman: Postman) -> None:
    bob, _ = doubt(postman, "I will report this as spam to LinkedIn.")
    assert postman.standing(bob).stops
    assert [row.kind for row in pending_items(postman.network.owner)] == ["threat"]


def test_an_exit_of_one_vehicle_leaves_the_other(postman: Postman) -> None:
    bob, copy = postman.add_and_send("bob")
    postman.read(answer("Please stop emailing me, LinkedIn is fine.", to=copy.message_id))
    (stop,) = postman.standing(bob).stops
    assert stop.scope.vehicles == {Vehicle.EMAIL}


def test_an_exit_without_more_words_covers_everything(postman: Postman) -> None:
    bob, copy = postman.add_and_send("bob")
    postman.read(answer("Please stop emailing me.", to=copy.message_id))
    assert postman.standing(bob).stops[0].scope.is_whole
