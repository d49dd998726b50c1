"""How fast copies may leave: by a mail account in all, to each receiving domain, and at which hours.

What left is counted in slots of a span, and a slot counts until the whole of it is older than the span: so a cap holds
for every minute, hour and day wherever one begins to count, as rolling limits of providers do. A clock that was set
back makes slots of the future; they count as if they had left now.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, time, timedelta, tzinfo
from enum import Enum, StrEnum
from functools import cached_property

NO_BOUND = 1_000_000_000
"""More copies than anybody ever sends."""
FIRST_BACK_OFF = timedelta(minutes=1)
MOST_BACK_OFF = timedelta(hours=1)
LIMIT_BACK_OFF = timedelta(hours=1)
"""How long to leave an account alone that the provider says is over its limit; doubled each time it says so again."""
MOST_LIMIT_BACK_OFF = timedelta(hours=24)
_SETTLED = timedelta(hours=6)
"""A day counts for the warm-up once it has been over for so long, so that midnight alone raises nothing."""
_MOST_STEPS = 20_000
"""A forecast is played so many steps; what lies behind is drawn out from there."""


class Span(Enum):
    """What is counted together: its length and that of its slots, in seconds."""

    MINUTE = (60, 5)
    HOUR = (3_600, 300)
    DAY = (86_400, 3_600)
    MONTH = (30 * 86_400, 86_400)
    """For the warm-up: reputation that nothing has kept up for a month is taken for lost."""

    @property
    def length(self) -> int:
        """How long it is, in seconds."""
        return self.value[0]

    @property
    def slot(self) -> int:
        """How long one of its slots is, in seconds."""
        return self.value[1]


class Why(StrEnum):
    """Why nothing may leave just now."""

    HOURS = "hours"
    """Outside the hours in which a person writes."""
    GAP = "gap"
    """A person writes one mail after the other."""
    MINUTE = "minute"
    """As many left within a minute as may."""
    HOUR = "hour"
    """As many left within an hour as may."""
    DAY = "day"
    """As many left within 24 hours as may."""
    RAMP = "ramp"
    """The warm-up of a new sender allows no more in a day yet."""
    BACK_OFF = "back_off"
    """The mail server asked for a pause."""


@dataclass(frozen=True, kw_only=True)
class Caps:
    """At most so many copies in any minute, hour and day; 0: no bound."""

    minute: int = 0
    hour: int = 0
    day: int = 0

    def bounds(self) -> list[tuple[Span, int, Why]]:
        """Give the bounds that there are, the longest span first."""
        found = (
            (Span.DAY, self.day, Why.DAY),
            (Span.HOUR, self.hour, Why.HOUR),
            (Span.MINUTE, self.minute, Why.MINUTE),
        )
        return [bound for bound in found if bound[1]]


@dataclass(frozen=True, kw_only=True)
class Ramp:
    """The warm-up of a new sender: in a day at most `factor` times what left on the best day of the last thirty."""

    first: int
    """Copies on the first day."""
    factor: float
    until: int
    """From so many a day on it bounds nothing any more."""


@dataclass(frozen=True, kw_only=True)
class Pace:
    """How fast copies may leave by one kind of mail account."""

    name: str
    account: Caps = field(default_factory=Caps)
    domain: Caps = field(default_factory=Caps)
    """To each receiving domain."""
    gap_seconds: tuple[float, float] = (0, 0)
    """Between two copies, the least and the most; one is drawn each time."""
    hours: tuple[time, time] | None = None
    """From when to when of the owner's day copies leave."""
    ramp: Ramp | None = None
    connections: int = 4
    """The most connections at a time."""

    @cached_property
    def is_unlimited(self) -> bool:
        """Whether nothing bounds it, so that nothing need be counted."""
        return not (self.account.bounds() or self.domain.bounds() or self.gap_seconds[1] or self.hours or self.ramp)


UNLIMITED = Pace(name="unlimited")


@dataclass(frozen=True, kw_only=True)
class Lately:
    """What left lately by an account, or to a domain, and until when nothing may."""

    slots: Mapping[Span, Mapping[int, int]] = field(default_factory=dict)
    """Copies by span and number of the slot, counted from 1970 on."""
    not_before: datetime | None = None
    why: Why = Why.GAP
    """What `not_before` is for."""
    back_off: timedelta = timedelta(0)
    """How long the last pause was that a mail server asked for; halved as copies are accepted again."""

    def count(self, span: Span) -> int:
        """Count what left in a span."""
        return sum(self.slots.get(span, {}).values())


