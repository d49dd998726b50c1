"""init, strategy, status."""

import click

from goodterms.accounts.actions import choose_strategy, make_owner
from goodterms.cli.context import command, now, open_office, rulebook_of
from goodterms.cli.output import answer, table
from goodterms.config import home
from goodterms.policy.rulebook import read_rulebook, strategies
from goodterms.status.queries import status_of


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
    answer(
        found.values(),
        f"{found.owner}, strategy {found.strategy}.",
        f"Newest archive: {found.newest_export}, of {found.taken_at:%Y-%m-%d}." if found.taken_at else "",
        table(["people", ""], [(f"{value:,}", key) for key, value in found.people.items()]),
        table(["may get an update", "by"], [(f"{value:,}", key) for key, value in found.may_be_sent.items() if value]),
        *[f"- {due}" for due in found.due or ["Nothing is due."]],
    )


COMMANDS = (init, strategy, status)
