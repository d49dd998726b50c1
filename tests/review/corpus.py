"""Drafts of our own in five languages, with the purpose each was written for.

They are split in halves by a hash of the family's id: a draft and its twins that differ from it by one sentence stand
in the same half. The words of the rules were chosen with the seen half alone at hand; but both halves have one author,
and a family has sisters in the other languages that may stand in the other half, so this is an upper bound.
"""

import re
from dataclasses import dataclass, replace
from functools import cache
from hashlib import sha256
from pathlib import Path

from goodterms.review.grey.letters import Letter, letters_in

FOLDER = Path(__file__).with_name("drafts")
_HEAD = re.compile(r"^== (?P<id>\S+) \| (?P<purpose>\w+) \| (?P<subject>.+)$", re.MULTILINE)


@dataclass(frozen=True, kw_only=True)
class Draft:
    """One draft and the purpose it was written for."""

    id: str
    family: str
    purpose: str
    subject: str
    text: str
    added: str = ""
    """The sentence in which it differs from its twin."""

    @property
    def is_seen(self) -> bool:
        """Whether it stands in the half that was seen while the rules were written."""
        return sha256(self.family.encode()).digest()[0] % 2 == 0


@cache
def later_drafts(name: str) -> tuple[Draft, ...]:
    """Give the drafts in other manners: `later` widened the rules, `fresh` was never used to change them."""
    return tuple(_read((FOLDER.parent / "later" / f"{name}.txt").read_text(encoding="utf-8")))


@cache
def unseen_letters() -> tuple[Letter, ...]:
    """Give the drafts of a hand of which nothing is looked at or learnt: they only say how good the reading is."""
    return tuple(letter for path in sorted((FOLDER.parent / "unseen").glob("*.txt")) for letter in letters_in(path))


@cache
def drafts() -> tuple[Draft, ...]:
    """Give every draft, twins after the one they differ from."""
    return tuple(draft for path in sorted(FOLDER.glob("*.txt")) for draft in _read(path.read_text(encoding="utf-8")))


def _read(text: str) -> list[Draft]:
    heads = list(_HEAD.finditer(text))
    ends = [head.start() for head in heads[1:]] + [len(text)]
    return [draft for head, end in zip(heads, ends, strict=True) for draft in _family(head, text[head.end() : end])]


def _family(head: re.Match[str], rest: str) -> list[Draft]:
    text, _, added = (part.strip() for part in rest.partition("++"))
    name = head["id"]
    first = Draft(id=name, family=name, purpose=head["purpose"], subject=head["subject"], text=text)
    found = [first]
    if added:
        at_end = f"{text} {added}"
        found.append(replace(first, id=f"{name}-end", purpose="mixed", text=at_end, added=added))
    if added and int(name[-2:]) % 2 == 0:
        in_front = f"{added} {text}"
        found.append(replace(first, id=f"{name}-front", purpose="commercial", text=in_front, added=added))
    return found
