"""A dossier as people read it: what happened, in order, in plain words."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson

from goodterms.evidence.rules.conduct import MESSAGES, basis_at, exit_before
from goodterms.ledger.rules.bearing import Basis
from goodterms.ledger.rules.facts import Entry, entry_of
from goodterms.ledger.rules.heads import name_of_key
from goodterms.ledger.rules.kinds import EXITS, Actor, Kind

KIND_WORDS: Mapping[Kind, str] = {
    Kind.EXPORT_IMPORTED: "LinkedIn export read",
    Kind.EXPORT_UNDONE: "LinkedIn export taken back",
    Kind.TERMS_IN_FORCE: "Terms put in force",
    Kind.CONNECTION_SEEN: "Connection listed by an export",
    Kind.CONNECTION_CHANGED: "Name, profile, company or position changed",
    Kind.CONNECTION_ABSENT: "Connection no longer listed by an export",
    Kind.CONNECTION_GONE: "Connection confirmed to be gone",
    Kind.ADDRESS_SEEN: "E-mail address became known",
    Kind.ADDRESS_WITHDRAWN: "E-mail address no longer shown",
    Kind.ADDRESS_BOUNCED: "Mail to the address came back",
    Kind.INVITATION_SEEN: "Invitation led to the connection",
    Kind.EXCHANGE_SEEN: "Both wrote to each other",
    Kind.WELCOME_SENT: "Welcome message sent",
    Kind.WELCOME_CONFIRMED: "Welcome message found in an export",
    Kind.UPDATE_ACCEPTED: "Update accepted by a mail server, or sent by hand",
    Kind.UPDATE_CONFIRMED: "Update found in an export",
    Kind.NOT_SENT: "Marked as sent by hand in error: it did not leave",
    Kind.REPLIED: "The person answered",
    Kind.ANSWERED: "Told that the exit was obeyed",
    Kind.OPT_IN_ASKED: "Asked for an opt-in",
    Kind.OPT_IN_GIVEN: "Opted in",
    Kind.OPT_IN_CONFIRMED: "Opt-in confirmed by the person's own act",
    Kind.FEWER_WANTED: "Asked for fewer updates",
    Kind.STOPPED: "Exit: no more updates",
    Kind.LEFT: "Exit: the connection is to be broken",
    Kind.COMPLAINED: "Exit: the person complained",
    Kind.HELD: "Held until the owner has looked",
    Kind.RELEASED: "Released by the owner",
    Kind.MERGED: "Found to be the same person as another record",
    Kind.SPLIT: "Found not to be the same person after all",
    Kind.ERASED: "The person's data were erased",
}
BASIS_WORDS: Mapping[Basis, str] = {
    Basis.CONFIRMED_OPT_IN: "opt-in, confirmed by the person's own act",
    Basis.OPT_IN: "opt-in",
    Basis.UNDER_TERMS: "connection (courtesy basis), made while the terms stood",
    Basis.TWO_WAY: "connection (courtesy basis), with messages in both directions",
    Basis.BEFORE_TERMS: "connection (courtesy basis), made before the terms",
    Basis.NONE: "none is shown",
}
ACTOR_WORDS = {Actor.OWNER: "the owner", Actor.PERSON: "the person", Actor.SYSTEM: "the software"}


@dataclass(frozen=True, kw_only=True)
class Line:
    """One entry, told."""

    index: int
    occurred: str
    recorded: str
    what: str
    who: str
    scope: str
    details: tuple[tuple[str, str], ...]
    evidence: tuple[str, ...]
    basis: str = ""
    """Of a message: what it was sent on."""
    remark: str = ""
    """Of a message that went out after an exit, and of an exit: how it was obeyed."""


@dataclass(frozen=True, kw_only=True)
class Story:
    """All of it, told."""

    lines: tuple[Line, ...]
    erased_count: int
    sealed: str
    size: int
    fingerprint: str


def tell(dossier: Mapping[str, Any]) -> Story:
    """Tell a dossier's entries in the order in which they happened."""
    written = [entry for entry in dossier["entries"] if entry["body"] is not None]
    entries = [entry_of(entry["index"], orjson.loads(entry["body"])) for entry in written]
    newest = dossier["heads"][-1]
    return Story(
        lines=tuple(_line(entry, entries) for entry in sorted(entries, key=lambda e: (e.occurred_at, e.id))),
        erased_count=len(dossier["entries"]) - len(written),
        sealed=_clock(datetime.fromisoformat(newest["sealed_at"])),
        size=newest["size"],
        fingerprint=name_of_key(dossier["public_key"]),
    )


def details_of(entry: Entry) -> tuple[tuple[str, str], ...]:
    """Give what an entry says beside its kind, as words: (name, value)."""
    return tuple((name.replace("_", " "), _plain(value)) for name, value in sorted(entry.detail.items()))


def _line(entry: Entry, entries: Sequence[Entry]) -> Line:
    is_message = entry.kind in MESSAGES
    return Line(
        index=entry.id,
        occurred=_clock(entry.occurred_at),
        recorded=_clock(entry.recorded_at),
        what=KIND_WORDS[entry.kind],
        who=ACTOR_WORDS[entry.actor],
        scope=", ".join([*sorted(entry.scope.vehicles), *sorted(entry.scope.purposes)]),
        details=details_of(entry),
        evidence=entry.evidence,
        basis=BASIS_WORDS[basis_at(entry, entries)] if is_message else "",
        remark=_remark(entry, entries),
    )


def _remark(entry: Entry, entries: Sequence[Entry]) -> str:
    if entry.kind in MESSAGES:
        against = exit_before(entry, entries)
        return f"After an exit: see leaf {against.id}." if against else ""
    if entry.kind not in EXITS:
        return ""
    after = [other for other in entries if other.kind in MESSAGES and exit_before(other, entries) == entry]
    if after:
        leaves = ", ".join(str(other.id) for other in after)
        return f"{len(after)} message(s) went out against it: leaf {leaves}."
    return f"Recorded {_clock(entry.recorded_at)}; no message shown here went out against it."


def _clock(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d %H:%M:%S} UTC"


def _plain(value: Any) -> str:
    if isinstance(value, Mapping):
        return "; ".join(f"{name}: {_plain(part)}" for name, part in sorted(value.items()))
    if isinstance(value, list):
        return _join(map(_plain, value))
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "none" if value is None else str(value)


def _join(parts: Iterable[str]) -> str:
    return ", ".join(parts) or "none"
