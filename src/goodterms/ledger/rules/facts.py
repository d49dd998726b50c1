"""What is written into the ledger, and what is read from it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Any

from goodterms.ledger.rules.kinds import Actor, Kind, Purpose, Vehicle
from goodterms.lib.moments import write_moment


@dataclass(frozen=True, kw_only=True)
class Scope:
    """What an entry covers; an empty set covers all."""

    vehicles: frozenset[Vehicle] = frozenset()
    purposes: frozenset[Purpose] = frozenset()

    def covers(self, vehicle: Vehicle, purpose: Purpose) -> bool:
        """Say whether this vehicle and purpose are meant."""
        return (not self.vehicles or vehicle in self.vehicles) and (not self.purposes or purpose in self.purposes)

    @cached_property
    def words(self) -> tuple[list[str], list[str]]:
        """The vehicles' and the purposes' names, in alphabetical order."""
        return sorted(self.vehicles), sorted(self.purposes)

    @property
    def is_whole(self) -> bool:
        """Whether it covers everything."""
        return not self.vehicles and not self.purposes


WHOLE = Scope()


@dataclass(frozen=True, kw_only=True)
class Fact:
    """Something that happened, before the ledger has it."""

    kind: Kind
    occurred_at: datetime
    actor: Actor
    person: int | None = None
    scope: Scope = WHOLE
    detail: Mapping[str, Any] = field(default_factory=dict)
    """Strings, whole numbers, booleans, None, and lists and mappings of them."""
    evidence: tuple[str, ...] = ()
    """SHA-256 of the artefacts it rests on, in hexadecimal."""
    source: int | None = None
    """The export that told it."""


@dataclass(frozen=True, kw_only=True)
class Entry(Fact):
    """A fact as the ledger has it."""

    id: int
    recorded_at: datetime


def body_of(fact: Fact, *, owner_uid: str, recorded_at: datetime) -> dict[str, Any]:
    """Give the mapping that a commitment covers; its canonical JSON is hashed with the salt before it."""
    vehicles, purposes = fact.scope.words
    return {
        "actor": fact.actor.value,
        "detail": fact.detail,
        "evidence": list(fact.evidence),
        "kind": fact.kind.value,
        "occurred_at": write_moment(fact.occurred_at),
        "owner": owner_uid,
        "person": fact.person,
        "purposes": purposes,
        "recorded_at": write_moment(recorded_at),
        "source": fact.source,
        "v": 1,
        "vehicles": vehicles,
    }


def entry_from(fact: Fact, entry_id: int, *, recorded_at: datetime) -> Entry:
    """Give the entry that a fact becomes; reading its body back gives the same."""
    entry = object.__new__(Entry)
    # All at once: one for each field, as a frozen class does it, costs more than the entry's hash.
    vars(entry).update(vars(fact), id=entry_id, recorded_at=recorded_at)
    return entry


def entry_of(entry_id: int, body: Mapping[str, Any]) -> Entry:
    """Read an entry back from its body."""
    return Entry(
        id=entry_id,
        kind=Kind(body["kind"]),
        occurred_at=datetime.fromisoformat(body["occurred_at"]),
        recorded_at=datetime.fromisoformat(body["recorded_at"]),
        actor=Actor(body["actor"]),
        person=body["person"],
        scope=Scope(
            vehicles=frozenset(map(Vehicle, body["vehicles"])),
            purposes=frozenset(map(Purpose, body["purposes"])),
        ),
        detail=body["detail"],
        evidence=tuple(body["evidence"]),
        source=body["source"],
    )
