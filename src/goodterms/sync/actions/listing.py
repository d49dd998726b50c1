"""Two persons of whom one archive lists the one and no longer the other: if they are one, it lists them.

Whoever changes name and profile address between two archives looks like one who vanished and one who came. Once the
owner says that they are one person, that archive itself shows the connection; to wait for the next one would hold
somebody who was connected all the time. What is recorded is what reading the same archive once more would record.
"""

from dataclasses import dataclass, replace

from goodterms.accounts.models import Owner
from goodterms.ledger.queries.entries import entries_numbered
from goodterms.ledger.queries.standings import standings_of
from goodterms.ledger.rules.facts import Entry, Fact
from goodterms.ledger.rules.kinds import Actor, Kind
from goodterms.ledger.rules.standing import Connection, Standing
from goodterms.people.models import Person
from goodterms.sync.actions.profiles import shown_now
from goodterms.sync.models import Export
from goodterms.sync.rules import Shown, difference

JOINED = "joined"
"""How it came, in an entry, that something else is shown of a person: not by a row of an archive that matched them."""


@dataclass(frozen=True, kw_only=True)
class Listing:
    """What the newest archive to tell shows of one of two persons, and no longer of the other."""

    seen: Entry
    """By which the ledger has it, dated and sourced as the archive that misses the other."""
    missing: int
    """The number of the other."""
    shown: Shown
    before: Shown
    """What was shown of the other."""


def find_listing(owner: Owner, person: Person, other: Person) -> Listing | None:
    """Give the listing of one of two persons by the archive that misses the other; None where none shows that."""
    standings = standings_of(owner.pk, [person.pk, other.pk])
    shown = shown_now(owner.pk, [person.pk, other.pk])
    for missing, listed in ((person, other), (other, person)):
        if missing.pk not in standings or listed.pk not in standings:
            return None
        seen = _seen_by_it(owner, standings[missing.pk], standings[listed.pk])
        if seen is not None:
            return Listing(seen=seen, missing=missing.pk, shown=shown[listed.pk][0], before=shown[missing.pk][0])
    return None


def _seen_by_it(owner: Owner, missing: Standing, listed: Standing) -> Entry | None:
    if missing.connection is not Connection.ABSENT or listed.connection is not Connection.CONNECTED:
        return None
    numbers = [missing.support["connection"], listed.support["connection"]]
    found = {entry.id: entry for entry in entries_numbered(owner, numbers)}
    if any(number not in found for number in numbers):
        return None
    absence, seen = (found[number] for number in numbers)
    if not _is_of_its_own_archive(owner, absence) or seen.occurred_at > absence.occurred_at:
        return None
    # Whoever was connected when it was read and is so still was listed by it: else it had told their absence, too.
    if seen.source != absence.source and seen.id > absence.id:
        return None
    return replace(seen, occurred_at=absence.occurred_at, source=absence.source)


def _is_of_its_own_archive(owner: Owner, absence: Entry) -> bool:
    """Say whether an archive misses somebody itself, and it is not told of a newer one by an older one read later."""
    if absence.source is None:
        return False
    exports = Export.objects.filter(owner=owner, pk=absence.source, undone_at=None, is_newest=True)
    return exports.filter(taken_at=absence.occurred_at).exists()


def facts_of_listing(listing: Listing, root: Person) -> list[Fact]:
    """Give what joining the two tells, of the archive that lists the one: taken back with it, and parted with them."""
    seen = listing.seen
    assert seen.person is not None
    facts = [_fact(listing, Kind.CONNECTION_SEEN, seen.person, seen.detail)]
    if listing.before.email and not listing.shown.email:
        facts.append(_fact(listing, Kind.ADDRESS_WITHDRAWN, seen.person, {}))
    found = difference(listing.before, listing.shown)
    if found.changes and root.pk != seen.person:
        before = {name: pair[0] for name, pair in found.changes.items()}
        after = {name: pair[1] for name, pair in found.changes.items()}
        detail = {"before": before, "after": after, "how": JOINED}
        facts.append(_fact(listing, Kind.CONNECTION_CHANGED, root.pk, detail))
    return facts


def _fact(listing: Listing, kind: Kind, person: int, detail: object) -> Fact:
    assert isinstance(detail, dict)
    return Fact(
        kind=kind,
        occurred_at=listing.seen.occurred_at,
        actor=Actor.OWNER,
        person=person,
        detail=detail,
        evidence=listing.seen.evidence,
        source=listing.seen.source,
    )
