"""Hashed runs of letters and words of short texts, all at once."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int64]
_Hashes = npt.NDArray[np.uint64]
_BLANK = 32
_PRIME = np.uint64(0x100000001B3)
_MIX = np.uint64(0x9E3779B97F4A7C15)


@dataclass(frozen=True)
class Hashed:
    """Signs by their bucket, and of which of the texts each is."""

    bucket: Ints
    text: Ints


def runs_of_letters(texts: list[str], lengths: range, bits: int) -> Hashed:
    """Give the runs of so many letters inside words, their borders counted, in `2**bits` buckets.

    `texts` hold words with one blank between them.
    """
    codes, of_text = _codes(texts)
    is_blank = codes == _BLANK
    found, owners = [], []
    runs, is_inside = codes, np.ones(len(codes), dtype=bool)
    for length in range(2, lengths.stop):
        # A blank may begin or end a run, but not stand within it.
        is_inside = is_inside[:-1] & ~is_blank[length - 2 : -1] if length > 2 else ~(is_blank[:-1] & is_blank[1:])
        runs = runs[:-1] * _PRIME + codes[length - 1 :]
        if length >= lengths.start:
            found.append(mixed(runs[is_inside] + np.uint64(length), bits))
            owners.append(of_text[: len(runs)][is_inside])
    return Hashed(np.concatenate(found), np.concatenate(owners))


def runs_of_words(texts: list[str], lengths: range, bits: int) -> Hashed:
    """Give the runs of so many words, in `2**bits` buckets; `texts` hold words with one blank between them."""
    codes, of_text = _codes(texts)
    is_blank = codes == _BLANK
    starts = np.flatnonzero(is_blank[:-1] & ~is_blank[1:]) + 1
    if not len(starts):
        return Hashed(np.zeros(0, np.int64), np.zeros(0, np.int64))
    owner = of_text[starts]
    places = np.arange(len(codes)) - np.repeat(np.r_[0, starts], np.diff(np.r_[0, starts, len(codes)]))
    words = np.add.reduceat(np.where(is_blank, np.uint64(0), _scattered(codes, places)), starts)
    found, owners = [], []
    runs = words
    for length in range(1, lengths.stop):
        if length > 1:
            runs = runs[:-1] * _PRIME + words[length - 1 :]
        is_one = owner[: len(runs)] == owner[length - 1 :]
        found.append(mixed(runs[is_one] + np.uint64(100 + length), bits))
        owners.append(owner[: len(runs)][is_one])
    return Hashed(np.concatenate(found), np.concatenate(owners))


def mixed(values: _Hashes, bits: int) -> Ints:
    """Spread numbers over `2**bits` buckets."""
    stirred = (values ^ (values >> np.uint64(29))) * _MIX
    return ((stirred ^ (stirred >> np.uint64(32))) * _PRIME >> np.uint64(64 - bits)).astype(np.int64)


def _codes(texts: list[str]) -> tuple[_Hashes, Ints]:
    """Give the signs of all texts, a blank before and after each, and of which text each is."""
    spaced = [f" {text} " for text in texts]
    codes = np.frombuffer("".join(spaced).encode("utf-32-le", "surrogatepass"), dtype="<u4").astype(np.uint64)
    return codes, np.repeat(np.arange(len(texts)), [len(text) for text in spaced])


def _scattered(codes: _Hashes, places: Ints) -> _Hashes:
    """Give for each sign a number that depends on it and on its place in its word."""
    stirred = (codes + np.uint64(1)) * _MIX
    return (stirred ^ (stirred >> np.uint64(31))) * (_MIX + np.uint64(2) * places.astype(np.uint64) * _PRIME)
