"""What every command begins with: the database, the owner, their keys, and the clock."""

from collections.abc import Callable
from datetime import UTC, datetime
from functools import wraps
from pathlib import Path
from typing import Any

import click
from django.core.management import call_command
from django.db import DatabaseError, InterfaceError, connection
from django.db.migrations.executor import MigrationExecutor

from goodterms.accounts.keys import read_keys
from goodterms.accounts.office import Office
from goodterms.accounts.queries import the_owner
from goodterms.cli.output import Refused, warn
from goodterms.config import home, read_settings
from goodterms.delivery.copies import Copies
from goodterms.exits.actions import reconcile_where_needed
from goodterms.feedback.actions.pending import expire_pending
from goodterms.ledger.rules.kinds import Vehicle
from goodterms.lib.faults import Fault
from goodterms.people.models import Person
from goodterms.people.queries import find_person
from goodterms.policy.rulebook import read_rulebook
from goodterms.policy.rules import Rulebook
from goodterms.updates.message import domain_of
from goodterms.updates.models import Update
from goodterms.updates.signing import Signer, read_signer


def now() -> datetime:
    """Read the clock: the one place where a command does."""
    return datetime.now(UTC)  # noqa: TID251 -- this is the door


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
                raise Refused(str(fault)) from fault
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
    """Give the owner's office, once the keys fit the database and no exit is forgotten by it."""
    owner = the_owner(read_settings()["GOODTERMS_OWNER"])
    office = Office(owner=owner, keys=read_keys(home() / "keys", owner.keys_fingerprint), folder=home())
    recovered = reconcile_where_needed(office, now=now())
    if recovered:
        warn(f"The database had forgotten {recovered} suppressions, as an older copy does; they were put back.")
    expired = expire_pending(office, now=now())
    if expired:
        warn(f"{expired} doubtful messages had waited for you for seven days: they are exits now.")
    return office


def rulebook_of(office: Office) -> Rulebook:
    """Give the rulebook by which the owner's updates go out."""
    return read_rulebook(read_settings()["GOODTERMS_RULEBOOK"], office.owner.strategy)


def person_named(office: Office, text: str) -> Person:
    """Give the person whom PERSON names, or end the command."""
    person = find_person(office.owner, office.keys.identity, text)
    if person is None:
        raise Refused(f"Nobody is known as '{text}'. Nothing was done.", {"person": None})
    return person


def copies_of(office: Office, update: Update) -> Copies:
    """Give the copies of an update, as the settings say where ways out lead."""
    settings = read_settings()
    return Copies(
        update=update,
        token_key=office.keys.token,
        unsubscribe_address=settings["GOODTERMS_UNSUBSCRIBE_ADDRESS"],
        public_url=settings["GOODTERMS_PUBLIC_URL"],
        signer=signer_of(office, settings["GOODTERMS_DKIM_SELECTOR"]),
    )


def dkim_keys() -> Path:
    """Give the file with the keys that sign mail."""
    return Path(read_settings()["GOODTERMS_DKIM_KEYS"] or home() / "keys" / "dkim.pem").expanduser()


def signer_of(office: Office, selector: str) -> Signer | None:
    """Give what signs the owner's mail, as the settings say; None without a selector."""
    if not selector:
        return None
    domain = read_settings()["GOODTERMS_DKIM_DOMAIN"] or office.owner.email.rpartition("@")[2]
    return read_signer(dkim_keys(), selector=selector, domain=domain_of(domain))


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
