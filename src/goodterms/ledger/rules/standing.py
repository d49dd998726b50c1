"""What the entries about a person add up to.

`standing_after` folds one entry in. The order of entries hardly matters: moments are compared, not positions, so
that an older export read after a newer one, or an exit heard of late, lands where it belongs.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from enum import StrEnum
from typing import Any

from goodterms.ledger.rules.facts import Entry, Scope
from goodterms.ledger.rules.kinds import EXITS, HoldReason, Kind, Purpose, Vehicle
from goodterms.lib.moments import write_moment


class Connection(StrEnum):
    """The LinkedIn relation as the exports have it."""

    NONE = "none"
    """No export has listed it."""
    CONNECTED = "connected"
    """The newest export that tells lists it."""
    ABSENT = "absent"
    """The newest export no longer lists it."""
    GONE = "gone"
    """A second export or the owner confirmed that it is gone."""


class Email(StrEnum):
    """Whether there is an address to write to."""

    NONE = "none"
    """None is known."""
    USABLE = "usable"
    """There is one."""
    WITHDRAWN = "withdrawn"
    """An export showed one and a later one does not."""
    BOUNCED = "bounced"
    """Mail to it came back for good."""


@dataclass(frozen=True, kw_only=True)
class Stop:
    """One exit of the staying kind: what it covers and when it was taken."""

    scope: Scope
    at: datetime


@dataclass(frozen=True, kw_only=True)
class Standing:
    """What the ledger says of a person. Moments are those of the newest entry that said so."""

    connection: Connection = Connection.NONE
    connection_at: datetime | None = None
    connected_on: date | None = None
    dated_at: datetime | None = None
    """When the connection's date was last told: an absence tells none."""
    email: Email = Email.NONE
    email_at: datetime | None = None
    email_chosen: bool = False
    """Whether the person named an address themselves: what an export ceases to show says nothing of that one."""
    invited_under_terms_at: datetime | None = None
    welcome_at: datetime | None = None
    welcome_confirmed: bool = False
    opt_in_at: datetime | None = None
    opt_in_confirmed_at: datetime | None = None
    fewer_at: datetime | None = None
    exchanged_at: datetime | None = None
    stops: tuple[Stop, ...] = ()
    left_at: datetime | None = None
    complained_at: datetime | None = None
    erased_at: datetime | None = None
    holds: frozenset[HoldReason] = frozenset()
    included_at: datetime | None = None
    last_update_at: datetime | None = None
    support: Mapping[str, int] = field(default_factory=dict)
    """Which entry each part rests on: part -> entry id."""


def standing_of(entries: Iterable[Entry], *, undone: frozenset[int] = frozenset()) -> Standing:
    """Give the standing that entries, in the order they were recorded, add up to.

    Entries told by an undone export do not count, exits excepted.
    """
    standing = Standing()
    for entry in entries:
        if entry.source not in undone or entry.kind in EXITS:
            standing = standing_after(standing, entry)
    return standing


def standing_after(standing: Standing, entry: Entry) -> Standing:
    """Give the standing once an entry is added to it."""
    fold = _FOLDS.get(entry.kind)
    return fold(standing, entry) if fold else standing


def written_after(written: Mapping[str, Any], entry: Entry) -> Mapping[str, Any] | None:
    """Give a written standing once an update that was accepted is added to it; None for an entry of another kind.

    The same as reading it, adding the entry and writing it again, in a tenth of the time: while letters leave nothing
    else is added, and of all that is written it changes one moment, on which no bearing depends.
    """
    if entry.kind is not Kind.UPDATE_ACCEPTED:
        return None
    last = written.get("last_update_at")
    if last and _is_older(entry, _read_moment(last)):
        return written
    support = {**written.get("support", {}), "last_update": entry.id}
    return {**written, "last_update_at": write_moment(entry.occurred_at), "support": support}


def _supported(standing: Standing, part: str, entry: Entry, **changes: Any) -> Standing:
    return replace(standing, support={**standing.support, part: entry.id}, **changes)


def _is_older(entry: Entry, than: datetime | None) -> bool:
    return than is not None and entry.occurred_at < than


def _connection(state: Connection) -> Callable[[Standing, Entry], Standing]:
    def fold(standing: Standing, entry: Entry) -> Standing:
        written = entry.detail.get("connected_on")
        if written and not _is_older(entry, standing.dated_at):
            standing = replace(standing, connected_on=date.fromisoformat(written), dated_at=entry.occurred_at)
        if _is_older(entry, standing.connection_at):
            return standing
        return _supported(standing, "connection", entry, connection=state, connection_at=entry.occurred_at)

    return fold


def _email(state: Email) -> Callable[[Standing, Entry], Standing]:
    def fold(standing: Standing, entry: Entry) -> Standing:
        if entry.detail.get("chosen"):
            standing = replace(standing, email_chosen=True)
        is_withdrawn_elsewhere = state is Email.WITHDRAWN and standing.email_chosen
        if is_withdrawn_elsewhere or _is_older(entry, standing.email_at):
            return standing
        return _supported(standing, "email", entry, email=state, email_at=entry.occurred_at)

    return fold


def _latest(part: str) -> Callable[[Standing, Entry], Standing]:
    def fold(standing: Standing, entry: Entry) -> Standing:
        if _is_older(entry, getattr(standing, part)):
            return standing
        return _supported(standing, part.removesuffix("_at"), entry, **{part: entry.occurred_at})

    return fold


def _invitation(standing: Standing, entry: Entry) -> Standing:
    if not entry.detail.get("terms"):
        return standing
    return _latest("invited_under_terms_at")(standing, entry)


