"""Saying whether a mail's sender is who they say, by what our own mail server found (RFC 8601).

Anybody can write such a header. Only those with the name (authserv-id) of a server that we trust count, and of those
only the topmost: our server writes above whatever came with the mail (RFC 8601 section 5). Needed for opt-ins; a way
out is obeyed without it.
"""

import re
from collections.abc import Sequence

_COMMENT = re.compile(r"\([^()\\]*(?:\\.[^()\\]*)*\)")
_QUOTED = re.compile(r'"((?:[^"\\]|\\.)*)"')
_RESULT = re.compile(r"([a-z][a-z0-9-]*)(?:/\d+)?=([a-z]+)", re.IGNORECASE)
_PROPERTY = re.compile(r"([a-z][a-z0-9-]*\.[a-z][a-z0-9-]*)=(\S+)", re.IGNORECASE)
_MOST_SIGNS, _DEEPEST = 10_000, 5


def is_authentic(headers: Sequence[str], from_addresses: Sequence[str], authserv_id: str) -> bool:
    """Say whether the sender's domain vouches for a mail.

    `headers` are the values of Authentication-Results from top to bottom, `authserv_id` the name of the server that we
    trust; with none, nothing is authentic. There must be one sender's address, and DMARC, DKIM or SPF must have passed
    for its domain: for itself or the domain above it, or for the very address by SPF.
    """
    trusted = authserv_id.strip().lower()
    if not trusted or len(from_addresses) != 1:
        return False
    written = (_split(value) for value in headers)
    findings = next((found for name, found in written if name == trusted), [])
    return any(_vouches(found, from_addresses[0].lower()) for found in findings)


def _split(value: str) -> tuple[str, list[str]]:
    """Give the server's name and its findings, without comments and quotes."""
    plain = value[:_MOST_SIGNS]
    # Comments may stand in comments (RFC 5322 section 3.2.2); quotes may hold what looks like a separator.
    plain = _QUOTED.sub(lambda match: re.sub(r"[\s;()]", "_", match[1]), plain)
    for _ in range(_DEEPEST):
        plain = _COMMENT.sub(" ", plain)
    name, *findings = plain.split(";")
    return (name.split() or [""])[0].lower(), findings


def _vouches(finding: str, sender: str) -> bool:
    result = _RESULT.match(finding.strip())
    if result is None or result[2].lower() != "pass":
        return False
    properties = {name.lower(): value.lower() for name, value in _PROPERTY.findall(finding)}
    domain = sender.rpartition("@")[2]
    method = result[1].lower()
    if method == "dmarc":
        return properties.get("header.from") == domain
    if method == "dkim":
        signer = properties.get("header.d") or properties.get("header.i", "").rpartition("@")[2]
        return _is_aligned(signer, domain)
    return method == "spf" and properties.get("smtp.mailfrom") == sender


def _is_aligned(signer: str, domain: str) -> bool:
    """Say whether a signature's domain speaks for the sender's: it is the same one, or one above it.

    A domain below may be in other hands (RFC 7489 section 3.1.1 allows it with a list of public suffixes).
    """
    return "." in signer and (domain == signer or domain.endswith(f".{signer}"))
