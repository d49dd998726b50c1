"""Looking first for words without which no list can match changes no result."""

import random
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from goodterms.feedback.parsers import exit_words
from goodterms.feedback.parsers.anchors import Prefilter, anchors_of
from goodterms.feedback.parsers.exit_words import ExitSignal, exit_in
from tests.feedback.parsers.replies import LEAVE, NONE, STOP, UNSURE

REPLIES = [*STOP, *LEAVE, *UNSURE, *NONE]


def entries() -> list[str]:
    return [
        entry
        for table in exit_words._tables().values()
        for name, found in table.items()
        if name != "joined"
        for entry in found
    ]


PIECES = sorted({word for entry in entries() for word in re.sub(r"\\w[+*]?|\W", " ", entry).split()})


def without_first_look(words: str) -> ExitSignal:
    everything = {
        name: [language for language in exit_words._languages() if name in language.patterns]
        for language in exit_words._languages()
        for name in language.patterns
    }
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(exit_words, "_languages_by_list", lambda _text: everything)
        exit_words._guards.cache_clear()
        return exit_in(words)


@pytest.mark.parametrize(
    ("entry", "joined", "expected"),
    [
        ("unsubscribe", False, {" unsubscribe "}),
        ("(please|pls) unsubscribe", False, {" unsubscribe "}),
        ("(remove|take) (me|us)", False, {" remove ", " take "}),
        ("spam\\w*", False, {" spam"}),
        ("non ?stop", False, {"stop "}),
        ("(\\w+ ){0,2}send", False, {" send "}),
        ("not interested(?! in)", False, {" interested"}),
        ("e ?mails?", False, {"mail"}),
        ("\\w+", False, None),
        ("(a|\\w+)", False, None),
        ("退订", True, {"退订"}),
    ],
)
def test_every_match_holds_an_anchor(entry: str, joined: bool, expected: set[str] | None) -> None:
    assert anchors_of(entry, joined=joined) == (frozenset(expected) if expected else None)


def test_what_can_not_be_told_is_always_tried() -> None:
    assert Prefilter({"any": [None], "one": [frozenset({" stop "})]}).lists_for("go on") == ["any"]


@pytest.mark.parametrize("reply", REPLIES)
def test_a_reply_is_read_as_without_it(reply: str) -> None:
    assert exit_in(reply) == without_first_look(reply)


def test_mixed_up_replies_are_read_as_without_it() -> None:
    dice = random.Random(14)
    words = [word for reply in REPLIES for word in reply.split()]
    for _ in range(300):
        mixed = " ".join(dice.choices(words, k=dice.randint(1, 12)))
        assert exit_in(mixed) == without_first_look(mixed)


@given(st.lists(st.sampled_from([*PIECES, ".", ",", "\n", "-"]), max_size=10))
def test_words_of_the_lists_are_read_as_without_it(words: list[str]) -> None:
    mixed = " ".join(words)
    assert exit_in(mixed) == without_first_look(mixed)
