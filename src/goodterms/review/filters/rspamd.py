"""Asking rspamd over HTTP (its /checkv2, as rspamd.com/doc describes it, read November 2026)."""

import json
from http.client import HTTPConnection, HTTPException
from typing import Any

from goodterms.review.filters.said import Answer, FilterSilent, Mark, answer

_SECONDS = 10.0
_MOST_BYTES = 1_000_000
_USUAL_THRESHOLD = 15.0


def ask_rspamd(message: bytes, host: str, port: int) -> Answer:
    """Give rspamd's marks of a message; raise FilterSilent where it can't be asked."""
    connection = HTTPConnection(host, port, timeout=_SECONDS)
    try:
        connection.request("POST", "/checkv2", message)
        response = connection.getresponse()
        said = json.loads(response.read(_MOST_BYTES)) if response.status == 200 else {}
    except (HTTPException, OSError, ValueError) as fault:
        raise FilterSilent(f"rspamd at {host}:{port} gave no answer ({type(fault).__name__}).") from fault
    finally:
        connection.close()
    if not isinstance(said, dict) or "symbols" not in said:
        raise FilterSilent(f"rspamd at {host}:{port} gave an answer without marks.")
    return answer("rspamd", float(said.get("required_score") or _USUAL_THRESHOLD), _marks(said["symbols"]))


def _marks(symbols: dict[str, dict[str, Any]]) -> list[Mark]:
    return [
        Mark(name, float(found.get("score", 0)), str(found.get("description", ""))) for name, found in symbols.items()
    ]
