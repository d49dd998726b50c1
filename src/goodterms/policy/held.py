"""People who are held for the owner's eye: why, and whom they may be."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet

from goodterms.accounts.models import Owner
from goodterms.ledger.queries.entries import entries_of
from goodterms.ledger.queries.standings import bearings_of, persons_bearing
from goodterms.ledger.rules.bearing import Bearing
from goodterms.ledger.rules.kinds import HoldReason, Kind
from goodterms.people.models import Identity, Person
from goodterms.people.queries import root_id
from goodterms.policy.queries.states import bearings


@dataclass(frozen=True, kw_only=True)
class Candidate:
    """Somebody whom a held person may be."""

    person: Person
    bearing: Bearing


@dataclass(frozen=True, kw_only=True)
class Held:
    """Somebody to whom nothing goes until the owner has looked."""

    person: Person
    reasons: tuple[HoldReason, ...]
    since: datetime | None
    note: str
    """The owner's own, or what the person said."""
    candidates: tuple[Candidate, ...]


def held_people(owner: Owner) -> QuerySet[Person]:
    """Give the people who are held, by name."""
    held = persons_bearing(owner, [found for found in bearings(owner) if found.holds])
    return Person.objects.filter(owner=owner, pk__in=held).order_by("folded", "id")


def why_held(owner: Owner, people: Iterable[Person]) -> list[Held]:
    """Give for each of some people why they are held, in the same order."""
    known = {person.pk: person for person in people}
    stands = bearings_of(owner.pk, list(known))
    told: defaultdict[int, list[tuple[datetime, dict[str, object]]]] = defaultdict(list)
    for entry in entries_of(owner, known):
        if entry.kind is Kind.HELD and entry.person is not None:
            told[entry.person].append((entry.occurred_at, dict(entry.detail)))
    named = {person: _named(details) for person, details in told.items()}
    for person, others in _sharers(owner, stands).items():
        named.setdefault(person, set()).update(others)
    candidates = _candidates(owner, {number for numbers in named.values() for number in numbers})
    return [
        Held(
            person=person,
            reasons=tuple(sorted(stands[number].holds)) if number in stands else (),
            since=told[number][-1][0] if told[number] else None,
            note=_note(told[number]),
            candidates=tuple(
                candidates[other] for other in sorted(named.get(number, ())) if other in candidates and other != number
            ),
        )
        for number, person in known.items()
    ]


def _named(details: list[tuple[datetime, dict[str, object]]]) -> set[int]:
    found: set[int] = set()
    for _, detail in details:
        candidates = detail.get("candidates", ())
        assert isinstance(candidates, list | tuple)
        found.update(int(number) for number in candidates)
    return found


def _note(details: list[tuple[datetime, dict[str, object]]]) -> str:
    told = [str(detail.get("note") or detail.get("heard") or "") for _, detail in details]
    return next((text for text in reversed(told) if text), "")


def _sharers(owner: Owner, stands: dict[int, Bearing]) -> dict[int, set[int]]:
    """Give with whom those held for it share their address."""
    sharing = [person for person, bearing in stands.items() if HoldReason.SHARED_ADDRESS in bearing.holds]
    addresses = Identity.objects.filter(owner=owner, kind=Identity.Kind.EMAIL, is_current=True)
    keys = dict(addresses.filter(person__in=sharing).values_list("key", "person_id"))
    found: dict[int, set[int]] = {}
    holders: defaultdict[str, set[int]] = defaultdict(set)
    for key, person in addresses.filter(key__in=list(keys)).values_list("key", "person_id"):
        holders[key].add(person)
    for group in holders.values():
        for person in group & set(sharing):
            found.setdefault(person, set()).update(group - {person})
    return found


def _candidates(owner: Owner, numbers: set[int]) -> dict[int, Candidate]:
    """Give candidates by their number; one who was merged meanwhile is whom they were merged into."""
    named = {person.pk: root_id(person) for person in Person.objects.filter(owner=owner, pk__in=numbers)}
    roots = Person.objects.filter(owner=owner, erased_at=None).in_bulk(list(set(named.values())))
    stands = bearings_of(owner.pk, list(roots))
    return {
        number: Candidate(person=roots[root], bearing=stands.get(root, Bearing()))
        for number, root in named.items()
        if root in roots
    }
