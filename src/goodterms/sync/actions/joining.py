"""Joining two persons who are one, parting them again, and letting somebody go whom a hold keeps."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

from django.db import transaction

from goodterms.accounts.models import Owner
from goodterms.accounts.office import Office
from goodterms.exits.actions.suppress import extend_suppressions
from goodterms.exits.actions.take import take_exit
from goodterms.ledger.actions.append import append
from goodterms.ledger.actions.project import drop_standing, refold
from goodterms.ledger.queries.entries import entries_of
from goodterms.ledger.rules.facts import Fact
from goodterms.ledger.rules.kinds import Actor, HoldReason, Kind
from goodterms.ledger.turns import alone
from goodterms.lib.faults import Fault
from goodterms.people.models import Identity, Person
from goodterms.people.queries import root_id
from goodterms.sync.actions.listing import JOINED, facts_of_listing, find_listing
from goodterms.sync.actions.profiles import show, show_joined, shown_now
from goodterms.ties.summing import sum_ties


class JoiningFaulty(Fault):
    """Two persons can't be joined or parted as asked."""


@alone
def merge(office: Office, person: Person, other: Person, *, now: datetime) -> None:
    """Make `other` part of `person`: one standing from the entries of both, so that an exit of either is an exit.

    Where the archive that ceased to list one of them lists the other, the one they are is connected as it lists them.
    """
    person, other = (_root(one) for one in (person, other))
    if person.pk == other.pk:
        raise JoiningFaulty(f"Both names mean person {person.pk}. Nothing was done.")
    if person.erased_at or other.erased_at:
        raise JoiningFaulty("One of the two was erased; nothing is left to join. Nothing was done.")
    detail = {"into": person.pk, "merged": other.pk}
    merged = [
        Fact(kind=Kind.MERGED, occurred_at=now, actor=Actor.OWNER, person=number, detail=detail)
        for number in (person.pk, other.pk)
    ]
    listing = find_listing(office.owner, person, other)
    append(office.owner, [*merged, *(facts_of_listing(listing, person) if listing else [])], now=now)
    Person.objects.filter(owner=office.owner, merged_into=other.pk).update(merged_into=person)
    Person.objects.filter(owner=office.owner, pk=other.pk).update(merged_into=person)
    if listing is None:
        _keep_one_address(person, other)
    else:
        show_joined(office, person, listing.shown, former=listing.missing)
    drop_standing(office.owner, other.pk)
    refold(office.owner, [person.pk])
    sum_ties(office.owner, [person.pk, other.pk], now=now)
    extend_suppressions(office, [person.pk])


def _root(person: Person) -> Person:
    mine = Person.objects.filter(owner=person.owner_id)
    return mine.get(pk=root_id(mine.get(pk=person.pk)))


def _keep_one_address(person: Person, other: Person) -> None:
    """Let one address be the current one of both, so that it is seen when an export no longer shows it."""
    if person.email:
        Identity.objects.filter(owner=other.owner_id, person=other, kind=Identity.Kind.EMAIL).update(is_current=False)
    elif other.email:
        _show_address([person], other.email)


def _show_address(persons: Iterable[Person], address: str) -> None:
    for person in persons:
        person.email = address
        person.fold()
        person.save(update_fields=["email", "folded"])


def _forget_addresses(owner: Owner, persons: list[Person]) -> None:
    """Take nobody's address for current until an export shows whose it is."""
    numbers = [person.pk for person in persons]
    _show_address(persons, "")
    theirs = Identity.objects.filter(owner=owner, person__in=numbers, kind=Identity.Kind.EMAIL, source="export")
    theirs.update(is_current=False)


