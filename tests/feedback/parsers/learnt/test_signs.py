"""A reply's signs are hashed at once, as many as there are and no more of a long one than said."""

from hypothesis import given, settings
from hypothesis import strategies as st

from goodterms.feedback.parsers.learnt.clues import told_by
from goodterms.feedback.parsers.learnt.signs import BITS, MOST_SENTENCES, clue_signs, signs_of
from goodterms.feedback.parsers.lexicon import WIDTH, Clue, _languages_of, lexicon, likely, marks_of


def test_sentences_are_told_apart() -> None:
    sentences = signs_of("Hi Alice! Nice photos. No more of these, please / Bob").sentences
    assert [one.text for one in sentences] == ["hi alice", "nice photos", "no more of these please", "bob"]


def test_what_is_spoken_of_is_the_same_in_every_language() -> None:
    for words in ("congratulations", "glückwunsch", "félicitations", "поздравляю", "おめでとう", "축하"):
        text = signs_of(words).sentences[0].text
        everything = sum(1 << place * WIDTH for place in range(len(lexicon().names)))
        told = told_by(text, likely(marks_of(text)[0]) or everything)
        assert 32 + Clue.WARM in told.present, words


def test_every_list_of_the_file_is_a_clue_of_a_language_that_is_known() -> None:
    assert set(_languages_of("clues.toml")) <= set(lexicon().names)


@given(st.text(max_size=3_000))
@settings(max_examples=60, deadline=None)
def test_any_words_have_signs(words: str) -> None:
    signs = signs_of(words)
    assert 1 <= len(signs.sentences) <= MOST_SENTENCES
    clues = [bucket for sentence in signs.sentences for bucket in clue_signs(sentence.spoken)]
    assert all(0 <= bucket < 2**BITS for bucket in [*clues, *clue_signs(signs.whole)])
