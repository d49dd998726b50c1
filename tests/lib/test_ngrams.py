"""Runs of letters and words are those that were asked for, by numbers that stay the same on every machine."""

from hypothesis import given
from hypothesis import strategies as st

from goodterms.lib.ngrams import code_of_word, runs_of_letters, runs_of_words, spread

WORDS = st.lists(st.text("abcé漢", min_size=1, max_size=7), max_size=6)


def test_the_numbers_stay_what_they_are() -> None:
    """Stored weights stand under them."""
    assert runs_of_letters("no", range(2, 4)) == [1281431680, 1436306077, 2867079133, 3812170571, 1715852993]
    assert runs_of_words([code_of_word("no"), code_of_word("more")], 3) == [1715852993, 4160019056, 585630852]
    assert spread([0, 1, 2], 18) == [0, 162013, 61883]


@given(st.text("abcé漢", min_size=1, max_size=9))
def test_there_is_a_run_of_letters_at_every_place(word: str) -> None:
    padded = f" {word} "
    expected = {padded[place : place + length] for length in range(2, 6) for place in range(len(padded) - length + 1)}

    assert len(set(runs_of_letters(word, range(2, 6)))) == len(expected)


@given(WORDS)
def test_there_is_a_run_of_words_at_every_place(words: list[str]) -> None:
    expected = {
        tuple(words[place : place + length]) for length in range(1, 4) for place in range(len(words) - length + 1)
    }

    assert len(set(runs_of_words(list(map(code_of_word, words)), 3))) == len(expected)


@given(st.lists(st.integers(0, 2**27)))
def test_buckets_are_as_many_as_were_asked_for(numbers: list[int]) -> None:
    assert all(0 <= bucket < 2**10 for bucket in spread(numbers, 10))


@given(st.text(max_size=20))
def test_any_signs_have_runs(word: str) -> None:
    assert all(
        0 <= run < 2**32 for run in [*runs_of_letters(word, range(2, 6)), *runs_of_words([code_of_word(word)], 1)]
    )