@alone
def split(office: Office, person: Person, *, now: datetime) -> list[Person]:
    """Part everybody who was merged into a person again; an exit of one is from now on an exit of each.

    Their addresses count again once an export shows whose each is.
    """
    merged = list(Person.objects.filter(owner=office.owner, merged_into=person).order_by("id"))
    if not merged:
        raise JoiningFaulty(f"Nobody was merged into person {person.pk}. Nothing was done.")
    Person.objects.filter(owner=office.owner, pk__in=[other.pk for other in merged]).update(merged_into=None)
    parted = [person, *merged]
    _show_as_before(office, person, now=now)
    parted = list(Person.objects.filter(owner=office.owner, pk__in=[one.pk for one in parted]).order_by("id"))
    _forget_addresses(office.owner, parted)
    append(
        office.owner,
        [
            Fact(kind=Kind.SPLIT, occurred_at=now, actor=Actor.OWNER, person=one.pk, detail={"from": person.pk})
            for one in parted
        ],
        now=now,
    )
    # Read only now: nobody else writes of them any more until this transaction ends.
    exits = [
        entry
        for entry in entries_of(office.owner, [one.pk for one in parted])
        if entry.kind in {Kind.STOPPED, Kind.LEFT, Kind.COMPLAINED}
    ]
    refold(office.owner, [one.pk for one in parted])
    sum_ties(office.owner, [one.pk for one in parted], now=now)
    for one in Person.objects.filter(owner=office.owner, pk__in=[one.pk for one in parted]):
        for entry in exits:
            if entry.person != one.pk:
                take_exit(
                    office,
                    one,
                    entry.kind,
                    at=entry.occurred_at,
                    now=now,
                    actor=Actor.SYSTEM,
                    scope=entry.scope,
                    detail={"kept_after_split_from": person.pk},
                )  # fmt: skip
    return merged


def _show_as_before(office: Office, person: Person, *, now: datetime) -> None:
    """Show of a person what was shown before they were joined to one whom an archive lists, if nothing came since."""
    shown, _ = shown_now(office.owner.pk, [person.pk])[person.pk]
    for entry in reversed(entries_of(office.owner, [person.pk])):
        if entry.kind is not Kind.CONNECTION_CHANGED or entry.detail["how"] != JOINED:
            continue
        if all(getattr(shown, name) == value for name, value in entry.detail["after"].items()):
            shown = replace(shown, **entry.detail["before"])
            show(office, {person.pk: shown}, at=now, export=None)


_MATCHES = (HoldReason.UNCERTAIN_MATCH, HoldReason.POSSIBLE_LEAVER, HoldReason.SHARED_ADDRESS)


@alone
def settle_match(office: Office, person: Person, known_as: Person | None, *, now: datetime) -> None:
    """Record what the owner says of somebody held because they may be another: that they are, or (None) are not.

    Either way the holds for it are lifted; an exit of either is then an exit of the one they are.
    """
    if known_as is not None:
        merge(office, known_as, person, now=now)
    release(office, [known_as or person], reasons=_MATCHES, include=False, now=now)


@transaction.atomic
def release(
    office: Office, persons: Iterable[Person], *, reasons: Iterable[HoldReason] = (), include: bool, now: datetime
) -> None:
    """Lift the holds of persons, all or those named; `include` knowingly includes those connected before the terms.

    No exit is lifted by it: only the person can do that.
    """
    detail = {"reasons": sorted(reasons), "included": include}
    append(
        office.owner,
        (
            Fact(kind=Kind.RELEASED, occurred_at=now, actor=Actor.OWNER, person=person.pk, detail=detail)
            for person in persons
        ),
        now=now,
    )


@transaction.atomic
def hold(office: Office, person: Person, *, note: str, now: datetime) -> None:
    """Hold a person by the owner's hand."""
    detail = {"reason": str(HoldReason.BY_HAND), "note": note}
    append(
        office.owner,
        [Fact(kind=Kind.HELD, occurred_at=now, actor=Actor.OWNER, person=person.pk, detail=detail)],
        now=now,
    )


def confirm_gone(office: Office, person: Person, *, now: datetime) -> None:
    """Record the owner's word that the connection is gone."""
    confirm_all_gone(office, [person], now=now)


@transaction.atomic
def confirm_all_gone(office: Office, persons: Iterable[Person], *, now: datetime) -> None:
    """Record the owner's word that connections are gone."""
    detail = {"confirmed_by": "owner"}
    facts = (
        Fact(kind=Kind.CONNECTION_GONE, occurred_at=now, actor=Actor.OWNER, person=person.pk, detail=detail)
        for person in persons
    )
    append(office.owner, facts, now=now)
