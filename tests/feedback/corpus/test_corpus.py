"""Whoever wants out is heard in 30 languages, and hardly anybody else is bothered."""

import pytest

from goodterms.feedback.parsers.classify import Signal
from tests.feedback.corpus.reading import UNSEEN_AUTHORS, figures, parts, read_corpus

REPLIES = list(read_corpus())
PARTS = parts(REPLIES)
SEEN, UNSEEN, SECOND = PARTS["own seen"], PARTS["own unseen"], PARTS["second"]
HARDEST = {"bo", "cy", "di", "flo", "gil", "hob", "ive", "jin", "max", "wim"}
"""Who wrote short turns of phrase or hints at the end of a letter, and beside each the same about something else."""
FURTHER = sorted({reply.author for reply in REPLIES} - UNSEEN_AUTHORS - {"own", "second"})


def test_the_corpus_is_large_and_says_where_it_comes_from() -> None:
    assert len(REPLIES) >= 20_000
    assert len({reply.number for reply in REPLIES}) == len(REPLIES)
    assert len({reply.language for reply in REPLIES}) >= 28
    assert all(reply.origin and reply.label in {"S", "L", "U", "N"} for reply in REPLIES)


def test_the_seen_half_is_read_right() -> None:
    found = figures(SEEN)
    assert found["exit_recall"] >= 0.995
    assert found["false_exits"] == 0
    assert found["held_ordinary"] <= 0.02


def test_another_author_is_understood_too() -> None:
    """Their people tell stories, and ask in passing; whoever can't be told for certain is held."""
    found = figures(SECOND)
    assert found["exits_taken_or_held"] >= 0.99
    assert found["exit_recall"] >= 0.95
    assert found["false_exits"] <= 0.005
    assert found["held_ordinary"] <= 0.02


def test_the_unseen_half_is_read_no_worse_than_it_was() -> None:
    """Floors under what was measured when the rules were written; script/bench gives the figures."""
    found = figures(UNSEEN)
    assert found["exits_taken_or_held"] >= 0.99
    assert found["exit_recall"] >= 0.945
    assert found["false_exits"] <= 0.01
    assert found["held_ordinary"] <= 0.05


@pytest.mark.parametrize("author", sorted(UNSEEN_AUTHORS))
def test_authors_of_whom_nothing_was_seen_are_read_no_worse_than_they_were(author: str) -> None:
    """How good it is with words that nobody prepared it for: far from the half above, whose author wrote the lists."""
    found = figures(PARTS[f"{author} unseen"])
    assert found["exits_taken_or_held"] >= 0.89
    assert found["exit_recall"] >= 0.72
    assert found["false_exits"] <= 0.015
    assert found["held_ordinary"] <= 0.05


@pytest.mark.parametrize("author", FURTHER)
def test_further_authors_are_read_no_worse_than_they_were(author: str) -> None:
    """The small model learnt from them: this tells that all of it works together, not how good it is."""
    found = figures(PARTS[author])
    assert found["exits_taken_or_held"] >= (0.95 if author in HARDEST else 0.96)
    assert found["exit_recall"] >= (0.65 if author in HARDEST else 0.75)
    assert found["false_exits"] <= 0.005
    assert found["held_ordinary"] <= 0.04


def test_a_break_of_the_connection_is_told_from_a_stop() -> None:
    leaving = [reply for reply in SEEN if reply.label == "L"]
    assert sum(reply.read() is Signal.EXIT_LEAVE for reply in leaving) / len(leaving) >= 0.8
