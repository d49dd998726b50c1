"""Before anything is sent the forecast is asked; what it holds goes only to the safest part, or knowingly."""

from dataclasses import replace

import pytest

from goodterms.accounts.models import Owner
from goodterms.forecast.actions import AcceptanceEmpty, accept_forecast
from goodterms.forecast.faults import ForecastHolds
from goodterms.forecast.model import Drawn, History, Seen, draw
from goodterms.forecast.priors import Outcome
from goodterms.forecast.queries import (
    Forecast,
    acceptance_of,
    forecast,
    make_sure_forecast_allows,
    refuse_if_held,
)
from goodterms.forecast.rules import CAREFUL, Gate, gate_of, most_to_send
from goodterms.ledger.queries.entries import owner_entries
from goodterms.ledger.rules.bearing import Basis
from goodterms.ledger.rules.kinds import Kind, Vehicle
from goodterms.policy.rulebook import read_rulebook
from goodterms.updates.actions import add_update, add_welcome
from goodterms.updates.models import Update
from tests.forecast.made import PLAN, people
from tests.ledger.made import NOON, make_owner

RULEBOOK = read_rulebook("")


def drawn(count: int, history: History | None = None) -> Drawn:
    return draw(Outcome.COMPLAINT, people(count, basis=Basis.UNDER_TERMS), PLAN, history or History(), draws=1_000)


@pytest.mark.parametrize(("count", "gate"), [(10, Gate.WARN), (300, Gate.WARN), (5_000, Gate.HOLD)])
def test_from_nothing_a_few_are_warned_of_and_many_held(count: int, gate: Gate) -> None:
    assert gate_of(drawn(count)) is gate


def test_a_history_that_shows_a_high_rate_holds_a_few_too() -> None:
    bad = History(complaints={Basis.UNDER_TERMS: Seen(2_000, 20)})
    assert gate_of(drawn(20, bad)) is Gate.HOLD
    good = History(complaints={Basis.UNDER_TERMS: Seen(50_000, 3)})
    assert gate_of(drawn(500, good)) is Gate.NONE


def test_of_what_is_held_a_first_part_may_go() -> None:
    found = drawn(5_000)
    first = most_to_send(found)
    assert first is not None
    assert 0 < first.send < 5_000
    assert first.expected <= CAREFUL
    assert gate_of(drawn(first.send)) is not Gate.HOLD


def test_where_a_bad_history_is_known_no_part_is_careful() -> None:
    bad = History(complaints={Basis.UNDER_TERMS: Seen(20_000, 400)})
    assert most_to_send(drawn(500, bad)) is None


@pytest.mark.django_db
def test_a_held_update_goes_once_the_owner_said_why_and_the_ledger_has_it() -> None:
    owner, update = _update()
    held = _held(owner, update)
    with pytest.raises(ForecastHolds, match=r"Send to the safest [\d,]+ first and keep") as raised:
        refuse_if_held(held, update, is_accepted=False, is_careful=False)
    assert f"goodterms send {update.pk} --careful" in raised.value.typed
    refuse_if_held(held, update, is_accepted=False, is_careful=True)
    with pytest.raises(AcceptanceEmpty):
        accept_forecast(owner, update, held, " ", now=NOON)

    accept_forecast(owner, update, held, "They all know me.", now=NOON)

    refuse_if_held(held, update, is_accepted=True, is_careful=False)
    assert acceptance_of(owner, update) == "They all know me."
    kept = owner_entries(owner, Kind.FORECAST_ACCEPTED)[0].detail
    assert kept["gate"] == "hold"
    assert kept["people"] == 5_000
    assert acceptance_of(owner, _update(owner, "Another word.")[1]) is None


@pytest.mark.django_db
def test_where_no_part_is_careful_none_is_sent_to_with_care() -> None:
    owner, update = _update()
    with pytest.raises(ForecastHolds, match="no part is small enough"):
        refuse_if_held(replace(_held(owner, update), careful=None), update, is_accepted=True, is_careful=True)


@pytest.mark.django_db
def test_nobody_and_newcomers_are_not_held() -> None:
    owner, update = _update()
    found = make_sure_forecast_allows(owner, update, Vehicle.EMAIL, rulebook=RULEBOOK, now=NOON)
    assert found is not None
    assert (found.people, found.gate, found.keep) == (0, Gate.NONE, [])
    welcome = add_welcome(owner, "Thank you, {{ first_name }}.", terms="Connected.", now=NOON)
    assert make_sure_forecast_allows(owner, welcome, Vehicle.EMAIL, rulebook=RULEBOOK, now=NOON) is None


def _update(owner: Owner | None = None, more: str = "") -> tuple[Owner, Update]:
    owner = owner or make_owner()
    text = f"---\nsubject: A word\n---\nI moved to Leeds. How are you? {more}\n"
    return owner, add_update(owner, text, "a.md", terms="Connected.", now=NOON)


def _held(owner: Owner, update: Update) -> Forecast:
    found = forecast(owner, update, Vehicle.EMAIL, rulebook=RULEBOOK, now=NOON)
    complaints = drawn(5_000)
    return replace(
        found,
        people=5_000,
        outcomes={**found.outcomes, Outcome.COMPLAINT: complaints},
        gate=gate_of(complaints),
        careful=most_to_send(complaints),
    )
