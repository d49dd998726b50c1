"""Writing drafts, and adding updates and welcome messages.

A text never changes once added; adding it again changes nothing.
"""

import uuid
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import F, QuerySet

from goodterms.accounts.models import Owner
from goodterms.ledger.rules.kinds import Purpose
from goodterms.lib.canonical import sha256_hex
from goodterms.lib.faults import Fault
from goodterms.updates.models import Draft, Update
from goodterms.updates.rendering import compile_update
from goodterms.updates.source import MOST_BYTES, UpdateText, read_update

WELCOME_SUBJECT = "Good to be connected"


class DraftElsewhere(Fault):
    """A draft was saved in another window, added or discarded meanwhile."""


class DraftTooLong(Fault):
    """A draft has more text than an update may have."""


@dataclass(frozen=True, kw_only=True)
class Written:
    """What somebody has written so far."""

    subject: str = ""
    body: str = ""
    purpose: Purpose = Purpose.NETWORKING


def add_update(owner: Owner, content: str | bytes, name: str, *, terms: str, now: datetime) -> Update:
    """Add an update from its file's content; the same content gives the update that is there already.

    `terms` is the wording that stands in its footer. Raises UpdateFaulty where the file can't be used.
    """
    return _add(owner, Update.Kind.UPDATE, read_update(content, name), terms=terms, now=now)


def add_welcome(owner: Owner, body: str, *, terms: str, now: datetime, subject: str = WELCOME_SUBJECT) -> Update:
    """Add the welcome message made from a wording: Markdown with merge fields, like an update's body.

    The same subject and body give the one that is there. Raises UpdateFaulty where they can't be used.
    """
    source = f"{subject}\n\n{body}"
    text = UpdateText(
        name="welcome",
        subject=subject,
        body=body,
        purpose=Purpose.NETWORKING,
        sha256=sha256_hex(source.encode("utf-8")),
    )
    return _add(owner, Update.Kind.WELCOME, text, terms=terms, now=now)


def begin_draft(owner: Owner, written: Written, *, by: str = "", now: datetime) -> Draft:
    """Begin a draft, empty or with a text to go on from."""
    return Draft.objects.create(
        owner=owner, uid=uuid.uuid4().hex, created_at=now, saved_at=now, saved_by=by[:60], **_columns(written)
    )


def save_draft(draft: Draft, written: Written, *, version: int, by: str = "", now: datetime) -> Draft:
    """Save what was written on top of a version; raises DraftElsewhere where that is not the newest."""
    if len(written.body.encode("utf-8", "replace")) > MOST_BYTES:
        raise DraftTooLong(f"This is more text than the {MOST_BYTES:,} bytes of an update. It was not saved.")
    mine = _open(draft).filter(version=version)
    changed = mine.update(version=F("version") + 1, saved_at=now, saved_by=by[:60], **_columns(written))
    return _reread(
        draft,
        changed,
        "This draft was saved in another window since, or is none any more. Nothing was "
        "overwritten: copy what you wrote here, then open the draft again.",
    )


def discard_draft(draft: Draft, *, now: datetime) -> Draft:
    """Put a draft away; `restore_draft` brings it back."""
    return _reread(draft, _open(draft).update(discarded_at=now), "This draft was added or discarded already.")


def restore_draft(draft: Draft) -> Draft:
    """Bring back a draft that was put away."""
    put_away = Draft.objects.filter(pk=draft.pk, owner=draft.owner_id, discarded_at__isnull=False)
    return _reread(draft, put_away.update(discarded_at=None), "This draft was not discarded. Nothing was done.")


@transaction.atomic
def add_draft(draft: Draft, *, terms: str, now: datetime) -> Update:
    """Make a draft an update; the same text gives the update that is there. Raises UpdateFaulty where it can't be."""
    purpose = Purpose(draft.purpose)
    source = f"{draft.subject}\n\n{purpose.value}\n\n{draft.body}"
    text = UpdateText(
        name="The draft",
        subject=draft.subject.strip(),
        body=draft.body,
        purpose=purpose,
        sha256=sha256_hex(source.encode("utf-8", "replace")),
    )
    update = _add(draft.owner, Update.Kind.UPDATE, text, terms=terms, now=now)
    _reread(draft, _open(draft).update(update=update), "This draft was added or discarded already. Nothing was done.")
    return update


def _open(draft: Draft) -> QuerySet[Draft]:
    return Draft.objects.filter(pk=draft.pk, owner=draft.owner_id, discarded_at=None, update=None)


def _reread(draft: Draft, changed: int, otherwise: str) -> Draft:
    if not changed:
        raise DraftElsewhere(otherwise)
    draft.refresh_from_db()
    return draft


def _columns(written: Written) -> dict[str, str]:
    lines = {name: text.replace("\r\n", "\n").replace("\r", "\n") for name, text in vars(written).items()}
    return {**lines, "purpose": written.purpose.value}


def _add(owner: Owner, kind: Update.Kind, text: UpdateText, *, terms: str, now: datetime) -> Update:
    compile_update(text)
    update, _ = Update.objects.get_or_create(
        owner=owner,
        kind=kind,
        sha256=text.sha256,
        defaults={
            "uid": uuid.uuid4().hex,
            "purpose": text.purpose.value,
            "subject": text.subject,
            "topics": list(text.topics),
            "body": text.body,
            "footer": terms,
            "created_at": now,
        },
    )
    return update
