"""tie, note, due, circle, news."""

from datetime import datetime
from typing import Any

import click

from goodterms.accounts.office import Office
from goodterms.cli.context import command, now, open_office, person_named
from goodterms.cli.output import Refused, answer, strong, table
from goodterms.ledger.rules.kinds import Kind
from goodterms.people.models import Person
from goodterms.policy.queries.states import not_to_be_written_to
from goodterms.ties.actions import Fitting, choose_cadence, choose_strength, drop_circle, keep_circle, keep_note
from goodterms.ties.models import Circle, Note
from goodterms.ties.queries import (
    Due,
    News,
    Silent,
    choice_on,
    circles,
    due,
    newest_export,
    news,
    news_numbers,
    notes_on,
    people_in,
    seeks_proposed,
    strongest_silent,
    tie_with,
)
from goodterms.ties.rules import reasons


@command()
@click.argument("persons", nargs=-1, metavar="PERSON...", required=True)
@click.option("--strength", type=float, help="Your own word on it, from 0 to 1; below 0: as computed again.")
@click.option("--every", type=int, metavar="DAYS", help="A word is due after so many days of silence; 0: never.")
def tie(persons: tuple[str, ...], strength: float | None, every: int | None) -> None:
    """Show how strong the tie with each PERSON is and why, or say so yourself."""
    office = open_office()
    moment = now()
    found = [person_named(office, text) for text in persons]
    for person in found:
        if strength is not None:
            choose_strength(office.owner, person, None if strength < 0 else strength, now=moment)
        if every is not None:
            choose_cadence(office.owner, person, every or None, now=moment)
    shown = [_tie_values(office, person, moment) for person in found]
    answer({"ties": shown}, *(line for values in shown for line in _tie_lines(values)))


def _tie_values(office: Office, person: Person, moment: datetime) -> dict[str, Any]:
    found = tie_with(office.owner, person.pk, now=moment)
    choice = choice_on(office.owner, person.pk)
    return {
        "person": person.pk,
        "name": person.name,
        "strength": round(found.strength, 3),
        "source": found.source.value,
        "reasons": reasons(found),
        "last_at": found.last_at,
        "cadence_days": choice.cadence_days if choice else None,
        "notes": [
            {"kind": note.kind, "text": note.text, "at": note.at} for note in notes_on(office.owner, person.pk)[:50]
        ],
        "may_seek": seeks_proposed(office.owner, person.pk),
    }


def _tie_lines(values: dict[str, Any]) -> list[Any]:
    lines: list[Any] = [strong(f"{values['name']}: {values['strength']:.2f}"), " ".join(values["reasons"])]
    if values["cadence_days"]:
        lines.append(f"A word is due after {values['cadence_days']} days of silence.")
    if values["notes"]:
        rows = [(f"{note['at']:%Y-%m-%d}", note["kind"], note["text"]) for note in values["notes"]]
        lines.append(table(["noted", "what", "note"], rows))
    if values["may_seek"]:
        title = "may be looking for (keep it with: goodterms note PERSON TEXT --seeks)"
        lines.append(table([title], [(text,) for text in values["may_seek"]]))
    return lines


@command()
@click.argument("person")
@click.argument("text")
@click.option("--seeks", "kind", flag_value=Note.Kind.SEEKS.value, help="It is what they are looking for.")
@click.option("--met", "kind", flag_value=Note.Kind.MET.value, help="You met or talked: it counts for the tie.")
@click.option("--remark", "kind", flag_value=Note.Kind.REMARK.value, default=True, help="Something to remember.")
def note(person: str, text: str, kind: str) -> None:
    """Keep a note on PERSON, for yourself alone; it never goes into a message by itself."""
    office = open_office()
    one = person_named(office, person)
    kept = keep_note(office.owner, one, text, kind=Note.Kind(kind), now=now())
    answer({"person": one.pk, "note": kept.pk, "kind": kept.kind}, f"Noted on {one}.")


@command("due")
@click.option("--limit", default=20, show_default=True, help="How many silent ties to list.")
def due_(limit: int) -> None:
    """List whom you wanted to have said a word to by now, and the strongest ties that fell silent."""
    office = open_office()
    moment = now()
    without = not_to_be_written_to(office.owner)
    waiting = due(office.owner, now=moment, without=without)
    silent = strongest_silent(office.owner, now=moment, most=limit, without=without)
    answer(
        {"due": [_due_values(one) for one in waiting], "silent": [_silent_values(one) for one in silent]},
        table(
            ["a word is due to", "company", "circle", "last", "days late"],
            [(one.person, one.person.company, one.circle, f"{one.last_at:%Y-%m-%d}", one.days_late) for one in waiting],
        ),
        table(["once strong, now silent", "company", "last", "then", "now"], [_silent_row(one) for one in silent]),
    )


