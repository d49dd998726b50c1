"""Was it said before? The second identical mail is what angers people most."""

import re
from collections.abc import Iterator

from goodterms.review.draft import Draft
from goodterms.review.rules import Finding, Severity
from goodterms.review.setting import Setting

SAME = 0.8
ALIKE = 0.4
_WORD = re.compile(r"\w+")
_RUN = 4
"""Texts are compared by their runs of so many words."""


def check_repeated(draft: Draft, setting: Setting) -> Iterator[Finding]:
    """Find whether an update that was sent before says the same."""
    runs = _runs(draft.body.text)
    likeness = max((_likeness(runs, _runs(earlier)) for earlier in setting.earlier), default=0.0)
    if likeness < ALIKE:
        return
    yield Finding(
        rule="repeated.same" if likeness >= SAME else "repeated.alike",
        severity=Severity.STOP if likeness >= SAME else Severity.WARN,
        start=draft.body.start,
        end=draft.body.end,
        reason=f"{likeness:.0%} of it was said in an update that was sent before.",
        remedy="Tell what is new since then.",
    )


def _runs(text: str) -> frozenset[tuple[str, ...]]:
    words = _WORD.findall(text.casefold())
    return frozenset(zip(*(words[place:] for place in range(_RUN)), strict=False)) or frozenset([tuple(words)])


def _likeness(one: frozenset[tuple[str, ...]], two: frozenset[tuple[str, ...]]) -> float:
    return len(one & two) / len(one | two)
