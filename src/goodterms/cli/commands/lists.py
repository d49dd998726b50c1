"""list check, sync, post."""

from dataclasses import asdict
from typing import Any

import click

from goodterms.cli.commands.updates import audience_lines, audience_values, count_audience
from goodterms.cli.context import command, copies_of, now, open_office, rulebook_of
from goodterms.cli.output import Refused, answer, strong, table
from goodterms.delivery.actions.lists import Synced, sync_list
from goodterms.delivery.actions.post import post_update
from goodterms.doors import list_server_of
from goodterms.ledger.rules.kinds import Vehicle
from goodterms.updates.queries import get_update


@click.group("list")
def list_() -> None:
    """A list on your GNU Mailman or listmonk: its members kept true, exits taken back, updates posted."""


@command()
@click.option("--mend", is_flag=True, help="Set right what is not as it must be.")
def check(mend: bool) -> None:
    """See whether the list can be reached and is set up so that nothing happens that must not."""
    office = open_office()
    server = list_server_of(office)
    if mend:
        server.mend(office.owner.email)
    flaws = server.flaws(office.owner.email)
    if flaws:
        raise Refused(
            f"The list {server.name} is not set up for this: {'; '.join(flaws)}. To set it right: goodterms list check "
            "--mend",
            {"list": server.name, "flaws": flaws},
        )
    answer({"list": server.name, "flaws": []}, f"The list {server.name} is as it must be.")


@command()
@click.option("--dry-run", is_flag=True, help="Look and count, and change nothing.")
def sync(dry_run: bool) -> None:
    """Take exits back from the list, and make its members exactly those who may get an update through it now."""
    office = open_office()
    done = sync_list(office, list_server_of(office), rulebook=rulebook_of(office), now=now(), dry_run=dry_run)
    answer({**asdict(done), "dry_run": dry_run}, *_lines(done))


@command()
@click.argument("update")
@click.option("--dry-run", is_flag=True, help="Show whom it would go to, and post nothing.")
def post(update: str, dry_run: bool) -> None:
    """Post UPDATE to the list; its members are made exactly those who may have it before."""
    office = open_office()
    one = get_update(office.owner, update)
    if dry_run:
        found = count_audience(office, one, Vehicle.LIST, at=now())
        answer({**audience_values(found), "dry_run": True}, *audience_lines(found))
        return
    done = post_update(
        office, copies_of(office, one), list_server_of(office), rulebook=rulebook_of(office), worker="list", now=now()
    )
    told = f"Posted to {done.accepted:,} members: {done.answer}." if done.accepted else "Nobody is to get it."
    answer(
        {"accepted": done.accepted, "answer": done.answer, **asdict(done.synced)}, strong(told), *_lines(done.synced)
    )


def _lines(done: Synced) -> list[Any]:
    words = {
        "exits": "had left the list; they are exits now",
        "held": "may have left; held for your eye",
        "removed": "taken off the list",
        "added": "put on the list",
        "kept": "were on it",
    }
    return [table(["people", ""], [(f"{getattr(done, name):,}", said) for name, said in words.items()])]


for _command in (check, sync, post):
    list_.add_command(_command)

COMMANDS = (list_,)
