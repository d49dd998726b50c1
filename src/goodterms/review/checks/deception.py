"""Does it say what it is? (15 U.S.C. 7704(a)(1)-(2): no misleading headers and subjects.)"""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterator
from math import sqrt
from urllib.parse import urlsplit

from goodterms.review.draft import Draft, Link
from goodterms.review.rules import Finding, Severity
from goodterms.review.setting import Setting

_FAKE_REPLY = re.compile(r"^\s*(?:re|fwd?|aw|wg|tr|rv|sv|antw)\s*:", re.IGNORECASE)
_HIDDEN = re.compile("[\u00ad\u200b\u2060\ufeff\u202a-\u202e\u2066-\u2069\U000e0000-\U000e007f]+")
_WORD = re.compile(r"[^\W\d_]{4,}")
_RUN = re.compile(r"[^\W\d_]+")
_ADDRESS = re.compile(r"^(?:https?://)?(?P<host>[\w-]+(?:\.[\w-]+)+)(?:[/?#]\S*)?$")
_SCRIPTS = ("LATIN", "CYRILLIC", "GREEK")
_LEAST_LIKE = 0.0
_ENOUGH_WORDS = 3


def check_deception(draft: Draft, _setting: Setting) -> Iterator[Finding]:
    """Find what makes a draft look like something it is not."""
    yield from _fake_reply(draft)
    yield from _hidden(draft)
    for link in draft.links:
        yield from _false_link(link)
    yield from _mixed_scripts(draft)
    yield from _subject_apart(draft)


def _fake_reply(draft: Draft) -> Iterator[Finding]:
    found = _FAKE_REPLY.match(draft.subject.text)
    if found:
        yield Finding(
            rule="deception.fake_reply",
            severity=Severity.STOP,
            start=draft.subject.start,
            end=draft.subject.start + found.end(),
            reason=f"The subject begins with '{found[0].strip()}', but nobody wrote before.",
            remedy="Leave it out.",
        )


def _hidden(draft: Draft) -> Iterator[Finding]:
    for found in _HIDDEN.finditer(draft.text):
        if (
            draft.body.start <= found.start() < draft.body.end
            or draft.subject.start <= found.start() < draft.subject.end
        ):
            yield Finding(
                rule="deception.hidden_text",
                severity=Severity.WARN,
                start=found.start(),
                end=found.end(),
                reason=f"A sign that nobody can see stands here (U+{ord(found[0][0]):04X}).",
                remedy="Delete it and write the words anew.",
            )


def _false_link(link: Link) -> Iterator[Finding]:
    shown = _ADDRESS.match(link.words.strip())
    host = (urlsplit(link.target).hostname or "") if "://" in link.target and "[" not in link.target else ""
    if shown and host and shown["host"].casefold().removeprefix("www.") != host.casefold().removeprefix("www."):
        yield Finding(
            rule="deception.link",
            severity=Severity.STOP,
            start=link.start,
            end=link.end,
            reason=f"It reads {shown['host']} and leads to {host}.",
            remedy="Show the address it leads to, or words that are no address.",
        )


def _mixed_scripts(draft: Draft) -> Iterator[Finding]:
    if draft.text.isascii():
        return
    for found in _RUN.finditer(draft.body.text):
        if found[0].isascii():
            continue
        scripts = {script for sign in found[0] for script in _SCRIPTS if unicodedata.name(sign, "").startswith(script)}
        if len(scripts) > 1:
            yield Finding(
                rule="deception.mixed_scripts",
                severity=Severity.WARN,
                start=draft.body.start + found.start(),
                end=draft.body.start + found.end(),
                reason=f"The word mixes letters of {' and '.join(sorted(scripts)).lower()} that look alike.",
                remedy="Write it anew in one script.",
            )


def _subject_apart(draft: Draft) -> Iterator[Finding]:
    subject = Counter(_WORD.findall(draft.subject.text.casefold()))
    body = Counter(_WORD.findall(draft.body.text.casefold()))
    if len(subject) >= _ENOUGH_WORDS and len(body) > 20 and _likeness(subject, body) <= _LEAST_LIKE:
        yield Finding(
            rule="deception.subject",
            severity=Severity.HINT,
            start=draft.subject.start,
            end=draft.subject.end,
            reason="No word of the subject comes back in the text.",
            remedy="See that the subject says what the text is about.",
        )


def _likeness(one: Counter[str], two: Counter[str]) -> float:
    shared = sum(one[word] * two[word] for word in one)
    lengths = sqrt(sum(n * n for n in one.values()) * sum(n * n for n in two.values()))
    return shared / lengths if lengths else 0.0
