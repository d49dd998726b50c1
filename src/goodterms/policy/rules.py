"""The one decision: may this person get this update by this vehicle now, and why."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from goodterms.ledger.rules.bearing import Basis, Bearing, Exit
from goodterms.ledger.rules.kinds import HoldReason, Purpose, Vehicle
from goodterms.ledger.rules.standing import Connection, Email


class Verdict(StrEnum):
    """What is to be done."""

    SEND = "send"
    """It may be sent."""
    HOLD = "hold"
    """Not now: time or the owner can lift it."""
    REFUSE = "refuse"
    """No."""


class Reason(StrEnum):
    """Why. The list is closed; docs/decision.md has a line for each."""

    # send
    OPTED_IN = "opted_in"
    """Opted in, by their own act."""
    UNDER_TERMS = "connected_under_terms"
    """Connected while the terms stood where they could be read."""
    INCLUDED = "included_by_owner"
    """Connected before the terms, and knowingly included by the owner."""
    # hold
    BEFORE_TERMS = "connected_before_terms"
    """Connected before the terms: an opt-out list, until the owner includes them knowingly."""
    WELCOME_DUE = "welcome_due"
    """Has not had the welcome message."""
    ABSENT = "absent"
    """The newest export does not list the connection."""
    UNCERTAIN_MATCH = "uncertain_match"
    """May be somebody known under another name or address."""
    POSSIBLE_LEAVER = "possible_leaver"
    """May be somebody who used a way out."""
    SHARED_ADDRESS = "shared_address"
    """Somebody else has the same address."""
    CAME_BACK = "came_back"
    """Was gone, and is listed again with the old date."""
    UNSURE = "unsure"
    """Said something that may be an exit."""
    ADDRESS_FAILING = "address_failing"
    """Mail to the address came back again and again over weeks."""
    HELD_BY_OWNER = "held_by_owner"
    """Held by the owner's hand."""
    TOO_SOON = "too_soon"
    """Had an update a short while ago."""
    # refuse
    UNKNOWN = "unknown"
    """Nobody by that name is known."""
    SUPPRESSED = "suppressed"
    """An identity of theirs is suppressed."""
    ERASED = "erased"
    """Their data were erased; they are never written to again."""
    COMPLAINED = "complained"
    """Complained: an exit for ever, on all vehicles."""
    LEFT = "left"
    """Wants the connection broken."""
    STOPPED = "stopped"
    """Wants no updates."""
    GONE = "gone"
    """The connection is gone."""
    NO_BASIS = "no_basis"
    """There is no connection and no opt-in."""
    NO_OPT_IN = "commercial_without_confirmed_opt_in"
    """Commercial updates go to confirmed opt-ins only."""
    STRATEGY = "not_in_strategy"
    """The strategy writes to nobody on this basis."""
    NO_ADDRESS = "no_address"
    """No address is known for this vehicle."""
    ADDRESS_WITHDRAWN = "address_withdrawn"
    """The address was shown in an earlier export and no longer is."""
    ADDRESS_BOUNCED = "address_bounced"
    """Mail to the address came back for good."""
    ALREADY_SENT = "already_sent"
    """Has a copy of this update or of one that says the same, or its address has."""


@dataclass(frozen=True, kw_only=True)
class ByHand:
    """The pace and length of messages that the owner sends by hand through LinkedIn."""

    messages_a_day: int = 50
    gap: timedelta = timedelta(seconds=20)
    most_signs: int = 8_000


@dataclass(frozen=True, kw_only=True)
class Rulebook:
    """The rules that can be set; their sources stand in rulebook.toml."""

    strategy: str
    bases: Mapping[Basis, Verdict]
    """What the strategy does with a networking update to people on each basis."""
    needs_welcome: bool
    min_gap: timedelta
    by_hand: ByHand = ByHand()
    fewer_gap: timedelta = timedelta()
    """The gap for whoever asked for fewer; the longer of both counts."""
    feedback_loops: tuple[str, ...] = ()
    """The feedback loops in which the owner's own domain or server is."""

    def gap_for(self, bearing: Bearing) -> timedelta:
        """Give how long after an update the next one may follow."""
        return max(self.min_gap, self.fewer_gap) if bearing.fewer else self.min_gap


@dataclass(frozen=True, kw_only=True)
class UpdateFacts:
    """What of an update decides."""

    purpose: Purpose = Purpose.NETWORKING
    is_welcome: bool = False


