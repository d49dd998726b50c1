"""Keeping a list on a list server true: its members are exactly those who may get a post, and whoever left it has left.

The ledger comes first: before anything is changed there, exits are taken back from the server. What Goodterms does is
written down around each step in such an order that a crash can't make a removal of ours look like somebody's exit, nor
an exit like something that never was.
"""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from goodterms.accounts.office import Office
from goodterms.delivery.models import ListMember
from goodterms.delivery.rules.lists import Presence, changes
from goodterms.delivery.vehicles.list_server.server import ListServer
from goodterms.exits.actions.reconcile import reconcile
from goodterms.exits.actions.take import take_exit
from goodterms.ledger.actions.append import append
from goodterms.ledger.queries.entries import entries_of
from goodterms.ledger.rules.facts import Fact
from goodterms.ledger.rules.kinds import Actor, HoldReason, Kind, Vehicle
from goodterms.lib.addresses import normalise_email
from goodterms.people.models import Person
from goodterms.people.queries import group_of, named_email, persons_by_key, root_id
from goodterms.policy.queries.audiences import recipients
from goodterms.policy.queries.decisions import Question
from goodterms.policy.rules import Rulebook, UpdateFacts

Tell = Callable[[str, int, int], None]
"""Is told what is being done, how much of it is done, and of how many."""


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """Somebody who is to be on the list."""

    person: int
    address: str
    address_key: str
    name: str = ""


@dataclass(frozen=True, kw_only=True)
class Synced:
    """What synchronising a list did, or would do."""

    exits: int = 0
    """People who had left there; they are exits now."""
    held: int = 0
    """People of whom nobody can say whether they left; they are held for the owner's eye."""
    removed: int = 0
    added: int = 0
    kept: int = 0


def sync_list(
    office: Office, server: ListServer, *, rulebook: Rulebook, now: datetime, dry_run: bool = False
) -> Synced:
    """Make the members exactly those who may get a networking update through the list now.

    A dry run only looks and counts; the exits that it finds are not taken yet.
    """
    reconcile(office, now=now)
    exits, held = (0, 0) if dry_run else take_back_exits(office, server, now=now)
    question = Question(facts=UpdateFacts(), vehicle=Vehicle.LIST, rulebook=rulebook, now=now)
    wanted = [
        Wanted(person=one.person, address=one.address, address_key=one.address_key)
        for one in recipients(office.owner, question)
    ]
    if dry_run:
        return changes_to(office, server, wanted)
    return make_members(office, server, wanted, now=now, exits=exits, held=held)


def take_back_exits(office: Office, server: ListServer, *, now: datetime) -> tuple[int, int]:
    """Make exits of whoever left the list at the server; give how many left, and how many are held in doubt."""
    there = _keyed(office, server.addresses())
    left = [key for key, (presence, _) in there.items() if presence is Presence.LEFT]
    exits = held = 0
    rows = ListMember.objects.filter(owner=office.owner, list_name=server.name).select_related("person").order_by("id")
    for row in rows:
        if row.address_key in there and row.address_key not in left:
            continue
        if row.put_at is None and row.address_key not in left:
            held += _hold(office, row, now=now)
        else:
            exits += _exit(office, row.person, server, now=now)
        row.delete()
    for key in left:
        for person in persons_by_key(office.owner, key):
            exits += _exit(office, person, server, now=now)
    return exits, held


