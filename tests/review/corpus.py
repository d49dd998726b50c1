"""Drafts of our own in five languages, with the purpose each was written for.

They are split in halves by a hash of the family's id: a draft and its twins that differ from it by one sentence stand
in the same half. The words of the rules were chosen with the seen half alone at hand.
"""

import re
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from pathlib import Path

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
def drafts() -> tuple[Draft, ...]:
    """Give every draft, twins after the one they differ from."""
    return tuple(draft for path in sorted(FOLDER.glob("*.txt")) for draft in _read(path.read_text(encoding="utf-8")))


def _read(text: str) -> list[Draft]:
    heads = list(_HEAD.finditer(text))
    ends = [head.start() for head in heads[1:]] + [len(text)]
    return [draft for head, end in zip(heads, ends, strict=True) for draft in _family(head, text[head.end() : end])]


def _family(head: re.Match[str], rest: str) -> list[Draft]:
    text, _, added = (part.strip() for part in rest.partition("++"))
    name, subject = head["id"], head["subject"]
    found = [Draft(id=name, family=name, purpose=head["purpose"], subject=subject, text=text)]
    if added:
        found.append(_twin(name, "end", "mixed", subject, f"{text} {added}", added))
    if added and int(name[-2:]) % 2 == 0:
        found.append(_twin(name, "front", "commercial", subject, f"{added} {text}", added))
    return found


def _twin(name: str, place: str, purpose: str, subject: str, text: str, added: str) -> Draft:
    return Draft(id=f"{name}-{place}", family=name, purpose=purpose, subject=subject, text=text, added=added)
