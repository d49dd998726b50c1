"""Joining two persons, parting them, and letting go whom a hold keeps: no exit is ever lifted by it."""

import pytest

from goodterms.delivery.actions.pacing import Pacer
from goodterms.delivery.actions.plan import plan
from goodterms.delivery.actions.send import send
from goodterms.delivery.copies import Copies
from goodterms.exits.actions.take import take_exit
from goodterms.exits.models import Suppression
from goodterms.ledger.models import Standing
from goodterms.ledger.rules.bearing import Exit
from goodterms.ledger.rules.kinds import HoldReason, Kind, Vehicle
from goodterms.people.queries import named_profile
from goodterms.policy.rules import Reason, Verdict
from goodterms.sync.actions.joining import JoiningFaulty, confirm_gone, hold, merge, release, split
from goodterms.sync.actions.undo import undo
from goodterms.ties.queries import all_ties, tie_briefs
from goodterms.updates.actions import add_update
from tests.never_back.house import Hands
from tests.sync.actions.desk import RULEBOOK, TERMS, Desk, message, row

ANN = row("ann", "Ann Lee", email="ann@mail.test")
ANNA = row("anna", "Anna Lee", email="anna@mail.test", on="06 Jan 2026")


def joined(desk: Desk) -> None:
    desk.read(ANN, ANNA)
    desk.welcome("ann", "anna")
    merge(desk.office, desk.person("ann"), desk.person("anna"), now=desk.tick())


def stop(desk: Desk, text: str) -> None:
    take_exit(desk.office, desk.person(text), Kind.STOPPED, at=desk.tick(), now=desk.now)


@pytest.mark.parametrize("who", ["ann", "anna"])
def test_an_exit_of_either_is_an_exit_of_both(desk: Desk, who: str) -> None:
    desk.read(ANN, ANNA)
    desk.welcome("ann", "anna")
    stop(desk, who)
    merge(desk.office, desk.person("ann"), desk.person("anna"), now=desk.tick())

    assert desk.person("anna").pk == desk.person("ann").pk
    assert desk.why("ann").reason is Reason.STOPPED
    assert desk.would_get_it() == set()


def test_once_parted_the_exit_of_one_holds_for_each(desk: Desk) -> None:
    joined(desk)
    stop(desk, "anna")
    split(desk.office, desk.person("ann"), now=desk.tick())

    assert desk.person("anna").pk != desk.person("ann").pk
    assert [desk.bearing(who).exit for who in ("ann", "anna")] == [Exit.STOPPED, Exit.STOPPED]
    assert desk.would_get_it() == set()


def test_a_new_slug_of_somebody_parted_is_covered_by_the_exit_they_kept(desk: Desk) -> None:
    joined(desk)
    stop(desk, "ann")
    split(desk.office, desk.person("ann"), now=desk.tick())
    desk.tick(days=9)
    desk.read(ANN, row("anna-two", "Anna Lee", email="anna@mail.test", on="06 Jan 2026"))

    key = named_profile(desk.office.keys.identity, "anna-two").key
    assert Suppression.objects.filter(key=key).exists()


def test_taking_an_export_back_gives_nobody_who_was_joined_a_standing_of_their_own(desk: Desk) -> None:
    desk.read(ANN, ANNA)
    desk.tick(days=9)
    desk.read(ANN, row("anna", "Anna Lee-Kern", email="anna@mail.test", on="06 Jan 2026"))
    desk.welcome("ann", "anna")
    merge(desk.office, desk.person("ann"), desk.person("anna"), now=desk.tick())
    stop(desk, "ann")
    undo(desk.office, now=desk.tick())

    assert Standing.objects.count() == 1
    assert desk.would_get_it() == set()


def test_whose_other_half_had_the_update_does_not_get_it_again(desk: Desk) -> None:
    desk.read(ANN, row("anna", "Anna Lee", email="", on="06 Jan 2026"))
    desk.welcome("ann")
    assert sent(desk) == ["ann@mail.test"]
    desk.tick(days=9)
    desk.read(row("ann", "Ann Lee"), ANNA)
    desk.welcome("anna")
    merge(desk.office, desk.person("anna"), desk.person("ann"), now=desk.tick())

    assert sent(desk) == []


def test_two_copies_that_wait_for_one_person_are_sent_as_one(desk: Desk) -> None:
    desk.read(ANN, ANNA)
    desk.welcome("ann", "anna")
    copies = copies_at(desk)
    plan(
        desk.office.owner,
        copies.update,
        Vehicle.EMAIL,
        now=desk.tick(),
        rulebook=RULEBOOK,
        message_id=copies.message_id,
    )
    merge(desk.office, desk.person("ann"), desk.person("anna"), now=desk.tick())

    assert len(sent(desk)) == 1


