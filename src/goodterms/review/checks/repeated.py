"""Was it said before? The second identical mail is what angers people most."""

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from zlib import crc32

from goodterms.review.draft import MOST_SIGNS, Draft, Span
from goodterms.review.rules import Finding, Severity
from goodterms.review.setting import Setting

SAME = 0.8
ALIKE = 0.4
_WORD = re.compile(r"\w+")
_RUN = 4
"""Texts are compared by their runs of so many words."""
_LEAST_WORDS = 8
"""A sentence that comes again is a greeting or a farewell, unless it has so many words."""
_NEW = "Tell what is new since then."
_LEFT_OUT = f"{_NEW} Like this it goes only to people who have no copy of the other one."


def check_repeated(draft: Draft, setting: Setting) -> Iterator[Finding]:
    """Find whether an update that was sent before says the same, or which sentences of it come again."""
    runs = _runs(draft.body.text)
    if not runs:
        return
    before = [_runs(earlier[:MOST_SIGNS]) for earlier in setting.earlier]
    likeness = max((_likeness(runs, one) for one in before), default=0.0)
    if likeness >= SAME:
        yield _finding("repeated.same", Severity.WARN, draft.body, f"{likeness:.0%} of it was sent before.", _LEFT_OUT)
    elif likeness >= ALIKE:
        yield _finding("repeated.alike", Severity.WARN, draft.body, f"{likeness:.0%} of it was sent before.")
    else:
        yield from _sentences_again(draft, before)


def _sentences_again(draft: Draft, before: Sequence[frozenset[int]]) -> Iterator[Finding]:
    said = frozenset[int]().union(*before)
    for sentence in draft.sentences:
        runs = _runs(sentence.text)
        if len(_WORD.findall(sentence.text)) >= _LEAST_WORDS and runs <= said:
            yield _finding("repeated.sentence", Severity.HINT, sentence, "This was said in an update before.")


def says_the_same(one: str, two: str) -> bool:
    """Say whether the bodies of two updates are so much alike that nobody is to get both; a greeting may come again."""
    if min(len(_WORD.findall(text[:MOST_SIGNS])) for text in (one, two)) < _LEAST_WORDS:
        return False
    return _likeness(_runs(one[:MOST_SIGNS]), _runs(two[:MOST_SIGNS])) >= SAME


def _finding(rule: str, severity: Severity, place: Span, reason: str, remedy: str = _NEW) -> Finding:
    return Finding(rule=rule, severity=severity, start=place.start, end=place.end, reason=reason, remedy=remedy)


@lru_cache(maxsize=1_000)
def _runs(text: str) -> frozenset[int]:
    """Give the hashes of a text's runs of words; of fewer words than a run has, the hash of them all; of none, none."""
    words = _WORD.findall(text.casefold())
    runs = list(zip(*(words[place:] for place in range(_RUN)), strict=False)) or ([tuple(words)] if words else [])
    return frozenset(crc32(" ".join(run).encode()) for run in runs)


def _likeness(one: frozenset[int], two: frozenset[int]) -> float:
    return len(one & two) / len(one | two) if two else 0.0
