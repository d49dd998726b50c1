"""Adding updates and welcome messages. A text never changes once added; adding it again changes nothing."""

import uuid
from datetime import datetime

from goodterms.accounts.models import Owner
from goodterms.ledger.rules.kinds import Purpose
from goodterms.lib.canonical import sha256_hex
from goodterms.updates.models import Update
from goodterms.updates.rendering import compile_update
from goodterms.updates.source import UpdateText, read_update

WELCOME_SUBJECT = "Good to be connected"


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
