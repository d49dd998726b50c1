"""The decision asked for one person, and for an audience of any size in one query."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache, lru_cache
from typing import Any

import orjson
from django.db.models import Case, Count, Q, QuerySet, When
from django.db.models.functions import Coalesce

from goodterms import sql
from goodterms.accounts.models import Owner
from goodterms.exits.models import Suppression
from goodterms.exits.queries import suppressed_elsewhere
from goodterms.ledger.models import Entry as EntryRow
from goodterms.ledger.models import Standing as StandingRow
from goodterms.ledger.queries.entries import profile_terms
from goodterms.ledger.queries.standings import persons_bearing
from goodterms.ledger.rules.bearing import Basis, Bearing, Exit, terms_evidence
from goodterms.ledger.rules.kinds import Vehicle
from goodterms.ledger.rules.standing import Connection, read_standing
from goodterms.people.models import Identity, Person
from goodterms.people.queries import group_of
from goodterms.policy.rules import Decision, Reason, Rulebook, Subject, UpdateFacts, Verdict, decide

Served = QuerySet[Any, Any]
"""The numbers of the persons who have a copy of the update already, as a query."""
# Each is named twice in a statement, and SQLite takes some thousands of values at least.
_MOST_AT_ONCE = 400
_CHOSEN = Case(When(source="person", then=1), default=0)


@dataclass(frozen=True, kw_only=True)
class Audience:
    """How many people get an update, and why the others do not."""

    send: int
    hold: Mapping[Reason, int]
    refuse: Mapping[Reason, int]


@dataclass(frozen=True, kw_only=True)
class Recipient:
    """Somebody who may get a copy, and where."""

    person: int
    person_uid: int
    address: str
    address_key: str


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


def audience(owner: Owner, question: Question, *, served: Served | None = None) -> Audience:
    """Count an audience by decision and reason.

    People with the same bearing get the same decision, so the rules are asked once for each bearing that occurs and
    the counting is one grouped query. Those who differ from their bearing are counted anew: whoever was served already
    by another such query, the few who are suppressed on another account one by one.
    """
    counts: Counter[tuple[Verdict, Reason]] = Counter()
    for bearing, recent, count in _groups(StandingRow.objects.filter(owner=owner), question):
        decision = question.ask(_subject(question, bearing, recent=recent))
        counts[decision.verdict, decision.reason] += count
    for subject, count in _exceptions(owner, question, served):
        usual = question.ask(Subject(bearing=subject.bearing, last_update_at=subject.last_update_at))
        actual = question.ask(subject)
        counts[usual.verdict, usual.reason] -= count
        counts[actual.verdict, actual.reason] += count
    return Audience(
        send=sum(count for (verdict, _), count in counts.items() if verdict is Verdict.SEND),
        hold=_of_verdict(counts, Verdict.HOLD),
        refuse=_of_verdict(counts, Verdict.REFUSE),
    )


def people_decided(
    owner: Owner, question: Question, verdict: Verdict, reason: Reason | None = None, *, served: Served | None = None
) -> QuerySet[Person]:
    """Give the people behind one count of an audience, by name; without a reason those of every reason."""

    def is_wanted(decision: Decision) -> bool:
        return decision.verdict is verdict and reason in {None, decision.reason}

    suppressed = [one for one, subject in _suppressed(owner, served).items() if is_wanted(question.ask(subject))]
    found = Q(pk__in=suppressed) | Q(pk__in=_usual(owner, question, is_wanted, served).values("person_id"))
    if served is not None:
        copied = _rows_decided(_served_rows(owner, served), question, is_wanted, has_copy=True)
        found |= Q(pk__in=copied.values("person_id"))
    return Person.objects.filter(found, owner=owner).order_by("folded", "id")


def sendable(owner: Owner, question: Question, *, served: Served | None = None) -> QuerySet[Person]:
    """Give those whom the decision lets have a copy."""
    return Person.objects.filter(owner=owner, pk__in=_sendable(owner, question, served).values("person_id"))


def recipients(owner: Owner, question: Question, *, served: Served | None = None) -> Iterator[Recipient]:
    """Give those whom the decision lets have a copy, by number of person."""
    rows = _sendable(owner, question, served)
    numbers = rows.order_by("person_id").values_list("person_id", "person__uid")
    for batch in sql.batches(numbers.iterator(chunk_size=2_000), _MOST_AT_ONCE):
        found = addresses_of(owner, [person for person, _ in batch], question.vehicle)
        for person, uid in batch:
            if person in found:
                address, key = found[person]
                yield Recipient(person=person, person_uid=uid, address=address, address_key=key)


def sendable_bases(owner: Owner, question: Question, *, served: Served | None = None) -> dict[int, Basis]:
    """Give the basis of everybody whom the decision lets have a copy, by number of person."""
    rows = _sendable(owner, question, served).order_by("person_id").values_list("person_id", "bearing")
    known: dict[str, Basis] = {}
    found = {}
    for person, bearing in rows.iterator(chunk_size=5_000):
        if bearing not in known:
            known[bearing] = Bearing.decode(bearing).basis
        found[person] = known[bearing]
    return found


def _sendable(owner: Owner, question: Question, served: Served | None) -> QuerySet[StandingRow]:
    """Give the standings of those whom the decision lets have a copy."""
    return _usual(owner, question, lambda decision: decision.verdict is Verdict.SEND, served)


def _usual(
    owner: Owner, question: Question, is_wanted: Callable[[Decision], bool], served: Served | None
) -> QuerySet[StandingRow]:
    """Give the standings with a decision that is wanted, of all who do not differ from their bearing."""
    rows = _rows_decided(StandingRow.objects.filter(owner=owner), question, is_wanted)
    rows = rows.exclude(person__in=suppressed_elsewhere(owner))
    if served is not None:
        halves = Person.objects.filter(owner=owner, merged_into__isnull=False, pk__in=served)
        rows = rows.exclude(person__in=served).exclude(person__in=halves.values("merged_into"))
    return rows


def _rows_decided(
    rows: QuerySet[StandingRow], question: Question, is_wanted: Callable[[Decision], bool], *, has_copy: bool = False
) -> QuerySet[StandingRow]:
    """Give those of some standings, alike but for their bearing, with a decision that is wanted."""
    wanted = Q()
    for bearing, recent, _ in _groups(rows, question):
        if is_wanted(question.ask(_subject(question, bearing, recent=recent, has_copy=has_copy))):
            lately = _recent(question, bearing)
            wanted |= Q(bearing=bearing.encode()) & (lately if recent else ~lately)
    return rows.filter(wanted) if wanted else StandingRow.objects.none()


def _subject(question: Question, bearing: Bearing, *, recent: bool, has_copy: bool = False) -> Subject:
    return Subject(bearing=bearing, last_update_at=question.now if recent else None, has_copy=has_copy)


def addresses_of(owner: Owner, persons: Iterable[int], vehicle: Vehicle) -> dict[int, tuple[str, str]]:
    """Give the identity, and its keyed hash, under which a vehicle reaches each person, as `address_of` does."""
    found: dict[int, tuple[str, str]] = {}
    for batch in sql.batches(persons, _MOST_AT_ONCE):
        group = Person.objects.filter(Q(pk__in=batch) | Q(merged_into__in=batch), owner=owner)
        roots = dict(group.values_list("pk", Coalesce("merged_into_id", "id")))
        current = Identity.objects.filter(owner=owner, person__in=list(roots), kind=_kind_for(vehicle), is_current=True)
        # The one that counts is read last and stays.
        rows = current.order_by(_CHOSEN, "seen_at", "id").values_list("person_id", "value", "key")
        found |= {roots[person]: (value, key) for person, value, key in rows}
    return found


def _kind_for(vehicle: Vehicle) -> Identity.Kind:
    return Identity.Kind.PROFILE if vehicle is Vehicle.LINKEDIN else Identity.Kind.EMAIL


def address_of(owner: Owner, person: int, vehicle: Vehicle) -> Identity | None:
    """Give the identity under which a vehicle reaches a person: the one they chose, else the current one seen last."""
    found = Identity.objects.filter(owner=owner, person__in=group_of(person), kind=_kind_for(vehicle), is_current=True)
    return found.order_by(_CHOSEN.desc(), "-seen_at", "-id").first()


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
    copies = _having_copies(owner, wanted, served) if served is not None else set()

    @cache
    def decided(bearing: str, last_update_at: datetime | None, *, is_suppressed: bool, has_copy: bool) -> Decision:
        return question.ask(
            Subject(
                bearing=_decoded(bearing), last_update_at=last_update_at, suppressed=is_suppressed, has_copy=has_copy
            )
        )

    decisions = dict.fromkeys(wanted, Decision(verdict=Verdict.REFUSE, reason=Reason.UNKNOWN))
    for person, bearing, last_update_at in _bearings_of(owner, wanted):
        is_recent = last_update_at and last_update_at > question.now - question.rulebook.gap_for(_decoded(bearing))
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


def _having_copies(owner: Owner, persons: list[int], served: Served) -> set[int]:
    found: set[int] = set()
    for batch in sql.batches(persons, _MOST_AT_ONCE):
        groups = Person.objects.filter(Q(pk__in=batch) | Q(merged_into__in=batch), owner=owner, pk__in=served)
        found |= set(groups.annotate(root=Coalesce("merged_into_id", "id")).values_list("root", flat=True))
    return found


@lru_cache(maxsize=4_096)
def _decoded(bearing: str) -> Bearing:
    return Bearing.decode(bearing)


def decision_for_stranger(owner: Owner, key: str) -> Decision:
    """Decide on an identity that nobody known has: suppressed, or unknown."""
    exits = Suppression.objects.filter(owner=owner, key=key).order_by("since", "id").values_list("exit", flat=True)
    reason = Reason.SUPPRESSED if exits else Reason.UNKNOWN
    return Decision(verdict=Verdict.REFUSE, reason=reason)


def standing_written(owner: Owner, person: int) -> dict[str, Any]:
    """Give a person's standing as plain values; empty where the ledger has nothing of them."""
    row = StandingRow.objects.filter(owner=owner, person=person).first()
    return {**orjson.loads(row.state), "bearing": row.bearing} if row else {}


