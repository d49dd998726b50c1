"""How well and how fast answers are read: the corpora of replies, beside the bare parse of the same mails.

The figures of the reading stand on the standard error, each with its goal; no goal of them is missed silently.
"""

import sys
from collections.abc import Iterator
from email import message_from_bytes
from itertools import cycle

from tests.feedback.corpus.reading import Reply, figures, parts, read_corpus

from bench import Line, processor_seconds
from bench.letters import MIXTURE, answer, bare_answer
from goodterms.feedback.parsers.classify import classify
from goodterms.feedback.parsers.message import read_message

_AT_LEAST = {"exits_taken_or_held": 0.995, "exit_recall": 0.995}
_AT_MOST = {"false_exits": 0.01, "held_ordinary": 0.05}


def measure(size: float) -> Iterator[Line]:
    """Read every answer of the corpora as a mail with a quoted original, in several forms, and among machines' mail."""
    replies = list(read_corpus())
    _print_figures(replies)
    texts = [reply.text for reply in replies[: max(1, int(len(replies) * size))]]
    mixed = [form(text) for form, text in zip(cycle(MIXTURE), texts, strict=False)]
    yield _line("reading mail as mailboxes hold it, half of it people's", mixed, goal=3)
    yield _line("reading answers as mailboxes hold them", list(map(answer, texts)), goal=3)
    yield _line("reading answers of a few bare lines", list(map(bare_answer, texts)), goal=25)


def _line(name: str, mails: list[bytes], *, goal: float) -> Line:
    ours, reference = processor_seconds(
        lambda: [classify(read_message(mail, lambda _text: ())) for mail in mails],
        lambda: [message_from_bytes(mail) for mail in mails],
        times=5,
    )
    return Line(
        name=name,
        ours=ours,
        reference=reference,
        beside="email.message_from_bytes",
        goal=goal,
    )


def _print_figures(replies: list[Reply]) -> None:
    for name, part in parts(replies).items():
        found = figures(part)
        print(f"replies, {name}: {found}", file=sys.stderr)
        for key, goal in (_AT_LEAST | _AT_MOST).items():
            is_met = found[key] >= goal if key in _AT_LEAST else found[key] <= goal
            sign = ">=" if key in _AT_LEAST else "<="
            print(f"  {key:<20} {found[key]:.4f}  goal {sign} {goal}  {'met' if is_met else 'MISSED'}", file=sys.stderr)
