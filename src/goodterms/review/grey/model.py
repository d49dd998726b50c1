"""The small model: how likely a sentence offers something, and what a letter is for, with stored weights."""

import math
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from goodterms.review.grey.signs import BUCKETS, FOLDER, Around, Signs, Token, signs_of, tokens_in
from goodterms.review.grey.whole import BUCKETS_OF_LETTERS, whole_traits

WEIGHTS = FOLDER / "weights.bin"
WHOLE = FOLDER / "whole.bin"
ABOUT = FOLDER / "about.toml"
REACH = 3.0
"""Kinds and words of a sentence count together as so many signs each, however long it is."""
PURPOSES = ("networking", "mixed", "commercial")
_MOST_WORDS = 3
_MOST_TRIED = 40


@dataclass(frozen=True)
class Weights:
    """The stored model of sentences: a weight for each bucket, in steps of `step`, and where it starts."""

    values: memoryview
    step: float
    start: float


@dataclass(frozen=True)
class Letters:
    """The stored model of letters: of each trait its middle and spread, and what it says for each purpose."""

    traits: tuple[str, ...]
    middle: tuple[float, ...]
    spread: tuple[float, ...]
    weights: tuple[tuple[float, float, float], ...]
    starts: tuple[float, float, float]


@cache
def about() -> dict[str, Any]:
    """Read what the stored weights are."""
    return tomllib.loads(ABOUT.read_text(encoding="utf-8"))


@cache
def weights() -> Weights:
    """Read the stored weights of sentences."""
    values = memoryview(WEIGHTS.read_bytes()).cast("b")
    assert len(values) == BUCKETS
    return Weights(values=values, step=about()["step"], start=about()["start"])


@cache
def letters() -> Letters:
    """Read the stored weights of letters."""
    rows = about()["letters"]
    names = tuple(name for name in rows if name != "starts")
    return Letters(
        traits=names,
        middle=tuple(rows[name][0] for name in names),
        spread=tuple(rows[name][1] for name in names),
        weights=tuple((rows[name][2], rows[name][3], rows[name][4]) for name in names),
        starts=(rows["starts"][0], rows["starts"][1], rows["starts"][2]),
    )


def likeness(
    sentence: str, languages: tuple[str, ...], rules: Iterable[str] = (), around: Around | None = None
) -> float:
    """Give how likely a sentence offers something, from 0 to 1; of no words 0.5 is all that can be said."""
    tokens = tokens_in(sentence, languages)
    return _likeness(signs_of(tokens, languages, rules, around)) if tokens else 0.5


def _likeness(signs: Signs) -> float:
    known = weights()
    total = known.start
    for group in (signs.kinds, signs.words):
        total += known.step * REACH * sum(known.values[one] for one in group) / math.sqrt(len(group) or 1)
    return 1 / (1 + math.exp(-max(min(total, 30.0), -30.0)))


def weightiest(
    sentence: str, languages: tuple[str, ...], rules: Sequence[str] = (), around: Around | None = None
) -> list[Token]:
    """Give the words without which a sentence would sound least like an offer, in their order."""
    tokens = tokens_in(sentence, languages)[:_MOST_TRIED]
    usual = _likeness(signs_of(tokens, languages, rules, around))
    losses = []
    for place, token in enumerate(tokens):
        without = tokens[:place] + tokens[place + 1 :]
        loss = usual - _likeness(signs_of(without, languages, rules, around))
        if loss > 0 and token.text[0].isalpha():
            losses.append((-loss, place))
    return [tokens[place] for _, place in sorted(sorted(losses)[:_MOST_WORDS], key=lambda pair: pair[1])]


@cache
def whole_weights() -> memoryview:
    """Read the stored weights of whole letters: those of the first purpose, then of the second, then of the third."""
    values = memoryview(WHOLE.read_bytes()).cast("b")
    assert len(values) == BUCKETS_OF_LETTERS * len(PURPOSES)
    return values


def whole(signs: Mapping[int, float]) -> dict[str, float]:
    """Give the traits that a whole letter with these signs adds."""
    values, step, starts = whole_weights(), about()["whole_step"], about()["whole_starts"]
    return whole_traits(
        [
            start + step * sum(values[number * BUCKETS_OF_LETTERS + one] * value for one, value in signs.items())
            for number, start in enumerate(starts)
        ]
    )


def purposes(traits: Mapping[str, float]) -> dict[str, float]:
    """Give how likely a letter with these traits is for each purpose; the three make 1."""
    known = letters()
    totals = list(known.starts)
    for name, middle, spread, row in zip(known.traits, known.middle, known.spread, known.weights, strict=True):
        amount = (traits[name] - middle) / spread
        totals = [total + amount * weight for total, weight in zip(totals, row, strict=True)]
    raised = [math.exp(total - max(totals)) for total in totals]
    return {name: one / sum(raised) for name, one in zip(PURPOSES, raised, strict=True)}
