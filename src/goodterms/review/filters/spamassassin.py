"""Asking SpamAssassin's spamd over its own protocol."""

import asyncio
import re

from goodterms.review.filters.said import Answer, FilterSilent, Mark, answer

_LINE = re.compile(r"^\s*(?P<score>-?\d+\.\d+)\s+(?P<name>[A-Z][A-Z0-9_]+)\s+(?P<words>.*)$", re.MULTILINE)
_SECONDS = 10.0


def ask_spamassassin(message: bytes, host: str, port: int) -> Answer:
    """Give spamd's marks of a message; raise FilterSilent where it can't be asked."""
    # Loading these takes longer than most commands; few ask a filter.
    from aiospamc import Timeout, report  # noqa: PLC0415
    from aiospamc.exceptions import AIOSpamcConnectionFailed, BadResponse, ClientTimeoutException  # noqa: PLC0415
    from aiospamc.responses import ResponseException  # noqa: PLC0415

    try:
        response = asyncio.run(report(_Bytes(message), host=host, port=port, timeout=Timeout(_SECONDS)))
    except (AIOSpamcConnectionFailed, BadResponse, ClientTimeoutException, ResponseException, OSError) as fault:
        raise FilterSilent(f"spamd at {host}:{port} gave no answer ({type(fault).__name__}).") from fault
    spam = response.headers.spam
    if spam is None:
        raise FilterSilent(f"spamd at {host}:{port} gave an answer without a score.")
    text = response.body.decode("utf-8", "replace")
    marks = [Mark(found["name"], float(found["score"]), found["words"].strip()) for found in _LINE.finditer(text)]
    return answer("spamassassin", spam.threshold, marks)


class _Bytes(bytes):
    """Bytes as aiospamc wants them: with a method that gives them."""

    def __bytes__(self) -> bytes:
        return self
