"""The decision asked for an audience of any size, in one query."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta

from django.db.models import Count, Q, QuerySet

from goodterms import sql
from goodterms.accounts.models import Owner
from goodterms.exits.queries import suppressed_elsewhere
from goodterms.ledger.models import Standing as StandingRow
from goodterms.ledger.rules.bearing import Basis, Bearing
from goodterms.people.models import Person
from goodterms.policy.queries.addresses import MOST_AT_ONCE, addresses_of
from goodterms.policy.queries.decisions import Question, Served, decoded, having_copies
from goodterms.policy.rules import Decision, Reason, Subject, Verdict


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
    for batch in sql.batches(numbers.iterator(chunk_size=2_000), MOST_AT_ONCE):
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
    copies = having_copies(owner, sorted(suppressed), served) if served is not None and suppressed else set()
    rows = StandingRow.objects.filter(owner=owner, person__in=suppressed)
    return {
        person: Subject(
            bearing=decoded(bearing), last_update_at=last_update_at, suppressed=True, has_copy=person in copies
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
