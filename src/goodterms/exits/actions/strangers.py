"""Exits of people whom the database does not know, but whose links we signed: it was put back from an older copy.

All that such a link tells is the person's number, a keyed hash of the first identity that they were known by. So the
exit is kept under the number, and under every address that the journal shows a copy of theirs went to. Whoever comes
with that number later, or with an identity that would have given it, has left already. Who comes without can't be told
apart from them: `goodterms.sync` holds those who were connected before the exit and have no number that is known.
"""

from collections.abc import Collection, Iterable
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path

from django.db.models import Q, QuerySet

from goodterms import sql
from goodterms.accounts.models import Owner
from goodterms.accounts.office import Office
from goodterms.exits.actions.suppress import Taken, add_suppressions, extend_suppressions
from goodterms.exits.models import Suppression
from goodterms.exits.queries import NUMBERS
from goodterms.exits.rules import EXIT_KINDS, EXIT_NAMES
from goodterms.ledger.actions.append import append
from goodterms.ledger.rules.facts import WHOLE, Fact, Scope
from goodterms.ledger.rules.kinds import Actor, Kind
from goodterms.ledger.rules.standing import read_scope
from goodterms.ledger.turns import alone
from goodterms.people.models import Identity, Person, StrayNumber
from goodterms.people.queries import root_id
from goodterms.people.rules import number_key, person_uid

_MAIL = Suppression.Kind.EMAIL.value


@alone
def exit_of_stranger(
    office: Office, uid: int, kind: Kind, *, scope: Scope = WHOLE, at: datetime, now: datetime
) -> None:
    """Take the exit of whoever has this number, though nobody known has it.

    Somebody known may have an identity that would have given it: then the exit is theirs too.
    """
    covered = scope if kind is Kind.STOPPED else WHOLE
    vehicles, purposes = ",".join(sorted(covered.vehicles)), ",".join(sorted(covered.purposes))
    strays = StrayNumber.objects.filter(owner=office.owner, uid=uid).values_list("key", flat=True).distinct()
    names = [(number_key(uid), Suppression.Kind.STRANGER.value), *((key, _MAIL) for key in strays)]
    add_suppressions(office.owner, office.folder, names, [(EXIT_NAMES[kind], vehicles, purposes, at)], person=None)
    meet_strangers(office, Person.objects.filter(owner=office.owner).values_list("pk", flat=True), now=now)


@dataclass(frozen=True, kw_only=True)
class Stray:
    """A copy that the journal shows to have been about to leave."""

    uid: int
    """The number of whom it went to."""
    key: str
    """Keyed hash of the address."""
    update_sha256: str
    left_at: datetime


@alone
def note_strays(owner: Owner, folder: Path, copies: Iterable[Stray]) -> None:
    """Keep what is known of copies that went to people whom the database does not know.

    Where one of them has left already, the exit covers the address from now on.
    """
    found = list(copies)
    numbers = {copy.uid for copy in found}
    known = set(Person.objects.filter(owner=owner, uid__in=numbers).values_list("uid", flat=True))
    strays = [copy for copy in found if copy.uid not in known]
    StrayNumber.objects.bulk_create(
        [StrayNumber(owner=owner, **asdict(copy)) for copy in strays], ignore_conflicts=True
    )
    taken = _taken_by_number(owner, {number_key(copy.uid) for copy in strays})
    for uid, key in sorted({(copy.uid, copy.key) for copy in strays}):
        add_suppressions(owner, folder, [(key, _MAIL)], taken.get(number_key(uid), ()), person=None)


@alone
def meet_strangers(office: Office, persons: Iterable[int], *, now: datetime) -> set[int]:
    """Give persons the exits that were taken under a number of theirs before they were known; give whose they were."""
    owner = office.owner
    if not has_open_numbers(owner):
        return set()
    numbers = _numbers_of(office, persons)
    taken = _taken_by_number(owner, set(numbers))
    facts = [
        Fact(
            kind=Kind.STOPPED if EXIT_KINDS[exit_] is Kind.ERASED else EXIT_KINDS[exit_],
            occurred_at=since,
            actor=Actor.PERSON,
            person=person,
            scope=read_scope(vehicles, purposes),
            detail={"channel": "link", "taken": "before this database knew them"},
        )
        for number, exits in sorted(taken.items())
        for exit_, vehicles, purposes, since in sorted(exits)
        for person in sorted(numbers[number])
    ]
    append(owner, facts, now=now)
    met = {person for number in taken for person in numbers[number]}
    for number in taken:
        open_ = _open_numbers(owner).filter(key=number)
        open_.update(person=min(numbers[number]))
    extend_suppressions(office, met)
    return met


def has_open_numbers(owner: Owner) -> bool:
    """Say whether exits are kept under numbers that nobody known has."""
    return _open_numbers(owner).exists()


def untold_strangers(owner: Owner, newcomers: Iterable[int]) -> list[int]:
    """Give those of new persons who may be one that left unknown: nothing tells them apart.

    They were connected before the exit, took none themselves, and the journal does not know their number as somebody's.
    """
    strangers = _open_numbers(owner).filter(kind=Suppression.Kind.STRANGER)
    since = strangers.order_by("-since").values_list("since", flat=True).first()
    if since is None:
        return []
    earlier = Q(connected_on=None) | Q(connected_on__lte=since.date())
    found: dict[int, int] = {}
    for batch in sql.batches(newcomers):
        found |= dict(Person.objects.filter(earlier, owner=owner, pk__in=batch).values_list("uid", "pk"))
    for batch in sql.batches(list(found)):
        for uid in StrayNumber.objects.filter(owner=owner, uid__in=batch).values_list("uid", flat=True):
            found.pop(uid, None)
    return sorted(found.values())


def _open_numbers(owner: Owner) -> QuerySet[Suppression]:
    return Suppression.objects.filter(owner=owner, kind__in=NUMBERS, person=None)


def _taken_by_number(owner: Owner, numbers: Collection[str]) -> dict[str, set[Taken]]:
    taken: dict[str, set[Taken]] = {}
    for row in _open_numbers(owner):
        if row.key in numbers:
            taken.setdefault(row.key, set()).add((row.exit, row.vehicles, row.purposes, row.since))
    return taken


def _numbers_of(office: Office, persons: Iterable[int]) -> dict[str, set[int]]:
    """Give the numbers that persons have, or would have had by any identity of theirs, with whose they are."""
    numbers: dict[str, set[int]] = {}
    for batch in sql.batches(persons):
        rows = {row.pk: row for row in Person.objects.filter(owner=office.owner, pk__in=batch, erased_at=None)}
        for person in rows.values():
            numbers.setdefault(number_key(person.uid), set()).add(root_id(person))
        identities = Identity.objects.filter(owner=office.owner, person__in=list(rows))
        for kind, value, whose in identities.values_list("kind", "value", "person_id"):
            uid = person_uid(office.keys.identity, kind, value)
            numbers.setdefault(number_key(uid), set()).add(root_id(rows[whose]))
    return numbers
