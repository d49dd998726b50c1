"""What a dossier is made of, gathered; and what is kept about a person, for the person."""

import base64
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import orjson

from goodterms import sql
from goodterms.accounts.models import Owner
from goodterms.artefacts.models import Artefact
from goodterms.delivery.models import Delivery
from goodterms.evidence.rules import claims
from goodterms.evidence.rules.form import FORMAT, VERSION
from goodterms.evidence.rules.verify import OWNER_WIDE
from goodterms.exits.models import Suppression
from goodterms.ledger.models import Entry, Payload, Seal
from goodterms.ledger.queries.proofs import consistencies_of, inclusions_of
from goodterms.ledger.rules.kinds import Kind
from goodterms.lib.moments import write_moment
from goodterms.people.models import Identity, Person
from goodterms.ties.models import Exchange, Note

_Values = dict[str, Any]
_ABOUT_OTHERS = {"candidates", "other", "others"}
"""Parts of an entry's detail that tell of somebody else."""


def gather(owner: Owner, person: Person, newest: Seal) -> _Values:
    """Give the dossier of a person under a seal: all but when it was made, the key and the signature."""
    whole = _surviving(person)
    numbers = _numbers_of(whole)
    payloads = _payloads(owner, numbers)
    entries = _entries(owner, numbers, payloads, newest)
    return {
        "format": FORMAT,
        "version": VERSION,
        "owner": {"uid": owner.uid, "name": owner.name, "email": owner.email, "profile": owner.profile},
        "person": _person(whole, numbers),
        "claims": {"shows": list(claims.SHOWS), "does_not_show": list(claims.DOES_NOT_SHOW)},
        "entries": entries,
        "heads": _heads(owner, newest),
        "artefacts": _artefacts(owner, numbers, payloads.values()),
        "deliveries": _deliveries(owner, numbers),
    }


def kept_about(owner: Owner, person: Person) -> _Values:
    """Give all that is kept about a person, for the person (GDPR article 15): theirs alone, nobody else is named.

    The owner's own notes are counted, not handed out: they are asked for, as the answer is the owner's to give.
    """
    whole = _surviving(person)
    numbers = _numbers_of(whole)
    own = {row.pk: row for row in Payload.objects.filter(owner=owner, person__in=numbers).order_by("pk")}
    return {
        "kept_by": {"name": owner.name, "email": owner.email},
        "person": {**_person(whole, numbers), "position": whole.position},
        "entries": [_told(orjson.loads(row.body)) for row in own.values()],
        "exchanges": _exchanges(owner, numbers),
        "updates": _deliveries(owner, numbers),
        "evidence": _artefacts(owner, numbers, own.values()),
        "notes_of_the_owner": Note.objects.filter(owner=owner, person__in=numbers).count(),
    }


def _told(body: Mapping[str, Any]) -> _Values:
    shown = ("kind", "occurred_at", "recorded_at", "actor", "vehicles", "purposes", "evidence")
    detail = {name: value for name, value in body["detail"].items() if name not in _ABOUT_OTHERS}
    return {**{name: body[name] for name in shown}, "detail": detail}


def _exchanges(owner: Owner, numbers: Sequence[int]) -> list[_Values]:
    rows = Exchange.objects.filter(owner=owner, person__in=numbers).order_by("at", "pk")
    return [
        {"kind": row.kind, "at": write_moment(row.at), "from": "owner" if row.by_owner else "you", "text": row.text}
        for row in rows
    ]


def _surviving(person: Person) -> Person:
    while person.merged_into is not None:
        person = person.merged_into
    return person


def _numbers_of(person: Person) -> list[int]:
    """Give the numbers of a person and of all that were found to be the same."""
    numbers, newest = [person.pk], [person.pk]
    while newest:
        newest = list(Person.objects.filter(owner=person.owner_id, merged_into__in=newest).values_list("pk", flat=True))
        numbers += newest
    return sorted(numbers)


def _person(person: Person, numbers: Sequence[int]) -> _Values:
    identities = Identity.objects.filter(owner=person.owner_id, person__in=numbers).order_by("kind", "value")
    suppressed = Suppression.objects.filter(owner=person.owner_id, person__in=numbers).order_by("since").first()
    return {
        "numbers": list(numbers),
        "name": person.name,
        "company": person.company,
        "identities": sorted(set(identities.values_list("value", flat=True))),
        "connected_on": person.connected_on.isoformat() if person.connected_on else None,
        "erased_at": write_moment(person.erased_at) if person.erased_at else None,
        "suppressed_since": write_moment(suppressed.since) if suppressed else None,
    }


