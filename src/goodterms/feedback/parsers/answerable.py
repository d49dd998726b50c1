"""Saying whether an automatic answer may go to a mail's sender (RFC 3834 section 2): never to machines and lists."""

import re

from goodterms.feedback.parsers.parts import Head

_LIST_HEADERS = (
    "list-id",
    "list-post",
    "list-unsubscribe",
    "list-help",
    "list-subscribe",
    "list-owner",
    "list-archive",
    "mailing-list",
    "x-mailing-list",
    "x-loop",
)
_BULK = re.compile(r"\b(bulk|list|junk|auto_reply)\b")
# RFC 3834 section 2: "owner-", "-request", "MAILER-DAEMON"; and the names that providers give to what nobody reads.
_NOBODY = re.compile(
    r"^(mailer-daemon|postmaster|owner-.*|.*-(owner|request|bounces?|relay)|(no|do-?not)[-._]?reply.*|bounces?([+-].*)?"
    r"|daemon|root|nobody|abuse|listserv|majordomo|notifications?([+-].*)?)$"
)


def may_be_answered(head: Head) -> bool:
    """Say whether a mail comes from somebody who may be answered without a person looking at it."""
    senders = head.addresses("From")
    if len(senders) != 1 or _NOBODY.match(senders[0].partition("@")[0]):
        return False
    submitted = head.first("Auto-Submitted").partition(";")[0].strip().lower()
    if submitted not in {"", "no"} or head.first("X-Auto-Response-Suppress"):
        return False
    if not head.names.isdisjoint(_LIST_HEADERS):
        return False
    if any(_BULK.search(value.lower()) for name in ("Precedence", "X-Precedence") for value in head.all(name)):
        return False
    paths = head.all("Return-Path")
    return not any(path.strip() in {"", "<>"} for path in paths)