def make_members(
    office: Office,
    server: ListServer,
    wanted: Collection[Wanted],
    *,
    now: datetime,
    exits: int = 0,
    held: int = 0,
    tell: Tell = lambda _step, _done, _total: None,
) -> Synced:
    """Make the members exactly those wanted; call it after the exits were taken back."""
    by_key = {one.address_key: one for one in wanted}
    there = _keyed(office, server.addresses())
    found = changes(by_key.keys(), {key: presence for key, (presence, _) in there.items()})
    mine = ListMember.objects.filter(owner=office.owner, list_name=server.name)
    if found.remove:
        # Forgotten here first: else a crash in between would look as if they had left.
        mine.filter(address_key__in=found.remove).delete()
        server.remove([address for key in found.remove for address in there[key][1]])
    for key in sorted(found.keep):
        _note_put(office, server, by_key[key], now=now)
    for done, key in enumerate(sorted(found.add)):
        tell("putting people on the list", done, len(found.add))
        _put(office, server, by_key[key], now=now)
    return Synced(exits=exits, held=held, removed=len(found.remove), added=len(found.add), kept=len(found.keep))


def changes_to(office: Office, server: ListServer, wanted: Collection[Wanted]) -> Synced:
    """Count what would change for the members to be exactly those wanted, and change nothing."""
    there = {key: presence for key, (presence, _) in _keyed(office, server.addresses()).items()}
    rows = ListMember.objects.filter(owner=office.owner, list_name=server.name).exclude(put_at=None)
    mine = set(rows.values_list("address_key", flat=True))
    left = {key for key in mine if there.get(key) is not Presence.MEMBER}
    found = changes({one.address_key for one in wanted} - left, there)
    return Synced(exits=len(left), removed=len(found.remove), added=len(found.add), kept=len(found.keep))


def _keyed(office: Office, addresses: Mapping[str, Presence]) -> dict[str, tuple[Presence, list[str]]]:
    """Give the addresses at the server by keyed hash; where two have one, an exit of either counts for both."""
    found: dict[str, tuple[Presence, list[str]]] = {}
    for address, presence in addresses.items():
        normalised = normalise_email(address) or address.strip().lower()
        key = named_email(office.keys.identity, normalised).key
        before, spellings = found.get(key, (presence, []))
        found[key] = (Presence.LEFT if Presence.LEFT in {before, presence} else presence, [*spellings, address])
    return found


def _put(office: Office, server: ListServer, one: Wanted, *, now: datetime) -> None:
    ListMember.objects.get_or_create(
        owner=office.owner,
        list_name=server.name,
        address_key=one.address_key,
        defaults={"person_id": one.person, "put_at": None},
    )
    server.add(one.address, one.name)
    _note_put(office, server, one, now=now)


def _note_put(office: Office, server: ListServer, one: Wanted, *, now: datetime) -> None:
    ListMember.objects.update_or_create(
        owner=office.owner,
        list_name=server.name,
        address_key=one.address_key,
        defaults={"person_id": one.person, "put_at": now},
    )


def _exit(office: Office, person: Person, server: ListServer, *, now: datetime) -> int:
    """Take the exit of somebody who left the list; whoever wants no post there wants no updates."""
    root = Person.objects.get(owner=person.owner_id, pk=root_id(person))
    is_put = ListMember.objects.filter(owner=office.owner, list_name=server.name, person=person).exists()
    # A server that remembers whoever left would else undo what they have chosen since.
    if root.erased_at or (not is_put and _was_heard(office, root, server)):
        return 0
    detail = {"channel": "list", "rule": "left the list at the list server", "list": server.name}
    take_exit(office, root, Kind.STOPPED, at=now, now=now, actor=Actor.PERSON, detail=detail)
    return 1


def _was_heard(office: Office, person: Person, server: ListServer) -> bool:
    entries = entries_of(office.owner, group_of(person.pk))
    return any(entry.kind is Kind.STOPPED and entry.detail.get("list") == server.name for entry in entries)


@transaction.atomic
def _hold(office: Office, row: ListMember, *, now: datetime) -> int:
    detail = {"reason": str(HoldReason.UNSURE), "list": row.list_name}
    person = root_id(row.person)
    append(
        office.owner,
        [Fact(kind=Kind.HELD, occurred_at=now, actor=Actor.SYSTEM, person=person, detail=detail)],
        now=now,
    )
    return 1
