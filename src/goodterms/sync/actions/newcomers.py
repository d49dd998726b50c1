"""Making persons of rows that match nobody, with an eye on who they may be."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from goodterms import sql
from goodterms.accounts.models import Owner
from goodterms.accounts.office import Office
from goodterms.artefacts.actions import assign_artefacts, empty_artefacts
from goodterms.exits.actions.suppress import extend_erasures
from goodterms.exits.models import Suppression
from goodterms.exits.queries import CERTAIN, suppressions_of
from goodterms.ledger.rules.kinds import HoldReason
from goodterms.people.models import Identity, Person
from goodterms.people.rules import folded, person_uid, possible_keys
from goodterms.sync.actions.stage import Staged

_PERSON_COLUMNS = (
    "id",
    "owner_id",
    "uid",
    "first_name",
    "last_name",
    "company",
    "position",
    "slug",
    "email",
    "connected_on",
    "name_key",
    "folded",
    "created_at",
)
_IDENTITY_COLUMNS = ("owner_id", "person_id", "kind", "value", "key", "is_current", "source", "seen_at", "export")


@dataclass(frozen=True, kw_only=True)
class Newcomer:
    """A row that became a person."""

    person: int
    row: Staged
    hold: HoldReason | None = None
    candidates: Sequence[int] = ()
    """Persons they may be."""


def take_in(
    office: Office, rows: Sequence[Staged], *, export: int, late_before: datetime | None, now: datetime
) -> list[Newcomer]:
    """Make a person of each row and give them, held where they may be somebody who left or is known by another name.

    Rows of people whose data were erased make nobody. `late_before` is when the newest export before this one was
    taken: rows with an earlier date should have been in it, so they may be somebody renamed.
    """
    found = suppressions_of(office.owner, _certain_keys(rows))
    erased = {suppression.key: suppression.person_id for suppression in found if suppression.exit == "erasure"}
    kept = [row for row in rows if not {row.slug_key, row.email_key} & erased.keys()]
    left_out = [row for row in rows if {row.slug_key, row.email_key} & erased.keys()]
    extend_erasures(office, map(_certain, left_out))
    _forget_rows(office.owner, left_out, erased)
    # Before they are persons themselves: nobody is to be taken for a newcomer of the same day.
    left = _possible_leavers(office, kept, late_before)
    vanished = _vanished(office, kept, late_before)
    numbers = sql.reserve_ids(Person, len(kept))
    _insert(office, dict(zip(numbers, kept, strict=True)), export=export, now=now)
    newcomers = []
    for number, row in zip(numbers, kept, strict=True):
        hold, candidates = _hold(row, left, vanished)
        newcomers.append(Newcomer(person=number, row=row, hold=hold, candidates=candidates))
    return newcomers


def _forget_rows(owner: Owner, rows: Iterable[Staged], erased: Mapping[str, int | None]) -> None:
    """Keep of the rows about whoever was erased nothing but their hashes, as theirs."""
    pairs = [(erased[key], row.artefact) for row in rows for key, _ in _certain(row) if key in erased]
    found = Person.objects.filter(owner=owner, pk__in={person for person, _ in pairs}, erased_at__isnull=False)
    gone = set(found.values_list("pk", flat=True))
    theirs = [(person, artefact) for person, artefact in pairs if person in gone]
    assign_artefacts(owner, ((person, artefact) for person, artefact in theirs if person is not None))
    empty_artefacts(owner, (artefact for _, artefact in theirs))


def _hold(
    row: Staged, left: Mapping[int, set[int]], vanished: Mapping[int, set[int]]
) -> tuple[HoldReason | None, list[int]]:
    if row.line in left:
        return HoldReason.POSSIBLE_LEAVER, sorted(left[row.line])
    if row.line in vanished:
        return HoldReason.UNCERTAIN_MATCH, sorted(vanished[row.line])
    return None, []


def _certain_keys(rows: Iterable[Staged]) -> set[str]:
    return {key for row in rows for key, _ in _certain(row)}


def _certain(row: Staged) -> list[tuple[str, str]]:
    pairs = [(row.slug_key, Suppression.Kind.PROFILE.value), (row.email_key, Suppression.Kind.EMAIL.value)]
    return [(key, kind) for key, kind in pairs if key]


def _is_late(row: Staged, late_before: datetime | None) -> bool:
    return late_before is not None and row.connected_on is not None and row.connected_on <= late_before.date()


def _possible_leavers(office: Office, rows: Sequence[Staged], late_before: datetime | None) -> dict[int, set[int]]:
    """Give for each line the persons with an exit that it may be; an empty set where only the suppression is left."""
    if not Suppression.objects.filter(owner=office.owner).exists():
        return {}
    keys = _possible_rows(office, rows, late_before)
    listed = _listed_persons()
    found: dict[int, set[int]] = {}
    for suppression in suppressions_of(office.owner, keys):
        # A date alone says something only of somebody whom the export no longer lists.
        is_listed = suppression.kind == Suppression.Kind.DATE and suppression.person_id in listed
        if suppression.kind in CERTAIN or is_listed:
            continue
        for row in keys[suppression.key]:
            candidates = found.setdefault(row.line, set())
            if suppression.person_id is not None:
                candidates.add(suppression.person_id)
    return found


def _possible_rows(office: Office, rows: Sequence[Staged], late_before: datetime | None) -> dict[str, list[Staged]]:
    """Give for each hash by which somebody may be recognised the rows that have it."""
    keys: dict[str, list[Staged]] = {}
    for row in rows:
        possible = possible_keys(
            office.keys.identity,
            first_name=row.first_name,
            last_name=row.last_name,
            company=row.company,
            connected_on=row.connected_on,
        )
        if not _is_late(row, late_before):
            possible.pop("date", None)
        for key in possible.values():
            keys.setdefault(key, []).append(row)
    return keys


def _listed_persons() -> set[int | None]:
    return {person for (person,) in sql.fetch("SELECT person FROM staged WHERE person IS NOT NULL AND how <> 'new'")}


def _vanished(office: Office, rows: Sequence[Staged], late_before: datetime | None) -> dict[int, set[int]]:
    """Give for each late line the persons of the same connection date that this export no longer lists."""
    late = [row for row in rows if _is_late(row, late_before)]
    if not late:
        return {}
    found: dict[int, set[int]] = {}
    days = {row.connected_on for row in late}
    missing = Person.objects.filter(owner=office.owner, merged_into=None, erased_at=None, connected_on__in=days)
    by_day: dict[object, set[int]] = {}
    listed = _listed_persons() | {None}
    for person, day in missing.values_list("pk", "connected_on"):
        if person not in listed:
            by_day.setdefault(day, set()).add(person)
    new = {person for (person,) in sql.fetch("SELECT person FROM staged WHERE how = 'new'")}
    for row in late:
        candidates = by_day.get(row.connected_on, set()) - new
        if candidates:
            found[row.line] = candidates
    return found


def _insert(office: Office, rows: Mapping[int, Staged], *, export: int, now: datetime) -> None:
    owner, seen_at = office.owner.pk, sql.moment(now)
    taken = _taken_uids(office, rows.values())
    persons = []
    for number, row in rows.items():
        day = row.connected_on.isoformat() if row.connected_on else None
        persons.append(
            (
                number,
                owner,
                _uid(office, row, taken),
                row.first_name,
                row.last_name,
                row.company,
                row.position,
                row.slug,
                row.email,
                day,
                row.name_key,
                folded(
                    first_name=row.first_name,
                    last_name=row.last_name,
                    company=row.company,
                    position=row.position,
                    slug=row.slug,
                    email=row.email,
                ),
                seen_at,
            )
        )
    sql.insert_rows(Person, _PERSON_COLUMNS, persons)
    identities = [
        (owner, number, kind, value, key, True, "export", seen_at, export)
        for number, row in rows.items()
        for kind, value, key in (("profile", row.slug, row.slug_key), ("email", row.email, row.email_key))
        if value
    ]
    sql.insert_rows(Identity, _IDENTITY_COLUMNS, identities)


def _uid(office: Office, row: Staged, taken: set[int]) -> int:
    kind, value = ("profile", row.slug) if row.slug else ("email", row.email) if row.email else ("row", row.sha256)
    for salt in range(1_000):
        uid = person_uid(office.keys.identity, kind, value, salt)
        if uid not in taken:
            break
    taken.add(uid)
    return uid


def _taken_uids(office: Office, rows: Iterable[Staged]) -> set[int]:
    first = [
        person_uid(office.keys.identity, "profile" if row.slug else "email", row.slug or row.email) for row in rows
    ]
    found: set[int] = set()
    for batch in sql.batches(first):
        found |= set(Person.objects.filter(owner=office.owner, uid__in=batch).values_list("uid", flat=True))
    return found
