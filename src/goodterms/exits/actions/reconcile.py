"""Bringing the database and the file of suppressions together."""

from datetime import datetime

from django.db import transaction

from goodterms.accounts.models import Owner
from goodterms.accounts.office import Office
from goodterms.exits.actions.suppress import extend_suppressions, written
from goodterms.exits.actions.take import hold_namesakes
from goodterms.exits.file import append_lines, count_lines, read_file
from goodterms.exits.models import Suppression
from goodterms.exits.queries import CERTAIN, NUMBERS
from goodterms.exits.rules import EXIT_KINDS, Suppressed
from goodterms.ledger.actions.append import append
from goodterms.ledger.rules.facts import Fact
from goodterms.ledger.rules.kinds import Actor, Kind
from goodterms.ledger.rules.standing import read_scope
from goodterms.ledger.turns import take_turn
from goodterms.people.models import Person
from goodterms.people.queries import root_id
from goodterms.people.rules import uid_of

_THE_PERSON = (*CERTAIN, *NUMBERS)


def reconcile_where_needed(office: Office, *, now: datetime) -> int:
    """Reconcile where database and file do not hold the same number of suppressions; cheap enough for every start.

    Equal numbers do not show that they hold the same: sending reconciles in any case.
    """
    if count_lines(office.folder) == Suppression.objects.count():
        return 0
    return reconcile(office, now=now)


@transaction.atomic
def reconcile(office: Office, *, now: datetime) -> int:
    """Bring database and file together, so that each has every suppression; give how many the database had lost.

    It had lost some where an older copy of it was put back: their exits are recorded anew for whoever has the identity.
    """
    owner = office.owner
    in_file = {line.line(): line for line in read_file(office.folder) if line.owner_uid == owner.uid}
    in_database = _in_database(owner)
    append_lines(office.folder, [written(owner, row) for line, row in in_database.items() if line not in in_file])
    if in_file.keys() <= in_database.keys():
        return 0
    take_turn(owner)
    # Looked at anew: while this waited another may have done it.
    in_database = _in_database(owner)
    lost = [suppression for line, suppression in in_file.items() if line not in in_database]
    if lost:
        Suppression.objects.bulk_create([_row(owner, suppression) for suppression in lost], ignore_conflicts=True)
        _record_lost_exits(office, [suppression for suppression in lost if suppression.kind in _THE_PERSON], now=now)
        extend_suppressions(office, _concerned(owner, lost))
    return len(lost)


def _in_database(owner: Owner) -> dict[bytes, Suppression]:
    return {written(owner, row).line(): row for row in Suppression.objects.filter(owner=owner)}


def _record_lost_exits(office: Office, lost: list[Suppressed], *, now: datetime) -> None:
    owner = office.owner
    seen: set[tuple[int, str, str, str, datetime]] = set()
    facts = []
    for suppression in lost:
        for person in _whose(owner, suppression):
            mark = (person, suppression.exit, suppression.vehicles, suppression.purposes, suppression.since)
            if mark in seen:
                continue
            seen.add(mark)
            Suppression.objects.filter(owner=owner, key=suppression.key, person=None).update(person=person)
            # An erasure that was forgotten leaves data behind; until it is done again the person has at least stopped.
            kind = EXIT_KINDS[suppression.exit]
            facts.append(
                Fact(
                    kind=Kind.STOPPED if kind is Kind.ERASED else kind,
                    occurred_at=suppression.since,
                    actor=Actor.SYSTEM,
                    person=person,
                    scope=read_scope(suppression.vehicles, suppression.purposes),
                    detail={"recovered": "from the file of suppressions"},
                )
            )
    append(owner, facts, now=now)
    for one in Person.objects.filter(owner=owner, pk__in={fact.person for fact in facts}, erased_at=None):
        hold_namesakes(office, one, now=now)


def _concerned(owner: Owner, lost: list[Suppressed]) -> set[int]:
    return {person for suppression in lost if suppression.kind in _THE_PERSON for person in _whose(owner, suppression)}


def _whose(owner: Owner, suppression: Suppressed) -> list[int]:
    persons = Person.objects.filter(owner=owner)
    if suppression.kind in NUMBERS:
        found = persons.filter(uid=uid_of(suppression.key))
    else:
        found = persons.filter(identities__owner=owner, identities__key=suppression.key).distinct()
    return sorted({root_id(person) for person in found})


def _row(owner: Owner, lost: Suppressed) -> Suppression:
    return Suppression(
        owner=owner,
        key=lost.key,
        kind=lost.kind,
        exit=lost.exit,
        vehicles=lost.vehicles,
        purposes=lost.purposes,
        since=lost.since,
    )
