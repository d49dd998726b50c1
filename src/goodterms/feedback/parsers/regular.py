"""Reading mail of regular form at once: what the standard library's parser gives, in a third of its time.

Nearly all mail is regular. Whatever is not, in any place, is left to the standard library as a whole.
"""

import re
from collections.abc import Iterator
from email.message import Message
from email.policy import compat32

_FIELD = r"[!-9;-~]++:[^\n]*+\n(?:[ \t][^\n]*+\n)*+"
_HEAD = re.compile(rf"((?:{_FIELD})*+)\r?\n")
_BLOCK = re.compile(rf"((?:{_FIELD})++)(?:\r?\n|\Z)")
_FIELDS = re.compile(r"([!-9;-~]++):[ \t]*+([^\n]*+(?:\n[ \t][^\n]*+)*+)\n")
_LONE_RETURN = re.compile(r"\r(?!\n)")
_TYPE = re.compile(r"([\w.+-]+/[\w.+-]+)[ \t]*(?:;|$)", re.ASCII)
# In quotes what RFC 2046 section 5.1.1 allows in a boundary; else words.
_PARAMETER = r"\s*;\s*([\w-]+)=(?:\"([\w'()+,./:=? -]*[\w'()+,./:=?-])\"|([\w'+.-]+))"
_PARAMETERS = re.compile(rf"[^;]*(?:{_PARAMETER})+\s*", re.ASCII)
_EACH_PARAMETER = re.compile(_PARAMETER, re.ASCII)
_DECIDING = {"content-type", "content-transfer-encoding"}
_ENCODINGS_OF_MANY = {"7bit", "8bit", "binary"}
_DEEPEST = 10

Part = tuple[Message, str]
"""A mail or a part, and its content type."""


class Irregular(Exception):
    """A mail that only the standard library's parser reads."""


def parts_of_regular(raw: bytes) -> list[Part]:
    """Give a mail and all parts in it, each before its own, as `message_from_bytes` makes them.

    Raises Irregular for lines that end in CR alone, lines among headers that are none, text beside boundaries, a
    boundary that is not closed, and parameters in more than plain form.
    """
    text = raw.decode("ascii", "surrogateescape")
    if _LONE_RETURN.search(text):
        raise Irregular
    parts: list[Part] = []
    _read(text, parts, _DEEPEST, is_whole=True)
    return parts


def _read(text: str, parts: list[Part], depth: int, *, is_whole: bool) -> Message:
    """Read a mail or a part, and add it and all in it to `parts`.

    The end of the last line of what is not whole belongs to the boundary that follows.
    """
    head = _HEAD.match(text)
    if head is None or not depth:
        raise Irregular
    body = text[head.end() :]
    part, kind, fields = _begun(head[1])
    parts.append((part, kind))
    main = kind.partition("/")[0]
    if main == "multipart":
        epilogue = _read_many(part, body, _boundary(kind, fields), parts, depth)
        part.epilogue = epilogue if is_whole else _without_end(epilogue) if epilogue else None
    elif kind == "message/delivery-status":
        _read_blocks(part, body, parts)
    elif main == "message":
        part.attach(_read(body, parts, depth - 1, is_whole=is_whole))
    else:
        part.set_payload(body if is_whole else _without_end(body))
    return part


def _begun(head: str) -> tuple[Message, str, dict[str, str]]:
    """Give a part with its headers, its content type, and the headers that decide how to go on."""
    part = Message(policy=compat32)
    deciding: dict[str, str] = {}
    for name, written in _FIELDS.findall(head):
        value = written.rstrip("\r\n")
        part.set_raw(name, value)
        if name.lower() in _DECIDING:
            deciding.setdefault(name.lower(), value)
    kind = _TYPE.match(deciding.get("content-type", "text/plain"))
    if kind is None:
        raise Irregular
    return part, kind[1].lower(), deciding


def _boundary(kind: str, fields: dict[str, str]) -> str:
    written = fields["content-type"]
    if not _PARAMETERS.fullmatch(written) or kind == "multipart/digest":
        raise Irregular
    if fields.get("content-transfer-encoding", "8bit").lower() not in _ENCODINGS_OF_MANY:
        raise Irregular
    parameters: list[tuple[str, str, str]] = _EACH_PARAMETER.findall(written)
    found = [quoted or bare for name, quoted, bare in parameters if name.lower() == "boundary"]
    if len(found) != 1:
        raise Irregular
    return found[0]


def _read_many(part: Message, body: str, boundary: str, parts: list[Part], depth: int) -> str:
    """Read the parts between boundaries (RFC 2046 section 5.1), and give the epilogue."""
    preamble, *pieces = f"\n{body}".split(f"\n--{boundary}")
    if len(pieces) < 2 or not pieces[-1].startswith("--"):
        raise Irregular
    epilogue = _after_line(pieces.pop()[2:] or "\n")
    if preamble:
        part.preamble = preamble[1:].removesuffix("\r")
    for piece in pieces:
        part.attach(_read(f"{_after_line(piece)}\n", parts, depth - 1, is_whole=False))
    return epilogue


def _after_line(piece: str) -> str:
    """Give what follows the line of a boundary."""
    if piece.startswith("\r\n"):
        return piece[2:]
    if piece.startswith("\n"):
        return piece[1:]
    raise Irregular


def _without_end(text: str) -> str:
    return text[:-2] if text.endswith("\r\n") else text.removesuffix("\n")


def _read_blocks(report: Message, body: str, parts: list[Part]) -> None:
    """Read the blocks of fields of a delivery report (RFC 3464 section 2.1), each a part of its own."""
    for block in _blocks(body):
        part, kind, deciding = _begun(block)
        if deciding:
            raise Irregular
        part.set_payload("")
        parts.append((part, kind))
        report.attach(part)
    if not report.is_multipart():
        raise Irregular


def _blocks(body: str) -> Iterator[str]:
    place = 0
    while place < len(body):
        block = _BLOCK.match(body, place)
        if block is None:
            raise Irregular
        yield block[1]
        place = block.end()
