"""Training the small model; `script/train` does it and writes weights.bin and about.toml anew.

The same sentences and letters give the same bytes: there is no chance in it, and weights are kept in coarse steps.
First sentences are learnt, then letters by the traits that their sentences give them. What a letter's sentences are
taken for while letters are learnt comes from a model that did not learn from that letter, or it would look too sure.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256
from zlib import crc32

import numpy as np
import numpy.typing as npt

from goodterms.ledger.rules.kinds import Purpose
from goodterms.lib.regression import Floats, Table, in_steps, learn, next_push
from goodterms.review.draft import Draft, draft_of
from goodterms.review.grey.around import around_each
from goodterms.review.grey.learning import Common, Truth, learn_whole, whole_left_out
from goodterms.review.grey.letters import Letter
from goodterms.review.grey.model import ABOUT, PURPOSES, REACH, WEIGHTS, WHOLE
from goodterms.review.grey.signs import BUCKETS, FOLDER, Around, Signs, signs_of, tokens_in
from goodterms.review.grey.traits import Heard, traits_of
from goodterms.review.grey.whole import Part, signs_of_letter, whole_traits
from goodterms.review.offers import NOTHING_AROUND, rules_in, sentences_of

_RIDGE = 1.0
_RIDGE_OF_LETTERS = 10.0
_KEPT = 4.0
"""What a sentence kept beside the model counts: it says plainly what letters often only hint at."""
_ROUNDS = 250
_ROUNDS_OF_LETTERS = 1_500
_STEP = 1 / 128
_WHOLE_STEP = 1 / 256
_FOLDS = 5
_SUBJECTS = 0.5
"""What the subject of a letter that offers nothing counts."""


@dataclass(frozen=True)
class Example:
    """The signs of a sentence, whether it offers something, and how much it counts."""

    signs: Signs
    offers: bool
    weight: float = 1.0

    @cached_property
    def buckets(self) -> npt.NDArray[np.int64]:
        """The buckets of its signs, kinds before words."""
        return np.array([*sorted(self.signs.kinds), *sorted(self.signs.words)], dtype=np.int64)

    @cached_property
    def values(self) -> Floats:
        """What each of them counts."""
        groups = (self.signs.kinds, self.signs.words)
        return np.array([REACH / np.sqrt(len(group)) for group in groups for _ in group], dtype=np.float64)


def sentences() -> list[Example]:
    """Give the sentences that are kept beside the model."""
    return [
        Example(_signs(line[2:], (path.stem,)), line.startswith("+"), _KEPT)
        for path in sorted(FOLDER.glob("??.txt"))
        for line in path.read_text(encoding="utf-8").splitlines()
        if line.startswith(("+ ", "- "))
    ]


def _signs(text: str, languages: tuple[str, ...], around: Around = NOTHING_AROUND) -> Signs:
    return signs_of(tokens_in(text, languages), languages, rules_in(text, languages), around)


@dataclass(frozen=True)
class Learnt:
    """A letter made ready: its draft, and its sentences' signs."""

    letter: Letter

    @cached_property
    def draft(self) -> Draft:
        """The letter as a draft."""
        return draft_of(self.letter.subject, self.letter.text, Purpose.NETWORKING)

    @cached_property
    def languages(self) -> tuple[str, ...]:
        """Its languages."""
        return tuple(lexicon.language for lexicon in self.draft.lexicons)

    @cached_property
    def signs(self) -> list[Signs]:
        """The signs of its sentences."""
        spans = sentences_of(self.draft)
        places = around_each([tokens_in(one.text, self.languages) for one in spans], self.languages)
        return [_signs(one.text, self.languages, around) for one, around in zip(spans, places, strict=True)]

    @cached_property
    def heard_rules(self) -> list[tuple[str, ...]]:
        """The names of the rules that find something in its sentences."""
        return [rules_in(one.text, self.languages) for one in sentences_of(self.draft)]

    @cached_property
    def whole(self) -> dict[int, float]:
        """The signs of the whole letter."""
        pairs = zip(sentences_of(self.draft), self.heard_rules, strict=True)
        parts = [Part(tokens_in(one.text, self.languages), sorted(set(rules))) for one, rules in pairs]
        return signs_of_letter(tokens_in(self.draft.subject.text, self.languages), parts, self.languages)

    @cached_property
    def fold(self) -> int:
        """The part in which it is left out; sisters whose names begin alike are left out together."""
        return crc32(self.letter.id[:6].encode()) % _FOLDS

    @cached_property
    def examples(self) -> list[Example]:
        """Give its sentences as examples, as far as it is known of them whether they offer something."""
        found = [
            Example(signs, bool(offers), self.letter.weight)
            for signs, offers in zip(self.signs, self._offering(), strict=True)
            if offers is not None
        ]
        if self.letter.purpose == "networking":
            subject = _signs(self.letter.subject, self.languages)
            found.append(Example(subject, offers=False, weight=_SUBJECTS * self.letter.weight))
        return found

    def _offering(self) -> list[bool | None]:
        shift = len(self.letter.subject) + 1
        places = [(begin + shift, end + shift) for begin, end in self.letter.offers]
        known = self.letter.purpose == "networking" or bool(places)
        is_news = self.letter.purpose != "commercial" and known
        return [
            True
            if any(begin < one.end - 2 and one.start + 2 < end for begin, end in places)
            else (False if is_news else None)
            for one in sentences_of(self.draft)
        ]


