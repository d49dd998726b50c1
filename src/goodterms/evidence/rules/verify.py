"""The check of a dossier that anybody can run, offline, on one file.

It says what the file shows by itself. Whose key signed it the file can't say: whoever made it chose the key,
so its fingerprint is to be compared with one got elsewhere.
"""

import base64
import binascii
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from hashlib import sha256
from itertools import pairwise
from typing import Any

import orjson

from goodterms.evidence.rules.conduct import MESSAGES, misconduct
from goodterms.evidence.rules.findings import Finding, Part, Verification
from goodterms.evidence.rules.form import (
    BODY,
    DOSSIER,
    DossierUnreadable,
    read_file,
    signed_bytes,
    signed_page_bytes,
)
from goodterms.ledger.rules.facts import Entry, entry_of
from goodterms.ledger.rules.heads import (
    CLOCK_SLACK,
    TreeHead,
    commitment_of,
    is_in_time,
    is_signed,
    leaf_of,
    name_of_key,
)
from goodterms.ledger.rules.kinds import Kind
from goodterms.ledger.rules.standing import Standing, standing_after
from goodterms.lib import merkle
from goodterms.lib.canonical import canonical_json

OWNER_WIDE = frozenset({Kind.TERMS_IN_FORCE, Kind.EXPORT_IMPORTED, Kind.EXPORT_UNDONE})
"""Entries about the whole network that a person's entries rest on."""

_Mapping = Mapping[str, Any]


def verify_dossier(content: bytes, *, expected_key: str | None = None) -> Verification:
    """Check a dossier from the bytes of its file, JSON or page.

    `expected_key` is the public key, in hexadecimal, that the reader knows to be the owner's.
    """
    try:
        dossier, page = read_file(content)
        signed = signed_bytes(dossier)
    except (DossierUnreadable, TypeError) as fault:
        return Verification(findings=(_finding(Part.FILE, "the file", str(fault)),))
    findings = list(DOSSIER(dossier, ""))
    if findings:
        return Verification(findings=tuple(findings))
    key = dossier["public_key"]
    findings += _signatures(dossier, signed, page)
    if expected_key is not None and expected_key != key:
        findings.append(_finding(Part.FILE, "public_key", f"it was signed by {key}, not by the key expected"))
    entries, faults = _read_entries(dossier)
    findings += [*faults, *_heads(dossier), *_inclusions(dossier), *_times(dossier, entries)]
    findings += [*_artefacts(dossier, entries), *misconduct(entries)]
    return Verification(
        findings=tuple(findings),
        public_key=key,
        fingerprint=name_of_key(key),
        entries=len(dossier["entries"]),
        messages=sum(entry.kind in MESSAGES for entry in entries),
    )


def _finding(part: Part, where: str, what: str) -> Finding:
    return Finding(part=part, where=where, what=what)


def _signatures(dossier: _Mapping, signed: bytes, page: tuple[bytes, str] | None) -> Iterator[Finding]:
    if not is_signed(signed, dossier["signature"], dossier["public_key"]):
        yield _finding(Part.FILE, "signature", "it does not hold: the dossier was altered after it was signed")
    if page and not is_signed(signed_page_bytes(page[0]), page[1], dossier["public_key"]):
        yield _finding(
            Part.FILE, "the page", "its signature does not hold: what it shows may differ from the data in it"
        )


# Entries


def _read_entries(dossier: _Mapping) -> tuple[list[Entry], list[Finding]]:
    """Give the entries whose bodies can be read, under the indexes of their leaves, and what is wrong."""
    entries, findings = [], []
    for place, written in enumerate(dossier["entries"]):
        faults = list(_entry_faults(dossier, written, f"entries[{place}]"))
        findings += faults
        if written["body"] is not None and not faults:
            entries.append(entry_of(written["index"], orjson.loads(written["body"])))
    if not any(entry.kind is Kind.ERASED for entry in entries):
        gone = [f"entries[{place}]" for place, written in enumerate(dossier["entries"]) if written["body"] is None]
        findings += [_finding(Part.COMMITMENT, where, "its body is missing, and nobody was erased") for where in gone]
    return entries, findings


def _entry_faults(dossier: _Mapping, written: _Mapping, where: str) -> Iterator[Finding]:
    salt, text = written["salt"], written["body"]
    if (salt is None) != (text is None):
        yield _finding(Part.COMMITMENT, where, "salt and body go together: one of them is missing")
    elif text is not None:
        yield from _body_faults(dossier, written, where)


def _body_faults(dossier: _Mapping, written: _Mapping, where: str) -> Iterator[Finding]:
    body = written["body"].encode("utf-8", "surrogatepass")
    if commitment_of(written["salt"], body) != written["commitment"]:
        yield _finding(Part.COMMITMENT, where, "body and salt do not hash to the commitment")
        return
    try:
        found = orjson.loads(body)
    except orjson.JSONDecodeError:
        yield _finding(Part.COMMITMENT, f"{where}.body", "it can't be read")
        return
    faults = list(BODY(found, f"{where}.body"))
    yield from faults
    if not faults:
        yield from _meaning_faults(dossier, found, body, where)


def _meaning_faults(dossier: _Mapping, found: dict[str, Any], body: bytes, where: str) -> Iterator[Finding]:
    if not _is_canonical(found, body):
        yield _finding(Part.COMMITMENT, f"{where}.body", "it is not in canonical form")
    if found["owner"] != dossier["owner"]["uid"]:
        yield _finding(Part.COMMITMENT, where, "it is of another owner's ledger")
    about_all = found["person"] is None and found["kind"] in OWNER_WIDE
    if not about_all and found["person"] not in dossier["person"]["numbers"]:
        yield _finding(Part.COMMITMENT, where, "it is about somebody else")
    if not _is_readable(found):
        yield _finding(Part.COMMITMENT, f"{where}.body.detail", f"it lacks what an entry {found['kind']} tells")


