"""leaving, complaint."""

from typing import Any

import click

from goodterms.cli.context import command, now, open_office, person_named
from goodterms.cli.output import answer, table
from goodterms.feedback.actions.complaints import add_complaint, mark_replied
from goodterms.feedback.models import Complaint
from goodterms.feedback.queries import case_facts, complaint_numbered, complaints, leavers, with_names
from goodterms.feedback.rules.complaints import draft_reply
from goodterms.lib.moments import read_moment
from goodterms.sync.actions.joining import confirm_gone

_SOURCES = [source.value for source in Complaint.Source if source is not Complaint.Source.FEEDBACK_LOOP]


@click.group(invoke_without_command=True)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object and nothing else.")
@click.pass_context
def leaving(context: click.Context, as_json: bool) -> None:
    """People who want the connection broken; without a further word, the list of them."""
    if context.invoked_subcommand is None:
        context.invoke(list_leaving, as_json=as_json)


@command("list")
def list_leaving() -> None:
    """List them with their profiles, oldest first, until it is done and a later export shows it."""
    owner = open_office().owner
    found = with_names(owner, leavers(owner))
    rows = [
        (
            one.person,
            one.name,
            f"{one.left_at:%Y-%m-%d}",
            one.profile,
            "done; the next export shows" * one.waits_for_export,
        )
        for one in found
    ]
    answer(
        {"leaving": [vars(one) for one in found]},
        table(["person", "name", "since", "profile", ""], rows),
        "Break the connection on the profile's page, then: goodterms leaving done PERSON" if found else "Nobody waits.",
    )


@command()
@click.argument("person")
def done(person: str) -> None:
    """Say that you broke the connection to PERSON; the next export will show it."""
    office = open_office()
    one = person_named(office, person)
    confirm_gone(office, one, now=now())
    answer({"person": one.pk, "done": True}, f"{one}: noted. They stay on the list until an export shows it.")


@click.group()
def complaint() -> None:
    """Complaints: an exit for ever at once, and a case until you have answered."""


@command()
@click.argument("person")
@click.option("--from", "source", type=click.Choice(_SOURCES), default="direct", show_default=True)
@click.option("--ticket", default="", help="Their number for it.")
@click.option("--words", default="", help="What was said.")
@click.option("--cause", default="", help="What led to it, and what you changed.")
@click.option("--at", metavar="TIME", help="When it was received; now, if not given.")
def add(person: str, *, source: str, ticket: str, words: str, cause: str, at: str | None) -> None:
    """Record a complaint of PERSON that reached you, an abuse desk or LinkedIn. They are never written to again."""
    office = open_office()
    one = person_named(office, person)
    moment = now()
    case = add_complaint(
        office,
        one,
        source=source,
        ticket=ticket,
        words=words,
        cause=cause,
        at=read_moment(at) if at else moment,
        now=moment,
    )
    answer(
        {"complaint": case.pk, "person": one.pk},
        f"Complaint {case.pk}: {one} is never written to again. Answer within two working days: "
        f"goodterms complaint reply {case.pk}",
    )


@command("list")
@click.option("--unanswered", is_flag=True, help="Only those that wait for your answer.")
def list_complaints(unanswered: bool) -> None:
    """List complaints, oldest first."""
    found = [_values(case) for case in complaints(open_office().owner, unanswered=unanswered)]
    rows = [(one["complaint"], one["name"], one["source"], one["received_at"], one["replied_at"]) for one in found]
    answer({"complaints": found}, table(["complaint", "name", "from", "received", "answered"], rows))


@command()
@click.argument("number", metavar="COMPLAINT", type=int)
@click.option("--sent", is_flag=True, help="Record that you answered.")
def reply(number: int, sent: bool) -> None:
    """Draft the reply to COMPLAINT from what is on record. You read it, complete it and send it yourself."""
    office = open_office()
    case = complaint_numbered(office.owner, number)
    if sent:
        mark_replied(case, now=now())
    text = draft_reply(case_facts(case))
    answer({**_values(case), "reply": text}, text)


def _values(case: Complaint) -> dict[str, Any]:
    return {
        "complaint": case.pk,
        "person": case.person_id,
        "name": str(case.person) if case.person else "",
        "source": case.source,
        "ticket": case.ticket,
        "words": case.words,
        "received_at": case.received_at,
        "replied_at": case.replied_at,
    }


for _command in (list_leaving, done):
    leaving.add_command(_command)
for _command in (add, list_complaints, reply):
    complaint.add_command(_command)

COMMANDS = (leaving, complaint)
