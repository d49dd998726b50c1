"""The small model of exits: the same replies make the same bytes, and none of them is one that may not be looked at."""

import os
from hashlib import sha256

import numpy as np
import pytest

from goodterms.feedback.parsers.learnt import training
from goodterms.feedback.parsers.learnt.model import ABOUT, BUCKETS, WEIGHTS
from goodterms.feedback.parsers.learnt.training import Example, fingerprint, train
from tests.feedback.corpus.reading import read_corpus
from tests.feedback.train import seen

# Training wholly anew takes a minute: GOODTERMS_TEST_TRAINING=all. Else the half of it that hears replies as a whole.
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
