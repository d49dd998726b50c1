"""Reading a complaint that a mailbox provider passes on: RFC 5965, by an address of RFC 9477 as well.

Providers redact whom it is about (RFC 6590), so our tokens in what they enclose count first.
"""

from dataclasses import dataclass
from email.message import Message
from email.utils import getaddresses

from goodterms.feedback.parsers.delivery_report import blocks_of
from goodterms.feedback.parsers.parts import UNREADABLE

FEEDBACK_REPORT = "message/feedback-report"
# RFC 5965 section 7.3 and RFC 6591: the person said the opposite, or no person said anything.
_NO_COMPLAINTS = {"not-spam", "auth-failure", "dmarc"}


@dataclass(frozen=True, kw_only=True)
class FeedbackReport:
    """What a feedback report says."""

    kind: str
    """Its Feedback-Type in lower case; abuse where it names none."""
    recipients: tuple[str, ...] = ()
    """Original-Rcpt-To, where it was not redacted."""
    ids: str = ""
    """CFBL-Feedback-ID and the like, where a token of ours may stand."""
    source: str = ""
    """Reported-Domain or the program that wrote it."""

    @property
    def is_complaint(self) -> bool:
        """Whether a person complained."""
        return self.kind not in _NO_COMPLAINTS


def report_in(parts: list[Message]) -> FeedbackReport | None:
    """Give the feedback report in a mail, or None."""
    for part in parts:
        if part.get_content_type() == FEEDBACK_REPORT:
            return _report(blocks_of(part))
    return None


def _report(blocks: list[dict[str, str]]) -> FeedbackReport:
    fields: dict[str, str] = {}
    for block in blocks:
        fields = {**block, **fields}
    kind = fields.get("feedback-type", "").partition(";")[0].strip().lower()
    ids = (fields.get(name, "") for name in ("cfbl-feedback-id", "original-envelope-id", "original-mail-from"))
    return FeedbackReport(
        kind=kind or "abuse",
        recipients=_addresses(fields.get("original-rcpt-to", "")),
        ids="\n".join(filter(None, ids)),
        source=(fields.get("reported-domain") or fields.get("user-agent", ""))[:200],
    )


def _addresses(value: str) -> tuple[str, ...]:
    try:
        found = [address.lower() for _, address in getaddresses([value])]
    except UNREADABLE:
        return ()
    return tuple(address for address in found if "@" in address)[:20]