@dataclass(frozen=True, kw_only=True)
class Wait:
    """Until when nothing may leave, and why."""

    until: datetime
    why: Why
    domain: str = ""
    """The receiving domain, where it is for this one alone."""


@dataclass(frozen=True, kw_only=True)
class Room:
    """How many copies may leave now; where none may, the wait."""

    copies: int
    wait: Wait | None = None


@dataclass(frozen=True, kw_only=True)
class Grant:
    """Which of some copies may leave now, and what left lately once they have."""

    places: tuple[int, ...]
    """Which, by their places."""
    account: Lately
    domains: Mapping[str, Lately]
    """Those that changed."""
    closed: Mapping[str, Wait]
    """The domains to which no more may leave for now."""


def current(lately: Lately, now: datetime) -> Lately:
    """Give it without what is too old to count, and with what lies in the future put at this moment."""
    at = now.timestamp()
    slots = {span: _current_slots(span, counts, at) for span, counts in lately.slots.items()}
    not_before = lately.not_before
    if not_before and not_before > now + MOST_LIMIT_BACK_OFF:
        not_before = now + MOST_LIMIT_BACK_OFF
    return replace(lately, slots=slots, not_before=not_before)


def _current_slots(span: Span, counts: Mapping[int, int], at: float) -> Mapping[int, int]:
    newest, oldest = int(at // span.slot), (at - span.length) / span.slot - 1
    if all(oldest < number <= newest for number in counts):
        return counts
    kept: Counter[int] = Counter()
    for number, count in counts.items():
        if number > oldest:
            kept[min(number, newest)] += count
    return dict(kept)


def spent(lately: Lately, copies: int, now: datetime) -> Lately:
    """Give what left lately once so many more have left now."""
    lately, at = current(lately, now), now.timestamp()
    slots = {}
    for span in Span:
        number = int(at // span.slot)
        counts = lately.slots.get(span, {})
        slots[span] = {**counts, number: counts.get(number, 0) + copies}
    return replace(lately, slots=slots)


def account_room(pace: Pace, lately: Lately, now: datetime, zone: tzinfo) -> Room:
    """Say how many copies may leave by an account now, or until when none may."""
    lately = current(lately, now)
    opens_at = _opens_at(pace, now, zone)
    if opens_at > now:
        return Room(copies=0, wait=Wait(until=opens_at, why=Why.HOURS))
    room = _room(_bounds(pace, lately, now), lately, now)
    return replace(room, copies=min(room.copies, 1)) if pace.gap_seconds[1] else room


def domain_room(pace: Pace, lately: Lately, now: datetime, domain: str) -> Room:
    """Say how many copies may leave to a receiving domain now, or until when none may."""
    room = _room(pace.domain.bounds(), current(lately, now), now)
    return replace(room, wait=replace(room.wait, domain=domain)) if room.wait else room


def grant(
    pace: Pace,
    account: Lately,
    domains: Mapping[str, Lately],
    wanted: Sequence[str],
    *,
    now: datetime,
    zone: tzinfo,
    chance: float,
) -> Grant:
    """Say which copies, each named by its receiving domain, may leave now; the first come first.

    `chance`, from 0 to 1, draws the gap until the next.
    """
    left = account_room(pace, account, now, zone).copies
    rooms = {domain: domain_room(pace, domains.get(domain, Lately()), now, domain) for domain in dict.fromkeys(wanted)}
    taken: Counter[str] = Counter()
    places: list[int] = []
    for place, domain in enumerate(wanted):
        if left > len(places) and rooms[domain].copies > taken[domain]:
            places.append(place)
            taken[domain] += 1
    if places:
        account = _rested(pace, spent(account, len(places), now), now, chance)
    counted = taken if pace.domain.bounds() else {}
    changed = {domain: spent(domains.get(domain, Lately()), count, now) for domain, count in counted.items()}
    after = {domain: domain_room(pace, lately, now, domain) for domain, lately in changed.items()}
    closed = {domain: room.wait for domain, room in (rooms | after).items() if room.wait}
    return Grant(places=tuple(places), account=account, domains=changed, closed=closed)


def backed_off(
    lately: Lately, now: datetime, *, first: timedelta = FIRST_BACK_OFF, most: timedelta = MOST_BACK_OFF
) -> Lately:
    """Give it with a pause from now on, twice as long as the last one.

    What was on its way when the first pause began brings more such answers; they do not lengthen it.
    """
    lately = current(lately, now)
    if lately.why is Why.BACK_OFF and lately.not_before and lately.not_before > now and lately.back_off >= first:
        return lately
    pause = min(max(2 * lately.back_off, first), most)
    return replace(lately, not_before=now + pause, why=Why.BACK_OFF, back_off=pause)


def eased(lately: Lately) -> Lately:
    """Give it after copies were accepted again: the next pause would be shorter."""
    shorter = lately.back_off / 2
    return replace(lately, back_off=shorter if shorter >= FIRST_BACK_OFF else timedelta(0))


def forecast(
    pace: Pace,
    account: Lately,
    domains: Mapping[str, Lately],
    waiting: Mapping[str, int],
    *,
    now: datetime,
    zone: tzinfo,
) -> datetime:
    """Say when the last of the copies that wait, counted by receiving domain, leaves at this pace.

    It plays the rules forward; how long the mail server itself takes is not in it.
    """
    total = sum(waiting.values())
    ends = [_played(pace, account, total, now=now, zone=zone)]
    if pace.domain.bounds():
        only = Pace(name=pace.name, account=pace.domain)
        bound = min(cap for _, cap, _ in pace.domain.bounds())
        ends += [
            _played(only, domains.get(domain, Lately()), count, now=now, zone=UTC)
            for domain, count in waiting.items()
            if count > bound or domain in domains
        ]
    return max(ends)


def _played(pace: Pace, lately: Lately, copies: int, *, now: datetime, zone: tzinfo) -> datetime:
    begun, left, last = now, copies, now
    for _ in range(_MOST_STEPS):
        room = account_room(pace, lately, now, zone)
        if room.wait:
            now = room.wait.until
            continue
        leaving = min(room.copies, left)
        lately, left, last = _rested(pace, spent(lately, leaving, now), now, 0.5), left - leaving, now
        if not left:
            return last
    gone = max(copies - left, 1)
    return begun + (last - begun) * (copies / gone)


def _rested(pace: Pace, lately: Lately, now: datetime, chance: float) -> Lately:
    least, most = pace.gap_seconds
    if not most:
        return lately
    return replace(lately, not_before=now + timedelta(seconds=least + (most - least) * chance), why=Why.GAP)


def _opens_at(pace: Pace, now: datetime, zone: tzinfo) -> datetime:
    """Give the moment from which copies may leave by the hours of the day: now, where they may already."""
    if pace.hours is None:
        return now
    (start, end), there = pace.hours, now.astimezone(zone)
    if start <= there.time() < end:
        return now
    day = there.date() if there.time() < start else there.date() + timedelta(days=1)
    return datetime.combine(day, start, tzinfo=zone).astimezone(UTC)


def _bounds(pace: Pace, lately: Lately, now: datetime) -> list[tuple[Span, int, Why]]:
    bounds = pace.account.bounds()
    if pace.ramp:
        allowed = _ramped(pace.ramp, lately, now)
        if allowed < pace.ramp.until and (not pace.account.day or allowed < pace.account.day):
            bounds = [(Span.DAY, allowed, Why.RAMP), *(bound for bound in bounds if bound[0] is not Span.DAY)]
    return bounds


def _ramped(ramp: Ramp, lately: Lately, now: datetime) -> int:
    length = Span.MONTH.slot
    over_at = (now - _SETTLED).timestamp()
    days = lately.slots.get(Span.MONTH, {})
    best = max((count for day, count in days.items() if (day + 1) * length <= over_at), default=0)
    return max(ramp.first, int(best * ramp.factor))


def _room(bounds: Sequence[tuple[Span, int, Why]], lately: Lately, now: datetime) -> Room:
    waits = [Wait(until=lately.not_before, why=lately.why)] if lately.not_before and lately.not_before > now else []
    left = NO_BOUND
    for span, cap, why in bounds:
        free = cap - lately.count(span)
        left = min(left, max(free, 0))
        if free <= 0:
            waits.append(Wait(until=_frees_at(span, lately.slots[span], cap), why=why))
    return Room(copies=0, wait=max(waits, key=lambda wait: wait.until)) if waits else Room(copies=left)


def _frees_at(span: Span, counts: Mapping[int, int], cap: int) -> datetime:
    """Give the moment at which enough slots are older than the span for one copy more."""
    total = sum(counts.values())
    number = 0
    for number in sorted(counts):
        total -= counts[number]
        if total < cap:
            break
    return datetime.fromtimestamp((number + 1) * span.slot + span.length, UTC)
