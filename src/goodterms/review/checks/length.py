"""Is it too long to be read?"""

from collections.abc import Iterator

from goodterms.review.draft import MOST_SIGNS, Draft
from goodterms.review.rules import Finding, Severity
from goodterms.review.setting import Setting


def check_length(draft: Draft, _setting: Setting) -> Iterator[Finding]:
    """Find what lies beyond what is read: no check looks there, so it is not sent."""
    if draft.unread:
        yield Finding(
            rule="length.unread",
            severity=Severity.STOP,
            start=draft.body.end,
            end=len(draft.text),
            reason=f"Only the first {MOST_SIGNS:,} signs are read; {draft.unread:,} more follow.",
            remedy="Leave out what people can read elsewhere; a letter has a page.",
        )
