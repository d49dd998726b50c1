"""What LinkedIn's profile said by the newest export that showed it."""

from dataclasses import dataclass
from datetime import datetime

from goodterms.accounts.models import Owner
from goodterms.artefacts.models import Artefact
from goodterms.ledger.queries.entries import owner_entries, undone_exports
from goodterms.ledger.rules.kinds import Kind


@dataclass(frozen=True, kw_only=True)
class ProfileSeen:
    """The owner's profile as an export shows it."""

    at: datetime
    text: str
    """Headline and summary; empty where it was not kept."""
    holds_terms: bool
    """Whether the wording in force at that moment stood in it."""


def profile_seen(owner: Owner) -> ProfileSeen | None:
    """Give the profile as the newest export shows it; None where none did while terms were in force."""
    undone = undone_exports(owner)
    seen = [entry for entry in owner_entries(owner, Kind.PROFILE_SEEN) if entry.source not in undone]
    if not seen:
        return None
    newest = max(seen, key=lambda entry: (entry.occurred_at, entry.id))
    kept = Artefact.objects.filter(owner=owner, sha256__in=list(newest.evidence), content__isnull=False).first()
    text = bytes(kept.content).decode() if kept is not None and kept.content is not None else ""
    return ProfileSeen(at=newest.occurred_at, text=text, holds_terms=bool(newest.detail["holds_terms"]))
