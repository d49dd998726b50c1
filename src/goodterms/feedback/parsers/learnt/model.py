"""The small model: how likely a reply asks for a way out, with stored weights."""

import math
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cache, lru_cache
from typing import Any, NamedTuple

import numpy as np

from goodterms.feedback.parsers.folding import is_joined
from goodterms.feedback.parsers.learnt.signs import (
    BITS,
    FOLDER,
    LONGEST_RUN,
    Sentence,
    Signs,
    Spoken,
    bucketed,
    letter_signs,
    numbers_of_things,
    signs_of,
)
from goodterms.feedback.parsers.wish import Basis, ExitSignal, Wish
from goodterms.lib.known import Known
from goodterms.lib.ngrams import code_of_word, longer_runs, run_of_word, spread
from goodterms.lib.regression import from_growing_steps
from goodterms.lib.trees import Trees

WEIGHTS = FOLDER / "weights.bin"
ABOUT = FOLDER / "about.toml"
BUCKETS = 2**BITS
REACH = (2.0, 2.0, 2.0)
"""How much letters, words and clues of a text count together, however many there are."""
LOOSE, _DOUBT = ".common", ".doubt"
"""The list of words that stand in all sorts of sentences, and that of what nobody can tell."""


class Lists(StrEnum):
    """What the lists and notions found in a reply."""

    ALONE = "alone"
    """An exit, and nothing else in it."""
    EXIT = "exit"
    """An exit, word for word."""
    LOOSE = "loose"
    """An exit, by a word that stands in all sorts of sentences."""
    NOTIONS = "notions"
    """An exit, by the notions in a sentence."""
    DOUBT = "doubt"
    """What nobody can tell."""
    UNSURE = "unsure"
    """Perhaps an exit."""
    NOTHING = "nothing"
    """No exit."""

    @classmethod
    def of(cls, found: ExitSignal) -> "Lists":
        """Say what a signal of theirs is."""
        if found.wish is None:
            return cls.NOTHING
        if found.wish is Wish.UNSURE:
            return cls.DOUBT if found.rule.endswith(_DOUBT) else cls.UNSURE
        if found.basis is Basis.LIST:
            return cls.LOOSE if found.rule.endswith(LOOSE) else cls.EXIT
        return cls.ALONE if found.basis is Basis.ALONE else cls.NOTIONS


_EVERY_LIST = tuple(Lists)


@dataclass(frozen=True)
class Weights:
    """A weight for each bucket, for the sentences of a reply and for the whole of it, and where each sum starts."""

    by_step: list[float]
    """The weights that there are; of each bucket its step is kept, so that all of them fit into a processor's cache."""
    of_sentences: bytes
    of_whole: bytes
    start_of_sentences: float
    start_of_whole: float
    spoken_in_sentence: "_BySpoken"
    spoken_in_whole: "_BySpoken"


class _BySpoken(dict[int, float]):
    """The weights of what is spoken of, by its number; there are some ten thousand, looked up when first met."""

    def __init__(self, by_step: list[float], stored: bytes) -> None:
        super().__init__()
        self._by_step, self._stored = by_step, stored

    def __missing__(self, number: int) -> float:
        (bucket,) = spread([number], BITS)
        found = self[number] = self._by_step[self._stored[bucket]]
        return found


class Sums(NamedTuple):
    """How much a reply's sentences, and the whole of it, sound like an exit; above 0 more than not."""

    sentences: list[float]
    whole: float


@dataclass(frozen=True)
class Judgement:
    """How likely a reply asks for a way out, from 0 to 1, and the sentence that sounds most like it."""

    likely: float
    sentence: str


_Group = tuple[int, float, float]
"""Some signs of one kind: how many, and what they add up to for a sentence and for the whole."""
_NO_SIGNS: _Group = (0, 0.0, 0.0)


class _Word(NamedTuple):
    """What is known of a word: how it is hashed, and what its letters, and it alone, add up to."""

    code: bytes
    run: int
    signs: int
    letters: float
    letters_of_whole: float
    alone: float
    alone_of_whole: float


@cache
def _about() -> dict[str, Any]:
    return tomllib.loads(ABOUT.read_text(encoding="utf-8"))


@cache
def _weights() -> Weights:
    about = _about()
    by_step = from_growing_steps(bytes(range(256)), about["largest"]).tolist()
    stored = WEIGHTS.read_bytes()
    assert len(stored) == 2 * BUCKETS
    halves = stored[:BUCKETS], stored[BUCKETS:]
    starts = about["start_of_sentences"], about["start_of_whole"]
    return Weights(by_step, *halves, *starts, *(_BySpoken(by_step, half) for half in halves))


