"""What needs the owner, as values."""

from datetime import datetime, timedelta

from goodterms.exits.actions.take import take_exit
from goodterms.ledger.rules.kinds import Kind, Vehicle
from goodterms.status.queries import status_of
from goodterms.status.rules import Due, Need
from goodterms.sync.actions.joining import confirm_gone, hold
from goodterms.terms.rules import Place
from tests.sync.actions.desk import RULEBOOK, Desk, row


def test_everything_that_waits_for_the_owner_is_counted(desk: Desk) -> None:
    desk.read(
        row("ann"), row("bo", "Bo Kern"), row("cy", "Cy Dorn", email="cy@mail.test"), row("di", "Di Ems"),
        row("eb", "Eb Fant"), on="02-02-2026",
    )  # fmt: skip
    desk.welcome("ann", "bo", "cy")
    now = desk.tick()
    take_exit(desk.office, desk.person("ann"), Kind.LEFT, at=now, now=now)
    hold(desk.office, desk.person("bo"), note="", now=now)
    desk.read(row("ann"), row("bo", "Bo Kern"), row("cy", "Cy Dorn", email="cy@mail.test"), row("di", "Di Ems"))

    found = status_of(desk.office.owner, RULEBOOK, now=desk.now)

    assert found.people == {"absent": 1, "connected": 3, "held": 1, "left": 1}
    assert found.may_be_sent == {Vehicle.EMAIL: 1, Vehicle.LINKEDIN: 1, Vehicle.LIST: 1}
    assert set(found.due) == {
        *(Due(need=Need.WORDING, place=place) for place in (Place.INVITATION, Place.WELCOME, Place.UPDATE)),
        Due(need=Need.WELCOME, count=1),
        Due(need=Need.DISCONNECT, count=1, days=0),
        Due(need=Need.HELD, count=1),
        Due(need=Need.DEPARTURE, count=1),
    }


def test_before_the_first_archive_it_is_what_is_missing(desk: Desk) -> None:
    found = status_of(desk.office.owner, RULEBOOK, now=desk.now)
    assert found.export is None
    assert Due(need=Need.ARCHIVE) in found.due


def test_whoever_wants_the_connection_broken_is_counted_until_an_archive_shows_it(desk: Desk) -> None:
    desk.read(row("ann"), row("bo", "Bo Kern"), on="02-02-2026")
    now = desk.tick()
    for days, slug in ((12, "ann"), (3, "bo")):
        take_exit(desk.office, desk.person(slug), Kind.LEFT, at=now - timedelta(days=days), now=now)
    assert _of_leaving(desk, now) == [Due(need=Need.DISCONNECT, count=2, days=12)]

    for slug in ("ann", "bo"):
        confirm_gone(desk.office, desk.person(slug), now=now)
    assert _of_leaving(desk, now) == []
    assert _of_leaving(desk, now + timedelta(days=25)) == [Due(need=Need.UNSEEN, count=1)]


def _of_leaving(desk: Desk, now: datetime) -> list[Due]:
    found = status_of(desk.office.owner, RULEBOOK, now=now).due
    return [due for due in found if due.need in {Need.DISCONNECT, Need.UNSEEN}]
