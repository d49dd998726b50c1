"""Is it a personal word, as one writes to people one knows?"""

import re
from collections.abc import Iterator

from goodterms.review.draft import Draft, Span
from goodterms.review.rules import Finding, Severity
from goodterms.review.setting import Setting

MOST_WORDS = 400
"""People read a letter of a page; what is longer is put off (judgement)."""
_FIELD = re.compile(r"\{\{.*?\}\}", re.DOTALL)
_LETTER = re.compile(r"[^\W\d_]")


def check_tone(draft: Draft, _setting: Setting) -> Iterator[Finding]:
    """Find what keeps a draft from being personal: nobody speaks, nobody is spoken to, too much is said."""
    body = draft.body
    if not body.text.strip():
        yield _hint("tone.empty", body, "There is no text.", "Write a word or two.", Severity.STOP)
        return
    if not _LETTER.search(body.text):
        yield _hint(
            "tone.no_words", body, "There is no word in it, only signs.", "Say in words what you mean.", Severity.WARN
        )
        return
    yield from _length(draft)
    if not _any(draft, "personal"):
        yield _hint(
            "tone.nobody_speaks", body, "Nobody says I in it.", "Tell what you did or thought yourself.", Severity.WARN
        )
    if not _FIELD.search(draft.subject.text + body.text):
        remedy = "Begin with their name: {{ first_name | default: 'friend' }}."
        yield _hint("tone.same_for_all", body, "It is the same word for word for everybody.", remedy)
    if "?" not in body.text and "？" not in body.text and "؟" not in body.text:
        yield _hint("tone.no_question", body, "Nothing is asked of the reader.", "Ask how they are, or for their view.")
    if not _any(draft, "prequalifiers"):
        remedy = "Say how long reading takes, what is in it for them, and that no answer is needed."
        yield _hint("tone.no_prequalifier", body, "It does not say what reading it costs and gives.", remedy)


def _length(draft: Draft) -> Iterator[Finding]:
    words = list(re.finditer(r"\S+", draft.body.text))
    if len(words) > MOST_WORDS:
        yield Finding(
            rule="tone.long",
            severity=Severity.WARN,
            start=draft.body.start + words[MOST_WORDS].start(),
            end=draft.body.start + words[-1].end(),
            reason=f"It has {len(words):,} words; after about {MOST_WORDS} people put a letter off.",
            remedy="Leave out what the next update can tell.",
        )


def _any(draft: Draft, kind: str) -> bool:
    return any(rule.search(draft.body.text) for lexicon in draft.lexicons for rule in getattr(lexicon, kind))


def _hint(rule: str, place: Span, reason: str, remedy: str, severity: Severity = Severity.HINT) -> Finding:
    return Finding(rule=rule, severity=severity, start=place.start, end=place.end, reason=reason, remedy=remedy)
