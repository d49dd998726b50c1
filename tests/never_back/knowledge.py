"""What the system can know of the humans, and what their exits must cover: the model, without a database."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import date, datetime

from goodterms.ledger.rules.facts import Scope
from goodterms.ledger.rules.kinds import Kind, Purpose, Vehicle
from goodterms.lib.addresses import widen_email
from tests.never_back.humans import Row, human_of

NameAndDate = tuple[int, str, date]
NameAndCompany = tuple[int, str, str]


@dataclass
class Exit:
    """What one human said once, and everything it has to cover."""

    kind: Kind
    scope: Scope
    at: datetime
    humans: set[int]
    slugs: set[str]
    emails: set[str]
    dated: set[NameAndDate] = field(default_factory=set)
    employed: set[NameAndCompany] = field(default_factory=set)
    is_strangers: bool = False
    """Whether it was taken by a link of somebody whom the database did not know."""

    def covers(self, vehicle: Vehicle, purpose: Purpose) -> bool:
        return self.kind is not Kind.STOPPED or self.scope.covers(vehicle, purpose)

    def touches(self, slugs: set[str], address: str) -> bool:
        return bool(self.slugs & slugs) or widen_email(address) in self.emails


@dataclass(frozen=True)
class Links:
    """Which names the archives read so far show to be one human's. A backup put back forgets what came later."""

    shown: dict[str, Row] = field(default_factory=dict)
    """The row that the newest archive with a slug shows."""
    emails: dict[str, frozenset[str]] = field(default_factory=dict)
    """Every address seen with a slug."""
    same: tuple[frozenset[str], ...] = ()
    """Slugs that are one human's: by name and date, or because the owner said so."""

    def closure(self, slugs: Iterable[str]) -> set[str]:
        """Give all slugs known to be the same human's as any of these."""
        found, before = set(slugs), -1
        while len(found) != before:
            before = len(found)
            found.update(*(group for group in self.same if group & found))
        return found


@dataclass
class Knowledge:
    """The links, the exits, and the acts by which one can come back."""

    links: Links = field(default_factory=Links)
    exits: list[Exit] = field(default_factory=list)
    opted_in: dict[int, datetime] = field(default_factory=dict)
    welcomed: dict[int, list[datetime]] = field(default_factory=dict)
    terms_from: list[datetime] = field(default_factory=list)
    dates: dict[int, set[date]] = field(default_factory=dict)
    """Every connection date that an archive showed of a human."""

    def read(self, row: Row, *, is_newest: bool, is_met: bool = False) -> None:
        """Learn from one row of an archive that was applied; `is_met` says that the journal knows its number."""
        links = self.links
        is_new = row.slug not in links.shown
        same = list(links.same)
        if is_new:
            self._recognise(row)
            self._may_be_stranger(row, is_met=is_met)
            partners = {s for s, other in links.shown.items() if dated(other) == dated(row)}
            if partners:
                same.append(frozenset({row.slug, *partners}))
        shown = links.shown | ({row.slug: row} if is_new or is_newest else {})
        seen = frozenset({widen_email(row.email)} if row.email else ())
        emails = links.emails | {row.slug: links.emails.get(row.slug, frozenset()) | seen}
        self.links = Links(shown=shown, emails=emails, same=tuple(same))
        self.dates.setdefault(row.human, set()).add(row.connected_on)
        self.spread()

    def _recognise(self, row: Row) -> None:
        """A slug never seen, with the name and date or the name and company of who left: held at least."""
        for exit_ in self.exits:
            if dated(row) in exit_.dated or employed(row) in exit_.employed:
                exit_.slugs.add(row.slug)

    def _may_be_stranger(self, row: Row, *, is_met: bool) -> None:
        """A human of whom nothing is known, connected before an exit by a link that named nobody: held at least."""
        is_known = any(other.human == row.human for other in self.links.shown.values())
        address = widen_email(row.email)
        is_shared = any(address in emails for emails in self.links.emails.values())
        if is_known or is_shared or is_met:
            return
        for exit_ in self.exits:
            if exit_.is_strangers and row.human in exit_.humans and row.connected_on <= exit_.at.date():
                exit_.slugs.add(row.slug)

    def merge(self, slugs: set[str]) -> frozenset[str]:
        group = frozenset(slugs)
        self.links = replace(self.links, same=(*self.links.same, group))
        self.spread()
        return group

    def split(self, slugs: set[str], merged: list[frozenset[str]]) -> None:
        gone = [group for group in merged if group & slugs]
        self.links = replace(self.links, same=tuple(group for group in self.links.same if group not in gone))

    def leave(self, exit_: Exit) -> None:
        """Take an exit down, and let it cover what is known of that human by now."""
        for known in self.exits:
            if (known.kind, known.at, known.scope) == (
                exit_.kind,
                exit_.at,
                exit_.scope,
            ) and known.humans & exit_.humans:
                known.slugs |= exit_.slugs
                known.is_strangers |= exit_.is_strangers
                known.emails |= exit_.emails
                break
        else:
            self.exits.append(exit_)
        self.spread()
        self._hold_namesakes()

    def _hold_namesakes(self) -> None:
        """Whoever is known by the name and date, or the name and company, of who leaves now is held at least."""
        exit_ = self.exits[-1]
        slugs = exit_.slugs & self.links.shown.keys()
        alike = {employed(self.links.shown[slug]) for slug in slugs if self.links.shown[slug].company}
        found = {slug for slug, row in self.links.shown.items() if employed(row) in alike}
        exit_.slugs |= found

    def spread(self) -> None:
        """An exit covers every identity they have or get."""
        for exit_ in self.exits:
            exit_.slugs |= self.links.closure(exit_.slugs)
            exit_.humans |= {human_of(slug) for slug in exit_.slugs}
            for slug in exit_.slugs & self.links.shown.keys():
                exit_.emails |= self.links.emails[slug]
                exit_.dated.add(dated(self.links.shown[slug]))
                exit_.employed.add(employed(self.links.shown[slug]))

    def breaks(
        self, slugs: set[str], address: str, vehicle: Vehicle, purpose: Purpose, *, welcome: bool
    ) -> Exit | None:
        """Give an exit that forbids writing to somebody, or None."""
        humans = {human_of(slug) for slug in slugs}
        touched = (
            exit_
            for exit_ in self.exits
            if exit_.covers(vehicle, purpose) and exit_.touches(slugs, address if vehicle is Vehicle.EMAIL else "@")
        )
        return next((exit_ for exit_ in touched if not self._is_back(exit_, humans, welcome=welcome)), None)

    def _is_back(self, exit_: Exit, humans: set[int], *, welcome: bool) -> bool:
        if exit_.kind is Kind.COMPLAINED or not humans & exit_.humans:
            return False
        if any(self.opted_in[human] > exit_.at for human in humans & self.opted_in.keys()):
            return True
        return exit_.kind is Kind.LEFT and any(self._reconnected(exit_, human, welcome=welcome) for human in humans)

    def _reconnected(self, exit_: Exit, human: int, *, welcome: bool) -> bool:
        new = [
            day
            for day in self.dates.get(human, ())
            if day > exit_.at.date() and any(terms.date() < day or terms.time().hour == 0 for terms in self.terms_from)
        ]
        if welcome or not new:
            return bool(new)
        return any(at > exit_.at and at.date() >= day for at in self.welcomed.get(human, ()) for day in new)


def dated(row: Row) -> NameAndDate:
    return (row.human, row.name, row.connected_on)


def employed(row: Row) -> NameAndCompany:
    return (row.human, row.name, row.company)
