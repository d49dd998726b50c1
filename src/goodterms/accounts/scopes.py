"""What a program may do with an API token."""

from enum import StrEnum


class Scope(StrEnum):
    """One thing that a token allows. The list is closed."""

    PEOPLE = "people:read"
    """See people, and whether and why they may be written to."""
    EXITS = "exits:write"
    """Record that somebody wants out."""
    UPDATES_READ = "updates:read"
    """See updates."""
    UPDATES_WRITE = "updates:write"
    """Add updates; sending stays with the owner."""
    DELIVERIES = "deliveries:read"
    """See where the copies of updates are."""
    FEEDBACK = "feedback:write"
    """Hand in mail that came back."""
    PROOFS = "proofs:read"
    """Get the dossier of a person."""