def bearings(owner: Owner) -> dict[Bearing, int]:
    """Count the people with each bearing."""
    rows = StandingRow.objects.filter(owner=owner).values_list("bearing").annotate(count=Count("*")).order_by("bearing")
    return {Bearing.decode(bearing): count for bearing, count in rows}


def _is_exit(exit_: Exit) -> Callable[[Bearing, Reason], bool]:
    return lambda bearing, _reason: bearing.exit is exit_


def _is_connection(connection: Connection) -> Callable[[Bearing, Reason], bool]:
    return lambda bearing, _reason: bearing.connection is connection


STATES: Mapping[str, Callable[[Bearing, Reason], bool]] = {
    **{exit_.value: _is_exit(exit_) for exit_ in Exit if exit_ is not Exit.NONE},
    **{connection.value: _is_connection(connection) for connection in Connection if connection is not Connection.NONE},
    "held": lambda bearing, _reason: bool(bearing.holds),
    "before_terms": lambda bearing, _reason: bearing.basis in {Basis.BEFORE_TERMS, Basis.TWO_WAY},
    "under_terms": lambda bearing, _reason: bearing.basis is Basis.UNDER_TERMS,
    "opted_in": lambda bearing, _reason: bearing.basis in {Basis.OPT_IN, Basis.CONFIRMED_OPT_IN},
    "welcome_due": lambda _bearing, reason: reason is Reason.WELCOME_DUE,
    "may_be_sent": lambda _bearing, reason: reason in {Reason.OPTED_IN, Reason.UNDER_TERMS, Reason.INCLUDED},
}
"""What people can be listed by; the reason is that for a networking message by hand through LinkedIn."""


