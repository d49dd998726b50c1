"""What of a whole letter the small model hears at once: which words and kinds of words are in it, and where."""

import math
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import chain, combinations, pairwise

from goodterms.review.grey.signs import Token, hashed, kinds_of, present

BUCKETS_OF_LETTERS = 2**15
REACH_OF_LETTERS = 2.2
"""Kinds and words of a letter count together as so many signs each, however long it is."""
_CLOSING = 2
"""So many last sentences are its end."""


@dataclass(frozen=True)
class Part:
    """A sentence as it counts in a whole letter: its tokens, and the names of the rules that found something in it."""

    tokens: Sequence[Token]
    rules: Sequence[str]


def signs_of_letter(subject: Sequence[Token], parts: Sequence[Part], languages: tuple[str, ...]) -> dict[int, float]:
    """Give the hashed signs of a letter with what each counts."""
    kinds, words = _counted(_kinds_in(parts, languages)), _counted(_words_in(subject, parts))
    return {bucket: kinds.get(bucket, 0.0) + words.get(bucket, 0.0) for bucket in sorted(kinds | words)}


def _counted(signs: Iterable[str]) -> dict[int, float]:
    """Give each sign's bucket with the logarithm of how often it comes, all of them together as long as they reach."""
    counts = Counter(hashed(sign, BUCKETS_OF_LETTERS) for sign in signs)
    values = {bucket: math.log1p(count) for bucket, count in counts.items()}
    length = math.sqrt(math.fsum(value * value for value in values.values())) or 1.0
    return {bucket: REACH_OF_LETTERS * value / length for bucket, value in values.items()}


def _kinds_in(parts: Sequence[Part], languages: tuple[str, ...]) -> Iterable[str]:
    for number, part in enumerate(parts):
        held = present(part.tokens, [kinds_of(token.text, languages) for token in part.tokens]) | set(part.rules)
        have = sorted(held)
        where = _where(number, len(parts))
        pairs = [f"{one}+{two}" for one, two in combinations(have, 2)]
        yield from (f"k:{kind}" for kind in have)
        yield from (f"{where}:{kind}" for kind in have)
        yield from pairs
        if where == "end":
            yield from (f"end:{pair}" for pair in pairs)


def _where(number: int, count: int) -> str:
    if number == 0:
        return "start"
    return "end" if number >= count - _CLOSING else "middle"


def _words_in(subject: Sequence[Token], parts: Sequence[Part]) -> Iterable[str]:
    for part in parts:
        words = [token.text for token in part.tokens]
        yield from (f"w:{word}" for word in words)
        yield from (f"p:{word[:5]}" for word in words)
        yield from (f"b:{one} {two}" for one, two in pairwise(words))
    closing = chain.from_iterable(part.tokens for part in parts[-_CLOSING:])
    yield from (f"e:{token.text}" for token in closing)
    yield from (f"s:{token.text}" for token in subject)


LEAST = 1e-3
"""A purpose is never taken for less likely than this by the whole letter alone: its sentences may know better."""


def whole_traits(totals: Sequence[float]) -> dict[str, float]:
    """Give the traits that a whole letter adds: the logarithm of how likely each purpose is by these totals."""
    raised = [math.exp(total - max(totals)) for total in totals]
    likely = [max(one / sum(raised), LEAST) for one in raised]
    return {f"whole_{name}": math.log(one) for name, one in zip(("news", "both", "offer"), likely, strict=True)}
