"""Taking the last archive back: people are as they were, and exits stay."""

from typing import Any

import pytest

from goodterms.exits.actions.take import take_exit
from goodterms.ledger.actions.project import rebuild
from goodterms.ledger.models import Standing
from goodterms.ledger.rules.bearing import Exit
from goodterms.ledger.rules.kinds import Kind
from goodterms.ledger.rules.standing import Connection
from goodterms.people.models import Identity, Person
from goodterms.policy.rules import Reason
from goodterms.sync.actions.undo import NothingToUndo, undo
from goodterms.ties.models import Exchange
from tests.sync.actions.desk import Desk, message, row

ANN = row("ann", email="ann@mail.test")
BO = row("bo", "Bo Kern", email="bo@mail.test", on="10 Jan 2026")


def people() -> list[dict[str, Any]]:
    return [dict(values) for values in Person.objects.order_by("pk").values()]


def names() -> set[tuple[int, str, bool]]:
    return set(Identity.objects.values_list("person_id", "value", "is_current"))


def standings() -> list[tuple[Any, ...]]:
    return list(Standing.objects.order_by("pk").values_list("pk", "state", "bearing", "last_update_at"))


def test_people_are_as_they_were_before(desk: Desk) -> None:
    desk.read(ANN, BO, row("cy", "Cy Dahl"))
    desk.welcome("ann", "bo")
    before, named, stood = people(), names(), standings()
    desk.tick(days=9)
    desk.read(
        row("ann-kern", "Ann Lee", email="new@mail.test", company="Bolt"),
        row("bo", "Bo Dahl", on="08 Feb 2026"),
        row("zoe", "Zoe Zuk", on="09 Feb 2026"),
    )
    undo(desk.office, now=desk.tick())

    assert [person for person in people() if person["slug"]] == before
    assert {name for name in names() if name[2]} == {name for name in named if name[2]}
    assert [row for row in standings() if row[0] in {person["id"] for person in before}] == stood
    assert desk.bearing("zoe").connection is Connection.NONE
    assert desk.would_get_it() == {"ann@mail.test", "bo@mail.test"}


def test_the_standings_are_those_made_anew(desk: Desk) -> None:
    desk.read(ANN, BO)
    desk.tick(days=9)
    desk.read(row("ann", "Ann Kern"))
    undo(desk.office, now=desk.tick())
    before = standings()
    rebuild(desk.office.owner)

    assert standings() == before


def test_an_exit_that_came_with_the_archive_stays(desk: Desk) -> None:
    desk.read(ANN, BO)
    desk.welcome("ann")
    desk.tick(days=9)
    desk.read(ANN, BO, messages=[message("ann", "Ann Lee", "Please disconnect me.", "2026-02-05 10:00:00")])
    undo(desk.office, now=desk.tick())

    assert desk.bearing("ann").exit is Exit.LEFT
    assert not Exchange.objects.exists()


def test_an_exit_taken_after_the_archive_covers_the_names_that_it_showed(desk: Desk) -> None:
    desk.read(ANN, BO)
    desk.tick(days=9)
    desk.read(row("ann-kern", email="new@mail.test"), BO)
    take_exit(desk.office, desk.person("ann"), Kind.STOPPED, at=desk.tick(), now=desk.now)
    undo(desk.office, now=desk.tick())
    desk.tick(days=9)
    desk.read(BO, row("zoe", "Zoe Zuk", email="new@mail.test", company="Bolt", on="19 Feb 2026"))
    desk.welcome("zoe")

    assert desk.why("zoe").reason is Reason.SUPPRESSED


def test_the_first_archive_taken_back_leaves_nobody_to_write_to(desk: Desk) -> None:
    desk.read(ANN, BO)
    desk.welcome("ann", "bo")
    undo(desk.office, now=desk.tick())

    assert desk.would_get_it() == set()


def test_an_archive_taken_back_can_be_read_again(desk: Desk) -> None:
    path = desk.write(ANN, BO)
    desk.read_path(path)
    before = [row[2] for row in standings()]
    undo(desk.office, now=desk.tick())

    assert desk.read_path(path).applied
    assert [row[2] for row in standings()] == before
    assert Person.objects.count() == 2


def test_where_nothing_was_read_nothing_is_taken_back(desk: Desk) -> None:
    with pytest.raises(NothingToUndo, match="Nothing was done"):
        undo(desk.office, now=desk.tick())
