"""Headers and parts of a mail, read so that no bytes can make it fail."""

import re
from binascii import Error as Base64Error
from collections import defaultdict
from collections.abc import KeysView
from email.errors import HeaderParseError, MessageError
from email.header import decode_header
from email.message import Message
from email.utils import getaddresses

MOST_TEXT = 200_000
"""More characters of a part are not looked at."""
MOST_HEADER = 100_000
"""More characters of a header are not looked at: reading addresses takes longer the more of them stand in one."""
UNREADABLE = (
    MessageError,
    ValueError,
    LookupError,
    TypeError,
    AttributeError,
    AssertionError,
    RecursionError,
)
"""What the standard library raises for mail that it can't read."""
# The usual form, which needs no parser: a name of letters and blanks, and an address in angle brackets, or it alone.
_ONE_ADDRESS = re.compile(r"\s*(?:[\w ]*<(?=.*>))?([\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63})*)>?\s*")
# Where it is the only parameter, as it mostly is.
_CHARSET = re.compile(r"text/\w+\s*;\s*charset=\"?([\w-]+)\"?\s*", re.IGNORECASE | re.ASCII)
_ADDRESS = re.compile(r"[^\s<>,;:\"()]{1,256}@[^\s<>,;:\"()]{1,256}")


class Head:
    """A mail's headers, decoded."""

    def __init__(self, mail: Message) -> None:
        self._raw: dict[str, list[str]] = defaultdict(list)
        self._values: dict[str, list[str]] = {}
        self._addresses: dict[tuple[str, ...], list[str]] = {}
        for name, value in mail.raw_items():
            self._raw[name.lower()].append(value)

    @property
    def names(self) -> KeysView[str]:
        """The names of its headers, in lower case."""
        return self._raw.keys()

    def all(self, name: str) -> list[str]:
        """Give the values of every header of this name."""
        found = self._values.get(name)
        if found is None:
            raw = self._raw.get(name.lower(), ())
            found = self._values[name] = [_decoded(str(value)[:MOST_HEADER]) for value in raw]
        return found

    def first(self, name: str) -> str:
        """Give the value of the first header of this name, or nothing."""
        values = self.all(name)
        return values[0] if values else ""

    def addresses(self, *names: str) -> list[str]:
        """Give the addresses in headers of these names, in lower case."""
        if names not in self._addresses:
            self._addresses[names] = self._read_addresses(names)
        return self._addresses[names]

    def _read_addresses(self, names: tuple[str, ...]) -> list[str]:
        values = [value for name in names for value in self.all(name)]
        plain = [match[1].lower() for value in values if (match := _ONE_ADDRESS.fullmatch(value))]
        if len(plain) == len(values):
            return plain
        try:
            found = [address for _, address in getaddresses(values)]
        except UNREADABLE:
            found = []
        known = [address.lower() for address in found if "@" in address]
        # A bare comma in a name makes a header unreadable by the rules; the address still stands in it.
        return known or [address.lower() for value in values for address in _ADDRESS.findall(value)]


def content_of(part: Message) -> str:
    """Give a part's text with line breaks as LF; empty where it can't be read."""
    try:
        raw = part.get_payload(decode=True)
    except UNREADABLE:
        return ""
    text = _as_text(raw[: 4 * MOST_TEXT], part) if isinstance(raw, bytes) else ""
    return text[:MOST_TEXT].replace("\r\n", "\n").replace("\r", "\n")


def _as_text(raw: bytes, part: Message) -> str:
    try:
        return raw.decode(_charset(part) or "utf-8", "replace")
    except UNREADABLE:
        return raw.decode("utf-8", "replace")


def _charset(part: Message) -> str | None:
    plain = _CHARSET.fullmatch(str(part.get("Content-Type", "")))
    return plain[1].lower() if plain else part.get_content_charset()


def _decoded(value: str) -> str:
    """Give a header's text: encoded words (RFC 2047) decoded, raw UTF-8 (RFC 6532) as it is."""
    plain = value if value.isascii() else value.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
    if "=?" not in plain:
        return plain
    try:
        return "".join(
            piece.decode(charset or "latin-1", "replace") if isinstance(piece, bytes) else piece
            for piece, charset in decode_header(plain)
        )
    except (HeaderParseError, LookupError, ValueError, Base64Error):
        return plain
