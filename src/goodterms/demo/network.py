"""A made-up network: who is connected to the owner on a day, what was said, and how it goes on."""

import random
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from itertools import islice

from goodterms.demo import names
from goodterms.demo.dice import Dice
from goodterms.demo.people import UNCHANGED, Change, Member, Talk, make_member

YEARS = 12
"""How long the owner has been making connections by the first export."""


@dataclass(frozen=True, slots=True)
class Owner:
    """The made-up member whose network it is."""

    first_name: str = "Robin"
    last_name: str = "Ferrante"
    slug: str = "robin-ferrante-demo"
    email: str = "robin@ferrante.example"
    headline: str = "Keeps looms running, and people in touch"
    about: str = "I repair old looms and write about what they teach."

    @property
    def name(self) -> str:
        """The full name as messages and invitations show it."""
        return f"{self.first_name} {self.last_name}"


@dataclass(frozen=True, slots=True)
class Wording:
    """What connecting means, as the owner says it in each place, from a day on."""

    since: date
    profile: str = (
        "About once a month I write a personal update to everyone I am connected with. Connecting with me "
        "means that you agree to get it. A word from you ends it: we stay connected or part, as you like."
    )
    invitation: str = (
        "I would be glad to connect. About once a month I send my connections a personal update; "
        "by accepting you agree to get it, and a word from you ends it."
    )
    welcome: str = (
        "Thank you for connecting, {first_name}. As my profile says, about once a month I send my "
        "connections a personal update. If you would rather not get it, answer NO UPDATES and we stay "
        "connected, or DISCONNECT and I break the connection."
    )


@dataclass(frozen=True, slots=True)
class Span:
    """Members made in one go: their numbers and the days over which they connected."""

    first: int
    count: int
    start: date
    end: date

    def connected_on(self, number: int) -> date:
        """Give the day for a number of this span: rising, and denser towards the end."""
        share = ((number - self.first + 1) / self.count) ** 0.7
        return self.start + timedelta(days=round(share * (self.end - self.start).days))


@dataclass(frozen=True, slots=True)
class Drift:
    """How many people chance touches between two exports."""

    new: int = 30
    gone: int = 10
    renamed: int = 5
    """Took another slug."""
    moved: int = 25
    """Took another job."""
    closed: int = 2
    """Closed their account: only the date stays."""

    @property
    def total(self) -> int:
        """How many of those who are there are touched."""
        return self.gone + self.renamed + self.moved + self.closed


@dataclass(frozen=True)
class Network:
    """The owner's network as LinkedIn knows it at the end of a day; members are made up when asked for."""

    seed: int
    today: date
    owner: Owner
    wording: Wording
    email_share: float
    talk_share: float
    spans: tuple[Span, ...]
    gone: frozenset[int] = frozenset()
    closed: frozenset[int] = frozenset()
    changes: Mapping[int, Change] = field(default_factory=dict)
    said: Mapping[int, tuple[Talk, ...]] = field(default_factory=dict)

    def __len__(self) -> int:
        """How many connections there are, former members included."""
        return sum(span.count for span in self.spans) - len(self.gone)

    def people(self) -> Iterator[Member]:
        """Give all connections, newest first, former members included."""
        for span in reversed(self.spans):
            for number in range(span.first + span.count - 1, span.first - 1, -1):
                if number not in self.gone:
                    yield self._make(number, span)

    def member(self, number: int) -> Member:
        """Give the member with this number, connected or gone."""
        return self._make(number, next(span for span in self.spans if number < span.first + span.count))

    def _make(self, number: int, span: Span) -> Member:
        change = self.changes.get(number, UNCHANGED)
        made = make_member(self.seed, number, span.connected_on(number), email_share=self.email_share, change=change)
        if number in self.closed:
            made = replace(made, is_former=True)
        if made.is_invited_by_owner:
            made = replace(made, note=self._own_note(made))
        return made

    def _own_note(self, member: Member) -> str:
        if member.invited_at.date() < self.wording.since:
            return ""
        return self.wording.invitation if Dice(self.seed, "note", member.number).falls(0.25) else ""

    def talks(self, member: Member) -> list[Talk]:
        """Give what the owner and a member wrote to each other until today, oldest first.

        An invitation's note counts as a message at the moment of acceptance, as in LinkedIn's exports.
        """
        noted = [Talk(member.accepted_at, member.is_invited_by_owner, member.note)] if member.note else []
        made = [*noted, *self._welcome(member), *self._chat(member), *self.said.get(member.number, ())]
        end = datetime.combine(self.today, time.max, UTC)
        return sorted((talk for talk in made if talk.at <= end), key=lambda talk: talk.at)

    def _welcome(self, member: Member) -> Iterator[Talk]:
        """Give the welcome message, sent to most who connected since the wording, and some answers to it."""
        dice = Dice(self.seed, "welcome", member.number)
        if member.connected_on < self.wording.since or not dice.falls(0.85):
            return
        sent_at = member.accepted_at + timedelta(hours=1 + dice.roll(60))
        yield Talk(sent_at, is_from_owner=True, text=self.wording.welcome.format(first_name=member.first_name))
        answer_at = sent_at + timedelta(minutes=5 + dice.roll(3_000))
        if dice.falls(0.15):
            yield Talk(answer_at, is_from_owner=False, text=dice.pick(names.THANKS))
        elif dice.falls(0.015):
            yield Talk(answer_at, is_from_owner=False, text=dice.pick(names.STOP_WORDS))

    def _chat(self, member: Member) -> Iterator[Talk]:
        dice = Dice(self.seed, "chat", member.number)
        if not dice.falls(self.talk_share):
            return
        at = member.accepted_at
        for _ in range(1 + dice.roll(5)):
            at += timedelta(seconds=dice.roll(86_400), days=dice.roll(240))
            yield Talk(at, dice.falls(0.5), dice.pick(names.CHAT))


