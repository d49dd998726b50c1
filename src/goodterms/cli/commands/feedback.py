"""feedback read, poll, listen, pending, replies, decide."""

import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import click

from goodterms.accounts.office import Office
from goodterms.cli.context import command, now, open_office, person_named
from goodterms.cli.output import answer, progress, table, warn
from goodterms.config import SettingsFaulty
from goodterms.delivery.drain import drain_on_signals
from goodterms.delivery.vehicles.transport import RunStopped
from goodterms.doors import send_waiting_answers
from goodterms.feedback.actions.pending import ANSWER_WITHIN, Choice, decide, expire_pending
from goodterms.feedback.actions.poll import poll, watch
from goodterms.feedback.actions.read import count_read, read_mail
from goodterms.feedback.listener import Listener
from goodterms.feedback.mailbox import mailbox_of
from goodterms.feedback.models import Feedback
from goodterms.feedback.parsers.classify import Signal
from goodterms.feedback.parsers.mailbox import messages_in
from goodterms.feedback.queries import pending_items, replies_since_update
from goodterms.ledger.actions.seal import seal
from goodterms.updates.queries import get_update

_SETTLE_SECONDS = 60
"""How often a listener seals what it obeyed."""


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
    _settle(office)
    answer(count_read(counts), read_table(counts))


def _settle(office: Office) -> None:
    """Seal what was obeyed, and send the short answers that wait; where they can't leave, they wait on."""
    seal(office.owner, office.keys, now=now())
    try:
        send_waiting_answers(office)
    except (RunStopped, SettingsFaulty) as fault:
        warn(f"{fault} Answers wait; what came back was obeyed.")


def _say_renumbered(counts: Counter[str]) -> None:
    if counts["renumbered"]:
        warn("The server has numbered the mailbox anew: all of it was looked at again, and nothing obeyed twice.")


def read_table(counts: Counter[str]) -> Any:
    """Give what was read as a table for people."""
    values = count_read(counts)
    rows = [(f"{count:,}", _WORDS[name]) for name, count in values.items() if count or name in {"read", "new"}]
    return table(["messages", ""], rows)


_WORDS = {
    "read": "read",
    "new": "not read before",
    "exits": "exits, obeyed",
    "complaints": "complaints, obeyed",
    "bounces": "bounces",
    "auto": "answers by machines",
    "opt_ins": "choices, and yeses that were confirmed",
    "replies": "replies",
    "pending": "may be exits; their senders are held for your eye",
    "ignored": "about nobody known",
}


@command()
def pending() -> None:
    """List what only you can tell: may it be an exit, is something to be erased.

    Doubts hold the person on all vehicles meanwhile; after seven days they are exits.
    """
    found = [_item(row) for row in pending_items(open_office().owner)]
    rows = [(one["item"], one["name"], one["kind"], one["exit_on"], one["heard"][:300]) for one in found]
    answer(
        {"pending": found},
        table(["item", "name", "what", "an exit on", "said"], rows),
        "Decide: goodterms feedback decide ITEM --exit stop|leave, or --not-an-exit" if found else "Nothing waits.",
    )


@command("replies")
@click.argument("update")
def replies_(update: str) -> None:
    """List the replies since the last update before UPDATE that were taken for no exit.

    Words that nobody foresaw can hold one: read them before you send. goodterms exit PERSON --stop takes it.
    """
    office = open_office()
    rows = list(replies_since_update(office.owner, get_update(office.owner, update)))
    shown = [(row.person_id, str(row.person or ""), f"{row.received_at:%Y-%m-%d}", row.words[:300]) for row in rows]
    answer(
        {"replies": [{"person": row.person_id, "received_at": row.received_at, "heard": row.words} for row in rows]},
        table(["person", "name", "on", "said"], shown),
    )


def _item(row: Feedback) -> dict[str, Any]:
    expires = row.signal == Signal.UNSURE and row.kind != "challenge" and row.person_id is not None
    return {
        "item": row.pk,
        "person": row.person_id,
        "name": str(row.person) if row.person else "",
        "kind": row.kind or "exit",
        "reason": row.reason,
        "heard": row.words,
        "received_at": row.received_at,
        "exit_on": f"{row.read_at + ANSWER_WITHIN:%Y-%m-%d}" if expires else None,
    }


