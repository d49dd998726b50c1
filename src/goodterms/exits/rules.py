"""The line that one suppression has in the file beside the database, and which exits are taken already."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

import orjson

from goodterms.ledger.rules.facts import Entry
from goodterms.ledger.rules.kinds import EXITS, Kind
from goodterms.lib.canonical import canonical_json
from goodterms.lib.moments import write_moment

EXIT_NAMES = {Kind.STOPPED: "stop", Kind.LEFT: "leave", Kind.COMPLAINED: "complaint", Kind.ERASED: "erasure"}
"""What a suppression calls the exit that it came of."""
_MAY_LIFT = {Kind.OPT_IN_CONFIRMED, Kind.CONNECTION_SEEN}
EXIT_KINDS = {name: kind for kind, name in EXIT_NAMES.items()}


@dataclass(frozen=True, kw_only=True)
class Suppressed:
    """One keyed hash never to be written to again, and by which exit."""

    owner_uid: str
    key: str
    kind: str
    exit: str
    vehicles: str
    purposes: str
    since: datetime

    def line(self) -> bytes:
        """Give its line; two equal suppressions have the same one."""
        return canonical_json({name: self._plain(name) for name in self.__dataclass_fields__}) + b"\n"

    def _plain(self, name: str) -> str:
        value = getattr(self, name)
        return write_moment(value) if isinstance(value, datetime) else value


def read_line(line: bytes) -> Suppressed | None:
    """Read a line back; None where it is torn or no such line."""
    try:
        written = orjson.loads(line)
        return Suppressed(**{**written, "since": datetime.fromisoformat(written["since"])})
    except (orjson.JSONDecodeError, TypeError, KeyError, ValueError):
        return None


def is_taken_already(entries: Iterable[Entry], kind: Kind, evidence: str) -> bool:
    """Say whether this very exit, by the link whose hash is the evidence, is the last word on a person's way out.

    Then taking it again, as mailbox providers and impatient people do, changes nothing. Whatever may have lifted it in
    between makes it count anew.
    """
    last = None
    for entry in entries:
        if entry.kind in EXITS or entry.kind in _MAY_LIFT:
            last = entry
    return last is not None and last.kind is kind and last.scope.is_whole and evidence in last.evidence
