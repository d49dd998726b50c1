"""What of a whole letter the small model looks at: how much sounds like an offer, where, and what else it does."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

OFFERING = 0.5
"""From so likely on a sentence counts as an offer."""
ACTS = (
    *("ask", "call", "circle", "claim", "deal", "launch", "meet"),
    *("news", "own", "refuse", "scarce", "seek", "service", "thanks", "domain"),
)
_EARLY = 1 / 3
_STRONG = frozenset({"strong", "percent", "selling_link"})


@dataclass(frozen=True)
class Heard:
    """A sentence as it counts in a letter: how likely it offers, its words, the rules that found something in it."""

    likely: float
    words: int
    rules: frozenset[str]

    @property
    def is_strong(self) -> bool:
        """Whether a rule found a strong sign of an offer; an amount beside innocent words is none."""
        return bool(_STRONG & self.rules) or ("price" in self.rules and "innocent" not in self.rules)


def traits_of(subject: float, sentences: Sequence[Heard]) -> dict[str, float]:
    """Give the traits of a letter by name; `subject` is how likely its subject offers something."""
    return _how_much(sentences) | _where(sentences) | _strong(sentences) | {"subject": subject} | _acts(sentences)


def leaning(sentences: Sequence[Heard]) -> float:
    """Give how much a letter sounds like an offer on the whole, word by word, from 0 to 1."""
    total = sum(one.words for one in sentences)
    return sum(one.words * one.likely for one in sentences) / total if total else 0.5


def first_at(flags: Sequence[bool], sentences: Sequence[Heard]) -> float | None:
    """Give the part of the words that stand before the first flagged sentence; None: none is flagged."""
    before = 0
    for flag, one in zip(flags, sentences, strict=True):
        if flag:
            return before / max(sum(each.words for each in sentences), 1)
        before += one.words
    return None


def _how_much(sentences: Sequence[Heard]) -> dict[str, float]:
    likely = sorted((one.likely for one in sentences), reverse=True)
    total = sum(one.words for one in sentences) or 1
    offering = [one for one in sentences if one.likely > OFFERING]
    second = likely[1] if len(likely) > 1 else 0.7 * likely[0]
    third = likely[2] if len(likely) > 2 else 0.0
    return {
        "leaning": leaning(sentences),
        "surest": likely[0],
        "second": second,
        "third": third,
        "three": likely[0] + (likely[1] if len(likely) > 1 else 0.0) + third,
        "offers": math.log1p(len(offering)),
        "one_offer": float(len(offering) == 1),
        "share": sum(one.words for one in offering) / total,
        "odds": sum(_log_odds(value) for value in likely) / len(likely) / 3,
        "words": math.log(total),
        "sentences": math.log(len(sentences)),
    }


def _log_odds(value: float) -> float:
    kept = min(max(value, 0.003), 0.997)
    return math.log(kept / (1 - kept))


def _where(sentences: Sequence[Heard]) -> dict[str, float]:
    at = first_at([one.likely > OFFERING for one in sentences], sentences)
    return {
        "first": 1.0 if at is None else at,
        "how_early": 0.0 if at is None else 1 - at,
        "opening": float(sentences[0].likely > OFFERING),
        "closing": max(one.likely for one in sentences[-3:]),
    }


def _strong(sentences: Sequence[Heard]) -> dict[str, float]:
    at = first_at([one.is_strong for one in sentences], sentences)
    total = sum(one.words for one in sentences) or 1
    return {
        "strong": float(at is not None),
        "strong_share": sum(one.words for one in sentences if one.is_strong) / total,
        "strong_early": 0.0 if at is None else max(0.0, 1 - 1.5 * at),
        "strong_in_first_third": float(at is not None and at < _EARLY),
        "strong_opening": float(sentences[0].is_strong),
    }


def _acts(sentences: Sequence[Heard]) -> dict[str, float]:
    return {act: min(sum(f"does_{act}" in one.rules for one in sentences), 3) / 2 for act in ACTS}
