"""welcome list, send, mark."""

import click

from goodterms.cli.commands.send import BY_EMAIL, DRY_RUN, send_update
from goodterms.cli.context import command, now, open_office, person_named, rulebook_of
from goodterms.cli.output import answer, table
from goodterms.ledger.rules.kinds import Vehicle
from goodterms.lib.moments import read_moment
from goodterms.people.queries import search_people
from goodterms.policy.queries.states import in_state
from goodterms.terms.actions import mark_welcomed
from goodterms.terms.queries import text_in_force
from goodterms.terms.rules import Place
from goodterms.updates.actions import add_welcome


@click.group()
def welcome() -> None:
    """The welcome message to each new connection."""


@command("list")
@click.option("--limit", default=200, show_default=True, help="How many to list.")
def list_(limit: int) -> None:
    """List the new connections who wait for the welcome message, newest first."""
    office = open_office()
    due = search_people(office.owner).filter(in_state(office.owner, "welcome_due", rulebook_of(office), now=now()))
    people = due.order_by("-connected_on", "id")
    listed = [
        {"person": p.pk, "name": p.name, "connected_on": p.connected_on, "profile": p.slug, "email": p.email}
        for p in people[:limit]
    ]
    answer(
        {"due": people.count(), "people": listed},
        table(
            ["person", "name", "connected", "profile", "e-mail"],
            [tuple(v.values()) for v in listed],
            cut=("name", "e-mail"),
        ),
        f"{people.count():,} due. By hand: send it on LinkedIn, then: goodterms welcome mark PERSON",
    )


@command("send")
@BY_EMAIL
@DRY_RUN
def send_(vehicle: str, dry_run: bool) -> None:
    """Send the welcome message by e-mail to the new connections who show an address."""
    office = open_office()
    moment = now()
    owner = office.owner
    update = add_welcome(
        owner,
        text_in_force(owner, Place.WELCOME, moment),
        terms=text_in_force(owner, Place.UPDATE, moment),
        now=moment,
    )
    send_update(office, update, Vehicle(vehicle), dry_run=dry_run)


@command()
@click.argument("person")
@click.option("--at", metavar="TIME", help="When you sent it; now, if not given.")
def mark(person: str, at: str | None) -> None:
    """Record that you sent PERSON the welcome message by hand; the next export's messages confirm it."""
    office = open_office()
    one = person_named(office, person)
    moment = now()
    mark_welcomed(office.owner, one.pk, at=read_moment(at) if at else moment, now=moment)
    answer({"person": one.pk, "welcomed": True}, f"{one} has had the welcome message.")


for _command in (list_, send_, mark):
    welcome.add_command(_command)

COMMANDS = (welcome,)
