"""update add, list, preview, audience."""

from datetime import datetime
from pathlib import Path
from typing import Any

import click

from goodterms.accounts.office import Office
from goodterms.cli.context import VEHICLE, command, copies_of, now, open_office, person_named, rulebook_of
from goodterms.cli.output import answer, strong, table, warn
from goodterms.delivery.queries import counts_by_state, facts_of, served
from goodterms.ledger.rules.kinds import Vehicle
from goodterms.policy.queries.audiences import Audience, audience
from goodterms.policy.queries.decisions import Question
from goodterms.policy.rules import Verdict
from goodterms.policy.words import REASONS, VERDICTS
from goodterms.review.queries import review_of
from goodterms.terms.queries import text_in_force
from goodterms.terms.rules import Place
from goodterms.updates.actions import add_update
from goodterms.updates.models import Update
from goodterms.updates.queries import get_update, list_updates


@click.group("update")
def update_() -> None:
    """Messages for many: add, list, preview, and see whom they may go to."""


@command()
@click.argument("path", metavar="FILE", type=click.Path(path_type=Path, exists=True, dir_okay=False))
def add(path: Path) -> None:
    """Add the update in a Markdown FILE with front matter (subject, purpose, topics).

    The terms in force for updates stand in every copy, and both ways out. Adding the same text again changes nothing.
    """
    office = open_office()
    moment = now()
    terms = text_in_force(office.owner, Place.UPDATE, moment)
    made = add_update(office.owner, path.read_bytes(), str(path), terms=terms, now=moment)
    found = review_of(made)
    if found.needs_explanation:
        warn(f"It says it is networking and reads {found.purpose.reads}: goodterms update review {made.pk}")
    reads = {"reads": found.purpose.reads.value, "needs_explanation": found.needs_explanation}
    answer({**_values(made), **reads}, f"Update {made.pk}: {made.subject} ({made.purpose})")


@command("list")
def list_() -> None:
    """List the updates, newest first, and where their copies are."""
    office = open_office()
    found = []
    for update in list_updates(office.owner):
        copies = {state.value: count for state, count in counts_by_state(office.owner, update).items()}
        found.append({**_values(update), "created_at": update.created_at, "copies": copies})
    rows = [
        (u["update"], u["kind"], u["purpose"], u["subject"], ", ".join(f"{n} {s}" for s, n in u["copies"].items()))
        for u in found
    ]
    answer({"updates": found}, table(["update", "kind", "purpose", "subject", "copies"], rows))


@command()
@click.argument("update")
@click.argument("person")
def preview(update: str, person: str) -> None:
    """Show UPDATE as PERSON would get it."""
    office = open_office()
    one = person_named(office, person)
    copy = copies_of(office, get_update(office.owner, update)).copy(one)
    answer(
        {"person": one.pk, "subject": copy.subject, "text": copy.text, "html": copy.html, "blanks": copy.blanks},
        strong(copy.subject),
        f"\n{copy.text}",
    )


@command("audience")
@click.argument("update")
@click.option("--vehicle", type=VEHICLE, default=Vehicle.EMAIL.value, show_default=True)
def audience_(update: str, vehicle: str) -> None:
    """Count whom UPDATE may go to by a vehicle, and why the others do not get it."""
    office = open_office()
    found = count_audience(office, get_update(office.owner, update), Vehicle(vehicle), at=now())
    answer(audience_values(found), *audience_lines(found))


def count_audience(office: Office, update: Update, vehicle: Vehicle, *, at: datetime) -> Audience:
    """Count whom an update may go to."""
    question = Question(facts=facts_of(update), vehicle=vehicle, rulebook=rulebook_of(office), now=at)
    return audience(office.owner, question, served=served(office.owner, update))


def audience_values(found: Audience) -> dict[str, Any]:
    """Give an audience for programs."""
    return {
        "send": found.send,
        "hold": {reason.value: count for reason, count in found.hold.items()},
        "refuse": {reason.value: count for reason, count in found.refuse.items()},
    }


def audience_lines(found: Audience) -> list[Any]:
    """Give an audience for people."""
    rows = [(f"{count:,}", VERDICTS[Verdict.HOLD], REASONS[reason]) for reason, count in found.hold.items()]
    rows += [(f"{count:,}", VERDICTS[Verdict.REFUSE], REASONS[reason]) for reason, count in found.refuse.items()]
    return [strong(f"May be sent to {found.send:,}."), table(["others", "", "because"], rows)]


def _values(update: Update) -> dict[str, Any]:
    return {
        "update": update.pk,
        "uid": update.uid,
        "kind": update.kind,
        "subject": update.subject,
        "purpose": update.purpose,
        "topics": update.topics,
    }


for _command in (add, list_, preview, audience_):
    update_.add_command(_command)

COMMANDS = (update_,)