def _payloads(owner: Owner, numbers: Sequence[int]) -> dict[int, Payload]:
    """Give the person's payloads, and those about the whole network that they rest on, by their entries."""
    own = {row.pk: row for row in Payload.objects.filter(owner=owner, person__in=numbers)}
    sources = {source for row in own.values() if (source := orjson.loads(row.body)["source"]) is not None}
    shared = Payload.objects.filter(owner=owner, entry__owner=owner, entry__kind__in=OWNER_WIDE, person__isnull=True)
    return own | {row.pk: row for row in shared if _is_rested_on(orjson.loads(row.body), sources)}


def _is_rested_on(body: Mapping[str, Any], sources: set[int]) -> bool:
    if body["kind"] == Kind.TERMS_IN_FORCE:
        return True
    return body["source"] in sources or body["detail"].get("export") in sources


def _entries(owner: Owner, numbers: Sequence[int], payloads: Mapping[int, Payload], newest: Seal) -> list[_Values]:
    own = Entry.objects.filter(owner=owner, person__in=numbers).values_list("pk", flat=True)
    wanted = sorted({*own, *payloads})
    commitments = dict(sql.numbered(Entry.objects.all(), owner.pk, wanted).values_list("pk", "commitment"))
    return [
        {
            "index": proof.index,
            "commitment": commitments[proof.entry],
            "salt": payloads[proof.entry].salt if proof.entry in payloads else None,
            "body": payloads[proof.entry].body if proof.entry in payloads else None,
            "path": list(proof.path),
        }
        for proof in inclusions_of(owner, wanted, newest)
    ]


def _heads(owner: Owner, newest: Seal) -> list[_Values]:
    seals = list(Seal.objects.filter(owner=owner, size__lte=newest.size).order_by("size"))
    return [
        {
            "size": seal.size,
            "root": seal.root,
            "sealed_at": write_moment(seal.sealed_at),
            "public_key": seal.public_key,
            "signature": seal.signature,
            "consistency": list(proof),
        }
        for seal, proof in zip(seals, [(), *consistencies_of(owner, seals)], strict=True)
    ]


def _artefacts(owner: Owner, numbers: Sequence[int], payloads: Iterable[Payload]) -> list[_Values]:
    named = sorted({digest for row in payloads for digest in orjson.loads(row.body)["evidence"]})
    kept: dict[str, Artefact] = {}
    for batch in sql.batches(named, 500):
        kept.update({row.sha256: row for row in Artefact.objects.filter(owner=owner, sha256__in=batch)})
    return [_artefact(digest, kept.get(digest), numbers) for digest in named]


def _artefact(digest: str, artefact: Artefact | None, numbers: Sequence[int]) -> _Values:
    kind = artefact.kind if artefact else "unknown"
    raw = bytes(artefact.content) if artefact and artefact.content is not None else b""
    withheld = _why_withheld(artefact, raw, numbers)
    if withheld is not None:
        return {"sha256": digest, "kind": kind, "encoding": None, "content": None, "withheld": withheld}
    try:
        encoding, content = "utf-8", raw.decode()
    except UnicodeDecodeError:
        encoding, content = "base64", base64.b64encode(raw).decode()
    return {"sha256": digest, "kind": kind, "encoding": encoding, "content": content, "withheld": None}


def _why_withheld(artefact: Artefact | None, raw: bytes, numbers: Sequence[int]) -> str | None:
    if artefact is None:
        return claims.NOT_KEPT
    if artefact.content is None:
        return claims.ERASED
    if artefact.person_id not in numbers or claims.names_others(artefact.kind, raw):
        return claims.ABOUT_OTHERS
    return None


def _deliveries(owner: Owner, numbers: Sequence[int]) -> list[_Values]:
    rows = Delivery.objects.filter(owner=owner, person__in=numbers).select_related("update").order_by("pk")
    return [
        {
            "message_id": row.message_id,
            "update": row.update.uid,
            "update_sha256": row.update.sha256,
            "subject": row.update.subject,
            "purpose": row.update.purpose,
            "vehicle": row.vehicle,
            "address": row.address,
            "state": row.state,
            "attempts": row.attempts,
            "reply": row.reply,
            "finished_at": write_moment(row.finished_at) if row.finished_at else None,
        }
        for row in rows
    ]
