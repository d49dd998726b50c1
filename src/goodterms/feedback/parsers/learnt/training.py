"""Training the small model; `script/train` does it and writes weights.bin and about.toml anew.

The same replies give the same bytes: there is no chance in it, and weights are kept in coarse steps. Whoever wants out
may tell a story first: of a reply that is an exit, only the sentence that sounds most like one has to. What sentences
and wholes are taken for while the traits are learnt comes from models that did not learn from that author's replies.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256

import numpy as np

from goodterms.feedback.parsers.learnt.model import (
    ABOUT,
    BUCKETS,
    REACH,
    WEIGHTS,
    Lists,
    Trait,
    Weights,
    sums_of,
    traits_of,
    whole_groups,
)
from goodterms.feedback.parsers.learnt.signs import Signs, signs_of
from goodterms.lib.ngrams import Ints
from goodterms.lib.regression import Floats, Learnt, Table, in_growing_steps, learn

_RIDGE = 0.125
_ROUNDS_OF_WHOLE = 100
_ROUNDS_OF_SENTENCES = (60, 40, 40)
_RIDGE_OF_TRAITS = 1.0
_ROUNDS_OF_TRAITS = 400
_LARGEST = 4.0
_PARTS = 3


@dataclass(frozen=True)
class Example:
    """A reply to learn from."""

    words: str
    author: str
    lists: Lists
    wants_out: bool
    weight: float = 1.0
    """What it counts in traits; a reply that the lists were written by says little of how far they can be trusted."""

    @cached_property
    def signs(self) -> Signs:
        """Its signs."""
        return signs_of(self.words)


@dataclass(frozen=True)
class Tables:
    """All examples' signs: of their sentences, and of them as wholes."""

    sentences: Table
    whole: Table
    owner: Ints
    """Of which example each sentence is."""
    truth: Floats

    @classmethod
    def of(cls, examples: Sequence[Example]) -> "Tables":
        """Make the tables."""
        lengths = [len(one.signs.sentences) for one in examples]
        firsts = np.r_[0, np.cumsum(lengths)]
        of_sentences = [
            (reach, group.bucket, group.text + first)
            for one, first in zip(examples, firsts, strict=False)
            for reach, group in zip(REACH, one.signs.groups, strict=True)
        ]
        of_whole = [
            (reach, buckets, np.full(len(buckets), number))
            for number, one in enumerate(examples)
            for reach, buckets in zip(REACH, whole_groups(one.signs), strict=True)
        ]
        return cls(
            sentences=_table(of_sentences, int(firsts[-1])),
            whole=_table(of_whole, len(examples)),
            owner=np.repeat(np.arange(len(examples)), lengths),
            truth=np.array([one.wants_out for one in examples], dtype=np.float64),
        )


def _table(groups: Sequence[tuple[float, Ints, Ints]], count: int) -> Table:
    """Make a table of groups of signs: how much they count together, their buckets, and the rows they are of."""
    groups = [group for group in groups if len(group[1])]
    return Table(
        bucket=np.concatenate([buckets for _, buckets, _ in groups]),
        row=np.concatenate([rows for _, _, rows in groups]),
        value=np.concatenate([reach / _root_of_count(rows - rows[0]) for reach, _, rows in groups]),
        count=count,
        buckets=BUCKETS,
    )


def _root_of_count(rows: Ints) -> Floats:
    """Give for each sign the root of how many its row has of them."""
    return np.asarray(np.sqrt(np.bincount(rows)[rows]), np.float64)


def learn_whole(tables: Tables, counts: Floats) -> Learnt:
    """Learn what replies sound like as a whole, from the examples that count."""
    return learn(tables.whole, tables.truth, counts, ridge=_RIDGE, rounds=_ROUNDS_OF_WHOLE)


def stored(values: Floats) -> bytes:
    """Give weights as they are kept."""
    return in_growing_steps(values, _LARGEST)


