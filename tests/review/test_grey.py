"""The small model: the same sentences make the same bytes, and it says what they are."""

from hashlib import sha256

from hypothesis import given
from hypothesis import strategies as st

from goodterms.review.grey.letters import letters
from goodterms.review.grey.model import ABOUT, WEIGHTS, WHOLE, likeness, purposes, weightiest, whole
from goodterms.review.grey.signs import MOST_TOKENS, tokens_in
from goodterms.review.grey.training import sentences, train
from goodterms.review.grey.traits import Heard, traits_of
from tests.review.train import seen


def test_training_anew_gives_the_same_bytes() -> None:
    trained = train(seen())
    assert trained.weights == WEIGHTS.read_bytes()
    assert trained.whole == WHOLE.read_bytes()
    assert trained.about == ABOUT.read_text(encoding="utf-8")
    assert sha256(trained.weights).hexdigest() in trained.about
    assert sha256(trained.whole).hexdigest() in trained.about


def test_there_is_enough_to_learn_from_in_five_languages() -> None:
    assert len(sentences()) > 1_400
    assert len(letters()) > 600
    assert {letter.purpose for letter in letters()} == {"networking", "mixed", "commercial"}


def test_an_offer_sounds_more_like_one_than_news() -> None:
    for language, offer, news in [
        ("en", "Two places are left, book yours by Friday.", "My sister moved to Ghent in May."),
        ("de", "Es sind noch zwei Plätze frei, melden Sie sich an.", "Meine Schwester ist im Mai umgezogen."),
        ("fr", "Il reste deux places, réservez la vôtre.", "Ma sœur a déménagé en mai."),
        ("es", "Quedan dos plazas, reserva la tuya.", "Mi hermana se mudó en mayo."),
        ("it", "Restano due posti, prenota il tuo.", "Mia sorella si è trasferita a maggio."),
    ]:
        assert likeness(offer, (language,)) > 0.7
        assert likeness(news, (language,)) < 0.3


def test_of_no_words_nothing_is_told() -> None:
    assert likeness("", ("en",)) == 0.5
    assert weightiest("", ("en",)) == []


def test_the_three_purposes_make_one() -> None:
    told = purposes(traits_of(0.3, [Heard(0.2, 7, frozenset())]) | whole({}))
    assert abs(sum(told.values()) - 1) < 1e-9


@given(st.text(max_size=3_000))
def test_no_more_of_a_sentence_is_looked_at_than_said(text: str) -> None:
    tokens = tokens_in(text, ("fr",))
    assert len(tokens) <= MOST_TOKENS + text.count("'") + text.count("’")
    assert all(0 <= token.start <= token.end <= len(text) for token in tokens)
    assert 0 <= likeness(text, ("fr", "de")) <= 1
