"""People's names and companies as they are compared."""

import re
import unicodedata

_SPACES = re.compile(r"\s+")
_DROPPED = {"Cf", "Cc", "Cs", "So", "Sk", "Mn"}
_UNSEEN = {"Cf", "Cc", "Cs", "Mn"}


def fold_name(*parts: str) -> str:
    """Give a name for comparison: compatibility forms, case, accents, emoji and invisible signs do not matter."""
    text = unicodedata.normalize("NFKD", " ".join(parts)).casefold()
    kept = (" " if sign in "()[]{},.;\"'" else sign for sign in text if unicodedata.category(sign) not in _DROPPED)
    return _SPACES.sub(" ", "".join(kept)).strip()


def fold_search(*parts: str) -> str:
    """Give what a search looks through: case, accents and invisible signs do not matter, punctuation stays."""
    text = " ".join(part for part in parts if part)
    if text.isascii():
        return text.lower()
    spread = unicodedata.normalize("NFKD", text).casefold()
    return "".join(sign for sign in spread if unicodedata.category(sign) not in _UNSEEN)


def fold_text(text: str) -> str:
    """Give only the letters and digits of a text, case folded: how message texts are compared.

    Exports flatten line breaks and mix in HTML, so texts never compare sign by sign.
    """
    return "".join(sign for sign in unicodedata.normalize("NFKC", text).casefold() if sign.isalnum())
