"""The small model: how likely a reply asks for a way out, with stored weights."""

import math
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from typing import Any

import numpy as np
import numpy.typing as npt

from goodterms.feedback.parsers.folding import is_joined
from goodterms.feedback.parsers.learnt.signs import BITS, FOLDER, Signs, signs_of
from goodterms.feedback.parsers.wish import Basis, ExitSignal, Wish
from goodterms.lib.regression import Floats, from_growing_steps

WEIGHTS = FOLDER / "weights.bin"
ABOUT = FOLDER / "about.toml"
BUCKETS = 2**BITS
REACH = (2.0, 2.0, 3.0)
"""How much letters, words and clues of a text count together, however many there are."""


class Lists(StrEnum):
    """What the lists and notions found in a reply."""

    ALONE = "alone"
    """An exit, and nothing else in it."""
    EXIT = "exit"
    """An exit, by a list."""
    NOTIONS = "notions"
    """An exit, by the notions in a sentence."""
    UNSURE = "unsure"
    """Perhaps an exit."""
    NOTHING = "nothing"
    """No exit."""

    @classmethod
    def of(cls, found: ExitSignal) -> "Lists":
        """Say what a signal of theirs is."""
        if found.wish is None:
            return cls.NOTHING
        return cls.UNSURE if found.wish is Wish.UNSURE else _BY_BASIS[found.basis]


_BY_BASIS = {Basis.ALONE: Lists.ALONE, Basis.LIST: Lists.EXIT, Basis.NOTIONS: Lists.NOTIONS}


@dataclass(frozen=True)
class Weights:
    """A weight for each bucket, for the sentences of a reply and for the whole of it, and where each sum starts."""

    of_sentences: Floats
    of_whole: Floats
    start_of_sentences: float
    start_of_whole: float


@dataclass(frozen=True)
class Sums:
    """How much a reply's sentences, and the whole of it, sound like an exit; above 0 more than not."""

    sentences: Floats
    whole: float


@dataclass(frozen=True)
class Trait:
    """What a trait of a reply says: its middle, its spread, and its weight."""

    middle: float
    spread: float
    weight: float


@dataclass(frozen=True)
class Judgement:
    """How likely a reply asks for a way out, from 0 to 1, and the sentence that sounds most like it."""

    likely: float
    sentence: str


@cache
def _about() -> dict[str, Any]:
    return tomllib.loads(ABOUT.read_text(encoding="utf-8"))


@cache
def _weights() -> Weights:
    about = _about()
    stepped = from_growing_steps(WEIGHTS.read_bytes(), about["largest"])
    assert len(stepped) == 2 * BUCKETS
    return Weights(stepped[:BUCKETS], stepped[BUCKETS:], about["start_of_sentences"], about["start_of_whole"])


@cache
def _traits() -> dict[str, Trait]:
    return {name: Trait(*row) for name, row in _about()["traits"].items()}


def judge(words: str, lists: Lists) -> Judgement:
    """Give how likely a person's words ask for a way out, where the lists found this."""
    signs = signs_of(words)
    sums = sums_of(signs, _weights())
    traits = traits_of(signs, sums, lists)
    total = _about()["start"] + sum(
        (traits[name] - trait.middle) / trait.spread * trait.weight for name, trait in _traits().items()
    )
    return Judgement(1 / (1 + math.exp(-max(min(total, 30.0), -30.0))), signs.sentences[int(sums.sentences.argmax())])


def sums_of(signs: Signs, weights: Weights) -> Sums:
    """Add up the weights of a reply's signs."""
    count = len(signs.sentences)
    sentences = np.full(count, weights.start_of_sentences)
    whole = weights.start_of_whole
    for reach, group in zip(REACH, signs.groups, strict=True):
        shares = reach / np.sqrt(np.maximum(np.bincount(group.text, minlength=count), 1))
        sentences += shares * np.bincount(group.text, weights.of_sentences[group.bucket], count)
    for reach, buckets in zip(REACH, whole_groups(signs), strict=True):
        whole += reach * float(weights.of_whole[buckets].sum()) / math.sqrt(max(len(buckets), 1))
    return Sums(sentences, whole)


def whole_groups(signs: Signs) -> Sequence["npt.NDArray[np.int64]"]:
    """Give the buckets of each group of a whole reply."""
    letters, words, _ = signs.groups
    return letters.bucket, words.bucket, signs.whole


def traits_of(signs: Signs, sums: Sums, lists: Lists) -> dict[str, float]:
    """Give the traits of a reply by name."""
    ordered = np.sort(sums.sentences)[::-1]
    return {
        "best": float(ordered[0]),
        "second": float(ordered[1]) if len(ordered) > 1 else 0.0,
        "mean": float(ordered.mean()),
        "first": float(sums.sentences[0]),
        "last": float(sums.sentences[-1]),
        "sentences": math.log(len(ordered)),
        "signs": math.log(1 + signs.signs),
        "overall": sums.whole,
        **{f"lists_{one}": float(one is lists) for one in Lists},
        **_where_joined(signs, lists),
    }


def _where_joined(signs: Signs, lists: Lists) -> dict[str, float]:
    """Give what the lists found where words have no borders, and lists find them inside others."""
    joined = float(any(map(is_joined, signs.sentences)))
    by_list = lists in {Lists.ALONE, Lists.EXIT}
    return {"joined": joined, "joined_lists": joined * by_list, "joined_notions": joined * (lists is Lists.NOTIONS)}
