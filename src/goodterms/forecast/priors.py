"""What is taken for likely before the owner's own history says more.

All of it is judgement anchored, where it can be, in published figures: about 0.02 to 0.03 % complaints for permission
mail (Mailchimp's benchmarks of 2016 and 2018), four times as many where lists are stale (a sender's figures of 2008,
95 % interval 1.3 to 13). Nobody has published complaint rates of personal updates to connections.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

from goodterms.ledger.rules.bearing import Basis
from goodterms.ledger.rules.kinds import Vehicle


class Outcome(StrEnum):
    """What may come back."""

    COMPLAINT = "complaint"
    """Somebody reports it as spam, or says that they will."""
    EXIT = "exit"
    """Somebody takes a way out."""
    NEGATIVE = "negative_reply"
    """Somebody answers that they did not like it."""
    BOUNCE = "bounce"
    """The address is gone."""


@dataclass(frozen=True)
class Shift:
    """By how much a factor moves the log-odds: the mean and how unsure that is."""

    mean: float
    sd: float


SHAPE = 0.7
"""The first number of every Beta prior: wide on purpose."""

COMPLAINT_MEANS: Mapping[Basis, float] = MappingProxyType(
    {
        Basis.CONFIRMED_OPT_IN: 0.0002,
        Basis.OPT_IN: 0.0003,
        Basis.TWO_WAY: 0.0005,
        Basis.UNDER_TERMS: 0.0010,
        Basis.BEFORE_TERMS: 0.0020,
        Basis.NONE: 0.0050,
    }
)
"""Complaints for one delivered copy: a networking text, a middling tie, one receiver to a message."""

OTHER_MEANS: Mapping[Outcome, float] = MappingProxyType(
    {Outcome.EXIT: 0.0025, Outcome.NEGATIVE: 0.003, Outcome.BOUNCE: 0.005}
)

VEHICLES: Mapping[Vehicle, Shift] = MappingProxyType(
    {Vehicle.EMAIL: Shift(0.0, 0.0), Vehicle.LINKEDIN: Shift(-0.3, 0.8), Vehicle.LIST: Shift(0.3, 0.4)}
)
PURPOSES: Mapping[str, Shift] = MappingProxyType(
    {"networking": Shift(0.0, 0.0), "mixed": Shift(0.5, 0.3), "commercial": Shift(1.1, 0.4)}
)
TIE = Shift(-1.5, 0.5)
"""For each step from no tie to the strongest, counted from the middle."""
SILENCE = Shift(0.5, 0.25)
"""For each unit of ln(1 + months since the last contact / 6)."""
SPAMMINESS = Shift(0.35, 0.2)
"""For each finding that looks like spam."""
FREQUENCY = Shift(0.4, 0.2)
"""For each unit of ln(1 + updates in the last 30 days)."""
EASY_EXIT = Shift(-0.4, 0.2)
"""Both ways out stand in every copy."""
SIZE = Shift(0.05, 0.05)
"""For each unit of ln(receivers / 100)."""
RARE = Shift(0.9, 0.4)
"""Exits only: less often than monthly, people have forgotten (MailerLite's figures of 2025)."""
OWNER_SD = 0.7
"""How much owners differ."""
TEXT_SD = 0.5
"""How much one text differs from another: it hits everybody at once."""
DECAY_A_MONTH = 0.021
"""The part of business addresses that ends in a month (vendors' figures, weak)."""
HALF_LIFE_DAYS = 365
"""After so long the owner's own history counts half."""
