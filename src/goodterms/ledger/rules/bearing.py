"""The part of a standing that decides and does not depend on the clock, in one short text.

People with the same bearing get the same decision, so an audience of a million is counted by grouping this one
column, and `goodterms.policy.rules.decide` is asked once for each bearing that occurs.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from enum import StrEnum

from goodterms.ledger.rules.facts import Entry, Scope
from goodterms.ledger.rules.kinds import HoldReason, Kind
from goodterms.ledger.rules.standing import Connection, Email, Standing, Stop, read_scope


class Exit(StrEnum):
    """The furthest exit that is in force for everything."""

    NONE = "none"
    """No exit is in force for everything; there may be stops for some vehicles or purposes."""
    STOPPED = "stopped"
    """Wants no updates."""
    LEFT = "left"
    """Wants the connection broken, or has broken it."""
    COMPLAINED = "complained"
    """Complained."""
    ERASED = "erased"
    """Their data were destroyed."""


class Basis(StrEnum):
    """Why a person may be written to; the first that holds is the one that counts."""

    CONFIRMED_OPT_IN = "confirmed_opt_in"
    """Opted in, confirmed by an act that only they can do."""
    OPT_IN = "opt_in"
    """Opted in."""
    UNDER_TERMS = "connected_under_terms"
    """Connected while the terms stood where they could be read."""
    TWO_WAY = "two_way_exchange"
    """Both wrote to each other."""
    BEFORE_TERMS = "connected_before_terms"
    """Connected before the terms stood anywhere."""
    NONE = "none"
    """There is no connection and no opt-in."""


@dataclass(frozen=True, kw_only=True)
class ProfileTerms:
    """A time in which the profile said what connecting means."""

    from_at: datetime
    until_at: datetime | None
    entry: int

    def stood_on(self, day: date) -> bool:
        """Say whether they stood all through this UTC day up to its end, as far as its date can tell.

        A connection has a date and no time, so terms put up during a day cover the connections of the next one.
        """
        begins = datetime.combine(day, time(), UTC)
        ends = datetime.combine(day, time.max, UTC)
        return self.from_at <= begins and (self.until_at is None or self.until_at > ends)


def profile_terms_in(entries: Iterable[Entry]) -> tuple[ProfileTerms, ...]:
    """Give the times in which the profile said what connecting means, by entries in the order they were recorded.

    A later entry about the same wording says when it was taken away.
    """
    found: dict[int, ProfileTerms] = {}
    for entry in entries:
        if entry.kind is Kind.TERMS_IN_FORCE and entry.detail["place"] == "profile":
            until = entry.detail.get("until")
            found[entry.detail.get("wording") or -entry.id] = ProfileTerms(
                from_at=entry.occurred_at,
                until_at=datetime.fromisoformat(until) if until else None,
                entry=entry.id,
            )
    return tuple(found.values())


@dataclass(frozen=True, kw_only=True)
class Bearing:
    """What of a standing decides."""

    exit: Exit = Exit.NONE
    stops: frozenset[Scope] = frozenset()
    connection: Connection = Connection.NONE
    basis: Basis = Basis.NONE
    welcomed: bool = False
    included: bool = False
    holds: frozenset[HoldReason] = frozenset()
    email: Email = Email.NONE
    fewer: bool = False
    """Whether they want updates less often."""

    def encode(self) -> str:
        """Give it as text; `decode` reads it back."""
        stops = sorted(f"{','.join(sorted(s.vehicles))}:{','.join(sorted(s.purposes))}" for s in self.stops)
        flags = ("w" if self.welcomed else "") + ("i" if self.included else "") + ("f" if self.fewer else "")
        parts = (
            self.exit,
            ";".join(stops),
            self.connection,
            self.basis,
            flags,
            ",".join(sorted(self.holds)),
            self.email,
        )
        return "|".join(parts)

    @classmethod
    def decode(cls, text: str) -> "Bearing":
        """Read what `encode` wrote."""
        exit_, stops, connection, basis, flags, holds, email = text.split("|")
        return cls(
            exit=Exit(exit_),
            stops=frozenset(read_scope(*stop.split(":")) for stop in stops.split(";") if stop),
            connection=Connection(connection),
            basis=Basis(basis),
            welcomed="w" in flags,
            included="i" in flags,
            holds=frozenset(HoldReason(hold) for hold in holds.split(",") if hold),
            email=Email(email),
            fewer="f" in flags,
        )


def bearing_of(standing: Standing, profile_terms: Iterable[ProfileTerms]) -> Bearing:
    """Give the bearing of a standing, given when the profile said what connecting means."""
    under_terms = bool(terms_evidence(standing, profile_terms))
    return Bearing(
        exit=_exit(standing, under_terms=under_terms),
        stops=frozenset(stop.scope for stop in _stops_in_force(standing) if not stop.scope.is_whole),
        connection=standing.connection,
        basis=_basis(standing, under_terms=under_terms),
        welcomed=_is_welcomed(standing),
        included=standing.included_at is not None and not _is_before(standing.included_at, standing.left_at),
        holds=standing.holds,
        email=standing.email,
        fewer=_wants_fewer(standing),
    )


def terms_evidence(standing: Standing, profile_terms: Iterable[ProfileTerms]) -> tuple[int, ...]:
    """Give the entries that show the connection was made under the terms; none where it was not, or can't be shown."""
    if standing.connected_on is None:
        return ()
    found = [terms.entry for terms in profile_terms if terms.stood_on(standing.connected_on)]
    if _invitation_counts(standing):
        found.append(standing.support["invited_under_terms"])
    return tuple(found)


