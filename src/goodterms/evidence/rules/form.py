"""The dossier's form: its fields, its bytes as JSON and within a page, and the signatures over them.

docs/proof.md has it for those who write their own verifier.
"""

import json
import re
from collections.abc import Mapping
from hashlib import sha256
from typing import Any

import orjson

from goodterms.evidence.rules.shapes import (
    Shape,
    fields,
    hexadecimal,
    many,
    mapping,
    moment,
    number,
    one_of,
    perhaps,
    text,
)
from goodterms.ledger.rules.kinds import Actor, Kind, Purpose, Vehicle
from goodterms.lib.canonical import canonical_json

FORMAT = "goodterms dossier"
VERSION = 1

BODY: Shape = fields(
    actor=one_of(tuple(map(str, Actor))),
    detail=mapping,
    evidence=many(hexadecimal(64)),
    kind=one_of(tuple(map(str, Kind))),
    occurred_at=moment,
    owner=text,
    person=perhaps(number),
    purposes=many(one_of(tuple(map(str, Purpose)))),
    recorded_at=moment,
    source=perhaps(number),
    v=one_of((1,)),
    vehicles=many(one_of(tuple(map(str, Vehicle)))),
)
DOSSIER: Shape = fields(
    format=one_of((FORMAT,)),
    version=one_of((VERSION,)),
    made_at=moment,
    owner=fields(uid=text, name=text, email=text, profile=text),
    person=fields(
        numbers=many(number),
        name=text,
        company=text,
        identities=many(text),
        connected_on=perhaps(text),
        erased_at=perhaps(moment),
        suppressed_since=perhaps(moment),
    ),
    claims=fields(shows=many(text), does_not_show=many(text)),
    entries=many(
        fields(
            index=number,
            commitment=hexadecimal(64),
            salt=perhaps(hexadecimal(32)),
            body=perhaps(text),
            path=many(hexadecimal(64)),
        )
    ),
    heads=many(
        fields(
            size=number,
            root=hexadecimal(64),
            sealed_at=moment,
            public_key=hexadecimal(64),
            signature=hexadecimal(128),
            consistency=many(hexadecimal(64)),
        )
    ),
    artefacts=many(
        fields(
            sha256=hexadecimal(64),
            kind=text,
            encoding=perhaps(one_of(("utf-8", "base64"))),
            content=perhaps(text),
            withheld=perhaps(text),
        )
    ),
    deliveries=many(
        fields(
            message_id=text,
            update=text,
            update_sha256=text,
            subject=text,
            purpose=text,
            vehicle=text,
            address=text,
            state=text,
            attempts=number,
            reply=text,
            finished_at=perhaps(moment),
        )
    ),
    public_key=hexadecimal(64),
    signature=hexadecimal(128),
)

_OPENING = '<script type="application/json" id="dossier">'
_CLOSING = "</script>"
_SIGNATURE_LINE = re.compile(rb"<!-- goodterms page signature: ([0-9a-f]{128}) -->\n?\Z")
# A page must not end where a text within the JSON says so.
_ESCAPES = {b"<": b"\\u003c", b">": b"\\u003e", b"&": b"\\u0026"}


class DossierUnreadable(ValueError):
    """The bytes are no dossier, neither as JSON nor as a page."""


def signed_bytes(content: Mapping[str, Any]) -> bytes:
    """Give what the dossier's signature covers: a line, and the canonical JSON of all but the signature."""
    unsigned = {name: value for name, value in content.items() if name != "signature"}
    return b"goodterms dossier v1\n" + canonical_json(unsigned)


def signed_page_bytes(page: bytes) -> bytes:
    """Give what the signature at the end of a page covers: a line, and the hash of all before it."""
    return f"goodterms page v1\n{sha256(page).hexdigest()}\n".encode()


def write_json(content: Mapping[str, Any]) -> bytes:
    """Give the dossier as JSON that can stand in a page as it is."""
    written = orjson.dumps(content, option=orjson.OPT_SORT_KEYS | orjson.OPT_INDENT_2)
    for sign, escape in _ESCAPES.items():
        written = written.replace(sign, escape)
    return written + b"\n"


def embed(written: bytes) -> str:
    """Give the element of a page that holds the dossier's JSON."""
    return f"{_OPENING}\n{written.decode()}{_CLOSING}"


def signature_line(signature: str) -> bytes:
    """Give the last line of a page."""
    return f"<!-- goodterms page signature: {signature} -->\n".encode()


def read_file(content: bytes) -> tuple[dict[str, Any], tuple[bytes, str] | None]:
    """Give the dossier in a file and, where it is a page, what is signed of the page and the signature.

    Raises DossierUnreadable; a page without its signature line has an empty signature.
    """
    text_ = _decode(content)
    if not text_.lstrip().startswith("<"):
        return _read_json(text_), None
    found = _SIGNATURE_LINE.search(content)
    page = content[: found.start()] if found else content
    signature = found[1].decode() if found else ""
    return _read_json(_cut_out(text_)), (page, signature)


def _decode(content: bytes) -> str:
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as fault:
        raise DossierUnreadable(f"it is no UTF-8 text: byte {fault.start} can't be read") from None


def _cut_out(page: str) -> str:
    parts = page.split(_OPENING)
    if len(parts) != 2 or _CLOSING not in parts[1]:
        raise DossierUnreadable(f"a page with one element {_OPENING} is expected")
    return parts[1].partition(_CLOSING)[0]


def _read_json(written: str) -> dict[str, Any]:
    try:
        found = json.loads(
            written,
            object_pairs_hook=_read_mapping,
            parse_float=_refuse_number,
            parse_constant=_refuse_number,
        )
    except (ValueError, RecursionError) as fault:
        raise DossierUnreadable(f"its JSON can't be read: {fault}") from None
    if not isinstance(found, dict):
        raise DossierUnreadable("its JSON is no mapping")
    return found


def _read_mapping(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    # Of two values under one name, one reader would see the first and another one the last.
    found = dict(pairs)
    if len(found) != len(pairs):
        raise DossierUnreadable("a name stands twice in one mapping")
    return found


def _refuse_number(written: str) -> None:
    raise DossierUnreadable(f"{written} is no whole number")
