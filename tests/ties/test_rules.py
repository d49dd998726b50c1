"""How strong a tie is, and why."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from goodterms.ties.rules import (
    NO_DATA,
    Said,
    Source,
    as_owner_says,
    faded,
    is_due,
    reasons,
    seeks_in,
    strength_of,
    tie_of,
)

NOW = datetime(2026, 5, 1, 12, tzinfo=UTC)


def said(days: int, *, by_owner: bool, kind: str = "message") -> Said:
    return Said(kind=kind, by_owner=by_owner, at=NOW - timedelta(days=days))


def test_nothing_known_is_weak_and_says_so() -> None:
    tie = tie_of([], now=NOW)
    assert (tie.strength, tie.source, tie.last_at) == (NO_DATA, Source.NOTHING, None)
    assert reasons(tie) == ["No exchange is known, so it is taken for weak."]


@pytest.mark.parametrize(
    ("theirs", "ours", "strength"),
    [(0, 0, 0), (3, 0, 0.4 * 0.632), (0, 3, 0.4 * 0.632), (1.5, 1.5, 0.632), (30, 30, 1), (2, 1, 0.632 * 0.8)],
)
def test_much_is_strong_and_both_ways_stronger(theirs: float, ours: float, strength: float) -> None:
    assert strength_of(theirs, ours) == pytest.approx(strength, abs=0.001)


def test_after_half_a_year_an_exchange_counts_half() -> None:
    fresh, old = tie_of([said(0, by_owner=False)], now=NOW), tie_of([said(180, by_owner=False)], now=NOW)
    assert fresh.theirs.weight == 1
    assert old.theirs.weight == pytest.approx(0.5)


def test_what_silence_took_is_put_back() -> None:
    exchanges = [said(400, by_owner=False), said(401, by_owner=True)]
    tie = tie_of(exchanges, now=NOW)
    then = tie_of(exchanges, now=NOW - timedelta(days=400))
    assert tie.strength < then.strength
    assert tie.last_at is not None
    silence = faded(tie.last_at, NOW)
    found = strength_of(tie.theirs.weight / silence, tie.ours.weight / silence)
    assert found == pytest.approx(then.strength)


def test_reasons_say_who_did_what_and_when() -> None:
    exchanges = [said(30 + n, by_owner=False) for n in range(4)] + [said(20, by_owner=True)]
    assert reasons(tie_of(exchanges, now=NOW)) == [
        "They wrote to you 4 times; last in April 2026.",
        "You wrote to them once; last in April 2026.",
    ]


def test_one_sided_ties_are_called_so() -> None:
    assert reasons(tie_of([said(1, by_owner=False)], now=NOW))[-1] == "Only they wrote."
    assert reasons(tie_of([said(1, by_owner=True)], now=NOW))[-1] == "They never answered."


def test_a_meeting_is_an_exchange_of_both() -> None:
    tie = tie_of([said(0, by_owner=True, kind="met")], now=NOW)
    assert (tie.theirs.weight, tie.ours.weight) == (2, 2)


def test_the_owner_has_the_last_word() -> None:
    tie = tie_of([said(0, by_owner=True)], now=NOW)
    assert as_owner_says(tie, None) is tie
    assert as_owner_says(tie, 0.9).strength == 0.9
    assert reasons(as_owner_says(tie, 0.9))[0] == "You said so yourself."


@given(
    st.lists(
        st.builds(
            Said,
            kind=st.sampled_from(["message", "reply", "met", "recommendation", "invitation", "endorsement"]),
            by_owner=st.booleans(),
            at=st.integers(-1000, 9000).map(lambda days: NOW - timedelta(days=days)),
        )
    )
)
def test_a_tie_is_from_0_to_1_whatever_was_said(exchanges: list[Said]) -> None:
    tie = tie_of(exchanges, now=NOW)
    assert 0 <= tie.strength <= 1
    assert reasons(tie)


@pytest.mark.parametrize(("days", "due"), [(0, False), (89, False), (90, True), (500, True)])
def test_a_word_is_due_when_the_cadence_has_passed(days: int, due: bool) -> None:
    assert is_due(NOW - timedelta(days=days), 90, now=NOW) is due


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Hello. We are hiring a Python developer! Bye.", ["We are hiring a Python developer!"]),
        ("Ich suche eine neue Stelle. Gruß", ["Ich suche eine neue Stelle."]),
        ("Je cherche un associé.", ["Je cherche un associé."]),
        ("Estoy buscando trabajo", ["Estoy buscando trabajo"]),
        ("Good to see you.", []),
        ("", []),
    ],
)
def test_what_somebody_looks_for_is_proposed(text: str, found: list[str]) -> None:
    assert seeks_in(text) == found
