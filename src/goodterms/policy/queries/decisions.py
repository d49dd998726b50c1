"""The decision asked for one person, or for many at once."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import cache, lru_cache
from typing import Any

import orjson
from django.db.models import Q, QuerySet
from django.db.models.functions import Coalesce

from goodterms import sql
from goodterms.accounts.models import Owner
from goodterms.exits.models import Suppression
from goodterms.exits.queries import suppressed_elsewhere
from goodterms.ledger.models import Entry as EntryRow
from goodterms.ledger.models import Standing as StandingRow
from goodterms.ledger.queries.entries import profile_terms
from goodterms.ledger.rules.bearing import Bearing, terms_evidence
from goodterms.ledger.rules.kinds import Vehicle
from goodterms.ledger.rules.standing import read_standing
from goodterms.people.models import Person
from goodterms.people.queries import group_of
from goodterms.policy.queries.addresses import MOST_AT_ONCE
from goodterms.policy.rules import Decision, Reason, Rulebook, Subject, UpdateFacts, Verdict, decide

Served = QuerySet[Any, Any]
"""The numbers of the persons who have a copy of the update already, as a query."""


@dataclass(frozen=True, kw_only=True)
class Question:
    """What is asked of the rules for everybody in an audience."""

    facts: UpdateFacts
    vehicle: Vehicle
    rulebook: Rulebook
    now: datetime

    def ask(self, subject: Subject) -> Decision:
        """Give the decision on a subject."""
        return decide(subject, self.facts, self.vehicle, self.rulebook, self.now)


def decision_for(owner: Owner, person: int, question: Question, *, served: Served | None = None) -> Decision:
    """Decide on one person as of this moment, with the entries that the decision rests on."""
    row = StandingRow.objects.filter(owner=owner, person=person).first()
    if row is None:
        return Decision(verdict=Verdict.REFUSE, reason=Reason.UNKNOWN)
    standing = read_standing(orjson.loads(row.state))
    return question.ask(
        Subject(
            bearing=Bearing.decode(row.bearing),
            last_update_at=row.last_update_at,
            suppressed=bool(suppressed_elsewhere(owner, [person])),
            has_copy=served is not None and served.filter(person__in=group_of(person)).exists(),
            support=standing.support,
            terms_entries=terms_evidence(standing, profile_terms(owner)),
        )
    )


def decisions_for(
    owner: Owner, persons: Iterable[int], question: Question, *, served: Served | None = None
) -> dict[int, Decision]:
    """Decide on many persons as of this moment, each as `decision_for` does, in one query a table.

    The entries that a decision rests on are left out: nobody reads them while letters leave, and nothing but the
    bearing, which the ledger keeps up to date, has then to be read.
    """
    wanted = list(dict.fromkeys(persons))
    suppressed = suppressed_elsewhere(owner, wanted)
    copies = having_copies(owner, wanted, served) if served is not None else set()

    @cache
    def decided(bearing: str, last_update_at: datetime | None, *, is_suppressed: bool, has_copy: bool) -> Decision:
        return question.ask(
            Subject(
                bearing=decoded(bearing), last_update_at=last_update_at, suppressed=is_suppressed, has_copy=has_copy
            )
        )

    decisions = dict.fromkeys(wanted, Decision(verdict=Verdict.REFUSE, reason=Reason.UNKNOWN))
    for person, bearing, last_update_at in _bearings_of(owner, wanted):
        is_recent = last_update_at and last_update_at > question.now - question.rulebook.gap_for(decoded(bearing))
        # What decides of the moment is only whether the gap is over: so most are alike, and decided on at once.
        decisions[person] = decided(
            bearing,
            question.now if is_recent else None,
            is_suppressed=person in suppressed,
            has_copy=person in copies,
        )
    return decisions


def _bearings_of(owner: Owner, persons: list[int]) -> Iterator[tuple[int, str, datetime | None]]:
    # Plain SQL, because it is asked for each window while letters leave.
    where, values = sql.among(owner.pk, "person_id", persons)
    table = StandingRow._meta.db_table  # noqa: SLF001 -- Django's documented way to a table's name
    statement = f'SELECT person_id, bearing, last_update_at FROM "{table}" WHERE {where}'  # noqa: S608
    for person, bearing, last_update_at in sql.fetch(statement, values):
        yield person, bearing, sql.read_moment(last_update_at)


def having_copies(owner: Owner, persons: list[int], served: Served) -> set[int]:
    """Give those of some persons who have a copy, or of whom somebody merged into them has one."""
    found: set[int] = set()
    for batch in sql.batches(persons, MOST_AT_ONCE):
        groups = Person.objects.filter(Q(pk__in=batch) | Q(merged_into__in=batch), owner=owner, pk__in=served)
        found |= set(groups.annotate(root=Coalesce("merged_into_id", "id")).values_list("root", flat=True))
    return found


@lru_cache(maxsize=4_096)
def decoded(bearing: str) -> Bearing:
    """Give a bearing of its text; there are few that differ."""
    return Bearing.decode(bearing)


def decision_for_stranger(owner: Owner, key: str) -> Decision:
    """Decide on an identity that nobody known has: suppressed, or unknown."""
    exits = Suppression.objects.filter(owner=owner, key=key).order_by("since", "id").values_list("exit", flat=True)
    reason = Reason.SUPPRESSED if exits else Reason.UNKNOWN
    return Decision(verdict=Verdict.REFUSE, reason=reason)


def decision_entries(owner: Owner, decision: Decision) -> list[dict[str, Any]]:
    """Give the ledger entries that a decision rests on, as plain values."""
    rows = sql.numbered(EntryRow.objects.all(), owner.pk, decision.entries).order_by("id")
    return [
        {
            "id": row.pk,
            "kind": row.kind,
            "occurred_at": row.occurred_at,
            "recorded_at": row.recorded_at,
            "actor": row.actor,
        }
        for row in rows
    ]


def standing_written(owner: Owner, person: int) -> dict[str, Any]:
    """Give a person's standing as plain values; empty where the ledger has nothing of them."""
    row = StandingRow.objects.filter(owner=owner, person=person).first()
    return {**orjson.loads(row.state), "bearing": row.bearing} if row else {}
