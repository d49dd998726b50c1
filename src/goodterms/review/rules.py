"""What a draft is for: networking, commercial, or both, by what can be seen in it.

Rules first, and a small model for what they can't tell: what offers something, where it stands and how much of the text
it is. What can't be told is mixed.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from goodterms.ledger.rules.kinds import Purpose
from goodterms.review.draft import Draft
from goodterms.review.grey.model import purposes, whole
from goodterms.review.grey.traits import OFFERING, Heard, first_at, leaning, traits_of
from goodterms.review.lexicon import lexicons
from goodterms.review.offers import Judged, is_call, judge, judged, weightiest_in, whole_of


class Severity(StrEnum):
    """What a finding means for sending."""

    STOP = "stop"
    """It is not sent like this."""
    WARN = "warn"
    """It should be changed, or looked at once more."""
    HINT = "hint"
    """It could be better."""


class Reads(StrEnum):
    """What a draft reads like."""

    NETWORKING = "networking"
    """News of the owner's, and nothing is offered."""
    MIXED = "mixed"
    """News, and something is offered as well; also whatever can't be told."""
    COMMERCIAL = "commercial"
    """Above all an offer."""


@dataclass(frozen=True, kw_only=True)
class Finding:
    """Something found in a draft: where, by which rule, why it matters and what to do."""

    rule: str
    severity: Severity
    start: int
    """Where it begins in the text, in signs from 0."""
    end: int
    """Where it ends: the first sign that is no longer of it."""
    reason: str
    remedy: str


@dataclass(frozen=True, kw_only=True)
class NamedTest:
    """What one law's own test says of a draft."""

    law: str
    test: str
    is_commercial: bool
    reason: str


@dataclass(frozen=True, kw_only=True)
class PurposeFound:
    """What a draft is for, with what it rests on."""

    reads: Reads
    share: float
    """The part of the body's words that stand in sentences that offer something, from 0 to 1."""
    likely: Mapping[str, float]
    """How likely each purpose is by the small model; nothing of an empty body."""
    first_at: float | None
    """Where in the body the first offer stands, from 0 to 1."""
    in_subject: bool
    offers: tuple[Finding, ...]
    tests: tuple[NamedTest, ...]

    @property
    def purpose(self) -> Purpose:
        """The purpose for the decision: whoever gets a commercial update has confirmed an opt-in."""
        return Purpose.COMMERCIAL if self.reads is Reads.COMMERCIAL else Purpose.NETWORKING


NEWS = 0.45
"""From so likely on a letter is taken for news, if it is hardly likely to be an offer."""
HARDLY = 0.2
OFFER = 0.3
"""From so likely on a letter is taken for an offer: to take one for news is the costlier error."""
RATHER = 0.9
"""So likely beside mixed it must be at least: of what is hardly less likely mixed, that is said."""
OPENING = 0.15
"""An offer that begins before this part of the words makes a letter commercial (16 CFR 316.3(a)(3): placement)."""
SURE = 0.85
"""So likely is an offer for sure, if a rule finds a strong sign in it as well."""
LEANING = 0.65
"""What sounds so much like an offer on the whole is no news, and commercial where it has three sentences at most."""
_MOSTLY_STRONG = 0.5
"""So is such a note where so much of it holds a strong sign."""
_A_NOTE = 3
_A_WORD = 8
"""So many words, merge fields and all, are a greeting; no language can be told from them."""
_MOST_SHOWN = 12
_BESIDE = 0.15
"""Sentences so much less likely than the likeliest are not shown beside it."""


def find_purpose(draft: Draft) -> PurposeFound:
    """Find what a draft is for, with the places it rests on, and what each law's own test says."""
    sentences = judged(draft)
    subject = judge(draft.subject, draft.lexicons) if draft.subject.text.strip() else None
    heard = [one.heard for one in sentences]
    offering = [one for one in sentences if one.offers]
    in_subject = subject is not None and _sells(subject)
    traits = traits_of(subject.likely if subject else _NO_SUBJECT, heard) if heard else {}
    likely = purposes(traits | whole(whole_of(draft, sentences))) if heard else {}
    reads = _reads(draft, heard, likely, in_front=in_subject or _opens(heard))
    if reads is Reads.NETWORKING and any(is_call(one, draft.lexicons) for one in sentences):
        reads = Reads.MIXED
    begins_at = _first_part(draft, offering)
    surest = sorted(sentences, key=lambda one: -one.likely)[:1]
    shown = ([subject] if subject and in_subject else []) + (offering or surest)
    return PurposeFound(
        reads=reads,
        likely=likely,
        share=_share(heard),
        first_at=begins_at,
        in_subject=in_subject,
        offers=_findings(draft, shown, reads),
        tests=_named_tests(reads, _share(heard), begins_at, in_subject=in_subject, promotes=_promotes(heard)),
    )


_NO_SUBJECT = 0.3


def _sells(subject: Judged) -> bool:
    """Say whether a subject reads as if an offer followed: an amount off, a price, or a strong sign that sounds so."""
    is_plain = {"price", "percent", "selling_link"} & subject.heard.rules and "innocent" not in subject.heard.rules
    return bool(is_plain) or (subject.heard.is_strong and subject.likely >= SURE)


def _opens(sentences: Sequence[Heard]) -> bool:
    """Say whether a letter begins with an offer: a strong sign by a rule, in a sentence that sounds so."""
    at = first_at([one.is_strong and one.likely >= OFFERING for one in sentences], sentences)
    return at is not None and at < OPENING


