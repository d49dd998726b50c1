"""exit, erase."""

import sys

import click

from goodterms.cli.context import VEHICLE, command, now, open_office, person_named
from goodterms.cli.output import answer
from goodterms.erasure.actions import erase
from goodterms.exits.actions.links import exit_by_link
from goodterms.exits.actions.take import exit_by_name
from goodterms.ledger.rules.facts import Scope
from goodterms.ledger.rules.kinds import Actor, Kind, Vehicle
from goodterms.lib.moments import read_moment
from goodterms.people.models import Person


@command()
@click.argument("person", required=False)
@click.option("--stop", "kind", flag_value=Kind.STOPPED.value, help="No updates any more; they stay connected.")
@click.option("--leave", "kind", flag_value=Kind.LEFT.value, help="They want the connection broken.")
@click.option(
    "--link", metavar="LINK", help="A way out from one of your mails instead of PERSON: it says who and what."
)
@click.option("--vehicle", "vehicles", type=VEHICLE, multiple=True, help="Only by this vehicle (with --stop).")
@click.option("--at", metavar="TIME", help="When they said so; now, if not given.")
@click.option("--heard", default="", help="Their words, and where you heard them.")
def exit_(
    *, person: str | None, kind: str | None, link: str | None, vehicles: tuple[str, ...], at: str | None, heard: str
) -> None:
    """Record that PERSON wants out, as they told you. It holds at once and for ever, under any name they have.

    Also for somebody no archive has shown yet. LINK is a signed way out: its https or mailto address, or the token.
    """
    if link is not None:
        if person or kind or vehicles or at or heard:
            raise click.UsageError("--link says everything itself: give it alone.")
        taken_by, taken = exit_by_link(open_office(), link, now=now())
        _print(taken_by, taken, ())
        return
    if person is None:
        raise click.UsageError("Say who: PERSON, or --link LINK.")
    if kind is None:
        raise click.UsageError("Say which: --stop or --leave.")
    office = open_office()
    moment = now()
    found = exit_by_name(
        office,
        person,
        Kind(kind),
        at=read_moment(at) if at else moment,
        now=moment,
        actor=Actor.OWNER,
        scope=Scope(vehicles=frozenset(map(Vehicle, vehicles))),
        detail={"heard": heard} if heard else {},
    )
    _print(found, Kind(kind), vehicles)


def _print(person: Person | None, kind: Kind, vehicles: tuple[str, ...]) -> None:
    is_leave = kind is Kind.LEFT
    if person is None:
        answer(
            {"person": None, "exit": "leave" if is_leave else "stop", "vehicles": []},
            "The link is genuine, but this database is older and knows nobody by its number. The exit is kept: whoever "
            "comes back with that number has left already. Who it was can be said by: goodterms exit PERSON",
        )
        return
    answer(
        {"person": person.pk, "exit": "leave" if is_leave else "stop", "vehicles": list(vehicles)},
        f"{person}: no updates from now on{' by ' + ', '.join(vehicles) if vehicles else ''}."
        + (" Break the connection on LinkedIn; the next export will show it." if is_leave else ""),
    )


@command()
@click.argument("person")
@click.option("--yes", is_flag=True, help="Do not ask.")
def erase_(person: str, yes: bool) -> None:
    """Destroy what is known of PERSON; only what is needed never to write to them again stays."""
    office = open_office()
    one = person_named(office, person)
    if not yes and sys.stdin.isatty():
        click.confirm(f"Erase {one} for good?", abort=True, err=True)
    erase(office, one, now=now())
    answer({"person": one.pk, "erased": True}, f"Erased person {one.pk}. They are never written to again.")


COMMANDS = (exit_, erase_)
