"""What a provider's event about a copy means, by the names that django-anymail gives to what providers report.

Opens, clicks and deliveries mean nothing here: scanners and proxies open everything.
"""

import re
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from goodterms.feedback.parsers.delivery_report import Weight, weigh

_STATUS = re.compile(r"\b[45]\.\d{1,3}\.\d{1,3}\b")
_CODE = re.compile(r"\b[45]\d\d\b")
# Postmark's Type, Brevo's event, Amazon's bounceType, SendGrid's type, Mailgun's severity.
_PASSING = re.compile(r"soft|transient|temporary|undetermined", re.IGNORECASE)
_REFUSED_SENDER = re.compile(r"block|policy|dmarc|spamnotification|virus|content", re.IGNORECASE)


class Meaning(StrEnum):
    """What follows from an event."""

    COMPLAINT = "complaint"
    EXIT = "exit"
    RETURN = "return"
    NOTHING = "nothing"


@dataclass(frozen=True, kw_only=True)
class ProviderEvent:
    """One event about one receiver, as the provider told it."""

    provider: str
    number: str
    """The provider's number of the event; empty where it gives none."""
    kind: str
    """As anymail's EventType: bounced, complained, unsubscribed ..."""
    reason: str
    """As anymail's RejectReason; empty where there is none."""
    provider_kind: str
    """What the provider itself calls it."""
    recipient: str
    message_id: str
    """The provider's name for the message; empty where it gives none."""
    said: str
    """The receiving server's words, else the provider's."""
    at: datetime | None
    content: bytes
    """All of it, as the provider sent it: canonical JSON."""


_BY_KIND = {
    "complained": Meaning.COMPLAINT,
    "unsubscribed": Meaning.EXIT,
    "bounced": Meaning.RETURN,
    "deferred": Meaning.RETURN,
    "rejected": Meaning.RETURN,
}
_BY_REASON = {"spam": Meaning.COMPLAINT, "unsubscribed": Meaning.EXIT}


def meaning_of(event: ProviderEvent) -> Meaning:
    """Say what an event means. What a provider holds back because of an earlier complaint or exit is one as well."""
    found = _BY_KIND.get(event.kind, Meaning.NOTHING)
    return _BY_REASON.get(event.reason, found) if found is Meaning.RETURN else found


def weight_of(event: ProviderEvent) -> Weight:
    """Say what a return is about: the address for good, the sender, the content, or nothing lasting."""
    if event.kind == "deferred" or _PASSING.search(event.provider_kind) or event.reason == "timed_out":
        return Weight.SOFT
    if event.reason == "blocked" or _REFUSED_SENDER.search(event.provider_kind):
        return Weight.SENDER
    status = _STATUS.search(event.said)
    if status or _CODE.search(event.said):
        return weigh(status[0] if status else "", event.said)
    return Weight.HARD if event.reason in {"bounced", "invalid"} else Weight.SOFT