@dataclass(frozen=True, kw_only=True)
class Subject:
    """What of a person decides: one standing, or all those with the same bearing."""

    bearing: Bearing
    last_update_at: datetime | None = None
    suppressed: bool = False
    """Whether an identity of theirs is suppressed on somebody else's account."""
    has_copy: bool = False
    support: Mapping[str, int] = field(default_factory=dict)
    terms_entries: tuple[int, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Decision:
    """What is to be done, why, and the ledger entries it rests on."""

    verdict: Verdict
    reason: Reason
    entries: tuple[int, ...] = ()


_EXITS = {
    Exit.ERASED: Reason.ERASED,
    Exit.COMPLAINED: Reason.COMPLAINED,
    Exit.LEFT: Reason.LEFT,
    Exit.STOPPED: Reason.STOPPED,
}
_HOLDS = {
    HoldReason.POSSIBLE_LEAVER: Reason.POSSIBLE_LEAVER,
    HoldReason.UNSURE: Reason.UNSURE,
    HoldReason.UNCERTAIN_MATCH: Reason.UNCERTAIN_MATCH,
    HoldReason.CAME_BACK: Reason.CAME_BACK,
    HoldReason.SHARED_ADDRESS: Reason.SHARED_ADDRESS,
    HoldReason.ADDRESS_FAILING: Reason.ADDRESS_FAILING,
    HoldReason.BY_HAND: Reason.HELD_BY_OWNER,
}
_EMAILS = {
    Email.NONE: Reason.NO_ADDRESS,
    Email.WITHDRAWN: Reason.ADDRESS_WITHDRAWN,
    Email.BOUNCED: Reason.ADDRESS_BOUNCED,
}
_SEND_REASONS = {
    Basis.CONFIRMED_OPT_IN: Reason.OPTED_IN,
    Basis.OPT_IN: Reason.OPTED_IN,
    Basis.UNDER_TERMS: Reason.UNDER_TERMS,
}
_OPT_INS = {Basis.CONFIRMED_OPT_IN, Basis.OPT_IN}


def decide(subject: Subject, update: UpdateFacts, vehicle: Vehicle, rulebook: Rulebook, now: datetime) -> Decision:
    """Decide on one person, or on all with one bearing.

    The questions are asked from the gravest to the lightest, so the reason given is the one that matters most; the
    person's own word comes first, then certainty about who they are, then permission, then whether they can be reached.
    """
    return (
        _exit(subject, update, vehicle)
        or _connection(subject)
        or _hold(subject)
        or _permission(subject, update, rulebook)
        or _reach(subject, vehicle)
        or _time(subject, update, rulebook, now)
        or _send(subject)
    )


def _say(subject: Subject, verdict: Verdict, reason: Reason, *parts: str) -> Decision:
    entries = tuple(subject.support[part] for part in parts if part in subject.support)
    return Decision(verdict=verdict, reason=reason, entries=entries)


def _exit(subject: Subject, update: UpdateFacts, vehicle: Vehicle) -> Decision | None:
    bearing = subject.bearing
    if bearing.exit is not Exit.NONE:
        return _say(subject, Verdict.REFUSE, _EXITS[bearing.exit], "exit")
    if subject.suppressed:
        return _say(subject, Verdict.REFUSE, Reason.SUPPRESSED)
    if any(stop.covers(vehicle, update.purpose) for stop in bearing.stops):
        return _say(subject, Verdict.REFUSE, Reason.STOPPED, "exit")
    return None


def _connection(subject: Subject) -> Decision | None:
    if subject.bearing.connection is Connection.GONE:
        return _say(subject, Verdict.REFUSE, Reason.GONE, "connection")
    if subject.bearing.connection is Connection.ABSENT:
        return _say(subject, Verdict.HOLD, Reason.ABSENT, "connection")
    return None


def _hold(subject: Subject) -> Decision | None:
    for hold, reason in _HOLDS.items():
        if hold in subject.bearing.holds:
            return _say(subject, Verdict.HOLD, reason, "held")
    return None


def _permission(subject: Subject, update: UpdateFacts, rulebook: Rulebook) -> Decision | None:
    bearing = subject.bearing
    if update.purpose is Purpose.COMMERCIAL and bearing.basis is not Basis.CONFIRMED_OPT_IN:
        return _say(subject, Verdict.REFUSE, Reason.NO_OPT_IN)
    if bearing.basis is Basis.NONE:
        return _say(subject, Verdict.REFUSE, Reason.NO_BASIS)
    verdict = rulebook.bases[bearing.basis]
    if verdict is Verdict.REFUSE:
        return _say(subject, Verdict.REFUSE, Reason.STRATEGY, "connection")
    if verdict is Verdict.HOLD and not bearing.included:
        return _say(subject, Verdict.HOLD, Reason.BEFORE_TERMS, "connection")
    owes_welcome = rulebook.needs_welcome and bearing.basis is Basis.UNDER_TERMS and not bearing.welcomed
    if owes_welcome and not update.is_welcome:
        return _say(subject, Verdict.HOLD, Reason.WELCOME_DUE, "connection")
    if update.is_welcome and bearing.welcomed:
        return _say(subject, Verdict.REFUSE, Reason.ALREADY_SENT, "welcome")
    return None


def _reach(subject: Subject, vehicle: Vehicle) -> Decision | None:
    if vehicle is Vehicle.LINKEDIN:
        is_connected = subject.bearing.connection is Connection.CONNECTED
        return None if is_connected else _say(subject, Verdict.REFUSE, Reason.NO_ADDRESS, "connection")
    if subject.bearing.email is Email.USABLE:
        return None
    return _say(subject, Verdict.REFUSE, _EMAILS[subject.bearing.email], "email")


def _time(subject: Subject, update: UpdateFacts, rulebook: Rulebook, now: datetime) -> Decision | None:
    if subject.has_copy:
        return _say(subject, Verdict.REFUSE, Reason.ALREADY_SENT, "last_update")
    last = subject.last_update_at
    if last is not None and not update.is_welcome and now - last < rulebook.gap_for(subject.bearing):
        return _say(subject, Verdict.HOLD, Reason.TOO_SOON, "last_update")
    return None


def _send(subject: Subject) -> Decision:
    basis = subject.bearing.basis
    reason = _SEND_REASONS.get(basis, Reason.INCLUDED)
    parts = ("opt_in_confirmed", "opt_in") if basis in _OPT_INS else ("connection", "included", "welcome")
    found = _say(subject, Verdict.SEND, reason, *parts)
    terms = subject.terms_entries if basis is Basis.UNDER_TERMS else ()
    return Decision(verdict=found.verdict, reason=found.reason, entries=(*terms, *found.entries))
