"""How strong a tie is, in a number and in words.

Who wrote to whom, how much, how lately and whether both did predicts strength best (Gilbert and Karahalios, CHI 2009);
the numbers below are judgement. The owner can say otherwise, and then it is as they say.
"""

import math
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from types import MappingProxyType

HALF_LIFE = timedelta(days=180)
"""After so long an exchange counts half."""
NO_DATA = 0.1
"""The strength of a tie of which nothing is known."""
STRONG = 0.5
"""From here on a tie is called strong."""
SILENT_AFTER = timedelta(days=180)
SATURATION = 3.0
"""So much exchanged, by what it counts now, makes a tie of two thirds of its full strength."""
ONE_SIDED = 0.4
"""What is left of the strength where only one of the two did anything."""
EPOCH = datetime(2020, 1, 1, tzinfo=UTC)
"""The moment as of which sums are kept."""

WEIGHTS: Mapping[str, float] = MappingProxyType(
    {"message": 1.0, "reply": 1.0, "met": 2.0, "recommendation": 2.0, "invitation": 0.5, "endorsement": 0.1}
)
"""What one exchange of a kind counts; an invitation counts with its note only, as it is kept."""


class Source(StrEnum):
    """Where the strength of a tie comes from."""

    EXCHANGES = "exchanges"
    """Computed from who wrote to whom and when."""
    NOTHING = "nothing_known"
    """No exchange is known; the strength is a cautious guess."""
    OWNER = "owner"
    """The owner said so."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Said:
    """One exchange, as far as it counts for a tie."""

    kind: str
    by_owner: bool
    at: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class Side:
    """What one of the two did: how much it counts now, how often by kind, and when last."""

    weight: float = 0.0
    counts: Mapping[str, int] = field(default_factory=dict)
    last_at: datetime | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Tie:
    """How strong a tie is, and why."""

    strength: float
    """From 0 to 1."""
    source: Source
    theirs: Side
    ours: Side

    @property
    def last_at(self) -> datetime | None:
        """When either last did something."""
        moments = [side.last_at for side in (self.theirs, self.ours) if side.last_at]
        return max(moments, default=None)


def tie_of(exchanges: Iterable[Said], *, now: datetime) -> Tie:
    """Give the tie that exchanges make; those after `now` count as of now."""
    theirs, ours = _Sum(), _Sum()
    for said in exchanges:
        for side in _sides(said, theirs, ours):
            side.add(said, now)
    return tie_between(theirs.side(), ours.side())


def tie_between(theirs: Side, ours: Side) -> Tie:
    """Give the tie that two sides make."""
    if theirs.last_at is None and ours.last_at is None:
        return Tie(strength=NO_DATA, source=Source.NOTHING, theirs=theirs, ours=ours)
    return Tie(strength=strength_of(theirs.weight, ours.weight), source=Source.EXCHANGES, theirs=theirs, ours=ours)


def strength_of(theirs: float, ours: float) -> float:
    """Give the strength of a tie from what each side's exchanges count: much is strong, and both ways stronger."""
    total = theirs + ours
    mutual = 2 * min(theirs, ours) / total if total else 0.0
    return (1 - math.exp(-total / SATURATION)) * (ONE_SIDED + (1 - ONE_SIDED) * mutual)


def faded(since: datetime, now: datetime) -> float:
    """Give the factor by which something counts at a moment that counted wholly at another."""
    return float(2 ** ((since - now) / HALF_LIFE))


def as_owner_says(tie: Tie, strength: float | None) -> Tie:
    """Give the tie with the strength that the owner chose, where they did."""
    return tie if strength is None else replace(tie, strength=strength, source=Source.OWNER)


def reasons(tie: Tie) -> list[str]:
    """Say in words what a tie rests on, to the owner."""
    said = ["You said so yourself."] if tie.source is Source.OWNER else []
    if tie.last_at is None:
        return [*said, "No exchange is known, so it is taken for weak."]
    said += _told(tie.theirs, "They", "you") + _told(tie.ours, "You", "them")
    wrote = [any(kind in side.counts for kind in ("message", "reply", "met")) for side in (tie.theirs, tie.ours)]
    if wrote[0] != wrote[1]:
        said.append("Only they wrote." if wrote[0] else "They never answered.")
    return said


_VERBS = {
    "message": "wrote to {whom}",
    "reply": "answered {whom} by e-mail",
    "met": "met or talked to {whom}",
    "recommendation": "recommended {whom}",
    "invitation": "invited {whom}",
    "endorsement": "endorsed {whom}",
}


def _told(side: Side, who: str, whom: str) -> list[str]:
    if side.last_at is None:
        return []
    parts = [f"{_VERBS[kind].format(whom=whom)} {_times(count)}" for kind, count in sorted(side.counts.items())]
    return [f"{who} {', '.join(parts)}; last in {side.last_at:%B %Y}."]


def _times(count: int) -> str:
    return {1: "once", 2: "twice"}.get(count, f"{count:,} times")


def is_due(last_at: datetime, cadence_days: int, *, now: datetime) -> bool:
    """Say whether a word is due: the last exchange lies as many days back as the owner wants at most."""
    return now - last_at >= timedelta(days=cadence_days)


_SEEKS = re.compile(
    r"\b(?:(?:i am|i'm|i’m|we are|we're|we’re) (?:currently )?(?:looking for|hiring|searching for|in search of)"
    r"|(?:ich|wir) suchen?\b|auf der suche nach|(?:je|nous) cherch(?:e|ons)\b|(?:je suis|nous sommes) à la recherche"
    r"|(?:estoy|estamos) buscando|\bbusc(?:o|amos)\b|(?:sto|stiamo) cercando|\bcerc(?:o|hiamo)\b)",
    re.IGNORECASE,
)
_SENTENCE = re.compile(r"[^.!?\n]+[.!?]?")


def seeks_in(text: str) -> list[str]:
    """Give the sentences of a message that say what its writer is looking for, for the owner to keep or not."""
    return [sentence.strip() for sentence in _SENTENCE.findall(text) if _SEEKS.search(sentence)]


class _Sum:
    """A side while it is being added up."""

    __slots__ = ("counts", "last_at", "weight")

    def __init__(self) -> None:
        self.weight = 0.0
        self.counts: dict[str, int] = {}
        self.last_at: datetime | None = None

    def add(self, said: Said, now: datetime) -> None:
        age = max(now - said.at, timedelta())
        self.weight += WEIGHTS[said.kind] * 2 ** -(age / HALF_LIFE)
        self.counts[said.kind] = self.counts.get(said.kind, 0) + 1
        if self.last_at is None or said.at > self.last_at:
            self.last_at = said.at

    def side(self) -> Side:
        return Side(weight=self.weight, counts=self.counts, last_at=self.last_at)


def _sides(said: Said, theirs: _Sum, ours: _Sum) -> tuple[_Sum, ...]:
    """A meeting is an exchange of both; anything else of whoever did it."""
    if said.kind == "met":
        return theirs, ours
    return (ours,) if said.by_owner else (theirs,)
