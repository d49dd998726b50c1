"""What every command begins with: the database, the owner, their keys, and the clock."""

from collections.abc import Callable
from functools import wraps
from typing import Any

import click
from django.core.management import call_command
from django.db import DatabaseError, InterfaceError, connection
from django.db.migrations.executor import MigrationExecutor

from goodterms import doors
from goodterms.accounts.office import Office
from goodterms.accounts.queries import the_owner
from goodterms.cli.output import Refused, warn
from goodterms.config import home, read_settings
from goodterms.doors import copies_of, now, rulebook_of
from goodterms.ledger.rules.kinds import Vehicle
from goodterms.lib.faults import Fault
from goodterms.people.models import Person
from goodterms.people.queries import find_person


def command(name: str | None = None, *, needs_database: bool = True) -> Callable[[Callable[..., None]], click.Command]:
    """Make a function a command with --json; faults that a person can mend end it with status 1."""

    def decorate(function: Callable[..., None]) -> click.Command:
        @wraps(function)
        def run(*args: Any, as_json: bool, **kwargs: Any) -> None:
            try:
                if needs_database:
                    _open_database()
                function(*args, **kwargs)
            except Fault as fault:
                raise Refused(fault.at_the_command_line) from fault
            except (DatabaseError, InterfaceError) as fault:
                raise Refused(_database_fault(fault)) from fault
            except OSError as fault:
                raise Refused(f"{fault.filename or 'The system'}: {fault.strerror}. Nothing more was done.") from fault

        option = click.option("--json", "as_json", is_flag=True, help="Print one JSON object and nothing else.")
        return click.command(name or function.__name__.removesuffix("_").replace("_", "-"))(option(run))

    return decorate


def _open_database() -> None:
    """Bring the tables up to date."""
    home().mkdir(parents=True, exist_ok=True, mode=0o700)
    executor = MigrationExecutor(connection)
    if executor.migration_plan(executor.loader.graph.leaf_nodes()):
        call_command("migrate", verbosity=0, interactive=False)


def open_office() -> Office:
    """Give the office of the owner that the settings name, and warn of what had to be mended."""
    return doors.open_office(the_owner(read_settings()["GOODTERMS_OWNER"]), tell=warn)


def person_named(office: Office, text: str) -> Person:
    """Give the person whom PERSON names, or end the command."""
    person = find_person(office.owner, office.keys.identity, text)
    if person is None:
        raise Refused(f"Nobody is known as '{text}'. Nothing was done.", {"person": None})
    return person


__all__ = ["VEHICLE", "command", "copies_of", "now", "open_office", "person_named", "rulebook_of"]

VEHICLE = click.Choice([vehicle.value for vehicle in Vehicle])


def _database_fault(fault: Exception) -> str:
    said = str(fault).strip().splitlines()[0] if str(fault).strip() else type(fault).__name__
    if "locked" in said:
        remedy = "Another program uses the database; let it finish, then say this again."
    elif "full" in said or "No space" in said:
        remedy = "Make room on the disk, then say this again."
    elif "malformed" in said or "not a database" in said:
        remedy = "The file is damaged: put a backup back; what it forgot is in the files beside it."
    else:
        remedy = "See that the database of GOODTERMS_DATABASE_URL answers, then say this again."
    return f"The database could not go on: {said}. What was begun was taken back. {remedy}"
