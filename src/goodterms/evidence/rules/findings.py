"""What a check of a dossier finds."""

from dataclasses import dataclass
from enum import StrEnum


class Part(StrEnum):
    """Which part of the proof a finding is about."""

    FILE = "file"
    """The file is no dossier, or was altered after it was signed."""
    COMMITMENT = "commitment"
    """An entry is not what was committed to."""
    INCLUSION = "inclusion"
    """An entry is not shown to be in the sealed ledger."""
    HEADS = "heads"
    """The signed heads do not hold, or do not follow from each other."""
    ARTEFACT = "artefact"
    """A piece of evidence is not what the entries name."""
    ORDER = "order"
    """Entries are out of order or out of time."""
    CONDUCT = "conduct"
    """The proof may hold, and shows a message that should not have been sent."""


@dataclass(frozen=True, kw_only=True)
class Finding:
    """One thing that is wrong, and where."""

    part: Part
    where: str
    what: str

    def __str__(self) -> str:
        return f"{self.part}: {self.where}: {self.what}"


@dataclass(frozen=True, kw_only=True)
class Verification:
    """What a check of a dossier found."""

    findings: tuple[Finding, ...]
    public_key: str | None = None
    """The key that signed it, in hexadecimal; None where the file can't be read."""
    fingerprint: str | None = None
    """The key's name, for comparison with one got elsewhere: whoever made the file chose the key."""
    entries: int = 0
    messages: int = 0

    @property
    def is_genuine(self) -> bool:
        """Whether it is, unaltered, what the holder of the key sealed and signed."""
        return all(finding.part is Part.CONDUCT for finding in self.findings)

    @property
    def is_clean(self) -> bool:
        """Whether it is genuine and shows no message that should not have been sent."""
        return not self.findings