@dataclass(frozen=True)
class SentenceModel:
    """Weights as they were learnt, before they are put into steps."""

    values: Floats
    start: float

    def likeness(self, signs: Signs) -> float:
        """Give how likely a sentence offers something."""
        total = self.start
        for group in (signs.kinds, signs.words):
            total += REACH * float(self.values[list(group)].sum()) / np.sqrt(len(group) or 1) if group else 0.0
        return float(1 / (1 + np.exp(-np.clip(total, -30, 30))))


def _table(examples: Sequence[Example]) -> Table:
    sizes = [len(one.buckets) for one in examples]
    return Table(
        bucket=np.concatenate([one.buckets for one in examples]),
        row=np.repeat(np.arange(len(examples)), sizes),
        value=np.concatenate([one.values for one in examples]),
        count=len(examples),
        buckets=BUCKETS,
    )


def learn_sentences(examples: Sequence[Example]) -> SentenceModel:
    """Learn which signs of a sentence tell an offer."""
    truth = np.array([one.offers for one in examples], dtype=np.float64)
    counts = np.array([one.weight for one in examples])
    learnt = learn(_table(examples), truth, counts, ridge=_RIDGE, rounds=_ROUNDS)
    return SentenceModel(learnt.values, learnt.start)


def traits_by(model: SentenceModel, one: Learnt) -> dict[str, float]:
    """Give a letter's traits as a model of sentences hears them."""
    heard = [
        Heard(model.likeness(signs), len(span.text.split()), frozenset(rules))
        for signs, span, rules in zip(one.signs, sentences_of(one.draft), one.heard_rules, strict=True)
    ]
    return traits_of(model.likeness(_signs(one.letter.subject, one.languages)), heard)


def traits_left_out(letters: Sequence[Learnt], examples: Sequence[Example], common: Common) -> list[dict[str, float]]:
    """Give each letter's traits as a model hears them that did not learn from its part of the letters."""
    found: dict[str, dict[str, float]] = {}
    for fold in range(_FOLDS):
        others = [example for one in letters if one.fold != fold for example in one.examples]
        model = learn_sentences([*examples, *others])
        found |= {one.letter.id: traits_by(model, one) for one in letters if one.fold == fold}
    whole = whole_left_out(common, purposes_of(letters), [one.fold for one in letters])
    return [found[one.letter.id] | whole_traits(totals) for one, totals in zip(letters, whole, strict=True)]


