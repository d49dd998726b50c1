"""Whoever wants out is understood; whoever does not is left alone; in doubt the owner is asked."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from goodterms.feedback.parsers.exit_words import Wish, exit_by_lists, exit_in
from tests.feedback.parsers.replies import LEAVE, NONE, STOP, UNSURE


@pytest.mark.parametrize("reply", STOP)
def test_a_wish_to_stop_is_understood(reply: str) -> None:
    assert exit_by_lists(reply).wish is Wish.STOP
    assert exit_in(reply).wish in {Wish.STOP, Wish.UNSURE}


@pytest.mark.parametrize("reply", LEAVE)
def test_a_wish_to_break_the_connection_is_understood(reply: str) -> None:
    assert exit_by_lists(reply).wish is Wish.LEAVE
    assert exit_in(reply).wish in {Wish.LEAVE, Wish.UNSURE}


@pytest.mark.parametrize("reply", UNSURE)
def test_what_may_be_an_exit_is_asked_about(reply: str) -> None:
    """By the lists; the small model may hear that it is none, but takes nobody for gone."""
    assert exit_by_lists(reply).wish is Wish.UNSURE
    assert exit_in(reply).wish in {None, Wish.UNSURE}


@pytest.mark.parametrize("reply", NONE)
def test_what_is_no_exit_stays_a_reply(reply: str) -> None:
    assert exit_in(reply).wish is None


@pytest.mark.parametrize("reply", [*STOP, *LEAVE])
def test_case_and_stray_signs_hide_no_exit(reply: str) -> None:
    assert exit_in(f"  {reply.upper()} \u200b\n\n").wish is not None
    assert exit_in(f"{reply}!!!").wish is not None


@pytest.mark.parametrize("reply", [*STOP, *LEAVE])
def test_thanks_around_a_request_hide_no_exit(reply: str) -> None:
    assert exit_in(f"Hello Alice,\n\n{reply}\n\nBest regards,\nBob Byte").wish is not None


@pytest.mark.parametrize(
    ("subject", "words", "expected"),
    [
        ("unsubscribe", "", Wish.STOP),
        ("Unsubscribe", "Sent in a hurry", Wish.STOP),
        ("STOP", "", Wish.STOP),
        ("leave", "", Wish.LEAVE),
        ("Abmelden", "", Wish.STOP),
        ("退订", "", Wish.STOP),
        ("stop kud7777777777t6haerukz4jvpg66ajdivtytk6n542ajazloweazthmyfbbg", "", Wish.STOP),
        ("Re: unsubscribe", "", Wish.UNSURE),
        ("AW: Stop", "", Wish.UNSURE),
        ("Re: Stop by our stand", "See you there", None),
        ("Re: unsubscribe", "Please leave", Wish.LEAVE),
        ("How to unsubscribe a thousand people", "Have you read this?", None),
        ("Re: News from Alice", "unsubscribe", Wish.STOP),
        ("", "", None),
    ],
)
def test_a_subject_counts_where_it_is_the_persons_own(subject: str, words: str, expected: Wish | None) -> None:
    assert exit_in(words, subject).wish is expected


def test_the_words_and_the_rule_are_named() -> None:
    found = exit_in("Hi. Please take me off your list.")

    assert found.rule == "en.stop"
    assert found.matched == "take me off your list"


def test_the_table_is_large_enough_to_mean_something() -> None:
    assert len({*STOP, *LEAVE, *UNSURE, *NONE}) > 250


@given(st.text(max_size=400), st.text(max_size=80))
@settings(max_examples=150, deadline=None)
def test_any_words_are_read(words: str, subject: str) -> None:
    assert exit_in(words, subject).wish in {None, *Wish}