@command("decide")
@click.argument("item", type=int)
@click.option("--exit", "exit_", type=click.Choice(["stop", "leave", "complaint"]), help="It is this exit.")
@click.option("--not-an-exit", is_flag=True, help="They want to go on; the hold is lifted.")
@click.option("--person", metavar="PERSON", help="Whom it is about, where that could not be read.")
def decide_(item: int, exit_: str | None, not_an_exit: bool, person: str | None) -> None:
    """Settle ITEM of the list that `feedback pending` gives. An exit that was taken already stays."""
    if bool(exit_) == not_an_exit:
        raise click.UsageError("Say which: --exit stop, --exit leave, --exit complaint or --not-an-exit.")
    office = open_office()
    choice = Choice(exit_) if exit_ else Choice.NOT_AN_EXIT
    whose = person_named(office, person) if person else None
    row = decide(office, item, choice, person=whose, now=now())
    answer(
        {"item": row.pk, "decision": choice.value, "person": row.person_id},
        f"Item {row.pk} is settled: {choice.value.replace('-', ' ')}.",
    )


@command("poll")
@click.option("--watch", "is_watched", is_flag=True, help="Go on until Ctrl-C, reading mail as it comes.")
def poll_(is_watched: bool) -> None:
    """Read your mailbox and obey what is new in it. Nothing there is deleted or marked as seen."""
    office = open_office()
    box = mailbox_of(office, or_common=True)
    if not is_watched:
        counts = poll(office, box.address, token_command=box.token_command, after=box.after, clock=now)
        _settle(office)
        _say_renumbered(counts)
        answer(count_read(counts), read_table(counts))
        return

    def told(counts: Counter[str]) -> None:
        _settle(office)
        _say_renumbered(counts)
        answer(count_read(counts), read_table(counts))

    with drain_on_signals() as should_stop:
        watch(
            office,
            box.address,
            token_command=box.token_command,
            after=box.after,
            clock=now,
            pause=_pause_until(should_stop),
            should_stop=should_stop,
            heard=told,
            failed=lambda fault, seconds: warn(f"{fault} Tried again in {seconds:.0f} seconds, and then less often."),
        )


@command()
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen on.")
@click.option("--port", type=click.IntRange(1, 65535), default=8024, show_default=True)
@click.option("--smtp", "speaks_smtp", is_flag=True, help="Speak SMTP; without it, LMTP.")
def listen(host: str, port: int, speaks_smtp: bool) -> None:
    """Take mail from your own mail server and obey it, until Ctrl-C.

    For those with their own domain: let Postfix hand over returns, complaints and answers by LMTP. Each mail is
    answered for once it was obeyed; nothing is passed on.
    """
    office = open_office()
    counts: Counter[str] = Counter()
    with drain_on_signals() as should_stop, Listener(host, port, speaks_lmtp=not speaks_smtp) as listener:
        warn(f"Listening on {host}:{port}. Ctrl-C ends it.")
        settled_at = time.monotonic()

        def obey(raw: bytes) -> None:
            nonlocal settled_at
            counts.update(read_mail(office, [raw], now=now()))
            expire_pending(office, now=now())
            if time.monotonic() - settled_at > _SETTLE_SECONDS:
                _settle(office)
                settled_at = time.monotonic()

        listener.serve(obey, should_stop=should_stop, failed=_told_once())
    _settle(office)
    answer(count_read(counts), read_table(counts))


def _told_once() -> Callable[[Exception], None]:
    """Give a function that tells each fault once as long as it lasts."""
    told = [""]

    def failed(fault: Exception) -> None:
        if str(fault) != told[0]:
            told[0] = str(fault)
            warn(f"{fault} The mail stays with the server that brought it, and is taken when it comes again.")

    return failed


def _pause_until(should_stop: Callable[[], bool]) -> Callable[[float], None]:
    def pause(seconds: float) -> None:
        until = time.monotonic() + seconds
        while time.monotonic() < until and not should_stop():
            time.sleep(min(0.5, seconds))

    return pause


for _command in (read, poll_, listen, pending, decide_, replies_):
    feedback.add_command(_command)

COMMANDS = (feedback,)