def purposes_of(letters: Sequence[Learnt]) -> Truth:
    """Give what letters are for, and what each counts."""
    truth = np.eye(3)[[PURPOSES.index(one.letter.purpose) for one in letters]]
    return Truth(truth, np.array([[one.letter.weight] for one in letters]))


def learn_letters(letters: Sequence[Learnt], traits: Sequence[dict[str, float]]) -> dict[str, list[float]]:
    """Learn letters: ridge-penalised softmax over their traits; give, by trait, middle, spread and three weights."""
    names = list(traits[0])
    values = np.array([[one[name] for name in names] for one in traits])
    middle, spread = values.mean(axis=0), values.std(axis=0) + 1e-6
    table = np.column_stack([(values - middle) / spread, np.ones(len(values))])
    truth = purposes_of(letters)
    weights = _softmax(table, truth.purposes, truth.counts)
    rows = np.column_stack([middle, spread, weights[:-1]]).round(4)
    return {name: list(map(float, row)) for name, row in zip(names, rows, strict=True)} | {
        "starts": list(map(float, weights[-1].round(4)))
    }


def _softmax(table: Floats, truth: Floats, counts: Floats) -> Floats:
    scaled = table * np.sqrt(counts)
    pace = 1 / (0.5 * float(np.linalg.eigvalsh(scaled.T @ scaled)[-1]) + _RIDGE_OF_LETTERS)
    ridge = np.full((table.shape[1], 1), _RIDGE_OF_LETTERS)
    ridge[-1] = 0
    at = ahead = np.zeros((table.shape[1], 3))
    momentum = 1.0
    for _ in range(_ROUNDS_OF_LETTERS):
        raised = np.exp(table @ ahead - (table @ ahead).max(axis=1, keepdims=True))
        errors = (raised / raised.sum(axis=1, keepdims=True) - truth) * counts
        new = ahead - pace * (table.T @ errors + ridge * ahead)
        push, momentum = next_push(momentum)
        ahead, at = new + push * (new - at), new
    return at


_ABOUT = """# What weights.bin is, and the weights of letters; written by the command below, and a test holds that
# it would write the same again. A row of [letters] is a trait's middle, its spread, and what it says for networking,
# mixed and commercial.
origin = "{sentences:,} sentences and {letters:,} letters written for Goodterms in November 2026"
command = "script/train"
sha256 = "{hash}"
step = {step}
start = {start:.4f}
whole_sha256 = "{whole_hash}"
whole_step = {whole_step}
whole_starts = {whole_starts}

[letters]
{rows}
"""


@dataclass(frozen=True)
class Trained:
    """The three files of a trained model."""

    weights: bytes
    whole: bytes
    about: str


def train(letters: Sequence[Letter]) -> Trained:
    """Train the model from the sentences beside it and from these letters."""
    examples = sentences()
    learnt = [Learnt(letter) for letter in letters]
    common = Common([one.whole for one in learnt])
    rows = learn_letters(learnt, traits_left_out(learnt, examples, common))
    model = learn_sentences([*examples, *(example for one in learnt for example in one.examples)])
    values = in_steps(model.values, _STEP)
    whole = learn_whole(common, purposes_of(learnt))
    whole_values = in_steps(whole.values.T.ravel(), _WHOLE_STEP)
    about = _ABOUT.format(
        sentences=len(examples),
        letters=len(letters),
        hash=sha256(values).hexdigest(),
        step=_STEP,
        start=model.start,
        whole_hash=sha256(whole_values).hexdigest(),
        whole_step=_WHOLE_STEP,
        whole_starts=list(map(float, whole.starts.round(4))),
        rows="\n".join(f"{name} = {row}" for name, row in rows.items()),
    )
    return Trained(values, whole_values, about)


def write(trained: Trained) -> None:
    """Store a trained model."""
    WEIGHTS.write_bytes(trained.weights)
    WHOLE.write_bytes(trained.whole)
    ABOUT.write_text(trained.about, encoding="utf-8")
