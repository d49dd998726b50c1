"""An update compiled down to bytes: what is the same in every copy is written once, and a copy fills the holes.

The bytes are those that `message_of` gives. They can be, line by line: quoted-printable (RFC 2045 section 6.7) begins
anew with each line, and values of merge fields and tokens have no line ends. A text that is better sent as base64 is
encoded whole, as there.
"""

import html
import re
from binascii import b2a_qp
from collections.abc import Iterator, Sequence
from datetime import datetime
from functools import lru_cache
from itertools import groupby

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
    in_utf8,
    text_line,
    unsubscribe_lines,
    wire_address,
)
from goodterms.updates.rendering import END, PAGE, CompiledUpdate, Parts, clean_subject, parts_around

_HOLE = re.compile("\0([0-9]+)\0")
_BETWEEN, _BETWEEN_QUOTED = "\0\r\n", "=00\r\n"
"""A line that no text has: a value has no NUL, and what is written =00 in quoted-printable is nothing else."""


class TemplateImpossible(ValueError):
    """Something in the update can't be told from a hole, so that its copies are made one by one."""


class _Part:
    """The text or the page, of which lines without merge fields are encoded once: only tokens change in them.

    The lines with merge fields, of which there are `fields`, are encoded for each copy, all at once, with a line
    between two runs by which they are told apart. `sizes` are those of the tokens, whose numbers follow the fields'.
    """

    def __init__(self, subtype: bytes, parts: Parts, *, fields: int, sizes: tuple[int, ...]) -> None:
        self._subtype, self._parts, self._sizes = subtype, parts, sizes
        self._cuts: list[tuple[int, int, int]] = []
        """The pieces into which tokens are cut at the ends of lines: number of the value, beginning and end."""
        quoted: list[str | int] = []
        runs: list[Parts] = []
        raw = []
        for run, has_fields in _runs(parts, fields):
            if has_fields:
                runs.append(run)
                quoted.append(-len(runs))
            else:
                raw.append(_probed(run, fields, sizes, "a"))
                quoted += self._quoted_run(run, fields)
        self._foreign, self._size = sum(map(count_not_ascii, raw)), sum(map(len, raw)) - len(_BETWEEN) * len(runs)
        self._open = Parts(tuple(part for run in runs for part in (*run.parts, _BETWEEN)))
        # The runs stand behind the cuts, in the reverse order.
        self._quoted = Parts(tuple(quoted))

    def filled(self, values: Sequence[str]) -> bytes:
        """Give the part with its header fields; the tokens are the last values."""
        raw = self._open.filled(values).encode("utf-8", "replace")
        foreign = self._foreign + (0 if raw.isascii() else count_not_ascii(raw))
        if 6 * foreign > self._size + len(raw) or (len(values[-2]), len(values[-1])) != self._sizes:
            return encoded_part(self._subtype, in_utf8(self._parts.filled(values)))
        runs = b2a_qp(raw, istext=True).decode("ascii").split(_BETWEEN_QUOTED)
        cuts = [values[number][start:end] for number, start, end in self._cuts]
        return encoded_part(self._subtype, b"", self._quoted.filled([*cuts, *runs[-2::-1]]).encode("ascii"))

    def _quoted_run(self, run: Parts, fields: int) -> Iterator[str | int]:
        """Encode lines without merge fields: where two encodings with other tokens differ, pieces of tokens stand."""
        one, other = (b2a_qp(_probed(run, fields, self._sizes, letter), istext=True).decode() for letter in "ab")
        tokens = [number for number in run.parts if isinstance(number, int)]
        place = 0
        for differs, signs in groupby(zip(one, other, strict=True), lambda pair: pair[0] != pair[1]):
            text = "".join(sign for sign, _ in signs)
            if not differs:
                yield text
                continue
            while text:
                size = self._sizes[tokens[0] - fields]
                end = min(place + len(text), size)
                yield len(self._cuts)
                self._cuts.append((tokens[0], place, end))
                text, place = text[end - place :], end % size
                tokens = tokens if place else tokens[1:]


def _probed(run: Parts, fields: int, sizes: tuple[int, ...], letter: str) -> bytes:
    """Give lines without merge fields with tokens of nothing but a letter."""
    return run.filled([*[""] * fields, *(letter * size for size in sizes)]).encode()


def _runs(parts: Parts, fields: int) -> Iterator[tuple[Parts, bool]]:
    """Cut a text into runs of lines with merge fields and of lines without, each line with its end."""
    if any("\0" in part for part in parts.parts if isinstance(part, str)):
        raise TemplateImpossible("a NUL in the text")
    text = "".join(part if isinstance(part, str) else f"\0{part}\0" for part in parts.parts)
    lines = text.encode("utf-8", "replace").decode("utf-8").splitlines()
    if text.endswith("\0") and not _HOLE.sub("", lines[-1]):
        # Where its values are empty there is no such line.
        raise TemplateImpossible("nothing but holes in the last line")

    def has_fields(line: str) -> bool:
        return any(int(number) < fields for number in _HOLE.findall(line))

    for has, run in groupby(lines, has_fields):
        pieces = _HOLE.split("\r\n".join([*run, ""]))
        yield Parts(tuple(int(piece) if place % 2 else piece for place, piece in enumerate(pieces))), has


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
        text = Parts((*compiled.text.parts, "\n\n", *holes.split(footer.text).parts))
        page = Parts((PAGE, *compiled.html.parts, *holes.split(footer.html).parts, END))
        sizes = (len(ways.stop_token), len(ways.leave_token))
        self._text, self._page = (
            _Part(subtype, parts, fields=fields, sizes=sizes) for subtype, parts in ((b"plain", text), (b"html", page))
        )
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
        safe = [*map(_escaped, values[:-2]), *values[-2:]]
        body = body_around(message_id, self._text.filled(values), self._page.filled(safe))
        return Message(
            content=headers.encode("utf-8") + b"\r\n" + body,
            needs_smtputf8=not headers.isascii(),
            envelope_from=self._envelope_from,
            envelope_to=wire_address(recipient.address),
        )


@lru_cache(maxsize=4_096)
def _escaped(value: str) -> str:
    return html.escape(value)


@lru_cache(maxsize=1_024)
def _subject_line(subject: str) -> str:
    return text_line("Subject", subject)