def _is_canonical(found: _Mapping, body: bytes) -> bool:
    try:
        return canonical_json(found) == body
    except TypeError:  # nested too deeply to be written again
        return False


def _is_readable(body: _Mapping) -> bool:
    detail = body["detail"]
    try:
        standing_after(Standing(), entry_of(0, body))
        if body["kind"] == Kind.TERMS_IN_FORCE:
            return isinstance(detail["place"], str) and _is_moment_or_none(detail.get("until"))
        return body["kind"] != Kind.EXPORT_UNDONE or type(detail["export"]) is int
    except (KeyError, ValueError, TypeError, AttributeError):
        return False


def _is_moment_or_none(written: Any) -> bool:
    return not written or datetime.fromisoformat(written).tzinfo is not None


# The tree


def _head(dossier: _Mapping, written: _Mapping) -> TreeHead:
    return TreeHead(
        owner=dossier["owner"]["uid"],
        size=written["size"],
        root=written["root"],
        sealed_at=datetime.fromisoformat(written["sealed_at"]),
    )


def _hashes(written: Sequence[str]) -> list[bytes]:
    return [bytes.fromhex(step) for step in written]


def _heads(dossier: _Mapping) -> Iterator[Finding]:
    if not dossier["heads"]:
        yield _finding(Part.HEADS, "heads", "there is none: nothing shows that the entries were sealed")
        return
    for place, written in enumerate(dossier["heads"]):
        where = f"heads[{place}]"
        if written["public_key"] != dossier["public_key"]:
            yield _finding(Part.HEADS, where, "it was signed with another key than the dossier")
        if not is_signed(_head(dossier, written).signed_bytes, written["signature"], written["public_key"]):
            yield _finding(Part.HEADS, where, "its signature does not hold")
    if dossier["heads"][0]["consistency"]:
        yield _finding(Part.HEADS, "heads[0]", "the first head has none before it to be consistent with")
    for place, (older, newer) in enumerate(pairwise(dossier["heads"]), 1):
        yield from _follows(_head(dossier, older), _head(dossier, newer), newer["consistency"], f"heads[{place}]")


def _follows(older: TreeHead, newer: TreeHead, proof: Sequence[str], where: str) -> Iterator[Finding]:
    if older.size >= newer.size:
        yield _finding(Part.HEADS, where, "it does not cover more than the one before")
    elif not merkle.extends(newer.tree, older.tree, _hashes(proof)):
        yield _finding(Part.HEADS, where, "it is not shown to begin with the one before: what was sealed was altered")
    if older.sealed_at - newer.sealed_at > CLOCK_SLACK:
        yield _finding(Part.ORDER, where, "it is older than the one before: the clock was put back")


def _inclusions(dossier: _Mapping) -> Iterator[Finding]:
    if not dossier["heads"]:
        return
    tree = _head(dossier, dossier["heads"][-1]).tree
    for place, written in enumerate(dossier["entries"]):
        if not merkle.includes(tree, leaf_of(written["commitment"]), written["index"], _hashes(written["path"])):
            yield _finding(
                Part.INCLUSION,
                f"entries[{place}]",
                f"it is not shown to be leaf {written['index']} of the ledger",
            )
    for place, (one, other) in enumerate(pairwise(dossier["entries"]), 1):
        if one["index"] >= other["index"]:
            yield _finding(Part.ORDER, f"entries[{place}]", "it does not come after the one before")


def _times(dossier: _Mapping, entries: Sequence[Entry]) -> Iterator[Finding]:
    """Find entries recorded at a time at which the heads say they can't have been."""
    heads = [_head(dossier, written) for written in dossier["heads"]]
    for entry in entries:
        before = [head.sealed_at for head in heads if head.size <= entry.id]
        after = [head.sealed_at for head in heads if head.size > entry.id]
        if after and not is_in_time(entry.recorded_at, before[-1] if before else None, after[0]):
            yield _finding(
                Part.ORDER,
                f"leaf {entry.id}",
                f"it says that it was recorded {entry.recorded_at:%Y-%m-%d %H:%M:%S} UTC, "
                "which does not fit the heads before and after it",
            )


# Artefacts


def _artefacts(dossier: _Mapping, entries: Sequence[Entry]) -> Iterator[Finding]:
    named = {digest for entry in entries for digest in entry.evidence}
    shown = [written["sha256"] for written in dossier["artefacts"]]
    for digest in sorted(named - set(shown)):
        yield _finding(Part.ARTEFACT, digest, "an entry names it as evidence; it is not listed")
    for place, written in enumerate(dossier["artefacts"]):
        where = f"artefacts[{place}]"
        if written["sha256"] not in named or written["sha256"] in shown[:place]:
            yield _finding(Part.ARTEFACT, where, "no entry names it as evidence, or it stands there twice")
        yield from _content_faults(written, where)


def _content_faults(written: _Mapping, where: str) -> Iterator[Finding]:
    content, encoding, withheld = written["content"], written["encoding"], written["withheld"]
    if (content is None) != (encoding is None) or (content is None) != (withheld is not None):
        yield _finding(Part.ARTEFACT, where, "it has either a content and its encoding, or why it is withheld")
        return
    if content is None:
        return
    try:
        raw = content.encode() if encoding == "utf-8" else base64.b64decode(content, validate=True)
    except (binascii.Error, ValueError):
        yield _finding(Part.ARTEFACT, where, "its content can't be decoded")
        return
    if sha256(raw).hexdigest() != written["sha256"]:
        yield _finding(Part.ARTEFACT, where, "its content does not hash to what the entries name")
