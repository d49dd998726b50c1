"""Whether entries are what their payloads say: at the speed of hashing, and closely where it matters.

A canonical body has two ends that follow from its entry's columns, so at first sight it is only hashed and
its ends are compared. Whatever does not fit is read again, field by field.
"""

from collections.abc import Iterator, Sequence
from hashlib import sha256
from itertools import combinations
from typing import Any

import orjson
from django.db import connection

from goodterms import sql
from goodterms.accounts.models import Owner
from goodterms.ledger.models import Entry, Payload
from goodterms.ledger.rules.heads import commitment_of
from goodterms.ledger.rules.kinds import Actor, Kind, Purpose, Vehicle
from goodterms.lib.moments import write_moment

# The body as bytes and both moments as text: a moment read as one costs more than all the rest.
_SQLITE = "CAST(p.body AS BLOB)", "e.occurred_at || ''", "e.recorded_at || ''"
_WRITTEN = "replace(to_char({} AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS.US'), '.000000', '')"
_POSTGRESQL = (
    "convert_to(p.body, 'UTF8')",
    _WRITTEN.format("e.occurred_at"),
    _WRITTEN.format("e.recorded_at"),
)
Row = tuple[Any, ...]
"""Leaf index, entry id, commitment, salt, body, actor, kind, occurred_at, person, recorded_at, source.

The moments are written with a blank for the T and without a Z. All from the commitment on is None where there
is no entry; salt and body are None where there is no payload.
"""


def sealed_rows(owner: Owner, start: int, end: int) -> list[Row]:
    """Read the entries of the leaves from `start` to before `end`, in the order of the tree."""
    source = """
        FROM goodterms_leaf l LEFT JOIN goodterms_entry e ON e.id = l.entry_id AND e.owner_id = l.owner_id
    """
    condition = 'l.owner_id = %s AND l."index" >= %s AND l."index" < %s ORDER BY l."index"'
    return _read(('l."index", l.entry_id', source, condition), [owner.pk, start, end])


def unsealed_rows(owner: Owner, after: int, count: int) -> list[Row]:
    """Read entries that have no leaf, from behind an entry's id on; their indexes are 0."""
    condition = """
        e.owner_id = %s AND e.id > %s AND NOT EXISTS (
            SELECT 1 FROM goodterms_leaf l WHERE l.owner_id = e.owner_id AND l.entry_id = e.id
        )
        ORDER BY e.id LIMIT %s
    """
    return _read(("0, e.id", "FROM goodterms_entry e", condition), [owner.pk, after, count])


def misfits(owner: Owner, rows: Sequence[Row]) -> list[int]:
    """Give the ids of the entries that do not fit their payload at first sight; `faults_of` looks closely."""
    found, uid = [], owner.uid
    for _, entry, commitment, salt, body, actor, kind, occurred, person, recorded, source in rows:
        if commitment is None:
            continue
        # It holds one closing brace, the last: so what it names can't lie in a mapping within the detail.
        tail = (
            f',"kind":"{kind}","occurred_at":"{occurred.replace(" ", "T")}Z","owner":"{uid}",'
            f'"person":{person or "null"},"purposes":[],"recorded_at":"{recorded.replace(" ", "T")}Z",'
            f'"source":{source or "null"},"v":1,"vehicles":[]}}'
        )
        try:
            fits = body is not None and sha256(bytes.fromhex(salt) + body).hexdigest() == commitment
        except ValueError:
            fits = False
        begins = fits and body.startswith(_HEADS.get(actor, b"?"))
        if not begins or not (body.endswith(tail.encode()) or _has_scope(body, tail.encode())):
            found.append(entry)
    return found


def erased_persons(owner: Owner) -> frozenset[int | None]:
    """Give those whose payloads may be missing."""
    entries = Entry.objects.filter(owner=owner, kind=Kind.ERASED, person__isnull=False)
    return frozenset(entries.values_list("person_id", flat=True))


def faults_of(owner: Owner, numbers: Sequence[int], erased: frozenset[int | None]) -> Iterator[tuple[int, str]]:
    """Give what is wrong with entries, each with the entry's id; nothing where all is right."""
    payloads = Payload.objects.filter(owner=owner).in_bulk(numbers)
    for entry in sql.numbered(Entry.objects.all(), owner.pk, numbers).order_by("id"):
        payload = payloads.get(entry.pk)
        if payload:
            yield from ((entry.pk, fault) for fault in _compare(owner, entry, payload))
        elif entry.person_id not in erased or entry.kind == Kind.ERASED:
            yield entry.pk, "its payload is missing, and there is no erasure that would account for it"


def _compare(owner: Owner, entry: Entry, payload: Payload) -> Iterator[str]:
    content = payload.body.encode()
    if not _hashes_to(entry.commitment, payload.salt, content):
        yield "its payload does not hash to its commitment: one of them was altered"
    if payload.person_id != entry.person_id:
        yield f"its person is {entry.person_id}; its payload has {payload.person_id}"
    try:
        body = orjson.loads(content)
    except orjson.JSONDecodeError:
        body = None
    if not isinstance(body, dict):
        yield "its body can't be read"
        return
    for name, value in _fields(owner, entry).items():
        if body.get(name) != value:
            yield f"its {name} is {value}; its body says {body.get(name)}"


def _hashes_to(commitment: str, salt: str, body: bytes) -> bool:
    try:
        return commitment_of(salt, body) == commitment
    except ValueError:
        return False


def _fields(owner: Owner, entry: Entry) -> dict[str, Any]:
    return {
        "actor": entry.actor,
        "kind": entry.kind,
        "occurred_at": write_moment(entry.occurred_at),
        "owner": owner.uid,
        "person": entry.person_id,
        "recorded_at": write_moment(entry.recorded_at),
        "source": entry.source,
        "v": 1,
    }


def _lists_of(names: Sequence[str]) -> frozenset[bytes]:
    """Give every sorted list of some of the names, as canonical JSON has it between the brackets."""
    some = (chosen for count in range(len(names) + 1) for chosen in combinations(sorted(names), count))
    return frozenset(orjson.dumps(chosen)[1:-1] for chosen in some)


_HEADS = {str(actor): b'{"actor":"%s","detail":' % actor.encode() for actor in Actor}
_PURPOSES = _lists_of(tuple(Purpose))
_VEHICLES = _lists_of(tuple(Vehicle))


def _has_scope(body: bytes, tail: bytes) -> bool:
    """Say whether a body has this end but for the lists of its scope, which are empty in `tail`."""
    before_purposes, between, _ = tail.split(b"[]")
    _, _, scope = body.rpartition(before_purposes + b"[")
    purposes, _, rest = scope.partition(b"]" + between + b"[")
    return purposes in _PURPOSES and rest.endswith(b"]}") and rest[:-2] in _VEHICLES


def _read(parts: tuple[str, str, str], arguments: list[int]) -> list[Row]:
    numbers, source, condition = parts
    body, occurred, recorded = _POSTGRESQL if sql.is_postgresql() else _SQLITE
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {numbers}, e.commitment, p.salt, {body}, "
            f"e.actor, e.kind, {occurred}, e.person_id, {recorded}, e.source {source} "
            "LEFT JOIN goodterms_payload p ON p.owner_id = e.owner_id AND p.entry_id = e.id "
            f"AND coalesce(p.person_id, 0) = coalesce(e.person_id, 0) WHERE {condition}",
            arguments,
        )
        rows: list[Row] = cursor.fetchall()
        return rows
