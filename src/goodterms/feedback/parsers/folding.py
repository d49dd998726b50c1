"""Folding words for comparison: case, accents, apostrophes and invisible signs do not matter."""

import re
import unicodedata
from functools import lru_cache

from goodterms.lib.tokens import without_tokens

MOST_SIGNS = 8_000
"""Of a person's words no more are looked at."""
_DROPPED = {"Mn", "Mc", "Cf", "Cs", "Cc"}
# Letters that do not decompose into a plain one and an accent.
_PLAIN = str.maketrans(
    {"ø": "o", "ł": "l", "đ": "d", "æ": "ae", "œ": "oe", "ı": "i", "ð": "d", "þ": "th", "ة": "ه", "ى": "ي"}
)


class _Kept(dict[int, int | None]):
    """For each sign itself, or None where it is dropped; found out when it is first met."""

    def __missing__(self, code: int) -> int | None:
        sign = chr(code)
        self[code] = code if sign in "\n\t" or unicodedata.category(sign) not in _DROPPED else None
        return self[code]


_KEPT = _Kept()
_CONTRACTED = re.compile(r"['’‘`´](t|d|m|s|ve|re|ll)\b")  # don't, I'd, that's; but not l'abonnement
_CONTROLS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")  # category Cc of ASCII but for tabs and line feeds
_NOT_WORDS = re.compile(r"[^\w]+|_+")
_BLANKED = bytes(
    code if chr(code).isalnum() else ord(" ") for code in range(256)
)  # the same for ASCII, three times as fast


_FIRST_JOINED = "\u0590"  # Hebrew; from here on words are not kept apart, or take prefixes and endings


def is_joined(text: str) -> bool:
    """Say whether a text has signs of scripts in which words have no borders to look for."""
    return not text.isascii() and max(text) >= _FIRST_JOINED


@lru_cache(maxsize=64)  # lines and subjects are compared several times, and then never again
def fold(text: str) -> str:
    """Give text in lower case without accents; signs and line breaks stay."""
    if text.isascii():
        return _CONTROLS.sub("", text.lower())
    parts = unicodedata.normalize("NFKD", text.casefold())
    return unicodedata.normalize("NFC", parts.translate(_KEPT)).translate(_PLAIN)


@lru_cache(maxsize=64)  # a person's words are looked at by several readers, and then never again
def own_words(words: str) -> str:
    """Give as much of a person's words as is looked at, without tokens."""
    return without_tokens(words[:MOST_SIGNS])


@lru_cache(maxsize=64)
def words_of(text: str) -> str:
    """Give the folded words of a text with one blank between them; don't becomes dont."""
    return words_of_folded(fold(text))


def words_of_folded(text: str) -> str:
    """Give the words of a text that is folded already."""
    return words_of_contracted(contracted(text))


@lru_cache(maxsize=64)
def contracted(text: str) -> str:
    """Give folded text without the apostrophes of English: don't becomes dont."""
    return _CONTRACTED.sub(r"\1", text)


def words_of_contracted(text: str) -> str:
    """Give the words of a text that is folded, and without apostrophes, already."""
    if text.isascii() and "_" not in text:
        return b" ".join(text.encode().translate(_BLANKED).split()).decode()
    return _NOT_WORDS.sub(" ", text).strip()
