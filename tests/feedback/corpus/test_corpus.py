"""Whoever wants out is heard in 28 languages, and hardly anybody else is bothered."""

from goodterms.feedback.parsers.classify import Signal
from tests.feedback.corpus.reading import figures, read_corpus

REPLIES = list(read_corpus())
SEEN = [reply for reply in REPLIES if reply.is_seen and not reply.is_second]
SECOND = [reply for reply in REPLIES if reply.is_second]
UNSEEN = [reply for reply in REPLIES if not reply.is_seen]


def test_the_corpus_is_large_and_says_where_it_comes_from() -> None:
    assert len(REPLIES) >= 1_100
    assert len({reply.number for reply in REPLIES}) == len(REPLIES)
    assert len({reply.language for reply in REPLIES}) >= 20
    assert all(reply.origin and reply.label in {"S", "L", "U", "N"} for reply in REPLIES)


def test_the_seen_half_is_read_right() -> None:
    found = figures(SEEN)
    assert found["exit_recall"] >= 0.995
    assert found["false_exits"] == 0
    assert found["held_ordinary"] <= 0.02


def test_another_author_is_understood_too() -> None:
    """Their people tell stories, and ask in passing; whoever can't be told for certain is held."""
    found = figures(SECOND)
    assert found["exits_taken_or_held"] >= 0.995
    assert found["exit_recall"] >= 0.85
    assert found["false_exits"] <= 0.01
    assert found["held_ordinary"] <= 0.05
    assert found["doubts_passed"] == 0


def test_the_unseen_half_is_read_no_worse_than_it_was() -> None:
    """Floors under what was measured when the rules were written; script/bench gives the figures."""
    found = figures(UNSEEN)
    assert found["exits_taken_or_held"] >= 0.99
    assert found["exit_recall"] >= 0.965
    assert found["false_exits"] <= 0.01
    assert found["held_ordinary"] <= 0.05


def test_a_break_of_the_connection_is_told_from_a_stop() -> None:
    leaving = [reply for reply in SEEN if reply.label == "L"]
    assert sum(reply.read() is Signal.EXIT_LEAVE for reply in leaving) / len(leaving) >= 0.8
