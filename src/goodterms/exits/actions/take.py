"""Taking a way out."""

from datetime import datetime
from typing import Any

from goodterms.accounts.office import Office
from goodterms.exits.actions.strangers import meet_strangers
from goodterms.exits.actions.suppress import suppress
from goodterms.ledger.actions.append import append
from goodterms.ledger.rules.facts import WHOLE, Entry, Fact, Scope
from goodterms.ledger.rules.kinds import Actor, HoldReason, Kind
from goodterms.ledger.turns import alone
from goodterms.lib.names import fold_name
from goodterms.people.models import Identity, Person
from goodterms.people.queries import Named, PersonUnclear, find_person, group_of, name_identity, root_id
from goodterms.people.rules import person_uid


@alone
def take_exit(  # noqa: PLR0913 -- what was said, by whom, when, and on what evidence: each matters
    office: Office,
    person: Person,
    kind: Kind,
    *,
    at: datetime,
    now: datetime,
    actor: Actor = Actor.PERSON,
    scope: Scope = WHOLE,
    detail: dict[str, Any] | None = None,
    evidence: tuple[str, ...] = (),
) -> Entry:
    """Record an exit and suppress every identity of the person.

    `kind` is STOPPED, LEFT or COMPLAINED; the last two always cover everything. One from the future counts from now.
    """
    covered = scope if kind is Kind.STOPPED else WHOLE
    fact = Fact(
        kind=kind,
        occurred_at=min(at, now),
        actor=actor,
        person=root_id(person),
        scope=covered,
        detail=detail or {},
        evidence=evidence,
    )
    (entry,) = append(office.owner, [fact], now=now)
    suppress(office, person, kind, scope=covered, since=fact.occurred_at)
    hold_namesakes(office, person, now=now)
    return entry


@alone
def exit_by_name(  # noqa: PLR0913 -- as take_exit
    office: Office,
    text: str,
    kind: Kind,
    *,
    at: datetime,
    now: datetime,
    actor: Actor,
    scope: Scope = WHOLE,
    detail: dict[str, Any] | None = None,
    evidence: tuple[str, ...] = (),
) -> Person:
    """Record an exit of whoever a text names; somebody no export has shown is made known for it.

    Raises PersonUnclear where the text names several, or is no name at all.
    """
    person = find_person(office.owner, office.keys.identity, text)
    if person is None:
        named = name_identity(office.keys.identity, text)
        if named is None:
            raise PersonUnclear(f"There is no person {text}. Nothing was done.")
        person = known_person(office, named, source="owner", now=now)
    take_exit(office, person, kind, at=at, now=now, actor=actor, scope=scope, detail=detail, evidence=evidence)
    return person


def hold_namesakes(office: Office, person: Person, *, now: datetime) -> None:
    """Hold whoever has the name and the connection date, or the name and the company, of somebody with an exit.

    They may be the same; the owner looks.
    """
    group = list(
        Person.objects.filter(owner=office.owner, pk__in=group_of(root_id(person))).exclude(first_name="", last_name="")
    )
    known = Person.objects.filter(owner=office.owner, merged_into=None, erased_at=None)
    found = {other.pk for one in group for other in known.filter(name_key=one.name_key) if may_be_one(one, other)}
    detail = {"reason": str(HoldReason.POSSIBLE_LEAVER), "candidates": [root_id(person)]}
    append(
        office.owner,
        [
            Fact(kind=Kind.HELD, occurred_at=now, actor=Actor.SYSTEM, person=number, detail=detail)
            for number in sorted(found - {one.pk for one in group})
        ],
        now=now,
    )


def may_be_one(one: Person, other: Person) -> bool:
    """Say whether two of one name have the connection date or the company in common too."""
    if one.connected_on is not None and one.connected_on == other.connected_on:
        return True
    return bool(one.company.strip()) and fold_name(one.company) == fold_name(other.company)


def known_person(office: Office, named: Named, *, source: str, now: datetime) -> Person:
    """Give a person to hang an exit on for somebody no export has shown: made for this identity."""
    owner = office.owner
    for salt in range(100):
        uid = person_uid(office.keys.identity, named.kind, named.value, salt)
        if not Person.objects.filter(owner=owner, uid=uid).exists():
            break
    person = Person.objects.create(owner=owner, uid=uid, created_at=now)
    Identity.objects.create(
        owner=owner,
        person=person,
        kind=named.kind,
        value=named.value,
        key=named.key,
        is_current=True,
        source=source,
        seen_at=now,
    )
    meet_strangers(office, [person.pk], now=now)
    return person
