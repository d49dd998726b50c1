"""Training the small model; `script/train` does it and writes weights.bin and about.toml anew.

The same replies give the same bytes: there is no chance in it, and weights are kept in coarse steps. Whoever wants out
may tell a story first: of a reply that is an exit, only the sentence that sounds most like one has to. What sentences
and wholes are taken for while the trees are learnt comes from models that did not learn from that author's replies.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256

import numpy as np

from goodterms.feedback.parsers.learnt.model import ABOUT, BUCKETS, REACH, WEIGHTS, Lists, Sums, traits_of
from goodterms.feedback.parsers.learnt.signs import (
    LONGEST_RUN,
    Sentence,
    Signs,
    bucketed,
    clue_signs,
    letter_signs,
    signs_of,
)
from goodterms.lib.ngrams import code_of_word, runs_of_words
from goodterms.lib.regression import Floats, Ints, Learnt, Table, in_growing_steps, learn_evenly
from goodterms.lib.trees import Pace, Trees, learn_trees

_RIDGE = 0.07
_PARTS = 8
"""Authors are left out in so many groups."""
_ROUNDS_OF_WHOLE = 60
_ROUNDS_OF_SENTENCES = (40, 25, 25)
_PACE = Pace(trees=80, depth=4, step=0.15, ridge=3.0)
_LARGEST = 4.0


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
        of_sentences = [_groups(sentence) for one in examples for sentence in one.signs.sentences]
        return cls(
            sentences=_table(of_sentences),
            whole=_table([_groups_of_whole(one.signs) for one in examples]),
            owner=np.repeat(np.arange(len(examples)), lengths),
            truth=np.array([one.wants_out for one in examples], dtype=np.float64),
        )


Groups = tuple[Sequence[int], ...]
"""The buckets of letters, words and clues."""


def _groups(sentence: Sentence) -> Groups:
    words = sentence.text.split()
    runs = runs_of_words([code_of_word(word) for word in words], LONGEST_RUN)
    return [bucket for word in words for bucket in letter_signs(word)], bucketed(runs), clue_signs(sentence.spoken)


def _groups_of_whole(signs: Signs) -> Groups:
    letters, runs, _ = zip(*map(_groups, signs.sentences), strict=True)
    return _joined(letters), _joined(runs), clue_signs(signs.whole)


def _joined(lists: Iterable[Sequence[int]]) -> list[int]:
    return [bucket for one in lists for bucket in one]


def _table(rows: Sequence[Groups]) -> Table:
    """Make a table of groups of signs, a row each."""
    lengths = [sum(map(len, groups)) for groups in rows]
    shares = [
        np.full(len(group), reach / np.sqrt(len(group) or 1))
        for groups in rows
        for reach, group in zip(REACH, groups, strict=True)
    ]
    return Table(
        bucket=np.array(_joined(group for groups in rows for group in groups), dtype=np.int64),
        row=np.repeat(np.arange(len(rows)), lengths),
        value=np.concatenate(shares),
        count=len(rows),
        buckets=BUCKETS,
    )


@dataclass(frozen=True)
class Heard:
    """What was learnt of sentences and of wholes."""

    sentences: Learnt
    whole: Learnt

    def sums(self, tables: Tables) -> Iterator[Sums]:
        """Give how each example sounds."""
        of_sentences = tables.sentences.times(self.sentences.values) + self.sentences.start
        of_whole = tables.whole.times(self.whole.values) + self.whole.start
        ends = np.cumsum(np.bincount(tables.owner))[:-1]
        for sentences, whole in zip(np.split(of_sentences, ends), of_whole.tolist(), strict=True):
            yield Sums(sentences.tolist(), whole)


def learn_whole(tables: Tables, counts: Floats) -> Learnt:
    """Learn what replies sound like as a whole, from the examples that count."""
    return learn_evenly(tables.whole, tables.truth, counts, ridge=_RIDGE, rounds=_ROUNDS_OF_WHOLE)


def stored(values: Floats) -> bytes:
    """Give weights as they are kept."""
    return in_growing_steps(values, _LARGEST)


def learn_sounds(tables: Tables, counts: Floats) -> Heard:
    """Learn from the examples that count."""
    owner = tables.owner
    truth, shared = tables.truth[owner], counts[owner]
    found = Learnt(np.zeros(BUCKETS), 0.0)
    # At first each sentence of an exit says a part of it, then the one that sounds most like it says it all.
    weights = np.where(truth > 0, 1 / np.bincount(owner)[owner], 1.0)
    for rounds in _ROUNDS_OF_SENTENCES:
        found = learn_evenly(tables.sentences, truth, weights * shared, ridge=_RIDGE, rounds=rounds, begin=found)
        sums = tables.sentences.times(found.values) + found.start
        best = np.full(len(tables.truth), -np.inf)
        np.maximum.at(best, owner, sums)
        rest = np.where(sums > 0.5, 0.5, 0.0)
        weights = np.where(truth > 0, np.where(sums >= best[owner], 1.0, rest), 1.0)
    return Heard(found, learn_whole(tables, counts))


def traits_left_out(tables: Tables, examples: Sequence[Example]) -> Floats:
    """Give each example's traits, a row each, as models hear them that did not learn from its author."""
    parts = {author: place % _PARTS for place, author in enumerate(sorted({one.author for one in examples}))}
    part_of = np.array([parts[one.author] for one in examples])
    found: dict[int, list[float]] = {}
    for part in range(_PARTS):
        heard = learn_sounds(tables, (part_of != part).astype(np.float64))
        for number, (one, sums) in enumerate(zip(examples, heard.sums(tables), strict=True)):
            if parts[one.author] == part:
                found[number] = traits_of(one.signs, sums, one.lists)
    return np.array([found[number] for number in range(len(examples))])


def learn_weighing(traits: Floats, examples: Sequence[Example]) -> Trees:
    """Learn what the traits of examples say together."""
    truth = np.array([one.wants_out for one in examples], dtype=np.float64)
    return learn_trees(traits, truth, np.array([one.weight for one in examples]), _PACE)


_ABOUT = """# What weights.bin is, and what the traits of a reply say; written by the command below, and a test
# holds that it would write the same again. A row of trees is a tree: the numbers of the traits that it asks for, what
# they must be above, and what it adds for each answer.
origin = "{count:,} replies, made up for the corpus in November 2026"
learnt_from = "{learnt_from}"
command = "script/train"
sha256 = "{hash}"
largest = {largest}
start_of_sentences = {heard.sentences.start:.4f}
start_of_whole = {heard.whole.start:.4f}
trees = [
{rows}
]
"""


@dataclass(frozen=True)
class Trained:
    """The two files of a trained model."""

    weights: bytes
    about: str


def train(examples: Sequence[Example]) -> Trained:
    """Train the model from these replies."""
    tables = Tables.of(examples)
    trees = learn_weighing(traits_left_out(tables, examples), examples)
    heard = learn_sounds(tables, np.ones(len(examples)))
    values = stored(heard.sentences.values) + stored(heard.whole.values)
    about = _ABOUT.format(
        count=len(examples),
        learnt_from=fingerprint(examples),
        hash=sha256(values).hexdigest(),
        largest=_LARGEST,
        heard=heard,
        rows="\n".join(f"  {[list(part) for part in row]}," for row in trees.rows()),
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
