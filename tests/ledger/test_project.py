"""Standings kept as entries come are those that all the entries give."""

from datetime import timedelta

import pytest

from goodterms.ledger.actions.append import append
from goodterms.ledger.actions.project import rebuild
from goodterms.ledger.models import Standing
from goodterms.ledger.rules.facts import Fact
from goodterms.ledger.rules.kinds import Actor, Kind
from tests.ledger.made import NOON, make_owner, make_person

SENT, SEEN, STOPPED = Kind.UPDATE_ACCEPTED, Kind.CONNECTION_SEEN, Kind.STOPPED


@pytest.mark.django_db
@pytest.mark.parametrize(
    "kinds", [[SENT], [SEEN, SENT], [SENT, STOPPED, SENT], [SEEN, SENT, SENT, STOPPED], [STOPPED, SENT]]
)
def test_copies_among_other_things_told_at_once_give_what_the_ledger_gives_anew(kinds: list[Kind]) -> None:
    owner = make_owner()
    alice, bob = make_person(owner), make_person(owner, "Bob")
    half = make_person(owner, "Bobby", merged_into=bob)
    facts = [
        Fact(kind=kind, occurred_at=NOON + timedelta(days=day), actor=Actor.PERSON, person=person.pk)
        for day, kind in enumerate(kinds)
        for person in (alice, half, bob)
    ]

    append(owner, [Fact(kind=SEEN, occurred_at=NOON, actor=Actor.OWNER, person=bob.pk)], now=NOON)
    append(owner, facts, now=NOON)

    kept = list(Standing.objects.order_by("person").values())
    rebuild(owner)
    assert list(Standing.objects.order_by("person").values()) == kept
    assert [row["person_id"] for row in kept] == [alice.pk, bob.pk]
