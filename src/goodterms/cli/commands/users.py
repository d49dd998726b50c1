"""user add, user list, user remove: who may sign in to the pages on a server."""

import click

from goodterms.accounts.actions import dismiss, invite, set_password
from goodterms.accounts.models import Membership
from goodterms.accounts.queries import membership_named, memberships
from goodterms.cli.context import command, now, open_office
from goodterms.cli.output import answer, table

_ROLE = click.Choice([role.value for role in Membership.Role])


@click.group("user")
def user_() -> None:
    """Say who may sign in to the pages: everything, the desk and the inbox, or only looking."""


@command()
@click.argument("email")
@click.option("--role", type=_ROLE, required=True, help="What they may do; said again, it changes.")
@click.option("--password", prompt=True, hide_input=True, confirmation_prompt=True, help="Asked for where left out.")
def add(email: str, role: str, password: str) -> None:
    """Let somebody with this address sign in with a password and work for the owner."""
    office = open_office()
    user = invite(office.owner, email, Membership.Role(role), now=now())
    set_password(user, password)
    answer({"user": user.email, "role": role}, f"{user.email} may sign in as {role} of {office.owner}.")


@command("list")
def list_() -> None:
    """List who may sign in, and what they may do."""
    found = [
        {"user": member.user.username, "role": member.role, "since": member.since}
        for member in memberships(open_office().owner)
    ]
    answer({"users": found}, table(["user", "role", "since"], [tuple(row.values()) for row in found]))


@command()
@click.argument("email")
def remove(email: str) -> None:
    """End what a user may do for the owner."""
    membership = membership_named(open_office().owner, email)
    dismiss(membership)
    answer({"removed": email}, f"{email} may do nothing here any more.")


for _command in (add, list_, remove):
    user_.add_command(_command)

COMMANDS = (user_,)
