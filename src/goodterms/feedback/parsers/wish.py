"""What somebody may ask for, and what showed it."""

from dataclasses import dataclass
from enum import StrEnum


class Wish(StrEnum):
    """What a person asks for."""

    STOP = "stop"
    LEAVE = "leave"
    UNSURE = "unsure"


@dataclass(frozen=True, kw_only=True)
class ExitSignal:
    """A wish found in a reply, or none, with the words and the rule that showed it."""

    wish: Wish | None = None
    matched: str = ""
    """The words as they were compared: folded."""
    rule: str = ""
    """Language and list, like `en.stop`; or what else decided."""


NONE = ExitSignal()
