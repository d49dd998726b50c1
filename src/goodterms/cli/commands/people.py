"""people, why, merge, split, hold, release, gone."""

from pathlib import Path
from typing import Any

import click
from django.db.models import QuerySet

from goodterms.cli.context import VEHICLE, command, now, open_office, person_named, rulebook_of
from goodterms.cli.output import answer, strong, table
from goodterms.ledger.rules.kinds import Purpose, Vehicle
from goodterms.lib.csvguard import write_guarded
from goodterms.people.models import Person
from goodterms.people.queries import find_person, name_identity, search_people
from goodterms.policy.queries.decisions import (
    Question,
    decision_entries,
    decision_for,
    decision_for_stranger,
    standing_written,
)
from goodterms.policy.queries.states import STATES, in_state
from goodterms.policy.rules import UpdateFacts
from goodterms.policy.words import REASONS, VERDICTS
from goodterms.sync.actions.joining import confirm_gone, hold, merge, release, split


@command()
@click.option("--state", type=click.Choice(sorted(STATES)), help="Only those in this state.")
@click.option("--search", default="", help="Words in name, company, position or address.")
@click.option("--limit", default=200, show_default=True, help="How many to list.")
@click.option(
    "--csv", "csv_path", type=click.Path(path_type=Path, dir_okay=False), help="Write all of them to a CSV file."
)
def people(state: str | None, search: str, limit: int, csv_path: Path | None) -> None:
    """List people, or write them to a file for a spreadsheet."""
    office = open_office()
    found = search_people(office.owner, search)
    if state:
        found = found.filter(in_state(office.owner, state, rulebook_of(office), now=now()))
    if csv_path:
        count = _write_csv(csv_path, found)
        answer({"count": count, "file": str(csv_path)}, f"Wrote {count:,} people to {csv_path}")
        return
    listed = [_values(person) for person in found[:limit]]
    count = found.count()
    rows = [(v["person"], v["name"], v["company"], v["connected_on"], v["email"]) for v in listed]
    answer(
        {"count": count, "people": listed},
        table(["person", "name", "company", "connected", "e-mail"], rows, cut=("name", "company", "e-mail")),
        f"{len(listed):,} of {count:,}. More of one: goodterms why PERSON",
    )


@command()
@click.argument("person")
@click.option("--vehicle", type=VEHICLE, default=Vehicle.EMAIL.value, show_default=True)
@click.option("--purpose", type=click.Choice([p.value for p in Purpose]), default="networking", show_default=True)
def why(person: str, vehicle: str, purpose: str) -> None:
    """Say whether a person may get an update by a vehicle, and why."""
    office = open_office()
    facts = UpdateFacts(purpose=Purpose(purpose))
    question = Question(facts=facts, vehicle=Vehicle(vehicle), rulebook=rulebook_of(office), now=now())
    found = find_person(office.owner, office.keys.identity, person)
    if found is None:
        named = name_identity(office.keys.identity, person)
        decision = decision_for_stranger(office.owner, named.key if named else "")
    else:
        decision = decision_for(office.owner, found.pk, question)
    standing = standing_written(office.owner, found.pk) if found else {}
    entries = decision_entries(office.owner, decision)
    basis = standing.get("bearing", "|||none").split("|")[3]
    answer(
        {
            "person": found.pk if found else None,
            "name": found.name if found else None,
            "verdict": decision.verdict.value,
            "reason": decision.reason.value,
            "entries": entries,
            "basis": basis,
            "standing": standing,
        },
        strong(f"{found.name if found else person}: {VERDICTS[decision.verdict]}; {REASONS[decision.reason]}."),
        f"By {vehicle}, {purpose}. Verdict {decision.verdict.value}, reason {decision.reason.value}, basis {basis}.",
        table(["entry", "it rests on", "when (UTC)"], [(e["id"], e["kind"], e["occurred_at"]) for e in entries]),
    )


@command()
@click.argument("person")
@click.argument("other")
def merge_(person: str, other: str) -> None:
    """Join OTHER to PERSON: they are one; an exit of either is an exit of both."""
    office = open_office()
    one, two = person_named(office, person), person_named(office, other)
    merge(office, one, two, now=now())
    answer({"person": one.pk, "merged": two.pk}, f"{two} is now part of {one}.")


@command()
@click.argument("person")
def split_(person: str) -> None:
    """Part everybody who was merged into PERSON; an exit of one stays an exit of each."""
    office = open_office()
    one = person_named(office, person)
    parted = split(office, one, now=now())
    answer({"person": one.pk, "parted": [p.pk for p in parted]}, f"Parted {len(parted)} from {one}.")


@command()
@click.argument("person")
@click.option("--note", default="", help="Why.")
def hold_(person: str, note: str) -> None:
    """Hold PERSON: nothing is sent until released."""
    office = open_office()
    one = person_named(office, person)
    hold(office, one, note=note, now=now())
    answer({"person": one.pk, "held": True}, f"{one} is held.")


@command()
@click.argument("persons", nargs=-1, metavar="PERSON...", required=True)
@click.option("--include", is_flag=True, help="Include them knowingly, though connected before the terms.")
def release_(persons: tuple[str, ...], include: bool) -> None:
    """Lift the holds of each PERSON. No exit is lifted: only they can do that."""
    office = open_office()
    found = [person_named(office, person) for person in persons]
    release(office, found, include=include, now=now())
    answer({"released": [person.pk for person in found]}, f"Released {len(found)}.")


@command()
@click.argument("person")
def gone(person: str) -> None:
    """Confirm that the connection to PERSON is gone."""
    office = open_office()
    one = person_named(office, person)
    confirm_gone(office, one, now=now())
    answer({"person": one.pk, "gone": True}, f"The connection to {one} is gone.")


COMMANDS = (people, why, merge_, split_, hold_, release_, gone)


def _write_csv(path: Path, people: QuerySet[Person]) -> int:
    rows = (_values(person).values() for person in people.iterator(chunk_size=2_000))
    with path.open("w", encoding="utf-8-sig", newline="") as stream:
        return write_guarded(stream, list(_values(Person())), map(list, rows))


def _values(person: Person) -> dict[str, Any]:
    return {
        "person": person.pk,
        "name": person.name,
        "company": person.company,
        "position": person.position,
        "connected_on": person.connected_on,
        "profile": person.slug,
        "email": person.email,
    }
