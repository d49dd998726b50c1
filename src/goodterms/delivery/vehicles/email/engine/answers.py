"""Reading a server's answers (RFC 5321 section 4.2) out of the bytes as they arrive."""

import re
from dataclasses import dataclass

_LAST_LINES = {b"%d " % code: code for code in range(200, 600)}
"""How the only line of an answer begins, as a rule."""
_LINE = re.compile(rb"([2-5][0-9]{2})([ -]|$)(.*)", re.DOTALL)
# RFC 5321 section 4.5.3.1.5 has 512 octets; servers write longer ones, and no honest one writes this much.
_LONGEST_LINE = 4_096
_MOST_LINES = 256


class AnswerUnreadable(ValueError):
    """What came is no answer of a mail server, so nothing that follows can be told apart."""


@dataclass(slots=True)
class Answer:
    """One answer: its code, and the text of its lines."""

    code: int
    lines: tuple[bytes, ...]

    @property
    def text(self) -> str:
        """The whole text on one line."""
        return b" ".join(self.lines).decode("utf-8", "replace")


class AnswerReader:
    """Gives whole answers out of pieces cut anywhere."""

    def __init__(self) -> None:
        self._rest = b""
        self._lines: list[bytes] = []
        self._code = b""

    @property
    def is_empty(self) -> bool:
        """Whether nothing has come of which no whole answer was made."""
        return not self._rest and not self._lines

    def feed(self, data: bytes) -> list[Answer]:
        """Take what arrived and give the answers that it completes; raises AnswerUnreadable."""
        *lines, self._rest = (self._rest + data).split(b"\n")
        if len(self._rest) > _LONGEST_LINE:
            raise AnswerUnreadable(f"a line without an end: {self._rest[:60]!r}")
        return [answer for line in lines if (answer := self._take(line.removesuffix(b"\r")))]

    def _take(self, line: bytes) -> Answer | None:
        code = _LAST_LINES.get(line[:4])
        if code and not self._lines and len(line) <= _LONGEST_LINE:
            return Answer(code, (line[4:],))
        return self._take_any(line)

    def _take_any(self, line: bytes) -> Answer | None:
        match = _LINE.fullmatch(line)
        if not match or len(line) > _LONGEST_LINE or len(self._lines) >= _MOST_LINES:
            raise AnswerUnreadable(f"no answer of a mail server: {line[:60]!r}")
        code, joint, text = match.groups()
        if self._lines and code != self._code:
            raise AnswerUnreadable(f"an answer with two codes: {self._code!r} and {code!r}")
        self._lines.append(text)
        self._code = code
        if joint == b"-":
            return None
        answer = Answer(int(code), tuple(self._lines))
        self._lines = []
        return answer
