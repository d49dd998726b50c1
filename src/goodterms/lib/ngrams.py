"""Hashed runs of letters and words: the same number for the same run, on every machine."""

from collections.abc import Sequence
from zlib import crc32

_SPREAD = 0x9E3779B1
"""2**32 by the golden ratio: numbers that stand close together are spread by it (Knuth, volume 3, section 6.4)."""


def runs_of_letters(word: str, lengths: range) -> list[int]:
    """Give a number of 32 bits for each run of so many letters of a word, its borders counted as letters."""
    padded = f" {word} "
    return [
        crc32(padded[place : place + length].encode("utf-8", "surrogatepass"), length)
        for length in lengths
        for place in range(len(padded) - length + 1)
    ]


def code_of_word(word: str) -> bytes:
    """Give a word as it is hashed."""
    return word.encode("utf-8", "surrogatepass") + b" "


def runs_of_words(codes: Sequence[bytes], longest: int) -> list[int]:
    """Give a number of 32 bits for each run of up to so many words."""
    alone = [run_of_word(code, longest) for code in codes]
    return alone + longer_runs(codes, alone, longest)


def run_of_word(code: bytes, longest: int) -> int:
    """Give the number of a word alone."""
    return crc32(code, longest)


def longer_runs(codes: Sequence[bytes], alone: Sequence[int], longest: int) -> list[int]:
    """Give the numbers of runs of two words and more, from those of the words alone."""
    runs, found = list(alone), []
    for more in range(1, longest):
        runs = list(map(crc32, codes[more:], runs))
        found += runs
    return found


def spread(numbers: Sequence[int], bits: int) -> list[int]:
    """Spread numbers over `2**bits` buckets."""
    return [(number * _SPREAD & 0xFFFFFFFF) >> (32 - bits) for number in numbers]
