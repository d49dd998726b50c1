"""Finding people."""

import re
from dataclasses import dataclass

from django.db.models import Count, Q, QuerySet, Value
from django.db.models.functions import Coalesce, StrIndex, Substr

from goodterms.accounts.models import Owner
from goodterms.lib.addresses import (
    normalise_email,
    normalise_profile,
    normalise_slug,
    widen_email,
    widen_slug,
)
from goodterms.lib.faults import Fault
from goodterms.lib.keyed import keyed_hash
from goodterms.lib.names import fold_search
from goodterms.people.models import Identity, Person

_MARKS = set("@-./%")
"""Signs of which a word with one is looked for among addresses and profiles too, former ones included."""


@dataclass(frozen=True, kw_only=True)
class Named:
    """An identity as somebody wrote it: what kind it is, its normal form and its keyed hash."""

    kind: Identity.Kind
    value: str
    key: str


class PersonUnclear(Fault):
    """What was written names nobody, or more than one person."""


def name_identity(key: bytes, text: str) -> Named | None:
    """Read an e-mail address, a profile address or a slug; None where it is none of them."""
    if "@" in text:
        address = normalise_email(text)
        return named_email(key, address) if address else None
    slug = normalise_profile(text) or (None if "/" in text else normalise_slug(text))
    return named_profile(key, slug) if slug else None


def named_email(key: bytes, address: str) -> Named:
    """Give the identity of a normalised address."""
    return Named(kind=Identity.Kind.EMAIL, value=address, key=keyed_hash(key, "email", widen_email(address)))


def named_profile(key: bytes, slug: str) -> Named:
    """Give the identity of a normalised slug."""
    return Named(kind=Identity.Kind.PROFILE, value=slug, key=keyed_hash(key, "profile", widen_slug(slug)))


def counts_by_domain(owner: Owner) -> dict[str, int]:
    """Count the current e-mail addresses of the owner's people by their domain."""
    rows = Identity.objects.filter(owner=owner, kind=Identity.Kind.EMAIL, is_current=True)
    domain = Substr("value", StrIndex("value", Value("@")) + 1)
    return dict(rows.values(domain=domain).annotate(count=Count("*")).order_by("domain").values_list("domain", "count"))


def root_id(person: Person) -> int:
    """Give the person that this one was merged into, or itself."""
    return person.merged_into_id or person.pk


def persons_by_key(owner: Owner, key: str) -> list[Person]:
    """Give the persons, merged ones resolved, that have or had an identity with this keyed hash."""
    found = Person.objects.filter(owner=owner, identities__owner=owner, identities__key=key).distinct().order_by("id")
    roots = {root_id(person) for person in found}
    return list(Person.objects.filter(owner=owner, pk__in=roots).order_by("id"))


def find_person(owner: Owner, key: bytes, text: str) -> Person | None:
    """Give the person that an address, profile, slug or number names; None where nobody is known by it.

    Raises PersonUnclear where two are.
    """
    number = re.fullmatch(r"#?(\d{1,18})", text.strip())
    if number:
        person = Person.objects.filter(owner=owner, pk=int(number[1])).first()
        return Person.objects.get(owner=owner, pk=root_id(person)) if person else None
    named = name_identity(key, text)
    if named is None:
        raise PersonUnclear(
            f"'{text}' is no e-mail address, LinkedIn profile address, slug or person number. Nothing was done."
        )
    persons = _closest(persons_by_key(owner, named.key), named)
    if len(persons) > 1:
        numbers = ", ".join(str(person.pk) for person in persons)
        raise PersonUnclear(f"'{text}' belongs to several persons ({numbers}). Name one by number. Nothing was done.")
    return persons[0] if persons else None


def _closest(persons: list[Person], named: Named) -> list[Person]:
    """Prefer those who have exactly this identity to those whose widened form is the same."""
    if len(persons) < 2:
        return persons
    exact = set(
        Identity.objects.filter(
            owner=persons[0].owner_id, person__in=persons, kind=named.kind, value=named.value
        ).values_list("person_id", flat=True)
    )
    return [person for person in persons if person.pk in exact] or persons


def group_of(person_id: int) -> list[int]:
    """Give a person's number and those of everybody merged into them."""
    merged = Person.objects.filter(merged_into=person_id).order_by("id").values_list("id", flat=True)
    return [person_id, *merged]


def search_people(owner: Owner, text: str = "") -> QuerySet[Person]:
    """Give the people whose name, company, position, profile or address contains each word of a text, by name.

    Words that look like an address or a profile find whoever had it earlier as well.
    """
    people = Person.objects.filter(owner=owner, merged_into__isnull=True).order_by("folded", "id")
    for word in text.split():
        people = people.filter(_holds(owner, word))
    return people


def _holds(owner: Owner, word: str) -> Q:
    found = Q(folded__contains=fold_search(word))
    if not _MARKS & set(word):
        return found
    named = Identity.objects.filter(owner=owner, value__icontains=word)
    return found | Q(pk__in=named.values(root=Coalesce("person__merged_into", "person")))