def _welcome(standing: Standing, entry: Entry) -> Standing:
    confirmed = standing.welcome_confirmed or entry.kind is Kind.WELCOME_CONFIRMED
    return replace(_latest("welcome_at")(standing, entry), welcome_confirmed=confirmed)


def _stopped(standing: Standing, entry: Entry) -> Standing:
    stop = Stop(scope=entry.scope, at=entry.occurred_at)
    if stop in standing.stops:
        return standing
    return _supported(standing, "exit", entry, stops=(*standing.stops, stop))


def _exit(part: str) -> Callable[[Standing, Entry], Standing]:
    def fold(standing: Standing, entry: Entry) -> Standing:
        if _is_older(entry, getattr(standing, part)):
            return standing
        return _supported(standing, "exit", entry, **{part: entry.occurred_at})

    return fold


def _held(standing: Standing, entry: Entry) -> Standing:
    return _supported(standing, "held", entry, holds=standing.holds | {HoldReason(entry.detail["reason"])})


def _released(standing: Standing, entry: Entry) -> Standing:
    named = {HoldReason(reason) for reason in entry.detail.get("reasons", ())}
    standing = _supported(standing, "released", entry, holds=standing.holds - (named or standing.holds))
    if entry.detail.get("included"):
        return _supported(standing, "included", entry, included_at=entry.occurred_at)
    return standing


_SENT_PARTS = {"welcome", "last_update"}


def _not_sent(standing: Standing, entry: Entry) -> Standing:
    """Put back what was so before an entry that the owner had made in error; nothing where it is not that any more."""
    part, wrong = entry.detail["part"], entry.detail["entry"]
    if part not in _SENT_PARTS or standing.support.get(part) != wrong:
        return standing
    before, at = entry.detail["before_entry"], entry.detail["before_at"]
    support = {name: number for name, number in standing.support.items() if name != part}
    support |= {part: before} if before is not None else {}
    changes: dict[str, Any] = {f"{part}_at": _read_moment(at) if at else None}
    return replace(standing, support=support, **changes)


_FOLDS: dict[Kind, Callable[[Standing, Entry], Standing]] = {
    Kind.CONNECTION_SEEN: _connection(Connection.CONNECTED),
    Kind.CONNECTION_ABSENT: _connection(Connection.ABSENT),
    Kind.CONNECTION_GONE: _connection(Connection.GONE),
    Kind.ADDRESS_SEEN: _email(Email.USABLE),
    Kind.ADDRESS_WITHDRAWN: _email(Email.WITHDRAWN),
    Kind.ADDRESS_BOUNCED: _email(Email.BOUNCED),
    Kind.INVITATION_SEEN: _invitation,
    Kind.EXCHANGE_SEEN: _latest("exchanged_at"),
    Kind.WELCOME_SENT: _welcome,
    Kind.WELCOME_CONFIRMED: _welcome,
    Kind.UPDATE_ACCEPTED: _latest("last_update_at"),
    Kind.UPDATE_CONFIRMED: _latest("last_update_at"),
    Kind.NOT_SENT: _not_sent,
    Kind.OPT_IN_GIVEN: _latest("opt_in_at"),
    Kind.OPT_IN_CONFIRMED: _latest("opt_in_confirmed_at"),
    Kind.FEWER_WANTED: _latest("fewer_at"),
    Kind.STOPPED: _stopped,
    Kind.LEFT: _exit("left_at"),
    Kind.COMPLAINED: _exit("complained_at"),
    Kind.ERASED: _exit("erased_at"),
    Kind.HELD: _held,
    Kind.RELEASED: _released,
}


def write_standing(standing: Standing) -> dict[str, Any]:
    """Give a standing as plain values; `read_standing` reads it back."""
    return {name: _WRITERS.get(name, _write_plain)(value) for name, value in vars(standing).items() if value}


def read_standing(written: Mapping[str, Any]) -> Standing:
    """Read what `write_standing` wrote."""
    return Standing(**{name: _READERS.get(name, _read_moment)(value) for name, value in written.items()})


def _write_plain(value: Any) -> Any:
    return write_moment(value) if isinstance(value, datetime) else value


def _write_stops(stops: tuple[Stop, ...]) -> list[list[str]]:
    return [[",".join(sorted(s.scope.vehicles)), ",".join(sorted(s.scope.purposes)), write_moment(s.at)] for s in stops]


def _read_stops(written: list[list[str]]) -> tuple[Stop, ...]:
    return tuple(Stop(scope=read_scope(vehicles, purposes), at=_read_moment(at)) for vehicles, purposes, at in written)


def read_scope(vehicles: str, purposes: str) -> Scope:
    """Read a scope from two comma-separated lists; an empty one covers all."""
    return Scope(
        vehicles=frozenset(Vehicle(v) for v in vehicles.split(",") if v),
        purposes=frozenset(Purpose(p) for p in purposes.split(",") if p),
    )


def _read_moment(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)


_WRITERS: dict[str, Callable[[Any], Any]] = {
    "connected_on": date.isoformat,
    "stops": _write_stops,
    "holds": sorted,
    "support": dict,
}
_READERS: dict[str, Callable[[Any], Any]] = {
    "connection": Connection,
    "email": Email,
    "connected_on": date.fromisoformat,
    "email_chosen": bool,
    "welcome_confirmed": bool,
    "stops": _read_stops,
    "holds": lambda names: frozenset(map(HoldReason, names)),
    "support": dict,
}
