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

from goodterms.ledger.rules.kinds import Purpose
from goodterms.lib.regression import Floats, Table, in_steps, learn, next_push
from goodterms.review.draft import Draft, draft_of
from goodterms.review.grey.letters import Letter
from goodterms.review.grey.model import ABOUT, PURPOSES, REACH, WEIGHTS
from goodterms.review.grey.signs import BUCKETS, FOLDER, Signs, signs_of, tokens_in
from goodterms.review.grey.traits import Heard, traits_of
from goodterms.review.offers import rules_in, sentences_of

_RIDGE = 1.0
_RIDGE_OF_LETTERS = 10.0
_ROUNDS = 250
_ROUNDS_OF_LETTERS = 1_500
_STEP = 1 / 128
_FOLDS = 5
_SUBJECTS = 0.5
"""What the subject of a letter that offers nothing counts."""


@dataclass(frozen=True)
class Example:
    """The signs of a sentence, whether it offers something, and how much it counts."""

    signs: Signs
    offers: bool
    weight: float = 1.0


def sentences() -> list[Example]:
    """Give the sentences that are kept beside the model."""
    return [
        Example(_signs(line[2:], (path.stem,)), line.startswith("+"))
        for path in sorted(FOLDER.glob("??.txt"))
        for line in path.read_text(encoding="utf-8").splitlines()
        if line.startswith(("+ ", "- "))
    ]


def _signs(text: str, languages: tuple[str, ...]) -> Signs:
    return signs_of(tokens_in(text, languages), languages, rules_in(text, languages))


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
        return [_signs(one.text, self.languages) for one in sentences_of(self.draft)]

    @cached_property
    def fold(self) -> int:
        """The part in which it is left out; sisters whose names begin alike are left out together."""
        return crc32(self.letter.id[:6].encode()) % _FOLDS

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


def _table(rows: Sequence[Signs]) -> Table:
    groups = [(number, sorted(group)) for number, one in enumerate(rows) for group in (one.kinds, one.words)]
    return Table(
        bucket=np.array([sign for _, group in groups for sign in group], dtype=np.int64),
        row=np.array([number for number, group in groups for _ in group], dtype=np.int64),
        value=np.array([REACH / np.sqrt(len(group)) for _, group in groups for _ in group]),
        count=len(rows),
        buckets=BUCKETS,
    )


def learn_sentences(examples: Sequence[Example]) -> SentenceModel:
    """Learn which signs of a sentence tell an offer."""
    table = _table([one.signs for one in examples])
    truth = np.array([one.offers for one in examples], dtype=np.float64)
    counts = np.array([one.weight for one in examples])
    learnt = learn(table, truth, counts, ridge=_RIDGE, rounds=_ROUNDS)
    return SentenceModel(learnt.values, learnt.start)


def traits_by(model: SentenceModel, one: Learnt) -> dict[str, float]:
    """Give a letter's traits as a model of sentences hears them."""
    heard = [
        Heard(model.likeness(signs), len(span.text.split()), frozenset(rules_in(span.text, one.languages)))
        for signs, span in zip(one.signs, sentences_of(one.draft), strict=True)
    ]
    return traits_of(model.likeness(_signs(one.letter.subject, one.languages)), heard)


def traits_left_out(letters: Sequence[Learnt], examples: Sequence[Example]) -> list[dict[str, float]]:
    """Give each letter's traits as a model hears them that did not learn from its part of the letters."""
    found: dict[str, dict[str, float]] = {}
    for fold in range(_FOLDS):
        others = [example for one in letters if one.fold != fold for example in one.examples()]
        model = learn_sentences([*examples, *others])
        found |= {one.letter.id: traits_by(model, one) for one in letters if one.fold == fold}
    return [found[one.letter.id] for one in letters]


def learn_letters(letters: Sequence[Learnt], traits: Sequence[dict[str, float]]) -> dict[str, list[float]]:
    """Learn letters: ridge-penalised softmax over their traits; give, by trait, middle, spread and three weights."""
    names = list(traits[0])
    values = np.array([[one[name] for name in names] for one in traits])
    middle, spread = values.mean(axis=0), values.std(axis=0) + 1e-6
    table = np.column_stack([(values - middle) / spread, np.ones(len(values))])
    truth = np.eye(3)[[PURPOSES.index(one.letter.purpose) for one in letters]]
    counts = np.array([[one.letter.weight] for one in letters])
    weights = _softmax(table, truth, counts)
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

[letters]
{rows}
"""


@dataclass(frozen=True)
class Trained:
    """The two files of a trained model."""

    weights: bytes
    about: str


def train(letters: Sequence[Letter]) -> Trained:
    """Train the model from the sentences beside it and from these letters."""
    examples = sentences()
    learnt = [Learnt(letter) for letter in letters]
    rows = learn_letters(learnt, traits_left_out(learnt, examples))
    model = learn_sentences([*examples, *(example for one in learnt for example in one.examples())])
    values = in_steps(model.values, _STEP)
    about = _ABOUT.format(
        sentences=len(examples),
        letters=len(letters),
        hash=sha256(values).hexdigest(),
        step=_STEP,
        start=model.start,
        rows="\n".join(f"{name} = {row}" for name, row in rows.items()),
    )
    return Trained(values, about)


def write(trained: Trained) -> None:
    """Store a trained model."""
    WEIGHTS.write_bytes(trained.weights)
    ABOUT.write_text(trained.about, encoding="utf-8")
