"""Bringing people up to date with the staged rows."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from django.db.models import Q

from goodterms import sql
from goodterms.accounts.office import Office
from goodterms.artefacts.actions import assign_artefacts
from goodterms.exits.actions.strangers import has_open_numbers, meet_strangers, untold_strangers
from goodterms.exits.actions.suppress import extend_suppressions
from goodterms.ledger.actions.append import append
from goodterms.ledger.rules.facts import Fact
from goodterms.ledger.rules.kinds import Actor, HoldReason, Kind
from goodterms.ledger.rules.standing import Connection
from goodterms.people.models import Identity, Person
from goodterms.sync.actions.newcomers import Newcomer, take_in
from goodterms.sync.actions.profiles import show, shown_now
from goodterms.sync.actions.stage import Staged, staged_rows
from goodterms.sync.rules import Difference, Report, Shown, difference

_UNCHANGED = """person IS NOT NULL AND EXISTS (
    SELECT 1 FROM goodterms_person p JOIN goodterms_standing st ON st.person_id = p.id
    WHERE p.id = staged.person AND p.slug = staged.slug AND p.email = staged.email
      AND p.first_name = staged.first_name AND p.last_name = staged.last_name AND p.company = staged.company
      AND p.position = staged.position AND p.connected_on = staged.connected_on
      AND st.bearing LIKE '%%|connected|%%')"""


@dataclass(frozen=True, kw_only=True)
class Reading:
    """What every step of one sync needs to know."""

    office: Office
    export: int
    taken_at: datetime
    is_older: bool
    """Whether a newer export was read before: then rows are evidence and change nothing."""
    newest_at: datetime | None
    """When the newest export before this one was taken."""
    now: datetime


def apply_rows(reading: Reading, report: Report) -> None:
    """Bring everybody whom the staged rows show up to date; rows that change nothing cost nothing."""
    for batch in sql.batches(staged_rows("person IS NULL")):
        _take_in_new(reading, report, batch)
    for batch in sql.batches(staged_rows(f"person IS NOT NULL AND NOT ({_UNCHANGED})")):
        _bring_up_to_date(reading, report, batch)


def _take_in_new(reading: Reading, report: Report, rows: Sequence[Staged]) -> None:
    newcomers = take_in(reading.office, rows, export=reading.export, late_before=reading.newest_at, now=reading.now)
    report.counts.suppressed += len(rows) - len(newcomers)
    report.counts.new += len(newcomers)
    sql.execute_many(
        "UPDATE staged SET person = %s, how = 'new' WHERE line = %s", [(n.person, n.row.line) for n in newcomers]
    )
    facts: list[Fact] = []
    for newcomer in newcomers:
        report.note("new", newcomer.row.name, newcomer.row.company)
        facts += _facts_of_newcomer(reading, report, newcomer)
    append(reading.office.owner, facts, now=reading.now)
    assign_artefacts(reading.office.owner, ((newcomer.person, newcomer.row.artefact) for newcomer in newcomers))


def _facts_of_newcomer(reading: Reading, report: Report, newcomer: Newcomer) -> Iterator[Fact]:
    yield _seen(reading, newcomer.row, newcomer.person)
    if newcomer.row.email:
        yield _fact(reading, Kind.ADDRESS_SEEN, newcomer.person, row=newcomer.row)
    if reading.is_older and reading.newest_at:
        # The newer export, read before, does not list them.
        yield _fact(reading, Kind.CONNECTION_ABSENT, newcomer.person, at=reading.newest_at)
    if newcomer.hold:
        report.counts.held += 1
        report.note("held", newcomer.row.name, newcomer.hold)
        detail = {"reason": str(newcomer.hold), "candidates": list(newcomer.candidates)}
        # Of no source: taking the export back and reading it again must not lift it.
        yield replace(_fact(reading, Kind.HELD, newcomer.person, row=newcomer.row, detail=detail), source=None)


def _bring_up_to_date(reading: Reading, report: Report, rows: Sequence[Staged]) -> None:
    if reading.is_older:
        _keep_old_identities(reading, rows)
        return
    before = shown_now(reading.office.owner.pk, [row.person for row in rows if row.person is not None])
    facts: list[Fact] = []
    shown: dict[int, Shown] = {}
    for row in rows:
        assert row.person is not None
        known, connection = before[row.person]
        found = difference(known, row.shown)
        facts += _facts_of_connection(reading, report, row, connection, known)
        facts += _facts_of_difference(reading, report, row, found, connection)
        shown[row.person] = row.shown
    show(reading.office, shown, at=reading.taken_at, export=reading.export)
    append(reading.office.owner, facts, now=reading.now)
    assign_artefacts(reading.office.owner, ((row.person, row.artefact) for row in rows if row.person is not None))
    extend_suppressions(reading.office, shown)


def _facts_of_connection(
    reading: Reading, report: Report, row: Staged, connection: Connection, known: Shown
) -> Iterator[Fact]:
    assert row.person is not None
    if connection is Connection.CONNECTED and known.connected_on == row.connected_on:
        return
    yield _seen(reading, row, row.person)
    if connection is Connection.NONE:
        report.counts.new += 1
        report.note("new", row.name, row.company)
        return
    report.counts.back += 1
    report.note("back", row.name, row.company)
    if connection is Connection.GONE and known.connected_on == row.connected_on:
        report.counts.held += 1
        yield _fact(reading, Kind.HELD, row.person, row=row, detail={"reason": str(HoldReason.CAME_BACK)})


def _facts_of_difference(
    reading: Reading, report: Report, row: Staged, found: Difference, connection: Connection
) -> Iterator[Fact]:
    assert row.person is not None
    if found.changes and connection is not Connection.NONE:
        _count_difference(report, row, found)
        before = {name: pair[0] for name, pair in found.changes.items()}
        after = {name: pair[1] for name, pair in found.changes.items()}
        detail = {"before": before, "after": after, "how": row.how}
        yield _fact(reading, Kind.CONNECTION_CHANGED, row.person, row=row, detail=detail)
    if found.address:
        kind = Kind.ADDRESS_WITHDRAWN if found.address == "withdrawn" else Kind.ADDRESS_SEEN
        yield _fact(reading, kind, row.person, row=row)


def _count_difference(report: Report, row: Staged, found: Difference) -> None:
    counts = report.counts
    if found.is_rename:
        counts.renamed += 1
        report.note("renamed", row.name, _told(found, "first_name", "last_name", "slug"))
    if found.is_job or found.address:
        counts.changed += 1
    if found.is_job:
        report.note("new job", row.name, _told(found, "company", "position"))
    if found.address:
        counts.address_appeared += found.address == "appeared"
        counts.address_withdrawn += found.address == "withdrawn"
        report.note(f"address {found.address}", row.name)


def _told(found: Difference, *names: str) -> str:
    pairs = [found.changes[name] for name in names if name in found.changes]
    return "; ".join(f"{before or '-'} -> {after or '-'}" for before, after in pairs)


def _keep_old_identities(reading: Reading, rows: Iterable[Staged]) -> None:
    """Keep what an older export called people: it may be how they are named in an old message, or come back."""
    older = {row.person: row.shown for row in rows if row.person is not None}
    show(reading.office, older, at=reading.taken_at, export=reading.export, only_as_former=True)
    extend_suppressions(reading.office, older)


def apply_departures(reading: Reading, report: Report, *, confirmed: bool) -> None:
    """Hold whoever the export no longer lists; count as gone who was missing before, or whom the owner confirmed."""
    missing = missing_persons(reading.office.owner.pk)
    names = dict(
        Person.objects.filter(owner=reading.office.owner, pk__in=[person for person, _ in missing]).values_list(
            "pk", "last_name"
        )
    )
    facts = []
    for person, connection in missing:
        is_gone = confirmed or connection is Connection.ABSENT
        what = "gone" if is_gone else "absent"
        setattr(report.counts, what, getattr(report.counts, what) + 1)
        report.note(what, names.get(person, ""))
        kind = Kind.CONNECTION_GONE if is_gone else Kind.CONNECTION_ABSENT
        detail = {"confirmed_by": "owner"} if confirmed else {}
        facts.append(_fact(reading, kind, person, detail=detail))
    append(reading.office.owner, facts, now=reading.now)


def missing_persons(owner: int) -> list[tuple[int, Connection]]:
    """Give those who were connected or absent and are in no staged row, with what they were."""
    found = sql.fetch(
        "SELECT st.person_id, st.bearing FROM goodterms_standing st WHERE st.owner_id = %s "
        "AND (st.bearing LIKE '%%|connected|%%' OR st.bearing LIKE '%%|absent|%%') "
        "AND NOT EXISTS (SELECT 1 FROM staged s WHERE s.person = st.person_id) ORDER BY st.person_id",
        [owner],
    )
    return [(person, Connection.ABSENT if "|absent|" in bearing else Connection.CONNECTED) for person, bearing in found]


def hold_untold_leavers(reading: Reading, report: Report) -> None:
    """Obey the exits of people whom the database did not know, now that it knows more people.

    Where one of those people still is not found, every newcomer who was connected before that exit may be them under
    another name, unless the journal shows their number to be somebody else's: they are held.
    """
    owner = reading.office.owner
    if not has_open_numbers(owner):
        return
    new = {person for (person,) in sql.fetch("SELECT person FROM staged WHERE how = 'new'")}
    fresh = Identity.objects.filter(owner=owner, export=reading.export).values_list("person_id", flat=True)
    meet_strangers(reading.office, new | set(fresh), now=reading.now)
    facts = []
    for person in untold_strangers(owner, new):
        report.counts.held += 1
        report.note("held", str(Person.objects.get(owner=reading.office.owner, pk=person)), HoldReason.POSSIBLE_LEAVER)
        detail = {"reason": str(HoldReason.POSSIBLE_LEAVER)}
        facts.append(replace(_fact(reading, Kind.HELD, person, detail=detail), source=None))
    append(reading.office.owner, facts, now=reading.now)


def hold_shared_addresses(reading: Reading, report: Report) -> None:
    """Hold everybody whose current address is somebody else's as well, where this export showed it first or again."""
    shared = (
        Identity.objects.filter(owner=reading.office.owner, kind=Identity.Kind.EMAIL, is_current=True)
        .filter(key__in=_keys_of(reading))
        .values_list("key", "person_id")
    )
    holders: dict[str, set[int]] = {}
    for key, person in shared:
        holders.setdefault(key, set()).add(person)
    persons = sorted({person for group in holders.values() if len(group) > 1 for person in group})
    facts = []
    for person in persons:
        report.counts.held += 1
        report.note("held", str(Person.objects.get(owner=reading.office.owner, pk=person)), HoldReason.SHARED_ADDRESS)
        detail = {"reason": str(HoldReason.SHARED_ADDRESS)}
        facts.append(_fact(reading, Kind.HELD, person, detail=detail))
    append(reading.office.owner, facts, now=reading.now)


def _keys_of(reading: Reading) -> list[str]:
    shown = Identity.objects.filter(owner=reading.office.owner, kind=Identity.Kind.EMAIL, is_current=True)
    fresh = shown.filter(Q(export=reading.export) | Q(seen_at=reading.taken_at))
    return list(fresh.values_list("key", flat=True))


def _seen(reading: Reading, row: Staged, person: int) -> Fact:
    detail = {
        "connected_on": row.connected_on.isoformat() if row.connected_on else None,
        "connected_raw": row.connected_raw,
        "clock": row.connected_rule,
        "name": row.name,
        "company": row.company,
        "position": row.position,
        "profile": row.slug,
        "email": row.email,
    }
    return _fact(reading, Kind.CONNECTION_SEEN, person, row=row, detail=detail)


def _fact(
    reading: Reading,
    kind: Kind,
    person: int,
    *,
    row: Staged | None = None,
    detail: Mapping[str, object] | None = None,
    at: datetime | None = None,
) -> Fact:
    return Fact(
        kind=kind,
        occurred_at=at or reading.taken_at,
        actor=Actor.SYSTEM,
        person=person,
        detail=detail or {},
        evidence=(row.sha256,) if row else (),
        source=reading.export,
    )
