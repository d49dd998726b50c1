"""Taking a way out, and making it last."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from django.db import transaction

from goodterms.accounts.keys import Keys
from goodterms.accounts.models import Owner
from goodterms.accounts.office import Office
from goodterms.artefacts.actions import assign_artefacts, keep_artefacts
from goodterms.exits.file import append_lines, count_lines, read_file
from goodterms.exits.models import Suppression
from goodterms.exits.queries import CERTAIN, suppressions_of
from goodterms.exits.rules import Suppressed
from goodterms.ledger.actions.append import append
from goodterms.ledger.queries.entries import exits_of
from goodterms.ledger.rules.facts import WHOLE, Entry, Fact, Scope
from goodterms.ledger.rules.kinds import Actor, HoldReason, Kind
from goodterms.ledger.rules.standing import read_scope
from goodterms.lib.canonical import sha256_hex
from goodterms.lib.faults import Fault
from goodterms.lib.tokens import Act, Token, tokens_in
from goodterms.people.models import Identity, Person
from goodterms.people.queries import Named, PersonUnclear, find_person, group_of, name_identity, root_id
from goodterms.people.rules import person_uid, possible_keys

_EXIT_NAMES = {Kind.STOPPED: "stop", Kind.LEFT: "leave", Kind.COMPLAINED: "complaint", Kind.ERASED: "erasure"}
_EXIT_KINDS = {name: kind for kind, name in _EXIT_NAMES.items()}
_LINK_ACTS = {Act.STOP: Kind.STOPPED, Act.LEAVE: Kind.LEFT}


class LinkUnusable(Fault):
    """A link carries no exit of somebody known here; the message says why."""


@transaction.atomic
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


@transaction.atomic
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


@transaction.atomic
def exit_by_link(office: Office, link: str, *, now: datetime) -> tuple[Person, Kind]:
    """Take the exit that a signed link carries: the person's own act, whoever hands the link in.

    `link` is the address of the page, the mailto address or the bare token. Gives who left, and STOPPED or LEFT.
    Raises LinkUnusable where no exit of somebody here is signed in it.
    """
    token = _exit_token(office, link)
    person = Person.objects.filter(owner=office.owner, uid=token.person_uid).select_related("merged_into").first()
    if person is None:
        raise LinkUnusable(
            "The link is genuine, but nobody here has its number: the database is older than the link. "
            "Nothing was changed; put a newer backup back, or name them: goodterms exit PERSON"
        )
    kind, root = _LINK_ACTS[token.act], person.merged_into or person
    if root.erased_at is not None:
        return root, kind  # never written to again as it is, and nothing new is kept of them
    detail = {"channel": "link", "act": str(token.act), "update": token.update_uid}
    take_exit(office, root, kind, at=now, now=now, detail=detail, evidence=_keep_link(office, root, link))
    return root, kind


def _exit_token(office: Office, link: str) -> Token:
    signed = set(tokens_in(office.keys.token, unquote(link)))
    tokens = {token for token in signed if token.owner_number in {None, office.owner.pk}}
    exits = {token for token in tokens if token.act in _LINK_ACTS}
    if len(exits) == 1:
        return exits.pop()
    if exits:
        why = "holds several ways out; give one of them alone"
    elif tokens:
        why = "is genuine but no way out: it only names a copy or a choice"
    elif signed:
        why = "belongs to another owner's people"
    else:
        why = "was not signed here: it is damaged or forged"
    raise LinkUnusable(f"This link {why}. Nothing was changed; somebody named is let out by: goodterms exit PERSON")


def _keep_link(office: Office, person: Person, link: str) -> tuple[str, ...]:
    content = link.strip().encode()
    sha256 = sha256_hex(content)
    artefact = keep_artefacts(office.owner, "link", {sha256: content})[sha256]
    assign_artefacts([(person.pk, artefact)])
    return (sha256,)


def suppress(office: Office, person: Person, kind: Kind, *, scope: Scope, since: datetime) -> None:
    """Suppress everything a person is known by, certain and possible."""
    group = group_of(root_id(person))
    hashes = _hashes(office.keys, group)
    _add(
        office,
        [
            Suppression(
                owner=office.owner,
                key=key,
                kind=name,
                exit=_EXIT_NAMES[kind],
                vehicles=",".join(sorted(scope.vehicles)),
                purposes=",".join(sorted(scope.purposes)),
                since=since,
                person_id=root_id(person),
            )
            for key, name in sorted(hashes)
        ],
    )


def hold_namesakes(office: Office, person: Person, *, now: datetime) -> None:
    """Hold whoever is known by the name and connection date of somebody with an exit: they may be the same."""
    group = list(Person.objects.filter(pk__in=group_of(root_id(person))).exclude(first_name="", last_name=""))
    known = Person.objects.filter(owner=office.owner, merged_into=None, erased_at=None)
    found: set[int] = set()
    for one in group:
        alike = known.filter(connected_on=one.connected_on, name_key=one.name_key) if one.connected_on else known.none()
        found |= set(alike.values_list("pk", flat=True))
    detail = {"reason": str(HoldReason.POSSIBLE_LEAVER), "candidates": [root_id(person)]}
    append(
        office.owner,
        [
            Fact(kind=Kind.HELD, occurred_at=now, actor=Actor.SYSTEM, person=number, detail=detail)
            for number in sorted(found - {one.pk for one in group})
        ],
        now=now,
    )


def extend_suppressions(office: Office, persons: Iterable[int]) -> None:
    """Let the exits of persons, if they took any, cover the identities that they have got since."""
    wanted = sorted(set(persons))
    halves = Person.objects.filter(owner=office.owner, merged_into__in=wanted).values_list("pk", "merged_into_id")
    groups: dict[int, list[int]] = {person: [person] for person in wanted}
    for half, person in halves:
        groups[person if person is not None else half].append(half)
    exits = _exits_of(office.owner, {number: person for person, group in groups.items() for number in group})
    for person, taken in sorted(exits.items()):
        hashes = sorted(_hashes(office.keys, groups[person]))
        _add(
            office,
            [
                Suppression(
                    owner=office.owner,
                    key=key,
                    kind=name,
                    exit=exit_,
                    vehicles=vehicles,
                    purposes=purposes,
                    since=since,
                    person_id=person,
                )
                for exit_, vehicles, purposes, since in sorted(taken)
                for key, name in hashes
            ],
        )


def extend_erasures(office: Office, rows: Iterable[Iterable[tuple[str, str]]]) -> None:
    """Let erasures cover all that a row shows of whoever was erased; each row is its (hash, kind) pairs.

    Nothing but hashes is kept of them.
    """
    named = [dict(pairs) for pairs in rows]
    erasures = {
        suppression.key: suppression
        for suppression in suppressions_of(office.owner, {key for keys in named for key in keys})
        if suppression.exit == _EXIT_NAMES[Kind.ERASED]
    }
    _add(
        office,
        [
            Suppression(
                owner=office.owner, key=key, kind=kind, exit=known.exit, since=known.since, person_id=known.person_id
            )
            for keys in named
            for known in [next(erasures[key] for key in keys if key in erasures)]
            for key, kind in sorted(keys.items())
        ],
    )


_Taken = tuple[str, str, str, datetime]


def _exits_of(owner: Owner, roots: Mapping[int, int]) -> dict[int, set[_Taken]]:
    """Give each person's exits, by the suppressions they have and by the ledger.

    The ledger knows of those who share all their suppressions with somebody: each is kept once, for one person.
    """
    found: dict[int, set[_Taken]] = {}
    rows = Suppression.objects.filter(owner=owner, person__in=list(roots))
    for row in rows:
        assert row.person_id is not None
        found.setdefault(roots[row.person_id], set()).add((row.exit, row.vehicles, row.purposes, row.since))
    for entry in exits_of(owner, roots):
        assert entry.person is not None
        vehicles, purposes = ",".join(sorted(entry.scope.vehicles)), ",".join(sorted(entry.scope.purposes))
        found.setdefault(roots[entry.person], set()).add(
            (_EXIT_NAMES[entry.kind], vehicles, purposes, entry.occurred_at)
        )
    return found


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
    return person


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
    in_database = {_written(owner, row).line(): row for row in Suppression.objects.filter(owner=owner)}
    append_lines(office.folder, [_written(owner, row) for line, row in in_database.items() if line not in in_file])
    lost = [suppression for line, suppression in in_file.items() if line not in in_database]
    if lost:
        Suppression.objects.bulk_create([_row(owner, suppression) for suppression in lost], ignore_conflicts=True)
        _record_lost_exits(owner, [suppression for suppression in lost if suppression.kind in CERTAIN], now=now)
        extend_suppressions(office, _concerned(owner, lost))
    return len(lost)


def _record_lost_exits(owner: Owner, lost: list[Suppressed], *, now: datetime) -> None:
    seen: set[tuple[int, str, str, str, datetime]] = set()
    facts = []
    for suppression in lost:
        for person in _with_key(owner, suppression.key):
            mark = (person, suppression.exit, suppression.vehicles, suppression.purposes, suppression.since)
            if mark in seen:
                continue
            seen.add(mark)
            Suppression.objects.filter(owner=owner, key=suppression.key, person=None).update(person=person)
            # An erasure that was forgotten leaves data behind; until it is done again the person has at least stopped.
            kind = _EXIT_KINDS[suppression.exit]
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


def _concerned(owner: Owner, lost: list[Suppressed]) -> set[int]:
    return {
        person for suppression in lost if suppression.kind in CERTAIN for person in _with_key(owner, suppression.key)
    }


def _with_key(owner: Owner, key: str) -> list[int]:
    found = Person.objects.filter(owner=owner, identities__owner=owner, identities__key=key).distinct()
    return sorted({root_id(person) for person in found})


def _hashes(keys: Keys, group: list[int]) -> set[tuple[str, str]]:
    found = set(Identity.objects.filter(person__in=group).values_list("key", "kind"))
    for person in Person.objects.filter(pk__in=group):
        possible = possible_keys(
            keys.identity,
            first_name=person.first_name,
            last_name=person.last_name,
            company=person.company,
            connected_on=person.connected_on,
        )
        found |= {(key, kind) for kind, key in possible.items()}
    return found


def _add(office: Office, rows: list[Suppression]) -> None:
    Suppression.objects.bulk_create(rows, ignore_conflicts=True)
    lines = [_written(office.owner, row) for row in rows]
    transaction.on_commit(lambda: append_lines(office.folder, _unwritten(office.folder, lines)))


def _unwritten(folder: Path, lines: list[Suppressed]) -> list[Suppressed]:
    written = {suppression.line() for suppression in read_file(folder)}
    return [suppression for suppression in lines if suppression.line() not in written]


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


def _written(owner: Owner, row: Suppression) -> Suppressed:
    return Suppressed(
        owner_uid=owner.uid,
        key=row.key,
        kind=str(row.kind),
        exit=row.exit,
        vehicles=row.vehicles,
        purposes=row.purposes,
        since=row.since,
    )
