"""Places, their limits, suggestions, and finding a wording in a text."""

import html
import re
from dataclasses import dataclass
from enum import StrEnum

from goodterms.lib.names import fold_text

_FIELDS = re.compile(r"\{\{.*?\}\}")
_TAG = re.compile(r"</?[A-Za-z][^<>]*>")
_SHORTEST_PIECE = 12


class Place(StrEnum):
    """Where a wording stands."""

    PROFILE = "profile"
    """The owner's profile, which everybody can read before they connect."""
    INVITATION = "invitation"
    """The note of an invitation, sent or answered."""
    WELCOME = "welcome"
    """The welcome message."""
    UPDATE = "update"
    """The foot of every update."""


@dataclass(frozen=True, kw_only=True)
class Suggestion:
    """A wording to begin with."""

    place: Place
    use: str
    text: str
    limit: int
    """How many characters LinkedIn takes in that place."""


SUGGESTIONS = (
    Suggestion(
        place=Place.PROFILE,
        use="the About section of the profile",
        text="Connecting with me means that you will hear from me now and then: a personal update on what is new, "
        "about once a month, never advertising. A word from you stops it, and we stay connected.",
        limit=2_600,
    ),
    Suggestion(
        place=Place.INVITATION,
        use="the note in an invitation (200 characters; 300 with Premium)",
        text="I'd like to stay in touch. Connecting means that you get my personal updates now and then; a word stops "
        "them and we stay connected.",
        limit=200,
    ),
    Suggestion(
        place=Place.INVITATION,
        use="the answer to an invitation",
        text="Thank you for the invitation. As my profile says, connecting with me means that you get my personal "
        "updates now and then; a word from you stops them, and we stay connected.",
        limit=8_000,
    ),
    Suggestion(
        place=Place.WELCOME,
        use="the welcome message to each new connection",
        text="Thank you for connecting. As my profile says, my connections get a personal update from me now and then, "
        "about once a month. If you would rather not, just answer with the word stop and we stay connected. And what "
        "is new with you?",
        limit=8_000,
    ),
    Suggestion(
        place=Place.UPDATE,
        use="the foot of every update",
        text="You get this because we are connected on LinkedIn, where my profile says that connecting means getting "
        "my personal updates.",
        limit=1_000,
    ),
)


def suggested(place: Place) -> str:
    """Give the first suggestion for a place."""
    return next(suggestion.text for suggestion in SUGGESTIONS if suggestion.place is place)


def holds_wording(text: str, wording: str) -> bool:
    """Say whether a text holds a wording: each piece between merge fields, in order, letter by letter.

    Blanks, punctuation, case and HTML do not matter: exports flatten them.
    """
    folded, place = _plain(text), 0
    pieces = [piece for piece in map(_plain, _FIELDS.split(wording)) if piece]
    if sum(map(len, pieces)) < _SHORTEST_PIECE:
        return False
    for piece in pieces:
        found = folded.find(piece, place)
        if found < 0:
            return False
        place = found + len(piece)
    return True


def _plain(text: str) -> str:
    return fold_text(html.unescape(_TAG.sub(" ", text)))