def sent(desk: Desk) -> list[str]:
    hands = Hands()
    desk.tick()
    pacer, clock = Pacer(owner=desk.office.owner), lambda: desk.tick(seconds=1)
    send(desk.office, copies_at(desk), hands, rulebook=RULEBOOK, clock=clock, worker="test", pacer=pacer)
    return [letter.to for letter in hands.taken]


def copies_at(desk: Desk) -> Copies:
    text = "---\nsubject: News\n---\nHello\n"
    update = add_update(desk.office.owner, text, "news.md", terms=TERMS, now=desk.now)
    return Copies(update=update, token_key=desk.office.keys.token)


def test_an_address_withdrawn_by_the_half_that_was_joined_gets_nothing(desk: Desk) -> None:
    desk.read(row("ann", "Ann Lee"), ANNA)
    desk.welcome("ann", "anna")
    merge(desk.office, desk.person("ann"), desk.person("anna"), now=desk.tick())
    assert desk.would_get_it() == {"anna@mail.test"}
    desk.tick(days=9)
    desk.read(row("ann", "Ann Lee"), row("anna", "Anna Lee", on="06 Jan 2026"))

    assert desk.would_get_it() == set()


def test_releasing_lifts_a_hold_and_no_exit(desk: Desk) -> None:
    desk.read(ANN, ANNA)
    desk.welcome("ann", "anna")
    stop(desk, "ann")
    for who in ("ann", "anna"):
        hold(desk.office, desk.person(who), note="to be asked", now=desk.tick())
    assert desk.why("anna").reason is Reason.HELD_BY_OWNER
    release(desk.office, [desk.person("ann"), desk.person("anna")], include=True, now=desk.tick())

    assert desk.would_get_it() == {"anna@mail.test"}
    assert desk.why("ann").reason is Reason.STOPPED


def test_releasing_for_one_reason_leaves_the_others(desk: Desk) -> None:
    desk.read(ANN, row("bo", "Bo Kern", email="ann@mail.test"))
    hold(desk.office, desk.person("ann"), note="", now=desk.tick())
    release(desk.office, [desk.person("ann")], reasons=[HoldReason.BY_HAND], include=False, now=desk.tick())

    assert desk.bearing("ann").holds == {HoldReason.SHARED_ADDRESS}


def test_whom_the_owner_confirms_as_gone_gets_nothing(desk: Desk) -> None:
    desk.read(ANN)
    desk.welcome("ann")
    confirm_gone(desk.office, desk.person("ann"), now=desk.tick())

    assert (desk.why("ann").verdict, desk.why("ann").reason) == (Verdict.REFUSE, Reason.GONE)


def test_who_was_joined_is_joined_further_as_the_one_they_are_part_of(desk: Desk) -> None:
    desk.read(ANN, ANNA, row("cy", "Cy Dahl", email="cy@mail.test", on="07 Jan 2026"))
    ann, anna, cy = desk.person("ann"), desk.person("anna"), desk.person("cy")
    merge(desk.office, ann, anna, now=desk.tick())
    merge(desk.office, cy, anna, now=desk.tick())
    stop(desk, "anna")

    assert {desk.person(who).pk for who in ("ann", "anna", "cy")} == {cy.pk}
    assert desk.bearing("cy").exit is Exit.STOPPED
    assert Standing.objects.count() == 1


def test_what_can_not_be_joined_or_parted_changes_nothing(desk: Desk) -> None:
    desk.read(ANN)
    ann = desk.person("ann")
    with pytest.raises(JoiningFaulty, match="Nothing was done"):
        merge(desk.office, ann, ann, now=desk.tick())
    with pytest.raises(JoiningFaulty, match="Nobody was merged"):
        split(desk.office, ann, now=desk.tick())


def test_ties_follow_whoever_is_joined_parted_and_read_back(desk: Desk) -> None:
    """What is kept for lists is what the exchanges say, whatever became of the people."""
    desk.read(ANN, ANNA, messages=[message("ann", "Ann Lee", "Hello!", "2026-01-07 09:00:00")])
    desk.read(ANN, ANNA, messages=[message("anna", "Anna Lee", "Good morning!", "2026-01-08 09:00:00")])

    def is_true() -> bool:
        briefs, ties = (find(desk.office.owner, now=desk.now) for find in (tie_briefs, all_ties))
        return {one: brief.strength for one, brief in briefs.items()} == pytest.approx(
            {one: tie.strength for one, tie in ties.items()}, rel=1e-6
        )

    assert is_true()
    merge(desk.office, desk.person("ann"), desk.person("anna"), now=desk.tick())
    assert is_true()
    assert len(tie_briefs(desk.office.owner, now=desk.now)) == 1
    split(desk.office, desk.person("ann"), now=desk.tick())
    assert is_true()
    assert len(tie_briefs(desk.office.owner, now=desk.now)) == 2
    undo(desk.office, now=desk.tick())
    assert is_true()
    assert len(tie_briefs(desk.office.owner, now=desk.now)) == 1
