"""How much of what happens is heard of."""

from pathlib import Path

import pytest

from goodterms.delivery.models import Delivery
from goodterms.forecast.model import History, draw
from goodterms.forecast.observed import heard_of, loops, shares
from goodterms.forecast.priors import Outcome
from goodterms.forecast.queries import heard_by_person, history_of
from goodterms.ledger.rules.bearing import Basis
from goodterms.ledger.rules.kinds import Kind, Vehicle
from goodterms.policy.rulebook import read_rulebook
from goodterms.updates.actions import add_update
from tests.forecast.made import PLAN, people
from tests.ledger.made import NOON, make_owner, make_person


@pytest.mark.parametrize(
    ("vehicle", "address", "enrolled", "share"),
    [
        (Vehicle.EMAIL, "a@yahoo.com", (), 0.03),
        (Vehicle.EMAIL, "a@yahoo.com", ("yahoo",), 0.9),
        (Vehicle.EMAIL, "a@aol.com", ("yahoo",), 0.9),
        (Vehicle.EMAIL, "a@comcast.net", ("yahoo", "comcast"), 0.9),
        (Vehicle.EMAIL, "a@outlook.com", ("microsoft",), 0.6),
        (Vehicle.EMAIL, "a@outlook.com", ("yahoo",), 0.03),
        (Vehicle.LIST, "a@hotmail.com", ("microsoft",), 0.6),
        (Vehicle.EMAIL, "a@gmail.com", ("google",), 0.03),
        (Vehicle.EMAIL, "a@firm.example", ("yahoo", "microsoft"), 0.03),
        (Vehicle.LINKEDIN, "a@yahoo.com", ("yahoo",), 0.03),
    ],
)
def test_a_complaint_is_heard_of_by_receiver_and_by_how_it_came(
    vehicle: Vehicle, address: str, enrolled: tuple[str, ...], share: float
) -> None:
    assert heard_of(vehicle, address, enrolled) == share


def test_each_share_says_where_it_comes_from_and_when_that_was_read() -> None:
    rows = [shares()["mailbox"], shares()["linkedin"], *shares()["loops"].values()]
    assert all(0 < row["share"] <= 1 and row["source"] and row["about"] and row["read_on"] for row in rows)
    assert set(loops()) == {"yahoo", "comcast", "microsoft", "google"}


def test_the_same_silence_says_more_where_it_could_have_been_broken() -> None:
    """Two thousand copies without a complaint: by a feedback loop that is good news, from a mailbox hardly any."""
    moments = [(number, Kind.UPDATE_ACCEPTED, NOON) for number in range(2_000)]
    bases = dict.fromkeys(range(2_000), Basis.UNDER_TERMS)
    deaf = history_of(bases, moments, dict.fromkeys(bases, 0.03), now=NOON)
    hearing = history_of(bases, moments, dict.fromkeys(bases, 0.9), now=NOON)
    assert deaf.complaints[Basis.UNDER_TERMS].heard == pytest.approx(0.03)
    told = [draw(Outcome.COMPLAINT, people(300), PLAN, history, draws=1_000) for history in (History(), deaf, hearing)]
    assert told[0].expected > told[1].expected > 2 * told[2].expected
    assert told[1].prior_share > 0.9
    assert told[2].prior_share < 0.4


def test_nobody_is_in_a_loop_before_they_say_so() -> None:
    assert read_rulebook("").feedback_loops == ()


@pytest.mark.django_db
def test_the_owners_own_rulebook_names_the_loops_and_the_history_counts_by_them(tmp_path: Path) -> None:
    """Bob's copy went to Yahoo, Cara's to a firm, Dan's by hand."""
    owner = make_owner()
    update = add_update(owner, "---\nsubject: A word\n---\nI moved.\n", "a.md", terms="Connected.", now=NOON)
    ways = [(Vehicle.EMAIL, "bob@yahoo.com"), (Vehicle.EMAIL, "cara@firm.example"), (Vehicle.LINKEDIN, "dan")]
    persons = []
    for vehicle, address in ways:
        person = make_person(owner)
        Delivery.objects.create(
            owner=owner,
            update=update,
            person=person,
            vehicle=vehicle,
            address=address,
            address_key=address,
            message_id=address,
            state="accepted",
            due_at=NOON,
        )
        persons.append(person.pk)
    book = tmp_path / "book.toml"
    book.write_text('[feedback_loops]\nenrolled = ["yahoo"]\n', encoding="utf-8")
    assert heard_by_person(owner, read_rulebook(str(book))) == dict(zip(persons, [0.9, 0.03, 0.03], strict=True))
