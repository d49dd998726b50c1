"""What is due is said until it is done."""

from datetime import datetime, timedelta
from pathlib import Path

import pytest

from goodterms.exits.actions.take import take_exit
from goodterms.ledger.rules.kinds import Kind
from goodterms.status.queries import status_of
from goodterms.sync.actions.joining import confirm_gone
from tests.delivery.network import RULEBOOK
from tests.feedback.conftest import postman as postman  # noqa: PLC0414 -- a fixture is known by its name here
from tests.feedback.postman import Postman


def due(postman: Postman, now: datetime) -> list[str]:
    found = status_of(postman.office.owner, RULEBOOK, now=now).due
    return [line for line in found if "broken" in line or "broke" in line]


def test_whoever_wants_the_connection_broken_is_named_until_an_archive_shows_it(postman: Postman) -> None:
    bob, eve = postman.network.add("bob", "eve")
    now = postman.network.clock()
    for days, person in ((12, bob), (3, eve)):
        take_exit(postman.office, person, Kind.LEFT, at=now - timedelta(days=days), now=now)
    assert due(postman, now) == ["2 people want the connection broken, the first for 12 days: goodterms leaving list"]

    for person in (bob, eve):
        confirm_gone(postman.office, person, now=now)
    assert due(postman, now) == []
    (line,) = due(postman, now + timedelta(days=25))
    assert line.startswith("1 connections that you broke are shown as gone by no archive yet")


@pytest.mark.usefixtures("db")
def test_where_nobody_leaves_nothing_is_said(data_folder: Path) -> None:
    postman = Postman(data_folder)
    assert due(postman, postman.network.clock()) == []
