"""Remembering what was found out of texts that come again and again."""

from collections.abc import Callable
from typing import TypeVar

_MOST, _LONGEST = 100_000, 24
Found = TypeVar("Found")


class Known(dict[str, Found]):
    """Gives of each text what `find` says of it, which is asked once; a quicker `lru_cache` that forgets all at once.

    So many texts are kept at most, and of long ones none: whoever writes to us decides which there are. A flood of
    words that nobody uses costs some 100 MB in all.
    """

    def __init__(self, find: Callable[[str], Found]) -> None:
        super().__init__()
        self._find = find

    def __missing__(self, text: str) -> Found:
        found = self._find(text)
        if len(text) <= _LONGEST:
            if len(self) >= _MOST:
                self.clear()
            self[text] = found
        return found