def _is_word(draft: Draft, sentences: Sequence[Heard]) -> bool:
    """Say whether a draft is a word of greeting and no more, in which no rule finds anything: in any language news."""
    words = sum(one.words for one in sentences)
    is_plain = draft.body.text.isascii() and not draft.tongues.name
    return 0 < words <= _A_WORD and is_plain and not any(one.rules or one.likely > SURE for one in sentences)


def _reads(draft: Draft, sentences: Sequence[Heard], likely: Mapping[str, float], *, in_front: bool) -> Reads:
    if in_front:
        return Reads.COMMERCIAL
    if not likely or not draft.tongues.read or draft.unread:
        return Reads.NETWORKING if _is_word(draft, sentences) else Reads.MIXED
    leans = leaning(sentences)
    strong = sum(one.words for one in sentences if one.is_strong) / sum(one.words for one in sentences)
    is_note = len(sentences) <= _A_NOTE and (leans >= LEANING or strong >= _MOSTLY_STRONG)
    if is_note or likely["commercial"] >= max(OFFER, RATHER * likely["mixed"]):
        return Reads.COMMERCIAL
    is_news = likely["networking"] >= NEWS and likely["commercial"] < HARDLY and leans < LEANING
    return Reads.NETWORKING if is_news else Reads.MIXED


def _share(sentences: Sequence[Heard]) -> float:
    total = sum(one.words for one in sentences)
    return sum(one.words for one in sentences if one.likely > OFFERING) / total if total else 0.0


def _first_part(draft: Draft, offering: Sequence[Judged]) -> float | None:
    if not offering:
        return None
    begin = draft.sentences[0].start
    return (offering[0].sentence.start - begin) / max(draft.sentences[-1].end - begin, 1)


def _promotes(sentences: Sequence[Heard]) -> bool:
    """Say whether anything is promoted, if only indirectly: an offer, or a rule's hint of one."""
    return any(one.likely > OFFERING or {"weak", "strong"} & one.rules for one in sentences)


def _findings(draft: Draft, shown: Sequence[Judged], reads: Reads) -> tuple[Finding, ...]:
    """Give the likeliest offers as findings, by place; of news none; and why nothing can be told, where it is so."""
    if reads is Reads.NETWORKING:
        return ()
    surest = max((one.likely for one in shown), default=0.0)
    likeliest = sorted(shown, key=lambda one: -one.likely)[:_MOST_SHOWN]
    likeliest = [one for one in likeliest if one.likely >= surest - _BESIDE]
    found = [_finding(draft, one, reads) for one in sorted(likeliest, key=lambda one: one.sentence.start)]
    return tuple(found) if draft.tongues.read or not draft.body.text.strip() else (*found, _untold(draft))


def _untold(draft: Draft) -> Finding:
    named = ", ".join(lexicon.language for lexicon in lexicons())
    return Finding(
        rule="purpose.language",
        severity=Severity.WARN,
        start=draft.body.start,
        end=draft.body.end,
        reason=f"It is in no language that is read here ({named}), so its purpose can't be told: mixed, to be safe.",
        remedy="Say why it is networking, or declare purpose: commercial.",
    )


def _finding(draft: Draft, one: Judged, reads: Reads) -> Finding:
    place = one.sign or one.sentence
    words = ", ".join(f"'{word}'" for word in weightiest_in(one, draft.lexicons))
    sounds = f"sounds like an offer ({one.likely:.0%}{f', most by {words}' if words else ''})"
    what = f"'{one.sign.text}' offers something" if one.sign else f"This sentence {sounds}"
    return Finding(
        rule="purpose.offer",
        severity=Severity.WARN,
        start=place.start,
        end=place.end,
        reason=f"{what}, so the message is {reads.value}.",
        remedy="Leave it out, or declare purpose: commercial: then it goes to confirmed opt-ins only.",
    )


def _named_tests(
    reads: Reads, share: float, first_at: float | None, *, in_subject: bool, promotes: bool
) -> tuple[NamedTest, ...]:
    return (_us_test(reads, share, first_at, in_subject=in_subject), _ca_test(reads), _eu_test(promotes=promotes))


def _us_test(reads: Reads, share: float, first_at: float | None, *, in_subject: bool) -> NamedTest:
    name = "16 CFR 316.3(a)(1)" if share >= 1 else "16 CFR 316.3(a)(3)"
    if in_subject:
        reason = "The subject reads as if an offer followed."
    elif first_at is None:
        reason = "Nothing is offered."
    elif reads is Reads.COMMERCIAL:
        reason = (
            f"The offer begins at {first_at:.0%} of the body, makes up {share:.0%} of it, or stands beside no news."
        )
    else:
        reason = f"The offer comes late, at {first_at:.0%} of the body, and makes up {share:.0%} of it."
    return NamedTest(law="US", test=name, is_commercial=reads is Reads.COMMERCIAL, reason=reason)


def _ca_test(reads: Reads) -> NamedTest:
    is_commercial = reads is not Reads.NETWORKING
    reason = (
        "One of its purposes is to encourage business; one is enough."
        if is_commercial
        else "None is to encourage business."
    )
    return NamedTest(law="CA", test="CASL s. 1(2)", is_commercial=is_commercial, reason=reason)


def _eu_test(*, promotes: bool) -> NamedTest:
    reason = (
        "It promotes goods, services or a firm's image, if only indirectly." if promotes else "Nothing is promoted."
    )
    return NamedTest(
        law="EU", test="Directive 2002/58/EC art. 13; BGH I ZR 208/12", is_commercial=promotes, reason=reason
    )
