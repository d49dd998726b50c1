"""Runs of letters and words are those that a plain loop finds, whatever else is hashed with them."""

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from goodterms.lib.ngrams import runs_of_letters, runs_of_words

WORDS = st.lists(st.text("abcé漢", min_size=1, max_size=7), max_size=6).map(" ".join)


def _letters(text: str) -> list[str]:
    padded = [f" {word} " for word in text.split()]
    return [word[i : i + n] for word in padded for n in range(2, 6) for i in range(len(word) - n + 1)]


def _words(text: str) -> list[str]:
    words = text.split()
    return [" ".join(words[i : i + n]) for n in range(1, 4) for i in range(len(words) - n + 1)]


@given(st.lists(WORDS, min_size=1, max_size=4))
def test_there_are_as_many_runs_as_a_loop_finds(texts: list[str]) -> None:
    letters = runs_of_letters(texts, range(2, 6), 40)
    words = runs_of_words(texts, range(1, 4), 40)
    for number, text in enumerate(texts):
        of_letters = Counter(letters.bucket[letters.text == number].tolist())
        of_words = Counter(words.bucket[words.text == number].tolist())
        assert sorted(of_letters.values()) == sorted(Counter(_letters(text)).values())
        assert sorted(of_words.values()) == sorted(Counter(_words(text)).values())


@given(WORDS, WORDS)
def test_what_stands_beside_a_text_does_not_change_its_runs(text: str, other: str) -> None:
    alone = runs_of_letters([text], range(2, 6), 17).bucket.tolist()
    beside = runs_of_letters([other, text], range(2, 6), 17)
    assert sorted(beside.bucket[beside.text == 1].tolist()) == sorted(alone)
