"""mailing list, pause, resume, cancel."""

from collections.abc import Callable
from typing import Any

import click

from goodterms.accounts.office import Office
from goodterms.cli.context import command, now, open_office
from goodterms.cli.output import answer, table
from goodterms.mailings.actions.ask import cancel, pause, resume
from goodterms.mailings.models import Mailing
from goodterms.mailings.queries import list_mailings, progress_of
from goodterms.updates.models import Update
from goodterms.updates.queries import get_update


@click.group("mailing")
def mailing_() -> None:
    """Updates left to the workers: see how far they are, pause them, let them go on, call them off."""


@command("list")
def list_() -> None:
    """List the mailings, the one asked for last first, and how far they are."""
    moment = now()
    found = []
    for one in list_mailings(open_office().owner):
        progress = progress_of(one, now=moment)
        counts = {word: getattr(progress, word) for word in ("accepted", "deferred", "refused", "unknown", "left")}
        found.append({**mailing_values(one), **counts})
    columns = ("update", "state", "due_at", "accepted", "deferred", "refused", "unknown", "left", "note")
    rows = [tuple(one[column] for column in columns) for one in found]
    answer({"mailings": found}, table([column.replace("_at", "") for column in columns], rows))


def mailing_values(mailing: Mailing) -> dict[str, Any]:
    """Give a mailing for programs."""
    return {
        "update": mailing.update_id,
        "vehicle": mailing.vehicle,
        "state": mailing.state,
        "asked_by": mailing.asked_by,
        "asked_at": mailing.asked_at,
        "due_at": mailing.due_at,
        "next_at": mailing.next_at,
        "begun_at": mailing.begun_at,
        "finished_at": mailing.finished_at,
        "note": mailing.note,
    }


def _act(update: str, act: Callable[[Office, Update], Mailing]) -> None:
    office = open_office()
    made = act(office, get_update(office.owner, update))
    answer(mailing_values(made), f"The mailing of update {made.update_id} is {made.state}.")


@command("pause")
@click.argument("update")
def pause_(update: str) -> None:
    """Let the mailing of UPDATE wait: at most the window of copies that is under way still leaves."""
    _act(update, pause)


@command("resume")
@click.argument("update")
def resume_(update: str) -> None:
    """Let the paused or stopped mailing of UPDATE go on."""
    _act(update, resume)


@command("cancel")
@click.argument("update")
def cancel_(update: str) -> None:
    """Call the mailing of UPDATE off: nobody else gets it. What was accepted stays so."""
    _act(update, cancel)


for _command in (list_, pause_, resume_, cancel_):
    mailing_.add_command(_command)

COMMANDS = (mailing_,)
