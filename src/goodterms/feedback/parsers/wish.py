"""What somebody may ask for, and what showed it."""

from dataclasses import dataclass
from enum import StrEnum


class Wish(StrEnum):
    """What a person asks for."""

    STOP = "stop"
    LEAVE = "leave"
    UNSURE = "unsure"


class Basis(StrEnum):
    """What a wish was found by."""

    ALONE = "alone"
    """A list, and the reply says nothing else."""
    LIST = "list"
    """A list of exit_words.toml."""
    NOTIONS = "notions"
    """The notions in a sentence."""
    LEARNT = "learnt"
    """The small model."""


@dataclass(frozen=True, kw_only=True)
class ExitSignal:
    """A wish found in a reply, or none, with the words and the rule that showed it."""

    wish: Wish | None = None
    matched: str = ""
    """The words as they were compared: folded."""
    rule: str = ""
    """Language and list, like `en.stop`; or what else decided."""
    basis: Basis = Basis.LIST


NONE = ExitSignal()
