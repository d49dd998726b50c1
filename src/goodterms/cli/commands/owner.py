"""init, strategy, status."""

import click

from goodterms.accounts.actions import choose_strategy, make_owner
from goodterms.cli.context import command, now, open_office, rulebook_of
from goodterms.cli.output import answer, table
from goodterms.config import home
from goodterms.policy.rulebook import read_rulebook, strategies
from goodterms.status.queries import status_of
from goodterms.status.rules import Due, Need, Urgency


@command()
@click.option("--name", default="", help="Your name, as receivers know it.")
@click.option("--email", prompt="Your e-mail address", help="Your address: updates come from it.")
@click.option("--profile", default="", help="Your LinkedIn profile address.")
@click.option("--postal-address", default="", help="It stands below every copy; some laws want it below offers.")
def init(name: str, email: str, profile: str, postal_address: str) -> None:
    """Make the data folder, its keys and the owner; run again, it completes what is missing."""
    strategy = read_rulebook().strategy
    owner, is_new = make_owner(
        home(), name=name, email=email, profile=profile, strategy=strategy, now=now(), postal_address=postal_address
    )
    answer(
        {"owner": owner.email, "name": owner.name, "profile": owner.profile, "new": is_new, "home": str(home())},
        f"{'Made' if is_new else 'Kept'} {owner.name} <{owner.email}> in {home()}",
        "Keep a backup of the folder's keys apart from it: without them nobody who left can be recognised.",
        "Next: goodterms terms suggest; then goodterms terms add --place profile --from DATE --text ...",
    )


@command()
@click.argument("name", required=False, type=click.Choice(strategies()))
def strategy(name: str | None) -> None:
    """Show the strategy by which updates go out, or choose one."""
    office = open_office()
    if name:
        choose_strategy(office.owner, name)
    rulebook = rulebook_of(office)
    rows = [(basis.value, verdict.value) for basis, verdict in rulebook.bases.items()]
    answer(
        {"strategy": rulebook.strategy, "bases": dict(rows)},
        f"Strategy: {rulebook.strategy}",
        table(["basis", "networking updates"], rows),
        "Commercial updates go to confirmed opt-ins only, whatever the strategy.",
    )


@command()
def status() -> None:
    """Show where things stand, and what is due."""
    office = open_office()
    found = status_of(office.owner, rulebook_of(office), now=now())
    sentences = [_sentence(due) for due in found.due]
    may_be_sent = {vehicle.value: count for vehicle, count in found.may_be_sent.items()}
    values = {
        "owner": office.owner.email,
        "strategy": found.strategy,
        "newest_export": found.export.name if found.export else None,
        "taken_at": found.export.taken_at if found.export else None,
        "people": found.people,
        "may_be_sent": may_be_sent,
        "due": sentences,
    }
    answer(
        values,
        f"{office.owner.email}, strategy {found.strategy}.",
        f"Newest archive: {found.export.name}, of {found.export.taken_at:%Y-%m-%d}." if found.export else "",
        table(["people", ""], [(f"{value:,}", key) for key, value in found.people.items()]),
        table(["may get an update", "by"], [(f"{value:,}", key) for key, value in may_be_sent.items() if value]),
        *[f"- {sentence}" for sentence in sentences or ["Nothing is due."]],
    )


_SENTENCES = {
    Need.WORDING: "No {place} wording is in force: goodterms terms suggest",
    Need.ARCHIVE: "No archive has been read: goodterms sync ARCHIVE",
    Need.WELCOME: "{count:,} new connections wait for the welcome message: goodterms welcome list",
    Need.DISCONNECT: "{count:,} people want the connection broken, the first for {days} days: goodterms leaving list",
    Need.UNSEEN: "{count:,} connections that you broke are shown as gone by no archive yet: goodterms sync a new one",
    Need.DOUBT: "{count:,} messages may be exits, and are after seven days: goodterms feedback pending",
    Need.COMPLAINT: "{count:,} complaints wait for your answer: goodterms complaint list --unanswered",
    Need.HELD: "{count:,} people are held for your eye: goodterms people --state held",
    Need.DEPARTURE: "{count:,} people are no longer listed; the next archive or you confirm it: goodterms gone PERSON",
}
_AGES = {
    Urgency.SOON: "The newest export is {count} days old; LinkedIn forgets invitations after some 180: get one soon.",
    Urgency.NOW: "The newest export is {count} days old; LinkedIn forgets invitations after some 180: get one now.",
    Urgency.LATE: "The newest export is {count} days old: who invited whom since may be lost already. Get a new one.",
}


def _sentence(due: Due) -> str:
    form = _AGES[due.urgency] if due.urgency else _SENTENCES[due.need]
    return form.format(count=due.count, days=due.days, place=due.place)


COMMANDS = (init, strategy, status)
