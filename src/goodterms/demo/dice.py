"""Chance that can be called up again: the same seed and name give the same throws, in any order."""

from collections.abc import Sequence
from hashlib import blake2b
from typing import TypeVar

T = TypeVar("T")
_BITS = 512


class Dice:
    """Throws for one thing of one seed, such as a person by number; enough for some forty small ones."""

    __slots__ = ("_left",)

    def __init__(self, seed: int, *name: object) -> None:
        self._left = int.from_bytes(blake2b(repr((seed, *name)).encode(), digest_size=_BITS // 8).digest(), "big")

    def roll(self, sides: int) -> int:
        """Give a whole number from 0 to below `sides`."""
        self._left, found = divmod(self._left, sides)
        return found

    def pick(self, choices: Sequence[T]) -> T:
        """Give one of the choices."""
        return choices[self.roll(len(choices))]

    def falls(self, share: float) -> bool:
        """Give True in this share of all throws, to a ten-thousandth."""
        return self.roll(10_000) < round(share * 10_000)
