"""What is shown of people now, and showing something else."""

from collections.abc import Iterable, Mapping
from datetime import datetime

from goodterms.accounts.office import Office
from goodterms.ledger.queries.standings import connections_of
from goodterms.ledger.rules.standing import Connection
from goodterms.people.models import Identity, Person
from goodterms.people.queries import Named, named_email, named_profile
from goodterms.people.rules import name_key
from goodterms.sync.rules import Shown


def shown_now(owner: int, persons: Iterable[int]) -> dict[int, tuple[Shown, Connection]]:
    """Give what the newest export shows of persons, and whether they are connected."""
    found = list(Person.objects.filter(owner=owner, pk__in=list(persons)))
    connections = connections_of(owner, [person.pk for person in found])
    return {person.pk: (_shown(person), connections.get(person.pk, Connection.NONE)) for person in found}


def _shown(person: Person) -> Shown:
    return Shown(
        first_name=person.first_name,
        last_name=person.last_name,
        company=person.company,
        position=person.position,
        slug=person.slug,
        email=person.email,
        connected_on=person.connected_on,
    )


def show(
    office: Office,
    shown: Mapping[int, Shown],
    *,
    at: datetime,
    export: int | None,
    only_as_former: bool = False,
) -> None:
    """Set what is known of persons, and make exactly the identities shown their current ones.

    `only_as_former` keeps the identities, but as ones they had earlier, and changes nothing else.
    """
    if not only_as_former:
        _set_columns(office, shown)
        halves = Person.objects.filter(owner=office.owner, merged_into__in=list(shown)).values_list("pk", flat=True)
        theirs = Identity.objects.filter(owner=office.owner, person__in=[*shown, *halves], source="export")
        theirs.update(is_current=False)
    for person, values in shown.items():
        for named in _identities(office, values):
            keep_identity(office, person, named, at=at, export=export, is_current=not only_as_former)


def show_joined(office: Office, root: Person, shown: Shown, *, former: int) -> None:
    """Set what is known of a person to what an archive shows of their other half; `former` ceases to be listed.

    Each half keeps its own identities, so that they can be parted again.
    """
    _set_columns(office, {root.pk: shown})
    Identity.objects.filter(owner=office.owner, person=former, source="export").update(is_current=False)


def keep_identity(
    office: Office, person: int, named: Named, *, at: datetime, export: int | None, is_current: bool
) -> None:
    """Keep an identity of a person; a known one becomes current again where it is shown as such."""
    identity, is_new = Identity.objects.get_or_create(
        owner=office.owner,
        person_id=person,
        kind=named.kind,
        value=named.value,
        defaults={"key": named.key, "is_current": is_current, "source": "export", "seen_at": at, "export": export},
    )
    if not is_new and is_current and not identity.is_current:
        identity.is_current, identity.seen_at = True, at
        identity.save(update_fields=["is_current", "seen_at"])


def _set_columns(office: Office, shown: Mapping[int, Shown]) -> None:
    persons = list(Person.objects.filter(owner=office.owner, pk__in=list(shown)))
    for person in persons:
        values = shown[person.pk]
        person.first_name, person.last_name = values.first_name, values.last_name
        person.company, person.position = values.company, values.position
        person.slug, person.email = values.slug, values.email
        person.connected_on = values.connected_on
        person.name_key = name_key(office.keys.identity, values.first_name, values.last_name)
        person.fold()
    fields = ["first_name", "last_name", "company", "position", "slug", "email", "connected_on", "name_key", "folded"]
    Person.objects.bulk_update(persons, fields, batch_size=500)


def _identities(office: Office, shown: Shown) -> list[Named]:
    key = office.keys.identity
    found = []
    if shown.slug:
        found.append(named_profile(key, shown.slug))
    if shown.email:
        found.append(named_email(key, shown.email))
    return found
