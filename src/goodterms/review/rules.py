"""What a draft is for: networking, commercial, or both, by what can be seen in it.

Rules first: what offers something, where it stands and how much of the text it is. What can't be told is mixed.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from goodterms.ledger.rules.kinds import Purpose
from goodterms.review.draft import Draft, Span
from goodterms.review.lexicon import Lexicon


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
    """The part of the body that offers something, from 0 to 1."""
    first_at: float | None
    """Where in the body the first offer stands, from 0 to 1."""
    in_subject: bool
    offers: tuple[Finding, ...]
    tests: tuple[NamedTest, ...]

    @property
    def purpose(self) -> Purpose:
        """The purpose for the decision: whoever gets a commercial update has confirmed an opt-in."""
        return Purpose.COMMERCIAL if self.reads is Reads.COMMERCIAL else Purpose.NETWORKING


EARLY = 1 / 3
"""An offer that begins before this part of the body makes it commercial (16 CFR 316.3(a)(3): placement)."""
MUCH = 0.3
"""So does more than this share of offers (16 CFR 316.3(a)(3): proportion)."""

_NUMBER = r"\d[\d.,\u00a0\u202f ]{0,20}"
_CURRENCY = r"(?:[$€£¥₹]|(?:eur(?:os?)?|usd|(?:us-?)?dollars?|d[oó]lares|dollari|pounds?|gbp|chf|franken|pfund)\b)"
_PRICE = re.compile(rf"(?:[$€£¥₹]\s?{_NUMBER})|(?:{_NUMBER}\s?{_CURRENCY})", re.IGNORECASE)
_PERCENT = re.compile(
    r"\d+\s?%(?=.*\b(?:off|discount|rabatt|nachlass|günstiger|remise|réduction|descuento|sconto)\b)"
    r"|\b(?:save|spar\w*|économis\w+|ahorr\w+|risparmi\w*|moins|scontat\w+)\b.{0,20}\d\s?%",
    re.IGNORECASE,
)
_TRACKED = re.compile(
    r"[?&](?:utm_\w+|gclid|fbclid|mc_[ce]id)=|//(?:bit\.ly|t\.co|tinyurl\.com|lnkd\.in)/", re.IGNORECASE
)
_SELLING_LINK = re.compile(
    r"https?://\S*?/(?:shop|store|sale|buy|checkout|cart|pricing|offer|oferta|offerta|offre|angebot|book|demo|order)\b",
    re.IGNORECASE,
)
_WEAK_NEEDED = 2
_LETTER = 3
"""From so many sentences on it is a letter."""
_OWN_NEEDED = 1 / 5
"""The part of a letter's sentences in which the writer speaks of themself, at least."""


@dataclass(frozen=True, kw_only=True)
class _Offer:
    sentence: Span
    place: Span
    is_strong: bool


def find_purpose(draft: Draft) -> PurposeFound:
    """Find what a draft is for, with the places it rests on, and what each law's own test says."""
    in_subject = _offer_in(draft.subject, draft.lexicons) if draft.subject.text else None
    found = [offer for offer in (_offer_in(sentence, draft.lexicons) for sentence in draft.sentences) if offer]
    strong = [offer for offer in found if offer.is_strong]
    subject_sells = in_subject is not None and in_subject.is_strong
    share, first_at = _share(draft, strong), _first_at(draft, strong)
    reads = _reads(draft, found, share, first_at, subject_sells=subject_sells)
    shown = [in_subject] if in_subject and (subject_sells or strong) else []
    shown += strong or (found if reads is not Reads.NETWORKING else [])
    return PurposeFound(
        reads=reads,
        share=share,
        first_at=first_at,
        in_subject=subject_sells,
        offers=tuple(_finding(offer, reads) for offer in shown),
        tests=_named_tests(reads, share, first_at, found, subject_sells=subject_sells),
    )


