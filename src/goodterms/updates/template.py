"""An update compiled down to bytes: what is the same in every copy is written once, and a copy fills the holes.

The bytes are those that `message_of` gives. They can be, line by line: quoted-printable (RFC 2045 section 6.7) begins
anew with each line, and values of merge fields and tokens have no line ends. A text that is better sent as base64 is
encoded whole, as there.
"""

import html
import re
from binascii import b2a_qp
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

from goodterms.updates.fields import PersonFields, fill
from goodterms.updates.footer import WaysOut, footer_of
from goodterms.updates.message import (
    Mailbox,
    Message,
    address_line,
    body_around,
    count_not_ascii,
    date_line,
    encoded_part,
    identifier_line,
    text_line,
    unsubscribe_lines,
    wire_address,
)
from goodterms.updates.rendering import END, PAGE, CompiledUpdate, Parts, clean_subject, parts_around

_HOLE = re.compile("\0([0-9]+)\0")


class TemplateImpossible(ValueError):
    """Something in the update can't be told from a hole, so that its copies are made one by one."""


@dataclass(frozen=True, slots=True)
class _Fixed:
    """Lines that are the same in every copy."""

    raw: bytes
    encoded: bytes
    foreign: int
    """How many of the bytes are not ASCII."""


class _Part:
    """The text or the page: lines that are fixed, and lines with holes."""

    def __init__(self, subtype: bytes, parts: Parts) -> None:
        self._subtype = subtype
        self._pieces = list(_pieces(parts))
        fixed = [piece for piece in self._pieces if isinstance(piece, _Fixed)]
        self._open = [piece for piece in self._pieces if isinstance(piece, Parts)]
        self._size, self._foreign = sum(len(one.raw) for one in fixed), sum(one.foreign for one in fixed)

    def filled(self, values: Sequence[str]) -> bytes:
        """Give the part with its header fields."""
        size, foreign = self._size, self._foreign
        lines = [one.filled(values).encode("utf-8", "replace") + b"\r\n" for one in self._open]
        for line in lines:
            size += len(line)
            foreign += 0 if line.isascii() else count_not_ascii(line)
        raw = iter(lines)
        if 6 * foreign > size:
            whole = (piece.raw if isinstance(piece, _Fixed) else next(raw) for piece in self._pieces)
            return encoded_part(self._subtype, b"".join(whole))
        quoted = [
            piece.encoded if isinstance(piece, _Fixed) else b2a_qp(next(raw), istext=True) for piece in self._pieces
        ]
        return encoded_part(self._subtype, b"", b"".join(quoted))


def _pieces(parts: Parts) -> list[_Fixed | Parts]:
    """Cut a text into runs of fixed lines and single lines with holes."""
    if any("\0" in part for part in parts.parts if isinstance(part, str)):
        raise TemplateImpossible("a NUL in the text")
    text = "".join(part if isinstance(part, str) else f"\0{part}\0" for part in parts.parts)
    lines = text.encode("utf-8", "replace").decode("utf-8").splitlines()
    if text.endswith("\0") and not _HOLE.sub("", lines[-1]):
        # Where its values are empty there is no such line.
        raise TemplateImpossible("nothing but holes in the last line")
    found: list[_Fixed | Parts] = []
    run: list[str] = []
    for line in [*lines, "\0"]:
        if "\0" not in line:
            run.append(line)
            continue
        if run:
            raw = "\r\n".join([*run, ""]).encode()
            found.append(_Fixed(raw, b2a_qp(raw, istext=True), count_not_ascii(raw)))
            run = []
        found.append(_line_parts(line))
    return found[:-1]


def _line_parts(line: str) -> Parts:
    pieces = _HOLE.split(line)
    return Parts(tuple(int(piece) if place % 2 else piece for place, piece in enumerate(pieces)))


class Template:
    """The letter of an update: `message` makes one person's copy of it.

    Raises TemplateImpossible where an update can't be made into one. `ways` are anybody's: only their tokens differ
    from one person to another.
    """

    def __init__(
        self,
        compiled: CompiledUpdate,
        *,
        terms: str,
        postal_address: str,
        ways: WaysOut,
        sender: Mailbox,
        list_id: str,
        reply_to: Mailbox | None = None,
    ) -> None:
        self._compiled = compiled
        fields = len(compiled.fields)
        everything = f"{terms}{postal_address}{ways.address}{ways.public_url}{compiled.text}{compiled.html}"
        holes = parts_around(everything, (fields, fields + 1))
        marked = WaysOut(
            address=ways.address, stop_token=holes.marks[0], leave_token=holes.marks[1], public_url=ways.public_url
        )
        footer = footer_of(terms, marked, postal_address=postal_address)
        self._text = _Part(b"plain", Parts((*compiled.text.parts, "\n\n", *holes.split(footer.text).parts)))
        self._page = _Part(b"html", Parts((PAGE, *compiled.html.parts, *holes.split(footer.html).parts, END)))
        self._unsubscribe = holes.split("\r\n".join(unsubscribe_lines(marked)))
        self._before = [address_line("From", sender), *([address_line("Reply-To", reply_to)] if reply_to else [])]
        self._list_id = identifier_line("List-Id", list_id)
        self._envelope_from = wire_address(sender.address)

    def message(
        self, person: PersonFields, recipient: Mailbox, message_id: str, ways: WaysOut, now: datetime
    ) -> Message:
        """Give one person's copy: the same bytes as `message_of(copy_of(...), ...)`."""
        values = [*fill(self._compiled.fields, person), ways.stop_token, ways.leave_token]
        headers = "\r\n".join(
            (
                date_line(now.replace(microsecond=0)),
                *self._before,
                address_line("To", recipient),
                _subject_line(clean_subject(self._compiled.subject.filled(values))),
                identifier_line("Message-ID", message_id),
                self._list_id,
                self._unsubscribe.filled(values),
                "MIME-Version: 1.0",
            )
        )
        safe = [html.escape(value) for value in values]
        body = body_around(message_id, self._text.filled(values), self._page.filled(safe))
        return Message(
            content=headers.encode("utf-8") + b"\r\n" + body,
            needs_smtputf8=not headers.isascii(),
            envelope_from=self._envelope_from,
            envelope_to=wire_address(recipient.address),
        )


@lru_cache(maxsize=1_024)
def _subject_line(subject: str) -> str:
    return text_line("Subject", subject)
