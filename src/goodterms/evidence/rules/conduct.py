"""Whether a person's entries show a message that should not have been sent.

Each message is judged by what was known when it was sent, save for exits: they count from the moment they
were taken or recorded, whichever is earlier, so that an exit heard of late is seen as well.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime

from goodterms.evidence.rules.findings import Finding, Part
from goodterms.ledger.rules.bearing import Basis, Bearing, Exit, bearing_of, profile_terms_in
from goodterms.ledger.rules.facts import Entry, Scope
from goodterms.ledger.rules.kinds import EXITS, Kind, Purpose
from goodterms.ledger.rules.standing import standing_of

MESSAGES = frozenset({Kind.UPDATE_ACCEPTED, Kind.UPDATE_CONFIRMED, Kind.WELCOME_SENT, Kind.WELCOME_CONFIRMED})
"""What reached the person, as far as the ledger can say."""
_CONFIRMATIONS = frozenset({Kind.UPDATE_CONFIRMED, Kind.WELCOME_CONFIRMED})
"""Found later in an export: what was sent, seen again, so that only exits are to be asked for."""


def misconduct(entries: Sequence[Entry]) -> Iterator[Finding]:
    """Give the messages that went out against an exit, without a basis, or commercial without an opt-in."""
    for message in entries:
        if message.kind in MESSAGES:
            against = exit_before(message, entries)
            if against is not None:
                yield _finding(message, _against(message, against))
            elif message.kind not in _CONFIRMATIONS:
                yield from _permission(message, entries)


def basis_at(message: Entry, entries: Iterable[Entry]) -> Basis:
    """Give the basis on which a message was sent."""
    return _bearing_at(message, entries).basis


def exit_before(message: Entry, entries: Iterable[Entry]) -> Entry | None:
    """Give the newest exit that covers a message and was not lifted before it."""
    entries = list(entries)
    bearing = _bearing_at(message, entries)
    stopped = any(_overlap(stop, message.scope) for stop in bearing.stops)
    if bearing.exit is Exit.NONE and not stopped:
        return None
    exits = [e for e in entries if e.kind in EXITS and _took_effect(e) <= message.occurred_at]
    covering = [e for e in exits if e.kind is not Kind.STOPPED or _overlap(e.scope, message.scope)]
    return max(covering, key=lambda e: (_took_effect(e), e.id))


def _permission(message: Entry, entries: Iterable[Entry]) -> Iterator[Finding]:
    basis = basis_at(message, entries)
    if basis is Basis.NONE:
        yield _finding(message, "it was sent without a basis: nothing shown here permits it")
    elif Purpose.COMMERCIAL in message.scope.purposes and basis is not Basis.CONFIRMED_OPT_IN:
        yield _finding(message, "it is commercial and was sent without a confirmed opt-in")


def _against(message: Entry, exit_: Entry) -> str:
    named = f"{exit_.kind} (leaf {exit_.id}, taken {exit_.occurred_at:%Y-%m-%d %H:%M:%S} UTC)"
    if exit_.recorded_at > message.occurred_at:
        return f"it was sent after {named}, which was recorded only {exit_.recorded_at:%Y-%m-%d %H:%M:%S} UTC"
    return f"it was sent after {named}, which was already recorded"


def _finding(message: Entry, what: str) -> Finding:
    return Finding(
        part=Part.CONDUCT,
        where=f"leaf {message.id}, {message.kind} {message.occurred_at:%Y-%m-%d %H:%M:%S} UTC",
        what=what,
    )


def _bearing_at(message: Entry, entries: Iterable[Entry]) -> Bearing:
    known = [entry for entry in entries if _counts(entry, message)]
    undone = frozenset(entry.detail["export"] for entry in known if entry.kind is Kind.EXPORT_UNDONE)
    return bearing_of(standing_of(known, undone=undone), profile_terms_in(known))


def _counts(entry: Entry, message: Entry) -> bool:
    if entry.kind in EXITS:
        return (_took_effect(entry), entry.id) < (message.occurred_at, message.id)
    return entry.id < message.id and entry.occurred_at <= message.occurred_at


def _took_effect(exit_: Entry) -> datetime:
    return min(exit_.occurred_at, exit_.recorded_at)


def _overlap(one: Scope, other: Scope) -> bool:
    vehicles = not one.vehicles or not other.vehicles or one.vehicles & other.vehicles
    purposes = not one.purposes or not other.purposes or one.purposes & other.purposes
    return bool(vehicles and purposes)