def _reads(draft: Draft, found: list[_Offer], share: float, first_at: float | None, *, subject_sells: bool) -> Reads:
    if subject_sells:
        return Reads.COMMERCIAL
    offering = {offer.sentence for offer in found if offer.is_strong}
    own = sum(_is_personal(one.text, draft.lexicons) for one in draft.sentences if one not in offering)
    if first_at is not None:
        return Reads.COMMERCIAL if first_at < EARLY or share > MUCH or own == 0 else Reads.MIXED
    if not draft.body.text.strip():
        return Reads.MIXED
    if own == 0 and found:
        return Reads.COMMERCIAL
    if not found:
        # A letter in which nobody speaks of themself is no news; a word or two is let pass.
        count = len(draft.sentences)
        return Reads.NETWORKING if count < _LETTER or own / count >= _OWN_NEEDED else Reads.MIXED
    # Hints of an offer and no more: the writer's own news decide, and where they do not, it is mixed.
    return Reads.NETWORKING if own > 2 * len(found) else Reads.MIXED


def _offer_in(span: Span, lexicons: Iterable[Lexicon]) -> _Offer | None:
    """Find what offers something in a sentence: one strong sign, or two weak ones; one weak one is a hint."""
    text = span.text
    hits = [_price(text, lexicons), _PERCENT.search(text), _SELLING_LINK.search(text)]
    hits += [rule.search(text) for lexicon in lexicons for rule in lexicon.strong]
    strong = [hit for hit in hits if hit]
    if strong:
        first = min(strong, key=lambda hit: (hit.start(), -hit.end()))
        return _Offer(sentence=span, place=_place(span, first), is_strong=True)
    weak = [hit for lexicon in lexicons for rule in lexicon.weak if (hit := rule.search(text))]
    weak += [hit for hit in (_TRACKED.search(text),) if hit]
    if not weak:
        return None
    return _Offer(sentence=span, place=_place(span, weak[0]), is_strong=len(weak) >= _WEAK_NEEDED)


def _price(text: str, lexicons: Iterable[Lexicon]) -> re.Match[str] | None:
    found = _PRICE.search(text)
    if found and any(rule.search(text) for lexicon in lexicons for rule in lexicon.innocent):
        return None
    return found


def _place(span: Span, found: re.Match[str]) -> Span:
    words = found[0].strip() or found[0]
    start = span.start + found.start() + found[0].index(words)
    return Span(start=start, end=start + len(words), text=words)


def _is_personal(text: str, lexicons: Iterable[Lexicon]) -> bool:
    return any(rule.search(text) for lexicon in lexicons for rule in lexicon.personal)


def _share(draft: Draft, offers: list[_Offer]) -> float:
    total = sum(len(sentence.text.split()) for sentence in draft.sentences)
    return sum(len(offer.sentence.text.split()) for offer in offers) / total if total else 0.0


def _first_at(draft: Draft, offers: list[_Offer]) -> float | None:
    if not offers:
        return None
    begin = draft.sentences[0].start
    return (offers[0].sentence.start - begin) / max(draft.sentences[-1].end - begin, 1)


def _finding(offer: _Offer, reads: Reads) -> Finding:
    return Finding(
        rule="purpose.offer",
        severity=Severity.WARN if reads is not Reads.NETWORKING else Severity.HINT,
        start=offer.place.start,
        end=offer.place.end,
        reason=f"'{offer.place.text}' offers something, so the message is {reads.value}.",
        remedy="Leave it out, or declare purpose: commercial: then it goes to confirmed opt-ins only.",
    )


def _named_tests(
    reads: Reads, share: float, first_at: float | None, found: list[_Offer], *, subject_sells: bool
) -> tuple[NamedTest, ...]:
    hints = bool(found) or subject_sells
    return (_us_test(reads, share, first_at, subject_sells=subject_sells), _ca_test(reads), _eu_test(hints=hints))


def _us_test(reads: Reads, share: float, first_at: float | None, *, subject_sells: bool) -> NamedTest:
    name = "16 CFR 316.3(a)(1)" if share >= 1 else "16 CFR 316.3(a)(3)"
    if subject_sells:
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


def _eu_test(*, hints: bool) -> NamedTest:
    reason = "It promotes goods, services or a firm's image, if only indirectly." if hints else "Nothing is promoted."
    return NamedTest(law="EU", test="Directive 2002/58/EC art. 13; BGH I ZR 208/12", is_commercial=hints, reason=reason)
