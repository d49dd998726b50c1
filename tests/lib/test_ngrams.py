"""Runs of letters and words are those that a plain loop finds, whatever else is hashed with them."""

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from goodterms.lib.ngrams import Texts, mixed

WORDS = st.lists(st.text("abcé漢", min_size=1, max_size=7), max_size=6).map(" ".join)


def _letters(text: str) -> list[str]:
    padded = [f" {word} " for word in text.split()]
    return [word[i : i + n] for word in padded for n in range(2, 6) for i in range(len(word) - n + 1)]


def _words(text: str) -> list[str]:
    words = text.split()
    return [" ".join(words[i : i + n]) for n in range(1, 4) for i in range(len(words) - n + 1)]


@given(st.lists(WORDS, min_size=1, max_size=4))
def test_there_are_as_many_runs_as_a_loop_finds(texts: list[str]) -> None:
    letters = Texts(texts).runs_of_letters(range(2, 6))
    words = Texts(texts).runs_of_words(range(1, 4))
    for number, text in enumerate(texts):
        of_letters = Counter(letters.hashes[letters.text == number].tolist())
        of_words = Counter(words.hashes[words.text == number].tolist())
        assert sorted(of_letters.values()) == sorted(Counter(_letters(text)).values())
        assert sorted(of_words.values()) == sorted(Counter(_words(text)).values())


@given(WORDS, WORDS)
def test_what_stands_beside_a_text_does_not_change_its_runs(text: str, other: str) -> None:
    for runs_in in (Texts.runs_of_letters, Texts.runs_of_words):
        alone = runs_in(Texts([text]), range(2, 6))
        beside = runs_in(Texts([other, text]), range(2, 6))
        assert sorted(beside.hashes[beside.text == 1].tolist()) == sorted(alone.hashes.tolist())


def test_buckets_are_as_many_as_were_asked_for() -> None:
    buckets = mixed(Texts(["please stop these updates"]).runs_of_letters(range(2, 6)).hashes, 10)
    assert 0 <= buckets.min() <= buckets.max() < 2**10
