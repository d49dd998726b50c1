"""Reading an update's file: YAML front matter between two lines of ---, then Markdown with merge fields."""

import re
import unicodedata
from dataclasses import dataclass
from typing import NoReturn

import yaml

from goodterms.ledger.rules.kinds import Purpose
from goodterms.lib.canonical import sha256_hex
from goodterms.lib.faults import Fault
from goodterms.updates.fields import FieldFaulty, position_in, split_fields

MOST_BYTES = 1_000_000
_MOST_SUBJECT_SIGNS = 250
_FRONT = re.compile(r"\A---[ \t]*\n(?P<front>.*?)(?:^)(?:---|\.\.\.)[ \t]*(?:\n|\Z)", re.DOTALL | re.MULTILINE)
_PLAIN_SUBJECT = re.compile(r"^subject:[ \t]+(?P<text>[^\s\"'].*)$(?!\n[ \t])", re.MULTILINE)
"""A subject on one line, in no quotes: a text as it stands, whatever its colons and braces mean to YAML."""
_KEYS = ("subject", "purpose", "topics")
_DIRECTION_SIGNS = "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"


class UpdateFaulty(Fault, ValueError):
    """An update's file can't be used; the message says where, why and what to write instead."""


@dataclass(frozen=True, kw_only=True)
class UpdateText:
    """An update as its owner wrote it."""

    name: str
    """The file's name, for messages."""
    subject: str
    body: str
    purpose: Purpose = Purpose.NETWORKING
    topics: tuple[str, ...] = ()
    body_line: int = 1
    """The line of the file that the body begins on."""
    sha256: str = ""
    """Of the whole file, with line breaks as LF."""


@dataclass(frozen=True)
class _Head:
    """The front matter's values with the node each came from."""

    name: str
    nodes: dict[str, yaml.Node]


def read_update(content: str | bytes, name: str) -> UpdateText:
    """Read an update's file; raise UpdateFaulty where it can't be used. Nothing is stored."""
    text = _decoded(content, name)
    match = _FRONT.match(text)
    if match is None:
        raise UpdateFaulty(
            f"{name}: there is no front matter. Begin the file with a line ---, a line subject: …, and a line ---."
        )
    head = _Head(name, _keys_in(match["front"], name))
    body_line, _ = position_in(text, match.end())
    update = UpdateText(
        name=name,
        subject=_subject(head),
        purpose=_purpose(head),
        topics=_topics(head),
        body=text[match.end() :],
        body_line=body_line,
        sha256=sha256_hex(text.encode("utf-8")),
    )
    return checked(update)


def checked(update: UpdateText) -> UpdateText:
    """Give the update back where its subject, body and merge fields can be used; else raise UpdateFaulty."""
    if not update.body.strip():
        raise UpdateFaulty(f"{update.name}: there is no text. Write the message below the front matter.")
    check_subject(update.subject, update.name)
    for text, first_line, place in ((update.subject, None, "subject"), (update.body, update.body_line, "")):
        try:
            split_fields(text)
        except FieldFaulty as fault:
            line = "" if first_line is None else f"{first_line + fault.line - 1}:"
            where = f"{update.name}:{line}{place and place + ':'}{fault.column}"
            raise UpdateFaulty(f"{where}: {fault.message}. Nothing was stored.") from None
    return update


def check_subject(subject: str, name: str) -> None:
    """Raise UpdateFaulty for a subject that is empty, too long, or holds signs that could forge a header."""
    if not subject.strip():
        raise UpdateFaulty(f"{name}: there is no subject. Add a line subject: … to the front matter.")
    if len(subject) > _MOST_SUBJECT_SIGNS:
        raise UpdateFaulty(f"{name}: the subject has {len(subject)} signs; at most {_MOST_SUBJECT_SIGNS} can be used.")
    for sign in subject:
        if unicodedata.category(sign) in {"Cc", "Zl", "Zp", "Cs"} or sign in _DIRECTION_SIGNS:
            raise UpdateFaulty(
                f"{name}: the subject holds a line break or control sign (U+{ord(sign):04X}). "
                "Write it on one line, as plain text."
            )


