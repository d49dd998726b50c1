"""What charts are drawn from."""

from datetime import date, timedelta

import pytest
from django.db import connection

from goodterms.delivery.models import Delivery
from goodterms.exits.actions.take import take_exit
from goodterms.ledger.rules.bearing import Basis
from goodterms.ledger.rules.kinds import Kind, Vehicle
from goodterms.policy.rules import Verdict
from goodterms.status.history import Consent, Reached, answers, growth, reach
from goodterms.updates.models import Update
from tests.sync.actions.desk import RULEBOOK, Desk, row


def test_growth_adds_up_by_quarter_and_leaves_no_quarter_out(desk: Desk) -> None:
    desk.read(
        row("ann", on="05 Jan 2024"), row("bo", "Bo Kern", on="31 Mar 2024"), row("cy", "Cy Dorn", on="02 Jan 2026")
    )
    found = growth(desk.office.owner)

    assert [one.ends for one in found][:3] == [date(2024, 3, 31), date(2024, 6, 30), date(2024, 9, 30)]
    assert len(found) == 9
    assert found[0].counts == found[-2].counts == {Consent.BEFORE_TERMS: 2}
    assert found[-1].counts == {Consent.BEFORE_TERMS: 2, Consent.UNDER_TERMS: 1}


@pytest.mark.postgresql
def test_growth_is_told_whatever_form_the_server_writes_days_in(desk: Desk) -> None:
    desk.read(row("ann", on="05 Jan 2024"))
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL DateStyle TO 'German, DMY'")
    assert growth(desk.office.owner)[0].ends == date(2024, 3, 31)


def test_reach_says_what_each_vehicle_means_for_each_basis(desk: Desk) -> None:
    desk.read(row("ann", email="ann@mail.test"), row("bo", "Bo Kern"), row("cy", "Cy Dorn", on="05 Jan 2024"))
    desk.welcome("ann", "bo")
    found = reach(desk.office.owner, RULEBOOK, now=desk.now)

    def counted(vehicle: Vehicle, basis: Basis, verdict: Verdict, count: int) -> Reached:
        return Reached(vehicle=vehicle, basis=basis, verdict=verdict, count=count)

    assert set(found) == {
        counted(Vehicle.EMAIL, Basis.UNDER_TERMS, Verdict.SEND, 1),
        counted(Vehicle.EMAIL, Basis.UNDER_TERMS, Verdict.REFUSE, 1),
        counted(Vehicle.EMAIL, Basis.BEFORE_TERMS, Verdict.HOLD, 1),
        counted(Vehicle.LINKEDIN, Basis.UNDER_TERMS, Verdict.SEND, 2),
        counted(Vehicle.LINKEDIN, Basis.BEFORE_TERMS, Verdict.HOLD, 1),
    }


@pytest.mark.parametrize(("days", "exits"), [(29, 1), (31, 0)])
def test_a_way_out_counts_to_the_update_that_it_followed_within_thirty_days(desk: Desk, days: int, exits: int) -> None:
    desk.read(row("ann"), row("bo", "Bo Kern"))
    update = make_update(desk)
    for slug in ("ann", "bo"):
        deliver(desk, update, slug)
    then = desk.tick(days=days)
    take_exit(desk.office, desk.person("ann"), Kind.STOPPED, at=then, now=then)
    take_exit(desk.office, desk.person("ann"), Kind.LEFT, at=then, now=then)

    (found,) = answers(desk.office.owner, now=desk.tick())
    assert (found.sent, found.exits, found.complaints) == (2, exits, 0)


def make_update(desk: Desk) -> Update:
    return Update.objects.create(
        owner=desk.office.owner, uid="u1", kind="update", purpose="networking", subject="News", topics=[], body="Hi",
        footer="", sha256="cd" * 32, created_at=desk.now,
    )  # fmt: skip


def deliver(desk: Desk, update: Update, slug: str) -> None:
    Delivery.objects.create(
        owner=desk.office.owner, update=update, person=desk.person(slug), vehicle="email", address_key=slug,
        message_id=f"<{slug}@owner.test>", state=Delivery.State.ACCEPTED, due_at=desk.now,
        finished_at=desk.now + timedelta(minutes=1),
    )  # fmt: skip
