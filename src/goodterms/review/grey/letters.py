"""The letters that the small model learns from: their text, what they are for, and which parts offer something."""

import re
from dataclasses import dataclass
from pathlib import Path

from goodterms.review.grey.signs import FOLDER

DRAFTS = FOLDER / "drafts"
_HEAD = re.compile(r"^== (?P<id>\S+) \| (?P<purpose>\w+) \| (?P<subject>.+)$", re.MULTILINE)
_MARK = re.compile(r"\[\[|\]\]")


@dataclass(frozen=True)
class Letter:
    """A letter to learn from."""

    id: str
    purpose: str
    subject: str
    text: str
    offers: tuple[tuple[int, int], ...] = ()
    """Where in the text something is offered; none, in what offers something: nobody marked it."""
    weight: float = 1.0


def letters_in(path: Path) -> list[Letter]:
    """Read the letters of a file: "== id | purpose | subject", then the text with [[ ]] around what offers."""
    content = path.read_text(encoding="utf-8")
    heads = list(_HEAD.finditer(content))
    ends = [head.start() for head in heads[1:]] + [len(content)]
    return [_letter(head, content[head.end() : end].strip()) for head, end in zip(heads, ends, strict=True)]


def _letter(head: re.Match[str], marked: str) -> Letter:
    text, offers, begun, place = "", [], 0, 0
    for mark in _MARK.finditer(marked):
        text += marked[place : mark.start()]
        place = mark.end()
        if mark[0] == "[[":
            begun = len(text)
        else:
            offers.append((begun, len(text)))
    return Letter(head["id"], head["purpose"], head["subject"], text + marked[place:], tuple(offers))


def letters() -> list[Letter]:
    """Give the letters that are kept beside the model."""
    return [letter for path in sorted(DRAFTS.glob("*.txt")) for letter in letters_in(path)]