def in_state(owner: Owner, state: str, rulebook: Rulebook, *, now: datetime) -> Q:
    """Give the condition for persons in one of STATES."""
    question = Question(facts=UpdateFacts(), vehicle=Vehicle.LINKEDIN, rulebook=rulebook, now=now)
    texts = [
        bearing.encode()
        for bearing in bearings(owner)
        if STATES[state](bearing, question.ask(Subject(bearing=bearing)).reason)
    ]
    return Q(standing__bearing__in=texts)


def not_to_be_written_to(owner: Owner) -> QuerySet[StandingRow, int]:
    """Give those to whom no word is due: they left, complained, were erased or are no longer connected; as a query."""
    ended = {Exit.LEFT, Exit.COMPLAINED, Exit.ERASED}
    return persons_bearing(
        owner, [one for one in bearings(owner) if one.exit in ended or one.connection is Connection.GONE]
    )


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


def _recent(question: Question, bearing: Bearing) -> Q:
    return Q(last_update_at__gt=question.now - question.rulebook.gap_for(bearing))


def _groups(rows: QuerySet[StandingRow], question: Question) -> Iterator[tuple[Bearing, bool, int]]:
    """Count standings by bearing and by whether there was an update within the gap that holds for it."""
    grouped = rows.values_list("bearing").annotate(count=Count("*")).order_by("bearing")
    found = [(Bearing.decode(text), count) for text, count in grouped]
    recent: dict[str, int] = {}
    for gap in {question.rulebook.gap_for(bearing) for bearing, _ in found} - {timedelta(0)}:
        texts = [bearing.encode() for bearing, _ in found if question.rulebook.gap_for(bearing) == gap]
        recent |= dict(grouped.filter(last_update_at__gt=question.now - gap, bearing__in=texts))
    for bearing, count in found:
        lately = recent.get(bearing.encode(), 0)
        if lately:
            yield bearing, True, lately
        if count > lately:
            yield bearing, False, count - lately


