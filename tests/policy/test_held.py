"""Who is held, why, and whom they may be."""

from goodterms.exits.actions.take import take_exit
from goodterms.ledger.rules.bearing import Exit
from goodterms.ledger.rules.kinds import HoldReason, Kind
from goodterms.policy.held import held_people, why_held
from goodterms.sync.actions.joining import hold, settle_match
from tests.sync.actions.desk import Desk, row


def renamed(desk: Desk, *, has_left: bool) -> None:
    """Read Ann, let her leave or not, and read somebody of her name and connection date under another profile."""
    others = [row(f"p{n}", f"Pat Number{n}", on="06 Jan 2026") for n in range(12)]
    desk.read(row("ann", email="ann@mail.test"), *others, on="02-01-2026")
    if has_left:
        now = desk.tick()
        take_exit(desk.office, desk.person("ann"), Kind.LEFT, at=now, now=now)
    desk.read(row("ann-m", "Ann Miller", email="annm@mail.test"), *others, on="02-02-2026")


def test_whoever_may_be_somebody_known_is_held_beside_them(desk: Desk) -> None:
    renamed(desk, has_left=False)
    (question,) = why_held(desk.office.owner, held_people(desk.office.owner))
    assert question.person == desk.person("ann-m")
    assert question.reasons == (HoldReason.UNCERTAIN_MATCH,)
    assert [candidate.person for candidate in question.candidates] == [desk.person("ann")]


def test_two_who_are_one_are_joined_and_an_exit_of_either_is_theirs(desk: Desk) -> None:
    renamed(desk, has_left=True)
    (question,) = why_held(desk.office.owner, held_people(desk.office.owner))
    assert question.reasons == (HoldReason.POSSIBLE_LEAVER,)
    settle_match(desk.office, question.person, question.candidates[0].person, now=desk.tick())

    assert desk.person("ann-m") == desk.person("ann")
    assert desk.bearing("ann").exit is Exit.LEFT
    assert not held_people(desk.office.owner).exists()
    assert desk.would_get_it() == set()


def test_two_who_are_two_are_let_go_and_the_others_exit_stays(desk: Desk) -> None:
    renamed(desk, has_left=True)
    settle_match(desk.office, desk.person("ann-m"), None, now=desk.tick())

    assert desk.person("ann-m") != desk.person("ann")
    assert desk.bearing("ann").exit is Exit.LEFT
    assert desk.bearing("ann-m").exit is Exit.NONE
    assert not held_people(desk.office.owner).exists()


def test_settling_a_match_lifts_no_hold_of_the_owners_hand(desk: Desk) -> None:
    renamed(desk, has_left=False)
    hold(desk.office, desk.person("ann-m"), note="ask her first", now=desk.tick())
    settle_match(desk.office, desk.person("ann-m"), None, now=desk.tick())

    (question,) = why_held(desk.office.owner, held_people(desk.office.owner))
    assert question.reasons == (HoldReason.BY_HAND,)
    assert question.note == "ask her first"


def test_those_who_share_an_address_are_shown_beside_each_other(desk: Desk) -> None:
    desk.read(row("ann", email="both@mail.test"), row("bo", "Bo Kern", email="both@mail.test"))
    first, second = why_held(desk.office.owner, held_people(desk.office.owner))
    assert [candidate.person for candidate in first.candidates] == [second.person]
    assert [candidate.person for candidate in second.candidates] == [first.person]
