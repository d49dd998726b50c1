"""Taking the exits of many links at once, as mailbox providers post them: few queries, one wait for the disk."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from goodterms.accounts.office import Office
from goodterms.artefacts.actions import assign_artefacts, keep_artefacts
from goodterms.exits.actions.links import LINK_ACTS, LinkUnusable, exit_by_link, hash_of_link
from goodterms.exits.actions.suppress import add_rows
from goodterms.exits.actions.take import may_be_one
from goodterms.exits.file import lines_together
from goodterms.exits.models import Suppression
from goodterms.exits.rules import EXIT_NAMES, is_taken_already
from goodterms.ledger.actions.append import append
from goodterms.ledger.queries.entries import entries_of
from goodterms.ledger.rules.facts import Entry, Fact
from goodterms.ledger.rules.kinds import Actor, HoldReason, Kind
from goodterms.ledger.turns import turn_of
from goodterms.lib.tokens import Token, read_token
from goodterms.people.models import Identity, Person
from goodterms.people.rules import number_key, possible_keys

_Exit = tuple[Person, Token, str]
"""Who leaves, and the link by which they do, read and as text."""


def exits_by_link(office: Office, links: Sequence[str], *, now: datetime) -> list[bool]:
    """Take many exits as `exit_by_link` takes each; say of each bare token whether it carried one.

    They hold together or, where the database fails, none of them does.
    """
    with lines_together(office.folder), turn_of(office.owner):
        plain = _plain_exits(office, links)
        _take(office, list(plain.values()), now=now)
        return [link in plain or _is_taken_alone(office, link, now=now) for link in links]


def _is_taken_alone(office: Office, link: str, *, now: datetime) -> bool:
    try:
        exit_by_link(office, link, now=now)
    except LinkUnusable:
        return False
    return True


def _plain_exits(office: Office, links: Sequence[str]) -> dict[str, _Exit]:
    """Give those that can be taken together: one link a person, who is known, not erased and joined with nobody."""
    owner = office.owner
    read = {link: read_token(office.keys.token, link) for link in links}
    tokens = {
        link: token
        for link, token in read.items()
        if token and token.act in LINK_ACTS and token.owner_number == owner.pk
    }
    uids = {token.person_uid for token in tokens.values()}
    known = Person.objects.filter(owner=owner, uid__in=uids, merged_into=None, erased_at=None)
    persons = {person.uid: person for person in known}
    numbers = [person.pk for person in persons.values()]
    joined = set(Person.objects.filter(owner=owner, merged_into__in=numbers).values_list("merged_into_id", flat=True))
    found: dict[int, tuple[str, _Exit]] = {}
    for link, token in tokens.items():
        person = persons.get(token.person_uid)
        if person is not None and person.pk not in joined:
            found.setdefault(person.pk, (link, (person, token, link)))
    return dict(found.values())


def _take(office: Office, exits: list[_Exit], *, now: datetime) -> None:
    owner = office.owner
    before: dict[int | None, list[Entry]] = defaultdict(list)
    for entry in entries_of(owner, [person.pk for person, _, _ in exits]):
        before[entry.person].append(entry)
    fresh = [
        one for one in exits if not is_taken_already(before[one[0].pk], LINK_ACTS[one[1].act], hash_of_link(one[2]))
    ]
    if not fresh:
        return
    _keep_links(office, fresh)
    append(owner, [_fact(one, now) for one in fresh], now=now)
    add_rows(owner, office.folder, list(_suppressions(office, fresh, now)))
    held = list(_namesakes_held(office, [person for person, _, _ in fresh], now))
    if held:
        append(owner, held, now=now)


def _keep_links(office: Office, exits: Iterable[_Exit]) -> None:
    contents = {hash_of_link(link): (person.pk, link.strip().encode()) for person, _, link in exits}
    kept = keep_artefacts(office.owner, "link", {sha256: content for sha256, (_, content) in contents.items()})
    assign_artefacts(office.owner, [(person, kept[sha256]) for sha256, (person, _) in contents.items()])


def _fact(one: _Exit, now: datetime) -> Fact:
    person, token, link = one
    return Fact(
        kind=LINK_ACTS[token.act],
        occurred_at=now,
        actor=Actor.PERSON,
        person=person.pk,
        detail={"channel": "link", "act": str(token.act), "update": token.update_uid},
        evidence=(hash_of_link(link),),
    )


def _suppressions(office: Office, exits: list[_Exit], now: datetime) -> Iterable[Suppression]:
    identities: dict[int, set[tuple[str, str]]] = defaultdict(set)
    rows = Identity.objects.filter(owner=office.owner, person__in=[person.pk for person, _, _ in exits])
    for number, key, kind in rows.values_list("person_id", "key", "kind"):
        identities[number].add((key, kind))
    for person, token, _ in exits:
        possible = possible_keys(
            office.keys.identity,
            first_name=person.first_name,
            last_name=person.last_name,
            company=person.company,
            connected_on=person.connected_on,
        )
        hashes = identities[person.pk] | {(key, kind) for kind, key in possible.items()}
        hashes.add((number_key(person.uid), Suppression.Kind.NUMBER.value))
        exit_ = EXIT_NAMES[LINK_ACTS[token.act]]
        for key, kind in sorted(hashes):
            yield Suppression(owner=office.owner, key=key, kind=kind, exit=exit_, since=now, person_id=person.pk)


def _namesakes_held(office: Office, persons: list[Person], now: datetime) -> Iterable[Fact]:
    """Give the holds of whoever may be one of those who left, as `hold_namesakes` does for one."""
    named = [person for person in persons if person.first_name or person.last_name]
    namesakes = Person.objects.filter(
        owner=office.owner, merged_into=None, erased_at=None, name_key__in={person.name_key for person in named}
    )
    by_name: Mapping[str, list[Person]] = defaultdict(list)
    for other in namesakes:
        by_name[other.name_key].append(other)
    for person in named:
        detail = {"reason": str(HoldReason.POSSIBLE_LEAVER), "candidates": [person.pk]}
        for other in sorted(by_name[person.name_key], key=lambda one: one.pk):
            if other.pk != person.pk and may_be_one(person, other):
                yield Fact(kind=Kind.HELD, occurred_at=now, actor=Actor.SYSTEM, person=other.pk, detail=detail)