@cache
def _trees() -> Trees:
    return Trees.of(_about()["trees"])


def judge(words: str, lists: Lists) -> Judgement:
    """Give how likely a person's words ask for a way out, where the lists found this."""
    signs = signs_of(words)
    sums = sums_of(signs)
    total = _trees().sum(np.array(traits_of(signs, sums, lists)))
    best = signs.sentences[sums.sentences.index(max(sums.sentences))]
    return Judgement(1 / (1 + math.exp(-total)), best.text)


def sums_of(signs: Signs) -> Sums:
    """Add up the weights of a reply's signs."""
    weights = _weights()
    groups = [_groups_of(sentence) for sentence in signs.sentences]
    sentences = [weights.start_of_sentences + _together(one, 1) for one in groups]
    letters, runs, _ = zip(*groups, strict=True)
    whole = groups[0] if len(groups) == 1 else (_added(letters), _added(runs), _of_spoken(signs.whole))
    return Sums(sentences, weights.start_of_whole + _together(whole, 2))


def _together(groups: Sequence[_Group], place: int) -> float:
    """Add up what stands at a place of groups of signs, of which none counts more for having many."""
    return sum([reach * group[place] / math.sqrt(group[0] or 1) for reach, group in zip(REACH, groups, strict=True)])


def _added(groups: Sequence[_Group]) -> _Group:
    signs, sentence, whole = map(sum, zip(*groups, strict=True))
    return signs, sentence, whole


def _groups_of(sentence: Sentence) -> tuple[_Group, _Group, _Group]:
    """Give what letters, words and clues of a sentence add up to."""
    words = list(map(_words().__getitem__, sentence.text.split()))
    if not words:
        return _NO_SIGNS, _NO_SIGNS, _of_spoken(sentence.spoken)
    codes, runs, *columns = zip(*words, strict=True)
    signs, letters, letters_of_whole, alone, alone_of_whole = map(sum, columns)
    more, longer, longer_of_whole = _weighed(bucketed(longer_runs(codes, runs, LONGEST_RUN)))
    return (
        (signs, letters, letters_of_whole),
        (len(runs) + more, alone + longer, alone_of_whole + longer_of_whole),
        _of_spoken(sentence.spoken),
    )


@cache
def _words() -> Known[_Word]:
    return Known(_word)


def _word(text: str) -> _Word:
    code = code_of_word(text)
    run = run_of_word(code, LONGEST_RUN)
    return _Word(code, run, *_weighed(letter_signs(text)), *_weighed(bucketed([run]))[1:])


def _of_spoken(spoken: Spoken) -> _Group:
    """Give what adds up of what a text speaks of."""
    weights = _weights()
    present, follows, long = spoken
    signs, sentence, whole = _of_things(present, long)
    return (
        signs + len(follows),
        sentence + sum(map(weights.spoken_in_sentence.__getitem__, follows)),
        whole + sum(map(weights.spoken_in_whole.__getitem__, follows)),
    )


@lru_cache(maxsize=8192)
def _of_things(present: tuple[int, ...], long: int) -> _Group:
    weights, numbers = _weights(), numbers_of_things(present, long)
    return (
        len(numbers),
        sum(map(weights.spoken_in_sentence.__getitem__, numbers)),
        sum(map(weights.spoken_in_whole.__getitem__, numbers)),
    )


def _weighed(buckets: Sequence[int]) -> _Group:
    weights = _weights()
    weight_of = weights.by_step.__getitem__
    return (
        len(buckets),
        sum(map(weight_of, map(weights.of_sentences.__getitem__, buckets))),
        sum(map(weight_of, map(weights.of_whole.__getitem__, buckets))),
    )


def traits_of(signs: Signs, sums: Sums, lists: Lists) -> list[float]:
    """Give the traits of a reply: how it sounds, how long it is, what the lists found, whether words have borders."""
    ordered = sorted(sums.sentences, reverse=True)
    return [
        ordered[0],
        ordered[1] if len(ordered) > 1 else 0.0,
        sum(ordered) / len(ordered),
        sums.sentences[0],
        sums.sentences[-1],
        float(len(ordered)),
        float(signs.length),
        sums.whole,
        *(float(one is lists) for one in _EVERY_LIST),
        float(any(is_joined(sentence.text) for sentence in signs.sentences)),
    ]
