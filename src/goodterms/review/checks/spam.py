"""Does it look like spam to those who sort mail? Our own measures; they say nothing about its purpose."""

import re
from collections.abc import Iterator

from goodterms.review.draft import Draft
from goodterms.review.rules import Finding, Severity
from goodterms.review.setting import Setting

MOST_CAPITALS = 0.3
MOST_EMOJI = 0.1
MOST_LINKS = 5
_SHOUTS = re.compile(r"!{2,}|[$€£]{2,}|[!?]{3,}|！{2,}")
_LOUD_WORDS = re.compile(r"\b[^\W\d_a-z]{4,}(?:\s+[^\W\d_a-z]{2,}){2,}\b")
_TRACKING = re.compile(r"[?&](?P<name>utm_\w+|gclid|fbclid|mc_[ce]id)=", re.IGNORECASE)
_SHORTENED = re.compile(r"//(?:bit\.ly|t\.co|tinyurl\.com|goo\.gl|ow\.ly|lnkd\.in)/", re.IGNORECASE)
_EMOJI = re.compile("[\u2600-\u27bf\U0001f300-\U0001faff]")


def check_spam(draft: Draft, _setting: Setting) -> Iterator[Finding]:
    """Find what filters and readers take for spam."""
    yield from _shouting(draft)
    yield from _emoji(draft)
    yield from _links(draft)


def spamminess(draft: Draft) -> float:
    """Give how much a draft looks like spam: the number of such findings, 0 for an ordinary letter."""
    return float(sum(1 for _ in check_spam(draft, Setting())))


def _shouting(draft: Draft) -> Iterator[Finding]:
    letters = [sign for sign in draft.body.text if sign.isalpha() and sign.lower() != sign.upper()]
    loud = sum(sign.isupper() for sign in letters)
    if len(letters) > 20 and loud / len(letters) > MOST_CAPITALS:
        reason = f"{loud / len(letters):.0%} of its letters are capitals."
        yield _found("spam.capitals", draft.body.start, draft.body.end, reason, "Write as you would speak.")
    for part in (draft.subject, draft.body):
        for shout in _SHOUTS.finditer(part.text):
            place = part.start + shout.start(), part.start + shout.end()
            yield _found("spam.shouting", *place, f"'{shout[0]}' shouts.", "One sign is enough.")
    if draft.subject.text.isupper() and len(draft.subject.text) > 8:
        place = draft.subject.start, draft.subject.end
        yield _found("spam.capitals", *place, "The subject is all capitals.", "Write as you would speak.")


def _emoji(draft: Draft) -> Iterator[Finding]:
    signs = list(_EMOJI.finditer(draft.body.text))
    words = len(draft.body.text.split())
    if len(signs) > 3 and len(signs) / max(words, 1) > MOST_EMOJI:
        place = draft.body.start + signs[0].start(), draft.body.start + signs[-1].end()
        yield _found("spam.emoji", *place, f"There are {len(signs)} pictures to {words} words.", "A few say more.")


def _links(draft: Draft) -> Iterator[Finding]:
    if len(draft.links) > MOST_LINKS:
        place = draft.links[MOST_LINKS].start, draft.links[-1].end
        yield _found("spam.links", *place, f"There are {len(draft.links)} links.", "Keep the one or two that matter.")
    for link in draft.links:
        tracking = _TRACKING.search(link.target)
        if tracking:
            reason = f"The link tells who follows it ({tracking['name']})."
            yield _found("spam.tracking", link.start, link.end, reason, "Give the plain address.")
        if _SHORTENED.search(link.target):
            yield _found(
                "spam.shortened", link.start, link.end, "Nobody sees where the link leads.", "Give the full address."
            )


def _found(rule: str, start: int, end: int, reason: str, remedy: str) -> Finding:
    return Finding(rule=rule, severity=Severity.WARN, start=start, end=end, reason=reason, remedy=remedy)
