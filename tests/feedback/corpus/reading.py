"""Reading the corpus of replies: what people write, what each wants, and what may be looked at.

A folder holds what one author made up, a file one language: its origin first, then a line a reply, `S` stop, `L` leave,
`U` unsure, `N` no exit. Of `own`, the hash of a reply says whether it is in the seen half; other authors are seen or
unseen as a whole. Nobody looks at what is unseen while writing rules, and the small model does not learn from it: it
only says how good they are.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from goodterms.feedback.parsers.classify import Signal, classify
from goodterms.feedback.parsers.message import read_message

_FOLDER = Path(__file__).parent
OWN = "own"
"""The author who was first, whose replies are halved."""
UNSEEN_AUTHORS = frozenset({"lou", "zed"})
"""Authors of whom nothing may be looked at or learnt."""
_EXITS = {Signal.EXIT_STOP, Signal.EXIT_LEAVE}


@dataclass(frozen=True)
class Reply:
    """A reply as somebody wrote it."""

    language: str
    label: str
    text: str
    origin: str
    author: str

    @property
    def number(self) -> str:
        """A number that stays while the words do."""
        return sha256(f"{self.language}\0{self.text}".encode()).hexdigest()[:12]

    @property
    def is_seen(self) -> bool:
        """Whether rules may be written by it, and the model may learn from it."""
        if self.author == OWN:
            return int(self.number, 16) % 2 == 0
        return self.author not in UNSEEN_AUTHORS

    @property
    def wants_out(self) -> bool:
        """Whether it is an exit."""
        return self.label in {"S", "L"}

    def read(self) -> Signal:
        """Give what the program takes it for, as a mail."""
        head = "From: bob@people.test\r\nSubject: Re: News\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n"
        return classify(read_message(head.encode() + self.text.encode(), lambda _text: ())).signal


def read_corpus() -> Iterator[Reply]:
    """Give every reply, the first author's first."""
    folders = sorted(
        (path for path in _FOLDER.iterdir() if path.is_dir()), key=lambda path: (path.name != OWN, path.name)
    )
    for path in (path for folder in folders for path in sorted(folder.glob("*.txt"))):
        first, *lines = path.read_text(encoding="utf-8").splitlines()
        for line in lines:
            label, _, text = line.partition(" ")
            yield Reply(path.stem, label, text, first.removeprefix("# origin: "), path.parent.name)


def parts(replies: list[Reply]) -> dict[str, list[Reply]]:
    """Divide replies by who wrote them, the first author's also by what may be looked at."""
    found: dict[str, list[Reply]] = {}
    for reply in replies:
        half = f" {'seen' if reply.is_seen else 'unseen'}" if reply.author == OWN or not reply.is_seen else ""
        found.setdefault(reply.author + half, []).append(reply)
    return found


def figures(replies: list[Reply]) -> dict[str, float | int]:
    """Count how replies are taken."""
    counts: Counter[str] = Counter()
    for reply in replies:
        signal = reply.read()
        sort = "exit" if reply.wants_out else {"U": "doubt", "N": "ordinary"}[reply.label]
        taken = "taken" if signal in _EXITS else "held" if signal is Signal.UNSURE else "passed"
        counts[sort] += 1
        counts[f"{sort}_{taken}"] += 1
    return {
        "replies": len(replies),
        "exits": counts["exit"],
        "exit_recall": _share(counts["exit_taken"], counts["exit"]),
        "exits_taken_or_held": _share(counts["exit_taken"] + counts["exit_held"], counts["exit"]),
        "ordinary": counts["ordinary"],
        "false_exits": _share(counts["ordinary_taken"], counts["ordinary"]),
        "held_ordinary": _share(counts["ordinary_held"], counts["ordinary"]),
        "doubts_passed": _share(counts["doubt_passed"], counts["doubt"]),
    }


def _share(part: int, whole: int) -> float:
    return round(part / whole, 4) if whole else 0.0
