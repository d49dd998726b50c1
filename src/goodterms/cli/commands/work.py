"""work."""

import os
import socket
from collections.abc import Callable, Iterable
from datetime import timedelta
from importlib import import_module

import click

from goodterms import sql
from goodterms.accounts.keys import KeysWrong, read_keys
from goodterms.accounts.office import Office
from goodterms.accounts.queries import owners_numbered
from goodterms.cli.context import command, copies_of, now, rulebook_of
from goodterms.cli.output import answer, warn
from goodterms.config import SettingsFaulty, home, read_settings
from goodterms.delivery.drain import drain_on_signals
from goodterms.doors import way_for
from goodterms.exits.actions.reconcile import reconcile
from goodterms.mailings.chores import Chores
from goodterms.mailings.outfit import Outfit
from goodterms.mailings.workers.alone import work_alone
from goodterms.mailings.workers.waking import wake_workers


@command()
@click.option("--once", is_flag=True, help="Do what is due now, and end.")
def work(once: bool) -> None:
    """Send what was left to the workers, read the mailbox, and do what is due, until Ctrl-C.

    On SQLite one process does it all. On PostgreSQL start as many as you like, on as many machines as you like: they
    share the work, and none depends on another. Ctrl-C or SIGTERM ends it in order.
    """
    with drain_on_signals() as should_stop:
        outfit = _outfit(should_stop)
        for office in outfit.offices(None):
            reconcile(office, now=now())
        if once or not sql.is_postgresql():
            work_alone(outfit, once=once)
        else:
            wake_workers()
            # Not to be imported where there is no PostgreSQL.
            import_module("goodterms.mailings.workers.together").work_together(outfit)
    answer({"ended": True}, "Ended in order.")


def _outfit(should_stop: Callable[[], bool]) -> Outfit:
    settings = read_settings()
    # The process's number, so that two on one machine can be told apart.
    worker = f"{socket.gethostname()[:12]}-{os.getpid()}"
    return Outfit(
        folder=home(),
        clock=now,
        offices=_offices,
        copies=copies_of,
        rulebook=rulebook_of,
        way=lambda office: way_for(office, should_stop=should_stop),
        chores=Chores(settings, _offices, rulebook=rulebook_of, clock=now, say=warn),
        should_stop=should_stop,
        say=warn,
        worker=worker,
        lease=_lease(settings["GOODTERMS_LEASE_SECONDS"]),
    )


def _lease(text: str) -> timedelta | None:
    if not text:
        return None
    if not text.isdigit() or not int(text):
        raise SettingsFaulty(f"GOODTERMS_LEASE_SECONDS is '{text}'; it must be a number of seconds. Nothing was done.")
    return timedelta(seconds=int(text))


def _offices(numbers: Iterable[int] | None) -> list[Office]:
    """Give the owners whose keys are here; of the others this machine could not recognise who left."""
    offices = []
    for owner in owners_numbered(numbers, email=read_settings()["GOODTERMS_OWNER"]):
        try:
            keys = read_keys(home() / "keys", owner.keys_fingerprint)
        except KeysWrong as fault:
            warn(f"{owner}: {fault}")
        else:
            offices.append(Office(owner=owner, keys=keys, folder=home()))
    return offices


COMMANDS = (work,)