def make_network(
    seed: int,
    size: int = 3_000,
    *,
    today: date,
    wording: Wording | None = None,
    with_email_share: float = 0.04,
    with_talk_share: float = 0.25,
) -> Network:
    """Make up a network of a size; the same again for the same seed, size and day.

    Today's real exports carry an e-mail address for 1 to 4 % of connections; a larger share is for showing or
    measuring what e-mail does, and no network looks like that. Without a wording one holds since 400 days.
    """
    span = Span(0, size, today - timedelta(days=365 * YEARS), today)
    held = wording or Wording(since=today - timedelta(days=400))
    return Network(seed, today, Owner(), held, with_email_share, with_talk_share, (span,))


def later(
    network: Network,
    seed: int,
    *,
    today: date,
    drift: Drift = Drift(),
    leaving: Collection[str] = (),
    staying: Collection[str] = (),
    said: Mapping[str, tuple[Talk, ...]] | None = None,
) -> Network:
    """Give the network at a later day, drifted by chance.

    Of those known by slug, the `leaving` are gone for certain, the `staying` stay as they are (they asked
    to be left alone and are connected still), and `said` was said to them or by them.
    """
    slugs = {*leaving, *staying, *(said or ())}
    numbers = {member.slug: member.number for member in network.people() if member.slug in slugs} if slugs else {}
    left = {numbers[slug] for slug in leaving}
    chosen = iter(_choose(network, seed, {*numbers.values()}, drift.total))
    gone, closed, renamed, moved = (
        set(islice(chosen, count)) for count in (drift.gone, drift.closed, drift.renamed, drift.moved)
    )
    return replace(
        network,
        today=today,
        spans=_grown(network, drift.new, today),
        gone=network.gone | left | gone,
        closed=network.closed | closed,
        changes=_changed(network.changes, renamed, moved),
        said=_told(network.said, {numbers[slug]: talks for slug, talks in (said or {}).items()}),
    )


def _choose(network: Network, seed: int, spared: set[int], count: int) -> list[int]:
    """Give numbers of people who are there, in no order."""
    total = sum(span.count for span in network.spans)
    spoken_for = spared | network.gone | network.closed
    wanted = min(total, count + len(spoken_for))
    drawn = random.Random(f"{network.seed}:{seed}").sample(range(total), wanted)  # noqa: S311 (no secret)
    return [number for number in drawn if number not in spoken_for]


def _grown(network: Network, new: int, today: date) -> tuple[Span, ...]:
    last = network.spans[-1]
    span = Span(last.first + last.count, new, network.today, today)
    return (*network.spans, span) if new else network.spans


def _changed(old: Mapping[int, Change], renamed: set[int], moved: set[int]) -> dict[int, Change]:
    changes = dict(old)
    for number in renamed:
        before = changes.get(number, UNCHANGED)
        changes[number] = replace(before, renamed=before.renamed + 1)
    for number in moved:
        before = changes.get(number, UNCHANGED)
        changes[number] = replace(before, moved=before.moved + 1)
    return changes


def _told(old: Mapping[int, tuple[Talk, ...]], new: Mapping[int, tuple[Talk, ...]]) -> dict[int, tuple[Talk, ...]]:
    return {number: (*old.get(number, ()), *new.get(number, ())) for number in {*old, *new}}