def _exceptions(owner: Owner, question: Question, served: Served | None) -> Iterator[tuple[Subject, int]]:
    """Give the persons who differ from their bearing, as the rules have to see them, and how many are alike."""
    yield from ((subject, 1) for subject in _suppressed(owner, served).values())
    if served is not None:
        for bearing, recent, count in _groups(_served_rows(owner, served), question):
            yield _subject(question, bearing, recent=recent, has_copy=True), count


def _suppressed(owner: Owner, served: Served | None) -> dict[int, Subject]:
    """Give the persons who are suppressed on another account, as the rules have to see them."""
    suppressed = suppressed_elsewhere(owner)
    copies = _having_copies(owner, sorted(suppressed), served) if served is not None and suppressed else set()
    rows = StandingRow.objects.filter(owner=owner, person__in=suppressed)
    return {
        person: Subject(
            bearing=_decoded(bearing), last_update_at=last_update_at, suppressed=True, has_copy=person in copies
        )
        for person, bearing, last_update_at in rows.values_list("person_id", "bearing", "last_update_at")
    }


def _served_rows(owner: Owner, served: Served) -> QuerySet[StandingRow]:
    """Give the standings of those who have a copy and are not suppressed on another account."""
    halves = Person.objects.filter(owner=owner, merged_into__isnull=False, pk__in=served)
    rows = StandingRow.objects.filter(Q(person__in=served) | Q(person__in=halves.values("merged_into")), owner=owner)
    return rows.exclude(person__in=suppressed_elsewhere(owner))


def _of_verdict(counts: Mapping[tuple[Verdict, Reason], int], wanted: Verdict) -> dict[Reason, int]:
    return {reason: count for (verdict, reason), count in sorted(counts.items()) if verdict is wanted and count}
