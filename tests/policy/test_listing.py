"""Lists of people: who is in them, in what order, and at what cost."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from goodterms.exits.actions.take import take_exit
from goodterms.ledger.rules.bearing import Basis
from goodterms.ledger.rules.kinds import Kind
from goodterms.policy.listing import Listing, Reach, Sort, TieClass, Wanted
from goodterms.sync.actions.joining import merge
from goodterms.ties.actions import choose_strength
from tests.sync.actions.desk import RULEBOOK, Desk, message, row


def network(desk: Desk) -> None:
    desk.read(
        row("ann", "Ann Zöllner", email="ann@mail.test", company="Acme Looms"),
        row("bo", "Bo adler", company="Bolt", on="07 Jan 2026"),
        row("cy", "Cy Ångström", on="05 Jan 2024"),
        row("di", "Di Ems", email="di@mail.test", company="Acme", on="06 Jan 2026"),
        messages=[message("cy", "Cy Ångström", "Hello again", "2026-01-20 10:00:00")],
    )
    choose_strength(desk.office.owner, desk.person("di"), 0.9, now=desk.now)
    now = desk.tick()
    take_exit(desk.office, desk.person("bo"), Kind.STOPPED, at=now, now=now)


def listing(desk: Desk, wanted: Wanted) -> Listing:
    return Listing(desk.office.owner, wanted, RULEBOOK, now=desk.now)


EVERYBODY = ["Bo", "Cy", "Di", "Ann"]


@pytest.mark.parametrize(
    ("wanted", "names"),
    [
        (Wanted(), EVERYBODY),
        (Wanted(words="zollner"), ["Ann"]),
        (Wanted(words="ANGSTROM"), ["Cy"]),
        (Wanted(words="ÅNGSTRÖM cy"), ["Cy"]),
        (Wanted(words="acme weav"), ["Cy", "Di", "Ann"]),
        (Wanted(words="di@mail.test"), ["Di"]),
        (Wanted(words="100%_"), []),
        (Wanted(company="looms"), ["Ann"]),
        (Wanted(reach=Reach.EMAIL), ["Di", "Ann"]),
        (Wanted(reach=Reach.LINKEDIN), ["Bo", "Cy"]),
        (Wanted(basis=Basis.UNDER_TERMS), ["Bo", "Di", "Ann"]),
        (Wanted(basis=Basis.BEFORE_TERMS, words="cy"), ["Cy"]),
        (Wanted(state="stopped"), ["Bo"]),
        (Wanted(state="welcome_due", reach=Reach.EMAIL), ["Di", "Ann"]),
        (Wanted(state="nonsense"), EVERYBODY),
        (Wanted(tie=TieClass.STRONG), ["Di"]),
        (Wanted(tie=TieClass.WEAK), ["Cy"]),
        (Wanted(tie=TieClass.UNKNOWN), ["Bo", "Ann"]),
        (Wanted(sort=Sort.CONNECTED), ["Bo", "Di", "Ann", "Cy"]),
        (Wanted(sort=Sort.TIE), ["Di", "Cy", "Bo", "Ann"]),
        (Wanted(sort=Sort.LAST), ["Cy", "Bo", "Di", "Ann"]),
    ],
)
def test_exactly_those_wanted_are_listed_in_the_order_wanted(desk: Desk, wanted: Wanted, names: list[str]) -> None:
    network(desk)
    found = listing(desk, wanted)
    assert [listed.person.first_name for listed in found[:50]] == names
    assert len(found) == len(names)
    assert [person.first_name for person in found.people()] == names


def test_rows_say_where_each_stands(desk: Desk) -> None:
    network(desk)
    bo, cy, di, ann = listing(desk, Wanted())[:50]
    assert bo.decision.reason == "stopped"
    assert cy.tie.last_at is not None
    assert di.tie.strength == 0.9
    assert ann.bearing.basis is Basis.UNDER_TERMS


def test_who_was_joined_to_another_is_not_listed(desk: Desk) -> None:
    network(desk)
    merge(desk.office, desk.person("ann"), desk.person("bo"), now=desk.tick())
    assert [listed.person.first_name for listed in listing(desk, Wanted())[:50]] == ["Cy", "Di", "Ann"]
    found = listing(desk, Wanted(state="stopped"))
    assert [listed.person.first_name for listed in found[:50]] == ["Ann"]


@pytest.mark.parametrize("wanted", [Wanted(), Wanted(words="a"), Wanted(state="connected"), Wanted(sort=Sort.TIE)])
def test_a_page_costs_the_same_queries_however_many_are_on_it(desk: Desk, wanted: Wanted) -> None:
    network(desk)
    with CaptureQueriesContext(connection) as few:
        listing(desk, wanted)[:2]
    desk.read(*[row(f"p{n}", f"Pat Number{n}") for n in range(60)], accept_departures=True)
    with CaptureQueriesContext(connection) as many:
        listing(desk, wanted)[:50]
    assert len(many) == len(few) <= 14