def learn_weights(tables: Tables, counts: Floats) -> Weights:
    """Learn from the examples that count."""
    whole = learn_whole(tables, counts)
    owner = tables.owner
    truth, shared = tables.truth[owner], counts[owner]
    found = Learnt(np.zeros(BUCKETS), 0.0)
    # At first each sentence of an exit says a part of it, then the one that sounds most like it says it all.
    weights = np.where(truth > 0, 1 / np.bincount(owner)[owner], 1.0)
    for rounds in _ROUNDS_OF_SENTENCES:
        found = learn(tables.sentences, truth, weights * shared, ridge=_RIDGE, rounds=rounds, begin=found)
        sums = tables.sentences.times(found.values) + found.start
        best = np.full(len(tables.truth), -np.inf)
        np.maximum.at(best, owner, sums)
        rest = np.where(sums > 0.5, 0.5, 0.0)
        weights = np.where(truth > 0, np.where(sums >= best[owner], 1.0, rest), 1.0)
    return Weights(found.values, whole.values, found.start, whole.start)


def learn_traits(rows: Sequence[Mapping[str, float]], examples: Sequence[Example]) -> tuple[dict[str, Trait], float]:
    """Learn what each trait says, and where the sum starts."""
    names = list(rows[0])
    values = np.array([[row[name] for name in names] for row in rows])
    middle, spread = values.mean(axis=0), values.std(axis=0) + 1e-6
    dense = (values - middle) / spread
    table = Table(
        bucket=np.tile(np.arange(len(names)), len(rows)),
        row=np.repeat(np.arange(len(rows)), len(names)),
        value=dense.ravel(),
        count=len(rows),
        buckets=len(names),
    )
    truth = np.array([one.wants_out for one in examples], dtype=np.float64)
    counts = np.array([one.weight for one in examples])
    learnt = learn(table, truth, counts, ridge=_RIDGE_OF_TRAITS, rounds=_ROUNDS_OF_TRAITS)
    traits = zip(names, middle, spread, learnt.values, strict=True)
    return {name: Trait(*(round(float(one), 4) for one in row)) for name, *row in traits}, round(learnt.start, 4)


def traits_left_out(tables: Tables, examples: Sequence[Example]) -> list[dict[str, float]]:
    """Give each example's traits as models hear them that did not learn from its author."""
    authors = sorted({one.author for one in examples})
    parts = np.array([authors.index(one.author) % _PARTS for one in examples])
    found: dict[int, dict[str, float]] = {}
    for part in range(_PARTS):
        weights = learn_weights(tables, (parts != part).astype(np.float64))
        for number in np.flatnonzero(parts == part).tolist():
            one = examples[number]
            found[number] = traits_of(one.signs, sums_of(one.signs, weights), one.lists)
    return [found[number] for number in range(len(examples))]


_ABOUT = """# What weights.bin is, and what the traits of a reply say; written by the command below, and a test
# holds that it would write the same again. A row of [traits] is a trait's middle, its spread and its weight.
origin = "{count:,} replies, made up for the corpus in November 2026"
learnt_from = "{learnt_from}"
command = "script/train"
sha256 = "{hash}"
largest = {largest}
start_of_sentences = {weights.start_of_sentences:.4f}
start_of_whole = {weights.start_of_whole:.4f}
start = {start}

[traits]
{rows}
"""


@dataclass(frozen=True)
class Trained:
    """The two files of a trained model."""

    weights: bytes
    about: str


def train(examples: Sequence[Example]) -> Trained:
    """Train the model from these replies."""
    tables = Tables.of(examples)
    traits, start = learn_traits(traits_left_out(tables, examples), examples)
    weights = learn_weights(tables, np.ones(len(examples)))
    values = stored(weights.of_sentences) + stored(weights.of_whole)
    about = _ABOUT.format(
        count=len(examples),
        learnt_from=fingerprint(examples),
        hash=sha256(values).hexdigest(),
        largest=_LARGEST,
        weights=weights,
        start=start,
        rows="\n".join(f"{name} = {[one.middle, one.spread, one.weight]}" for name, one in traits.items()),
    )
    return Trained(values, about)


def fingerprint(examples: Sequence[Example]) -> str:
    """Give a hash of what is learnt from, by which training anew is seen to be due."""
    lines = (f"{one.author}\0{one.words}\0{one.lists}\0{one.wants_out}\0{one.weight}\n" for one in examples)
    return sha256("".join(lines).encode()).hexdigest()[:16]


def write(trained: Trained) -> None:
    """Store a trained model."""
    WEIGHTS.write_bytes(trained.weights)
    ABOUT.write_text(trained.about, encoding="utf-8")
