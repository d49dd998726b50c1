"""Reading updates, and showing them as one person would get them."""

from datetime import date
from typing import Protocol

from django.db.models import QuerySet

from goodterms.accounts.models import Owner
from goodterms.ledger.rules.kinds import Purpose
from goodterms.lib.faults import Fault
from goodterms.people.models import Person
from goodterms.updates.fields import PersonFields
from goodterms.updates.footer import WaysOut, footer_of
from goodterms.updates.models import Draft, Update
from goodterms.updates.rendering import CompiledUpdate, Copy, compile_update, copy_of
from goodterms.updates.source import UpdateText


class UpdateUnknown(Fault):
    """The owner has no update, or several, by that name."""


def list_updates(owner: Owner, *, kind: Update.Kind | None = None) -> QuerySet[Update]:
    """Give the owner's updates, or those of one kind, the newest first."""
    updates = Update.objects.filter(owner=owner).order_by("-created_at", "-id")
    return updates.filter(kind=kind) if kind else updates


def get_update(owner: Owner, uid: str) -> Update:
    """Give the update with this number, or the only one whose uid begins so; raise UpdateUnknown otherwise."""
    if uid.isdigit() and len(uid) < 19:
        numbered = Update.objects.filter(owner=owner, pk=int(uid)).first()
        if numbered:
            return numbered
    found = list(Update.objects.filter(owner=owner, uid__startswith=uid.lower()).order_by("id")[:2]) if uid else []
    if len(found) != 1:
        many = "Several updates begin with" if found else "There is no update"
        raise UpdateUnknown(f"{many} '{uid}'. Nothing was done. List the updates to see their names.")
    return found[0]


class DraftUnknown(Fault):
    """The owner has no draft by that number."""


def list_drafts(owner: Owner) -> QuerySet[Draft]:
    """Give the texts that are being written, the one saved last first."""
    return Draft.objects.filter(owner=owner, update=None, discarded_at=None).order_by("-saved_at", "-id")


def get_draft(owner: Owner, number: int) -> Draft:
    """Give a draft by its number, whatever became of it; raise DraftUnknown."""
    found = Draft.objects.filter(owner=owner, pk=number).select_related("owner", "update").first()
    if found is None:
        raise DraftUnknown(f"There is no draft {number}. Nothing was done.")
    return found


def as_update(draft: Draft, terms: str) -> Update:
    """Give the update that a draft would be, which no table has: to be looked at, reviewed and tried."""
    return Update(
        owner=draft.owner,
        uid=draft.uid,
        kind=Update.Kind.UPDATE,
        purpose=draft.purpose,
        subject=draft.subject.strip(),
        topics=[],
        body=draft.body,
        footer=terms,
        created_at=draft.created_at,
    )


def compiled(update: Update) -> CompiledUpdate:
    """Give a stored update ready to be filled."""
    text = UpdateText(
        name=f"update {update.uid[:8]}",
        subject=update.subject,
        body=update.body,
        purpose=Purpose(update.purpose),
        topics=tuple(update.topics),
    )
    return compile_update(text)


class Named(Protocol):
    """Somebody of whom merge fields can say something: a person, or what of one is at hand."""

    @property
    def first_name(self) -> str: ...  # noqa: D102 -- as of goodterms.people.models.Person
    @property
    def last_name(self) -> str: ...  # noqa: D102
    @property
    def company(self) -> str: ...  # noqa: D102
    @property
    def position(self) -> str: ...  # noqa: D102
    @property
    def connected_on(self) -> date | None: ...  # noqa: D102


def fields_of(owner: Owner, person: Named) -> PersonFields:
    """Give what merge fields may say of a person."""
    return PersonFields(
        first_name=person.first_name,
        last_name=person.last_name,
        company=person.company,
        position=person.position,
        connected_on=person.connected_on,
        owner_name=owner.name,
        owner_email=owner.email,
        owner_profile=owner.profile,
    )


def preview(update: Update, person: Person, ways: WaysOut) -> Copy:
    """Give the copy that a person would get, the footer with the terms and both ways out in it."""
    owner = update.owner
    footer = footer_of(update.footer, ways, postal_address=owner.postal_address)
    return copy_of(compiled(update), fields_of(owner, person), footer)
