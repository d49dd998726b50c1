"""How well and how fast answers are read: the half of the corpus that nobody looked at, beside the bare parse.

The figures of the reading stand on the standard error; no goal of them is missed silently.
"""

import sys
from collections.abc import Iterator
from email import message_from_bytes

from tests.feedback.corpus.reading import figures, read_corpus

from bench import Line, seconds
from goodterms.feedback.parsers.classify import classify
from goodterms.feedback.parsers.message import read_message


def measure(size: float) -> Iterator[Line]:
    """Read every answer of the corpus as a mail with a quoted original."""
    replies = list(read_corpus())
    for name, half in (("seen", True), ("unseen", False)):
        found = figures([reply for reply in replies if reply.is_seen is half])
        print(f"replies, {name} half:", found, file=sys.stderr)
    mails = [_mail(reply.text) for reply in replies[: max(1, int(len(replies) * size))]]
    yield Line(
        name="reading answers",
        ours=seconds(lambda: [classify(read_message(mail, lambda _text: ())) for mail in mails], times=3),
        reference=seconds(lambda: [message_from_bytes(mail) for mail in mails], times=3),
        beside="email.message_from_bytes",
        goal=25,
    )


def _mail(text: str) -> bytes:
    quoted = "\n".join(f"> line {number} of the update that was answered" for number in range(20))
    head = "From: bob@people.test\nTo: ann@owner.test\nSubject: Re: News\nContent-Type: text/plain; charset=utf-8\n\n"
    return f"{head}{text}\n\nOn Mon, 2 Nov 2026 at 09:00, Ann wrote:\n{quoted}\n".encode()
