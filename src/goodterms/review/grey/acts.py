"""What a sentence does: calls, thanks, refuses to sell, asks for news; by patterns, one list for each language."""

import re
import tomllib
from collections.abc import Mapping
from functools import cache

from goodterms.review.grey.signs import FOLDER

_DOMAIN = re.compile(
    r"(?<![@\w.])(?:[\w-]+\.)+(?:example|com|net|org|io|de|fr|es|it|co|uk|shop|app|eu|ch|at|ai|me)\b(?:/\S*)?",
    re.IGNORECASE,
)
_SUBSCRIBED = re.compile(
    r"(?:,|\n|@|\bvon\b)\s*(?:[A-ZÀ-Ý][\w&'’.-]+ ?){1,4}$|\b(?:ltd|llp|gmbh|inc|co-?founder|ceo|lic\.|dott\.|brokers)\b"
)
"""A firm or a title below a letter."""


@cache
def acts() -> Mapping[str, Mapping[str, re.Pattern[str]]]:
    """Give the patterns by language and act."""
    values = tomllib.loads((FOLDER / "acts.toml").read_text(encoding="utf-8"))
    return {
        language: {
            act: re.compile("|".join(f"(?:{one})" for one in lists), re.IGNORECASE) for act, lists in by_act.items()
        }
        for language, by_act in values.items()
    }


def acts_in(sentence: str, languages: tuple[str, ...]) -> set[str]:
    """Give the names of the acts that a sentence holds."""
    found = {act for name in languages for act, rule in acts()[name].items() if rule.search(sentence)}
    if _DOMAIN.search(sentence):
        found.add("domain")
    return found
