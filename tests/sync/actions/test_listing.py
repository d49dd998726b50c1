"""Who changes name and profile between two archives is connected as soon as the owner says that they are one."""

import pytest

from goodterms.exits.actions.take import take_exit
from goodterms.ledger.actions.project import rebuild
from goodterms.ledger.models import Standing
from goodterms.ledger.rules.kinds import HoldReason, Kind
from goodterms.ledger.rules.standing import Connection
from goodterms.policy.rules import Reason
from goodterms.sync.actions.joining import confirm_gone, merge, settle_match, split
from goodterms.sync.actions.undo import undo
from tests.sync.actions.desk import Desk, row

OLD = row("ann", "Ann Lee", email="ann@mail.test")
NEW = row("ann-kern", "Ann Kern", email="kern@mail.test", company="Bolt")
BO = row("bo", "Bo Kern", email="bo@mail.test", on="07 Jan 2026")


def renamed(desk: Desk, new: str = NEW) -> None:
    """Let one archive list the old profile, and the next one the new profile alone."""
    desk.read(OLD, BO)
    desk.welcome("ann", "bo")
    desk.tick(days=9)
    desk.read(new, BO)


def said_to_be_one(desk: Desk) -> None:
    settle_match(desk.office, desk.person("ann-kern"), desk.person("ann"), now=desk.tick())


def test_the_one_they_are_is_connected_as_the_archive_lists_them(desk: Desk) -> None:
    renamed(desk)
    assert desk.bearing("ann").connection is Connection.ABSENT
    assert desk.bearing("ann-kern").holds
    assert desk.would_get_it() == {"bo@mail.test"}
    said_to_be_one(desk)

    assert desk.bearing("ann").connection is Connection.CONNECTED
    assert desk.would_get_it() == {"bo@mail.test", "kern@mail.test"}, "to the address that it shows, and no other"
    person = desk.person("ann")
    assert (person.slug, person.company) == ("ann-kern", "Bolt")
    desk.tick(days=9)
    report = desk.read(NEW, BO)
    assert vars(report.counts) | {"connections": 0, "with_email": 0} == dict.fromkeys(vars(report.counts), 0)


def test_an_address_that_it_does_not_show_gets_nothing(desk: Desk) -> None:
    renamed(desk, row("ann-kern", "Ann Kern"))
    said_to_be_one(desk)

    assert desk.bearing("ann").connection is Connection.CONNECTED
    assert desk.why("ann").reason is Reason.ADDRESS_WITHDRAWN
    assert desk.would_get_it() == {"bo@mail.test"}


@pytest.mark.parametrize("who", ["ann", "ann-kern"])
@pytest.mark.parametrize("kind", [Kind.STOPPED, Kind.LEFT, Kind.COMPLAINED])
def test_no_exit_of_either_ends_by_it(desk: Desk, who: str, kind: Kind) -> None:
    renamed(desk)
    take_exit(desk.office, desk.person(who), kind, at=desk.tick(), now=desk.now)
    said_to_be_one(desk)

    assert desk.would_get_it() == {"bo@mail.test"}
    desk.tick(days=9)
    desk.read(NEW, BO)
    assert desk.would_get_it() == {"bo@mail.test"}


@pytest.mark.parametrize("is_new_first", [True, False])
def test_it_is_the_same_whichever_is_joined_to_the_other(desk: Desk, is_new_first: bool) -> None:
    renamed(desk, row("ann-kern", "Ann Kern"))
    pair = [desk.person("ann-kern"), desk.person("ann")]
    merge(desk.office, *(pair if is_new_first else reversed(pair)), now=desk.tick())

    assert desk.bearing("ann").connection is Connection.CONNECTED
    assert desk.bearing("ann").holds == {HoldReason.UNCERTAIN_MATCH}
    assert desk.person("ann").email == ""
    assert desk.person("ann").slug == "ann-kern"


def test_parted_again_the_one_who_is_not_listed_is_absent(desk: Desk) -> None:
    renamed(desk)
    said_to_be_one(desk)
    split(desk.office, desk.person("ann"), now=desk.tick())

    assert [desk.bearing(who).connection for who in ("ann", "ann-kern")] == [
        Connection.ABSENT,
        Connection.CONNECTED,
    ]
    assert [desk.person(who).slug for who in ("ann", "ann-kern")] == ["ann", "ann-kern"]
    assert desk.would_get_it() == {"bo@mail.test"}
    desk.tick(days=9)
    desk.read(NEW, BO)
    assert [desk.bearing(who).connection for who in ("ann", "ann-kern")] == [Connection.GONE, Connection.CONNECTED]


def test_taking_the_archive_back_leaves_what_was_before_it(desk: Desk) -> None:
    renamed(desk)
    said_to_be_one(desk)
    undo(desk.office, now=desk.tick())

    person = desk.person("ann")
    assert (person.slug, person.company, person.email) == ("ann", "Acme", "ann@mail.test")
    assert desk.bearing("ann").connection is Connection.CONNECTED
    assert desk.would_get_it() == {"ann@mail.test", "bo@mail.test"}


def test_standings_made_anew_are_the_same(desk: Desk) -> None:
    renamed(desk)
    said_to_be_one(desk)
    before = list(Standing.objects.order_by("person_id").values_list("person_id", "state", "bearing"))
    rebuild(desk.office.owner)
    assert list(Standing.objects.order_by("person_id").values_list("person_id", "state", "bearing")) == before


def test_what_the_owner_said_was_gone_stays_gone(desk: Desk) -> None:
    renamed(desk)
    confirm_gone(desk.office, desk.person("ann"), now=desk.tick())
    said_to_be_one(desk)

    assert desk.bearing("ann").connection is Connection.GONE
    assert desk.would_get_it() == {"bo@mail.test"}


def test_who_came_before_the_other_was_missed_shows_nothing_of_that_archive(desk: Desk) -> None:
    """The newer archive, read first, lists neither the old profile nor says anything of one that an older one adds."""
    desk.tick(days=30)
    desk.read(BO, on="02-20-2026")
    desk.read(OLD, BO, on="02-03-2026")
    desk.read(NEW, BO, on="02-04-2026")
    before = [desk.bearing(who).connection for who in ("ann", "ann-kern")]
    assert before == [Connection.ABSENT, Connection.ABSENT]
    said_to_be_one(desk)

    assert desk.bearing("ann").connection is Connection.ABSENT
    assert desk.would_get_it() <= {"bo@mail.test"}


def test_who_was_listed_all_the_time_lists_the_one_who_vanished(desk: Desk) -> None:
    other = row("ann-too", "Ann Lee-Kern", email="kern@mail.test", on="09 Jan 2026")
    desk.read(OLD, other, BO)
    desk.welcome("ann", "ann-too")
    desk.tick(days=9)
    desk.read(other, BO)
    assert desk.bearing("ann").connection is Connection.ABSENT
    merge(desk.office, desk.person("ann"), desk.person("ann-too"), now=desk.tick())

    assert desk.bearing("ann").connection is Connection.CONNECTED
    desk.tick(days=9)
    desk.read(BO, row("cy", "Cy Dahl", on="08 Jan 2026"))
    assert desk.bearing("ann").connection is Connection.ABSENT, "the next archive counts as always"
