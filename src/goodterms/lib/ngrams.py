"""Hashed runs of letters and words of short texts, all at once."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int64]
Hashes = npt.NDArray[np.uint64]
_BLANK = 32
_PRIME = np.uint64(0x100000001B3)
_MIX = np.uint64(0x9E3779B97F4A7C15)
_SHIFT, _HALF = np.uint64(29), np.uint64(32)


@dataclass(frozen=True)
class Runs:
    """Runs by a number that is the same for the same run, and of which of the texts each is."""

    hashes: Hashes
    text: Ints


class Texts:
    """Texts of words with one blank between them."""

    def __init__(self, texts: list[str]) -> None:
        spaced = [f" {text} " for text in texts]
        self._codes = np.frombuffer("".join(spaced).encode("utf-32-le", "surrogatepass"), "<u4").astype(np.uint64)
        self._is_blank = self._codes == _BLANK
        self._text = np.arange(len(texts)).repeat([len(text) for text in spaced])

    def runs_of_letters(self, lengths: range) -> Runs:
        """Give the runs of so many letters inside words, their borders counted."""
        found, owners = [], []
        # A blank may begin or end a run, but not stand within it.
        runs, is_inside = self._codes, ~(self._is_blank[:-1] & self._is_blank[1:])
        for length in range(2, lengths.stop):
            if length > 2:
                is_inside = is_inside[:-1] & ~self._is_blank[length - 2 : -1]
            runs = runs[:-1] * _PRIME + self._codes[length - 1 :]
            if length in lengths:
                found.append(runs[is_inside] + np.uint64(length))
                owners.append(self._text[: len(runs)][is_inside])
        return Runs(np.concatenate(found), np.concatenate(owners))

    @cached_property
    def _words(self) -> Runs:
        starts = (self._is_blank[:-1] & ~self._is_blank[1:]).nonzero()[0] + 1
        if not len(starts):
            return Runs(np.zeros(0, np.uint64), np.zeros(0, np.int64))
        numbers = np.arange(len(self._codes), dtype=np.uint64)
        places = numbers - np.maximum.accumulate(np.where(self._is_blank, numbers, 0)).astype(np.uint64)
        # Each letter counts by what it is together with its place in its word; blanks do not.
        letters = np.where(self._is_blank, np.uint64(0), _stirred(self._codes * _PRIME + places * _MIX))
        return Runs(np.add.reduceat(letters, starts), self._text[starts])

    def runs_of_words(self, lengths: range) -> Runs:
        """Give the runs of so many words."""
        words, text = self._words.hashes, self._words.text
        found, owners = [], []
        runs = words
        for length in range(1, lengths.stop):
            if length > 1:
                runs = runs[:-1] * _PRIME + words[length - 1 :]
            is_one = text[: len(runs)] == text[length - 1 :]
            found.append(runs[is_one] + np.uint64(100 + length))
            owners.append(text[: len(runs)][is_one])
        return Runs(np.concatenate(found), np.concatenate(owners))


def mixed(hashes: Hashes, bits: int) -> Ints:
    """Spread numbers over `2**bits` buckets."""
    return (_stirred(hashes) * _PRIME >> np.uint64(64 - bits)).astype(np.int64)


def _stirred(hashes: Hashes) -> Hashes:
    stirred = (hashes ^ (hashes >> _SHIFT)) * _MIX
    return stirred ^ (stirred >> _HALF)
