"""pace show, take, set, beside, reset."""

from collections.abc import Mapping
from typing import Any

import click

from goodterms.accounts.office import Office
from goodterms.cli.context import command, now, open_office
from goodterms.cli.output import answer, strong, table, warn
from goodterms.delivery.own_pace import PaceInForce, choose_pace, own_pace, pace_in_force, say_habits
from goodterms.delivery.paces import pace_names, values_of
from goodterms.delivery.words import ORIGINS, excess_words
from goodterms.doors import way_of, zone_for

_KNOWING = click.option("--knowing", is_flag=True, help="Also where it goes over what the provider publishes.")
_SPANS = ("minute", "hour", "day")
_SECONDS = click.FloatRange(0, 86_400)


@click.group("pace")
def pace_() -> None:
    """How fast your mail leaves: see what is in force and why, take another pace, set limits of your own."""


@command()
def show() -> None:
    """Show the pace that is in force, why it is this one, and what the provider publishes."""
    _show(open_office())


@command()
@click.argument("name", type=click.Choice(pace_names()))
@_KNOWING
def take(name: str, knowing: bool) -> None:
    """Take the pace called NAME (see docs/sending.md)."""
    office = open_office()
    choose_pace(office.owner, {"like": name}, way_of(office), is_knowing=knowing, now=now())
    _show(office)


@command("set")
@click.option("--minute", type=click.IntRange(0), help="At most so many copies in any minute; 0: no bound.")
@click.option("--hour", type=click.IntRange(0), help="At most so many copies in any hour; 0: no bound.")
@click.option("--day", type=click.IntRange(0), help="At most so many copies in any 24 hours; 0: no bound.")
@click.option("--gap", nargs=2, type=_SECONDS, metavar="FROM TO", help="Seconds between two copies, drawn each time.")
@click.option("--hours", nargs=2, metavar="FROM TO", help="Working hours, such as 08:00 20:00.")
@click.option("--any-hour", is_flag=True, help="No working hours.")
@click.option("--no-warm-up", is_flag=True, help="For a sender who has long sent as much.")
@_KNOWING
def set_(knowing: bool, **wanted: Any) -> None:
    """Change single limits of the pace that is in force."""
    office = open_office()
    way = way_of(office)
    found = pace_in_force(office.owner, way)
    choose_pace(office.owner, _changed(found, wanted), way, is_knowing=knowing, now=now())
    _show(office)


@command()
@click.argument("mails_a_day", type=click.IntRange(0))
@click.option("--zone", metavar="ZONE", help="Your time zone, such as Europe/Vienna; empty: that of this machine.")
def beside(mails_a_day: int, zone: str | None) -> None:
    """Say that you also send about so many mails a day by hand: they come off the day's limit."""
    office = open_office()
    kept = own_pace(office.owner).zone if zone is None else zone
    say_habits(office.owner, by_hand_a_day=mails_a_day, zone=kept, now=now())
    _show(office)


@command()
def reset() -> None:
    """Go back to the pace that fits your server."""
    office = open_office()
    choose_pace(office.owner, {}, way_of(office), now=now())
    _show(office)


def _changed(found: PaceInForce, wanted: Mapping[str, Any]) -> dict[str, Any]:
    """Give the values of the pace in force with those replaced that were given."""
    values = values_of(found.whole)
    values["account"] |= {span: wanted[span] for span in _SPANS if wanted[span] is not None}
    return values | {
        name: value
        for name, value, is_given in (
            ("gap_seconds", list(wanted["gap"] or ()), wanted["gap"]),
            ("hours", list(wanted["hours"] or ()), wanted["hours"]),
            ("hours", None, wanted["any_hour"]),
            ("ramp", None, wanted["no_warm_up"]),
        )
        if is_given
    }


def _show(office: Office) -> None:
    way = way_of(office)
    found = pace_in_force(office.owner, way)
    pace = found.pace
    for excess in found.excess:
        warn(f"{excess_words(excess)}: {found.provider.published}.")
    caps = {"account": pace.account, "domain": pace.domain}
    rows = [(name, *(getattr(cap, span) or "no bound" for span in _SPANS)) for name, cap in caps.items()]
    hours = [f"{moment:%H:%M}" for moment in pace.hours] if pace.hours else None
    answer(
        {
            "pace": pace.name,
            "why": found.origin,
            "way": way.name,
            **{name: {span: getattr(cap, span) for span in _SPANS} for name, cap in caps.items()},
            "gap_seconds": list(pace.gap_seconds),
            "hours": hours,
            "zone": str(zone_for(office)),
            "warm_up": None if pace.ramp is None else {"first": pace.ramp.first, "until": pace.ramp.until},
            "by_hand_a_day": found.by_hand_a_day,
            "published": found.provider.published,
            "source": found.provider.source,
            "read_on": found.provider.read_on,
        },
        strong(f"Mail leaves by {way.name} at the pace '{pace.name}'."),
        ORIGINS[found.origin],
        table(["at most", "a minute", "an hour", "a day"], rows),
        f"Working hours: {' to '.join(hours)} ({zone_for(office)})." if hours else "",
        f"By hand: {found.by_hand_a_day} a day, taken off." if found.by_hand_a_day else "",
        f"The provider publishes: {found.provider.published} ({found.provider.source}, read {found.provider.read_on}).",
    )


for _command in (show, take, set_, beside, reset):
    pace_.add_command(_command)

COMMANDS = (pace_,)