def _due_values(one: Due) -> dict[str, Any]:
    return {
        **_named(one.person),
        "last_at": one.last_at,
        "cadence_days": one.cadence_days,
        "days_late": one.days_late,
        "circle": one.circle,
    }


def _silent_values(one: Silent) -> dict[str, Any]:
    return {
        **_named(one.person),
        "last_at": one.last_at,
        "strength_then": round(one.strength_then, 3),
        "strength": round(one.strength, 3),
    }


def _silent_row(one: Silent) -> tuple[object, ...]:
    then, now_ = f"{one.strength_then:.2f}", f"{one.strength:.2f}"
    return (one.person, one.person.company, f"{one.last_at:%Y-%m-%d}", then, now_)


@command("news")
@click.option("--export", type=int, help="What this export showed, instead of the newest.")
def news_(export: int | None) -> None:
    """List what is new with people: what their profiles say now and did not say in the export before."""
    office = open_office()
    if export is None:
        entry = newest_export(office.owner)
        if entry is None or entry.source is None:
            raise Refused("No export was read yet, so there is no news. Begin with: goodterms sync FILE", {"news": []})
        export = entry.source
    found = [_news_values(one) for one in news(office.owner, news_numbers(office.owner, export))]
    rows = [(one["name"], one["what"], one["before"], one["after"]) for one in found]
    answer({"export": export, "news": found}, table(["person", "profile now says", "before", "now"], _flat(rows)))


_WHAT = {
    Kind.CONNECTION_CHANGED: "changed",
    Kind.ADDRESS_SEEN: "shows an e-mail address",
    Kind.ADDRESS_WITHDRAWN: "no longer shows an e-mail address",
}


def _news_values(one: News) -> dict[str, Any]:
    return {**_named(one.person), "what": _WHAT[one.kind], "before": one.before, "after": one.after}


def _flat(rows: list[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
    flat = []
    for name, what, before, after in rows:
        changes = [(name, field.replace("_", " "), before.get(field), value) for field, value in after.items()]
        flat += changes or [(name, what, "", "")]
    return flat


def _named(person: Person) -> dict[str, Any]:
    return {"person": person.pk, "name": person.name, "company": person.company, "position": person.position}


_STRENGTH = click.FloatRange(0, 1)


@command("circle")
@click.argument("name", required=False)
@click.option("--every", type=int, metavar="DAYS", help="A word is due after so many days of silence; 0: drop it.")
@click.option("--company", default="", help="Whoever works there.")
@click.option("--person", "persons", multiple=True, metavar="PERSON", help="This person; may be said more than once.")
@click.option("--tie-from", type=_STRENGTH, help="Ties at least so strong, from 0 to 1.")
@click.option("--tie-below", type=_STRENGTH, help="Ties weaker than this.")
def circle_(  # noqa: PLR0917 -- click gives each option as an argument
    name: str | None,
    every: int | None,
    company: str,
    persons: tuple[str, ...],
    tie_from: float | None,
    tie_below: float | None,
) -> None:
    """Keep people as a circle NAME, to all of whom a word is due alike; without options list the circles.

    A circle is whoever fits all that is said. What is said for one person alone counts before their circles.
    """
    office = open_office()
    if name and every is None:
        raise click.UsageError("Say how often with --every.")
    if name and every == 0:
        drop_circle(office.owner, name)
    elif name and every is not None:
        numbers = tuple(person_named(office, one).pk for one in persons)
        fitting = Fitting(company=company, persons=numbers, tie_from=tie_from, tie_below=tie_below)
        keep_circle(office.owner, name, fitting, every, now=now())
    moment = now()
    found = [_circle_values(one, moment) for one in circles(office.owner)]
    rows = [(one["circle"], one["people"], one["cadence_days"]) for one in found]
    answer({"circles": found}, table(["circle", "people", "a word every so many days"], rows))


def _circle_values(one: Circle, moment: datetime) -> dict[str, Any]:
    return {
        "circle": one.name,
        "company": one.company,
        "persons": one.persons,
        "tie_from": one.tie_from,
        "tie_below": one.tie_below,
        "cadence_days": one.cadence_days,
        "people": people_in(one, now=moment).count(),
    }


COMMANDS = (tie, note, due_, circle_, news_)