def _invitation_counts(standing: Standing) -> bool:
    at, made_on = standing.invited_under_terms_at, standing.connected_on
    # An invitation from before somebody left says nothing of the connection made afterwards.
    return at is not None and made_on is not None and at.date() <= made_on and not _is_before(at, standing.left_at)


def _is_before(moment: datetime, other: datetime | None) -> bool:
    return other is not None and moment <= other


def _stops_in_force(standing: Standing) -> list[Stop]:
    confirmed = standing.opt_in_confirmed_at
    return [stop for stop in standing.stops if confirmed is None or stop.at >= confirmed]


def _exit(standing: Standing, *, under_terms: bool) -> Exit:
    if standing.erased_at:
        return Exit.ERASED
    if standing.complained_at:
        return Exit.COMPLAINED
    if standing.left_at and not _has_come_back(standing, under_terms=under_terms):
        return Exit.LEFT
    if any(stop.scope.is_whole for stop in _stops_in_force(standing)):
        return Exit.STOPPED
    return Exit.NONE


def _has_come_back(standing: Standing, *, under_terms: bool) -> bool:
    """Say whether somebody who left is back by their own act: a fresh opt-in, or a new connection under the terms."""
    if standing.left_at is None:
        return True
    if standing.opt_in_confirmed_at and standing.opt_in_confirmed_at > standing.left_at:
        return True
    made_on = standing.connected_on
    is_new = made_on is not None and made_on > standing.left_at.date()
    return is_new and under_terms and standing.connection is Connection.CONNECTED


def _basis(standing: Standing, *, under_terms: bool) -> Basis:
    if standing.opt_in_confirmed_at and not _is_before(standing.opt_in_confirmed_at, _last_exit(standing)):
        return Basis.CONFIRMED_OPT_IN
    if standing.opt_in_at and not _is_before(standing.opt_in_at, _last_exit(standing)):
        return Basis.OPT_IN
    if standing.connection is Connection.NONE:
        return Basis.NONE
    if under_terms:
        return Basis.UNDER_TERMS
    return Basis.TWO_WAY if standing.exchanged_at else Basis.BEFORE_TERMS


def _last_exit(standing: Standing) -> datetime | None:
    whole = [stop.at for stop in standing.stops if stop.scope.is_whole]
    return max((at for at in (standing.left_at, standing.complained_at, *whole) if at), default=None)


def _wants_fewer(standing: Standing) -> bool:
    """Say whether they asked for fewer since they last said what they want to get."""
    return standing.fewer_at is not None and not _is_before(standing.fewer_at, standing.opt_in_confirmed_at)


def _is_welcomed(standing: Standing) -> bool:
    at, made_on = standing.welcome_at, standing.connected_on
    return at is not None and (made_on is None or at.date() >= made_on) and not _is_before(at, standing.left_at)
