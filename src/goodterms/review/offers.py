"""What in a sentence offers something: signs that rules know, and how much it sounds like an offer."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from goodterms.review.draft import Draft, Span
from goodterms.review.grey.acts import acts_in
from goodterms.review.grey.around import around_each
from goodterms.review.grey.model import likeness, weightiest
from goodterms.review.grey.signs import Around, tokens_in
from goodterms.review.grey.traits import OFFERING, Heard
from goodterms.review.grey.whole import Part, signs_of_letter
from goodterms.review.lexicon import Lexicon, lexicon_of

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
_LINK = re.compile(r"https?://|www\.", re.IGNORECASE)


@dataclass(frozen=True, kw_only=True)
class Judged:
    """A sentence as it was heard, and the first sign by which a rule tells that something is offered."""

    sentence: Span
    heard: Heard
    sign: Span | None
    around: Around

    @property
    def likely(self) -> float:
        """How likely it offers something."""
        return self.heard.likely

    @property
    def offers(self) -> bool:
        """Whether it counts as an offer."""
        return self.heard.likely > OFFERING


NOTHING_AROUND = Around()


def judge(span: Span, lexicons: Iterable[Lexicon], around: Around = NOTHING_AROUND) -> Judged:
    """Judge one sentence."""
    languages = tuple(lexicon.language for lexicon in lexicons)
    rules = rules_in(span.text, languages)
    likely = likeness(span.text, languages, rules, around)
    return Judged(
        sentence=span,
        heard=Heard(likely, len(span.text.split()), frozenset(rules)),
        sign=_first_sign(span, languages),
        around=around,
    )


_A_CALL = 5
"""A sentence of fewer words says too little for its place to count."""


def is_call(one: Judged, lexicons: Iterable[Lexicon]) -> bool:
    """Say whether a sentence is a bare call, as "Buy my book.": short, with a strong sign, and an offer anywhere."""
    if not one.heard.is_strong or one.heard.words >= _A_CALL:
        return False
    languages = tuple(lexicon.language for lexicon in lexicons)
    return likeness(one.sentence.text, languages, one.heard.rules) > OFFERING


def sentences_of(draft: Draft) -> list[Span]:
    """Give the sentences of a body that have a word or a number."""
    return [one for one in draft.sentences if any(sign.isalnum() for sign in one.text)]


def judged(draft: Draft) -> list[Judged]:
    """Judge every sentence of a body that has a word or a number."""
    spans = sentences_of(draft)
    languages = tuple(lexicon.language for lexicon in draft.lexicons)
    places = around_each([tokens_in(one.text, languages) for one in spans], languages)
    return [judge(one, draft.lexicons, around) for one, around in zip(spans, places, strict=True)]


def whole_of(draft: Draft, sentences: Iterable[Judged]) -> dict[int, float]:
    """Give the signs of a whole draft, whose sentences were judged."""
    languages = tuple(lexicon.language for lexicon in draft.lexicons)
    parts = [Part(tokens_in(one.sentence.text, languages), sorted(one.heard.rules)) for one in sentences]
    return signs_of_letter(tokens_in(draft.subject.text, languages), parts, languages)


def rules_in(text: str, languages: tuple[str, ...]) -> tuple[str, ...]:
    """Give the names of the rules that find something in a sentence; `strong2` and the like: more than once."""
    found = []
    for kind in ("strong", "weak", "innocent"):
        hits = sum(1 for name in languages for rule in getattr(lexicon_of(name), kind) if rule.search(text))
        found += [kind] * (hits > 0) + [f"{kind}2"] * (hits > 1)
    plain = {"price": _PRICE, "percent": _PERCENT, "selling_link": _SELLING_LINK, "tracked": _TRACKED, "link": _LINK}
    found += [name for name, rule in plain.items() if rule.search(text)]
    return (*found, *(f"does_{act}" for act in sorted(acts_in(text, languages))))


def weightiest_in(one: Judged, lexicons: Iterable[Lexicon]) -> list[str]:
    """Give the words that make a sentence sound like an offer, as they stand in it."""
    languages = tuple(lexicon.language for lexicon in lexicons)
    tokens = weightiest(one.sentence.text, languages, sorted(one.heard.rules), one.around)
    return [one.sentence.text[token.start : token.end] for token in tokens]


def _first_sign(span: Span, languages: tuple[str, ...]) -> Span | None:
    hits = sorted(_signs(span.text, languages), key=lambda hit: (hit.start(), -hit.end()))
    return _place(span, hits[0]) if hits else None


def _signs(text: str, languages: tuple[str, ...]) -> Iterator[re.Match[str]]:
    lexicons = [lexicon_of(name) for name in languages]
    is_innocent = any(rule.search(text) for lexicon in lexicons for rule in lexicon.innocent)
    rules = [_PERCENT, _SELLING_LINK, *(rule for lexicon in lexicons for rule in lexicon.strong)]
    for rule in rules if is_innocent else [_PRICE, *rules]:
        found = rule.search(text)
        if found:
            yield found


def _place(span: Span, found: re.Match[str]) -> Span:
    words = found[0].strip() or found[0]
    start = span.start + found.start() + found[0].index(words)
    return Span(start=start, end=start + len(words), text=words)
