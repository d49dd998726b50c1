"""The small model of exits: the same replies make the same bytes, and none of them is one that may not be looked at."""

import os
import tomllib
from hashlib import sha256

import numpy as np
import pytest

from goodterms.feedback.parsers.learnt import training
from goodterms.feedback.parsers.learnt.model import ABOUT, BUCKETS, WEIGHTS, sums_of
from goodterms.feedback.parsers.learnt.training import Example, fingerprint, train
from goodterms.lib.regression import Learnt, from_growing_steps
from tests.feedback.corpus.reading import read_corpus
from tests.feedback.train import seen

# Training wholly anew takes minutes: GOODTERMS_TEST_TRAINING=all. Else the half of it that hears replies as a whole.
IS_LONG = os.environ.get("GOODTERMS_TEST_TRAINING") == "all"


@pytest.fixture(scope="module")
def examples() -> list[Example]:
    return seen()


def test_the_stored_model_was_learnt_from_the_replies_that_are_there(examples: list[Example]) -> None:
    about = ABOUT.read_text(encoding="utf-8")
    assert f'learnt_from = "{fingerprint(examples)}"' in about
    assert sha256(WEIGHTS.read_bytes()).hexdigest() in about


def test_training_anew_gives_the_same_bytes(examples: list[Example]) -> None:
    if IS_LONG:
        trained = train(examples)
        assert trained.weights == WEIGHTS.read_bytes()
        assert trained.about == ABOUT.read_text(encoding="utf-8")
    else:
        whole = training.learn_whole(training.Tables.of(examples), np.ones(len(examples)))
        assert training.stored(whole.values) == WEIGHTS.read_bytes()[BUCKETS:]


def test_nothing_is_learnt_from_what_may_not_be_looked_at(examples: list[Example]) -> None:
    unseen = {reply.text for reply in read_corpus() if not reply.is_seen}
    assert unseen
    assert not unseen & {example.words for example in examples}


def test_a_reply_sounds_as_it_did_in_training(examples: list[Example]) -> None:
    """Weights are looked up word by word in reading, and all at once in training."""
    some = examples[::400]
    stored = from_growing_steps(WEIGHTS.read_bytes(), 4.0)
    starts = tomllib.loads(ABOUT.read_text(encoding="utf-8"))
    heard = training.Heard(
        Learnt(stored[:BUCKETS], starts["start_of_sentences"]), Learnt(stored[BUCKETS:], starts["start_of_whole"])
    )
    for one, sums in zip(some, heard.sums(training.Tables.of(some)), strict=True):
        found = sums_of(one.signs)
        assert found.sentences == pytest.approx(sums.sentences)
        assert found.whole == pytest.approx(sums.whole)