def _decoded(content: str | bytes, name: str) -> str:
    raw = content.encode("utf-8", "surrogatepass") if isinstance(content, str) else content
    if len(raw) > MOST_BYTES:
        raise UpdateFaulty(f"{name}: {len(raw):,} bytes are too many for an update; {MOST_BYTES:,} is the most.")
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as fault:
        line = raw.count(b"\n", 0, fault.start) + 1
        raise UpdateFaulty(f"{name}:{line}: the file is not UTF-8. Save it as UTF-8 and try again.") from None
    if "\0" in text:
        raise UpdateFaulty(f"{name}: the file holds NUL bytes, so it is no text. Save it as plain text in UTF-8.")
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _keys_in(front: str, name: str) -> dict[str, yaml.Node]:
    plain = _PLAIN_SUBJECT.search(front)
    nodes = _yaml_keys_in(_PLAIN_SUBJECT.sub('subject: ""', front), name)
    subject = nodes.get("subject")
    if plain and isinstance(subject, yaml.ScalarNode):
        subject.value = plain["text"]
    return nodes


def _yaml_keys_in(front: str, name: str) -> dict[str, yaml.Node]:
    try:
        root = yaml.compose(front, Loader=yaml.SafeLoader)
    except yaml.YAMLError as fault:
        mark = getattr(fault, "problem_mark", None)
        line = f":{mark.line + 2}" if mark else ""
        problem = getattr(fault, "problem", None) or "it is no YAML"
        raise UpdateFaulty(
            f"{name}{line}: the front matter can't be read: {problem}. Write one line for each key, like subject: News."
        ) from None
    except RecursionError:
        raise UpdateFaulty(f"{name}: the front matter is nested too deeply. Write one line for each key.") from None
    if root is None:
        return {}
    if not isinstance(root, yaml.MappingNode):
        raise UpdateFaulty(f"{name}:2: the front matter is no list of keys. Write lines like subject: ….")
    return _named(root, name)


def _named(root: yaml.MappingNode, name: str) -> dict[str, yaml.Node]:
    nodes: dict[str, yaml.Node] = {}
    for key, value in root.value:
        if not isinstance(key, yaml.ScalarNode) or key.value not in _KEYS:
            shown = key.value if isinstance(key, yaml.ScalarNode) else "…"
            raise UpdateFaulty(f"{_place(name, key)}: there is no key '{shown}'. The keys are: {', '.join(_KEYS)}.")
        if key.value in nodes:
            raise UpdateFaulty(f"{_place(name, key)}: '{key.value}' stands there twice. Keep one of the lines.")
        nodes[key.value] = value
    return nodes


def _subject(head: _Head) -> str:
    node = head.nodes.get("subject")
    return "" if node is None else _text(head, node, "subject").strip(" ")


def _purpose(head: _Head) -> Purpose:
    node = head.nodes.get("purpose")
    if node is None:
        return Purpose.NETWORKING
    try:
        return Purpose(_text(head, node, "purpose"))
    except ValueError:
        raise UpdateFaulty(f"{_place(head.name, node)}: purpose is networking or commercial.") from None


def _topics(head: _Head) -> tuple[str, ...]:
    node = head.nodes.get("topics")
    if node is None:
        return ()
    if not isinstance(node, yaml.SequenceNode):
        _not_a(head, node, "topics", "a list: topics: [work, travel]")
    return tuple(dict.fromkeys(_text(head, item, "topics").strip() for item in node.value))


def _text(head: _Head, node: yaml.Node, key: str) -> str:
    if not isinstance(node, yaml.ScalarNode):
        _not_a(head, node, key, "a text on one line")
    return "" if node.tag == "tag:yaml.org,2002:null" else str(node.value)


def _not_a(head: _Head, node: yaml.Node, key: str, wanted: str) -> NoReturn:
    raise UpdateFaulty(f"{_place(head.name, node)}: {key} must be {wanted}.")


def _place(name: str, node: yaml.Node) -> str:
    # The front matter begins on the file's second line, and marks count from 0.
    return f"{name}:{node.start_mark.line + 2}"
