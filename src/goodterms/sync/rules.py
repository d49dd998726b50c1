"""What a sync decides: which export is the newer one, whether departures are probable, what changed."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime


@dataclass(frozen=True, kw_only=True)
class Dating:
    """When an export was made, as far as that can be told."""

    taken_at: datetime
    rule: str
    """name: from the archive's name; file: from its members; contents: from the newest moment in it."""
    newest_at: datetime | None
    """The newest moment in its contents."""


@dataclass(frozen=True, kw_only=True)
class Missing:
    """How many people connected so far an export does not list."""

    from_before: int = 0
    """Connected before the newest connection that it lists: an older export would list them."""
    since: int = 0
    """Connected on that day or later: an older export could not list them."""


def is_older(export: Dating, last: Dating | None, missing: Missing) -> bool:
    """Say whether an export is older than the newest one read.

    Days in the archives' names decide where they differ. Else contents decide: an export whose newest connection is
    earlier is older, unless it misses connections from before, for then it was made after they were broken; or
    misses but a single one, for that may as well have been broken. In doubt it is the newer one, which holds whoever is
    missing.
    """
    if last is None:
        return False
    if "name" in {export.rule, last.rule} and export.taken_at.date() != last.taken_at.date():
        return export.taken_at < last.taken_at
    if export.newest_at is None or last.newest_at is None or export.newest_at == last.newest_at:
        return False
    return export.newest_at < last.newest_at and not missing.from_before and missing.since > 1


def is_improbable(departures: int, connected: int) -> bool:
    """Say whether so many departures are more likely a faulty archive than people leaving."""
    if departures >= 10:
        return departures * 10 > connected
    return departures >= 5 and departures * 2 > connected


@dataclass(frozen=True, kw_only=True)
class Shown:
    """What an export shows of a person."""

    first_name: str = ""
    last_name: str = ""
    company: str = ""
    position: str = ""
    slug: str = ""
    email: str = ""
    connected_on: date | None = None


@dataclass(frozen=True, kw_only=True)
class Difference:
    """What a newer export shows otherwise: field -> (before, after)."""

    changes: Mapping[str, tuple[str, str]]

    @property
    def is_rename(self) -> bool:
        """Whether the name or the profile address is another one."""
        return bool(self.changes.keys() & {"first_name", "last_name", "slug"})

    @property
    def is_job(self) -> bool:
        """Whether company or position is another one."""
        return bool(self.changes.keys() & {"company", "position"})

    @property
    def address(self) -> str:
        """Say whether an address appeared, was withdrawn or changed; empty where none of these."""
        before, after = self.changes.get("email", ("", ""))
        if before == after:
            return ""
        return "changed" if before and after else "appeared" if after else "withdrawn"


COMPARED = ("first_name", "last_name", "company", "position", "slug", "email")


def difference(before: Shown, after: Shown) -> Difference:
    """Compare what is known of a person with what an export shows."""
    pairs = {name: (getattr(before, name), getattr(after, name)) for name in COMPARED}
    return Difference(changes={name: pair for name, pair in pairs.items() if pair[0] != pair[1]})


@dataclass
class Counts:
    """What a sync found, counted."""

    connections: int = 0
    new: int = 0
    gone: int = 0
    absent: int = 0
    back: int = 0
    renamed: int = 0
    changed: int = 0
    address_appeared: int = 0
    address_withdrawn: int = 0
    date_only: int = 0
    with_email: int = 0
    invitations: int = 0
    messages: int = 0
    held: int = 0
    suppressed: int = 0
    exits: int = 0


MOST_ROWS = 1_000
"""How many rows of each kind a preview keeps."""


@dataclass
class Report:
    """What a sync did, or would do."""

    archive: str
    sha256: str
    applied: bool = False
    already_known: bool = False
    refused: str = ""
    """Why nothing was changed, where the owner has to say so first."""
    counts: Counts = field(default_factory=Counts)
    rows: list[tuple[str, str, str]] = field(default_factory=list)
    """(what, who, detail) for everybody concerned, for the preview; the first thousand of each kind."""
    warnings: list[str] = field(default_factory=list)

    noted: Counter[str] = field(default_factory=Counter)

    def note(self, what: str, who: str, detail: str = "") -> None:
        """Add a row to the preview."""
        self.noted[what] += 1
        if self.noted[what] <= MOST_ROWS:
            self.rows.append((what, who, detail))
