"""What an owner's own choice of a pace amounts to: mail they send beside it, and what a provider publishes."""

from dataclasses import dataclass, replace
from enum import StrEnum

from goodterms.delivery.rules.pacing import NO_BOUND, Caps, Pace, Span

_DAY_SPANS = ((Span.MINUTE, "minute"), (Span.HOUR, "hour"), (Span.DAY, "day"))


class Origin(StrEnum):
    """Why a pace is in force."""

    OWN = "own"
    """The owner chose it."""
    SETTING = "setting"
    """The installation's settings name it."""
    RECOGNISED = "recognised"
    """The provider is recognised by its server's name."""
    ON_THIS_MACHINE = "on_this_machine"
    """The mail server is on this machine, so it is one's own."""
    UNKNOWN = "unknown"
    """Nobody knows the server."""


@dataclass(frozen=True, kw_only=True)
class Excess:
    """More in a span than a provider publishes."""

    span: str
    wanted: int
    """NO_BOUND where nothing bounds it."""
    published: int

    @property
    def is_unbounded(self) -> bool:
        """Whether the pace sets no bound at all."""
        return self.wanted >= NO_BOUND


def beside(pace: Pace, by_hand_a_day: int) -> Pace:
    """Give a pace that leaves room for so many mails a day that go out beside Goodterms.

    They come off the limit of a day, where there is one; one copy a day is left whatever they are, for 0 means no
    bound.
    """
    day = pace.account.day
    if not day or by_hand_a_day <= 0:
        return pace
    return replace(pace, account=replace(pace.account, day=max(day - by_hand_a_day, 1)))


def beyond(pace: Pace, published: Caps, by_hand_a_day: int = 0) -> list[Excess]:
    """Give where a pace, with what is sent beside it, goes over what a provider publishes (0: nothing)."""
    found = []
    for span, name in _DAY_SPANS:
        limit: int = getattr(published, name)
        wanted = most_in(pace, span)
        if span is Span.DAY and wanted < NO_BOUND:
            wanted += by_hand_a_day
        if limit and wanted > limit:
            found.append(Excess(span=name, wanted=wanted, published=limit))
    return found


def most_in(pace: Pace, span: Span) -> int:
    """Give how many copies may leave in a span at most; NO_BOUND where nothing bounds it.

    The warm-up is left out: it ends. A shorter span's limit holds as often as the span fits into this one, a longer
    span's limit holds here too.
    """
    bounds = [NO_BOUND]
    for other, cap, _ in pace.account.bounds():
        bounds.append(cap * max(1, span.length // other.length))
    least_gap = pace.gap_seconds[0]
    if least_gap:
        bounds.append(int(span.length / least_gap) + 1)
    return min(bounds)
