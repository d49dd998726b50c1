"""Tells how well purposes are told of drafts by a hand that nothing was learnt from.

First one of which nothing was ever seen, then each other left out in turn.

`script/train figures` runs it; it changes no file of the project, and takes some minutes.
"""

import sys
from collections import Counter
from pathlib import Path
from tempfile import TemporaryDirectory

from goodterms.ledger.rules.kinds import Purpose
from goodterms.review.draft import draft_of
from goodterms.review.grey import model
from goodterms.review.grey.letters import DRAFTS, Letter, letters_in
from goodterms.review.grey.training import Trained, train
from goodterms.review.rules import find_purpose
from tests.review.corpus import unseen_letters
from tests.review.train import seen

HANDS = tuple(sorted({path.stem.partition("-")[2] for path in DRAFTS.glob("??-*.txt")}))


def main() -> None:
    """Print a line for each hand."""
    sys.stdout.write("hand     drafts   right  commercial found  called so, right  taken for news\n")
    sys.stdout.write(_line("unseen", Counter((letter.purpose, _said(letter)) for letter in unseen_letters())))
    for hand in HANDS:
        theirs = [letter for path in sorted(DRAFTS.glob(f"??-{hand}.txt")) for letter in letters_in(path)]
        names = {letter.id for letter in theirs}
        with TemporaryDirectory() as folder:
            use(train([letter for letter in seen() if letter.id not in names]), Path(folder))
            sys.stdout.write(_line(hand, Counter((letter.purpose, _said(letter)) for letter in theirs)))
            sys.stdout.flush()


def use(trained: Trained, folder: Path) -> None:
    """Let everything that is judged in this process from now on be judged by another model, kept in a folder."""
    model.WEIGHTS, model.WHOLE, model.ABOUT = (folder / name for name in ("weights.bin", "whole.bin", "about.toml"))
    model.WEIGHTS.write_bytes(trained.weights)
    model.WHOLE.write_bytes(trained.whole)
    model.ABOUT.write_text(trained.about, encoding="utf-8")
    for kept in (model.weights, model.whole_weights, model.letters, model.about):
        kept.cache_clear()


def _said(letter: Letter) -> str:
    return find_purpose(draft_of(letter.subject, letter.text, Purpose.NETWORKING)).reads.value


def _line(hand: str, pairs: "Counter[tuple[str, str]]") -> str:
    right = sum(count for (truth, said), count in pairs.items() if truth == said)
    found = pairs["commercial", "commercial"]
    commercial = sum(count for (truth, _), count in pairs.items() if truth == "commercial")
    called = sum(count for (_, said), count in pairs.items() if said == "commercial")
    news = pairs["commercial", "networking"]
    return (
        f"{hand:<8} {pairs.total():>6} {right / pairs.total():>7.0%} {found / commercial:>17.0%} "
        f"{found / max(called, 1):>17.0%} {news:>8} of {commercial}\n"
    )


if __name__ == "__main__":
    main()
