"""The lines of the journal, and what they add up to.

An intent says that the bytes of a copy are about to leave, an outcome what became of them. No line has an address:
the journal outlives erasure.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

import orjson

from goodterms.delivery.rules.replies import Result

_ONE_LINE = orjson.OPT_APPEND_NEWLINE | orjson.OPT_UTC_Z
_ADDRESS = re.compile(r"[^\s<>@\"',;:()]+@[^\s<>\"',;:()]+")


@dataclass(kw_only=True)  # frozen it would cost three times as much to make
class Intent:
    """A copy is about to leave."""

    message_id: str
    owner: str
    """The owner's uid."""
    update: str
    """The update's uid."""
    update_sha256: str
    kind: str
    """The update's kind: the same text added again is found by it and its hash."""
    person: int
    """The person's uid."""
    address_key: str
    vehicle: str
    copy_sha256: str
    at: datetime


@dataclass(kw_only=True)  # frozen it would cost three times as much to make
class Outcome:
    """What became of a copy."""

    message_id: str
    result: Result
    stops_address: bool
    reply: str
    at: datetime


Record = Intent | Outcome


class RecordUnreadable(ValueError):
    """A line of the journal is no record."""


def write_record(record: Record) -> bytes:
    """Give a record as one line of JSON; `read_record` reads it back."""
    event = "intent" if isinstance(record, Intent) else "outcome"
    return orjson.dumps({"v": 1, "event": event, **vars(record)}, option=_ONE_LINE)


def read_record(line: bytes) -> Record:
    """Read what `write_record` wrote; raises RecordUnreadable."""
    try:
        values = orjson.loads(line)
        event = values.pop("event")
        values["at"] = datetime.fromisoformat(values["at"])
        if values.pop("v") != 1:
            raise RecordUnreadable(f"no version of the journal that is known: {line[:80]!r}")
        if event == "intent":
            return Intent(**values)
        return Outcome(**{**values, "result": Result(values["result"])})
    except (orjson.JSONDecodeError, KeyError, TypeError, AttributeError, ValueError):
        raise RecordUnreadable(f"no line of a journal: {line[:80]!r}") from None


@dataclass(frozen=True, kw_only=True)
class Told:
    """What the journal says of one copy: its last intent, and the outcome after it if there is one."""

    message_id: str
    intent: Intent | None = None
    outcome: Outcome | None = None

    @property
    def result(self) -> Result:
        """What became of it: an intent without an outcome is unknown."""
        return self.outcome.result if self.outcome else Result.UNKNOWN


def told_by(records: Iterable[Record]) -> list[Told]:
    """Give what records, in their order, say of each copy."""
    told: dict[str, Told] = {}
    for record in records:
        if isinstance(record, Intent):
            told[record.message_id] = Told(message_id=record.message_id, intent=record)
        else:
            intent = told[record.message_id].intent if record.message_id in told else None
            told[record.message_id] = Told(message_id=record.message_id, intent=intent, outcome=record)
    return list(told.values())


def named_in_reply(message_id: str) -> str:
    """Give a provider's name for a message as a reply has it: not like an address, which is never kept in one."""
    return message_id.strip("<>").replace("@", " at ")


def without_addresses(reply: str) -> str:
    """Give a reply's text with every e-mail address taken out, at most 500 characters."""
    return (_ADDRESS.sub("(address)", reply) if "@" in reply else reply)[:500]
