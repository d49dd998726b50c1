"""feedback read."""

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import click

from goodterms.cli.context import command, now, open_office
from goodterms.cli.output import answer, progress, table
from goodterms.feedback.actions import read_mail
from goodterms.feedback.parsers.mailbox import messages_in


@click.group()
def feedback() -> None:
    """What comes back: exits, complaints, bounces, replies."""


@command()
@click.argument("paths", metavar="MAILBOX_OR_EML...", nargs=-1, required=True, type=click.Path(path_type=Path))
def read(paths: tuple[Path, ...]) -> None:
    """Read mail (.eml files, Maildir, mbox, folders) and obey it: each exit before the next message leaves.

    A message that was read before changes nothing.
    """
    office = open_office()
    with progress() as shown:
        task = shown.add_task("reading mail", total=None)

        def each() -> Iterator[bytes]:
            for path in paths:
                for _name, raw in messages_in(path):
                    yield raw
                    shown.advance(task)

        counts = read_mail(office, each(), now=now())
    values = _values(counts)
    rows = [(f"{count:,}", _WORDS[name]) for name, count in values.items() if count or name in {"read", "new"}]
    answer(values, table(["messages", ""], rows))


def _values(counts: Counter[str]) -> dict[str, int]:
    return {
        "read": counts["read"],
        "new": counts["new"],
        "exits": counts["exit_stop"] + counts["exit_leave"],
        "complaints": counts["complaint"],
        "bounces": counts["bounce"],
        "auto": counts["auto_reply"],
        "replies": counts["reply"],
        "pending": counts["unsure"],
        "ignored": counts["ignored"],
    }


_WORDS = {
    "read": "read",
    "new": "not read before",
    "exits": "exits, obeyed",
    "complaints": "complaints, obeyed",
    "bounces": "bounces",
    "auto": "answers by machines",
    "replies": "replies",
    "pending": "may be exits; their senders are held for your eye",
    "ignored": "about nobody known",
}

feedback.add_command(read)

COMMANDS = (feedback,)
