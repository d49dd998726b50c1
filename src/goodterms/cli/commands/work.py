"""work."""

from importlib import import_module

import click

from goodterms import sql
from goodterms.cli.context import command, now
from goodterms.cli.output import answer, warn
from goodterms.delivery.drain import drain_on_signals
from goodterms.exits.actions.reconcile import reconcile
from goodterms.mailings.workers.alone import work_alone
from goodterms.mailings.workers.waking import wake_workers
from goodterms.working import make_outfit


@command()
@click.option("--once", is_flag=True, help="Do what is due now, and end.")
def work(once: bool) -> None:
    """Send what was left to the workers, read the mailbox, and do what is due, until Ctrl-C.

    On SQLite one process does it all. On PostgreSQL start as many as you like, on as many machines as you like: they
    share the work, and none depends on another. Ctrl-C or SIGTERM ends it in order.
    """
    with drain_on_signals() as should_stop:
        outfit = make_outfit(should_stop=should_stop, say=warn)
        for office in outfit.offices(None):
            reconcile(office, now=now())
        if once or not sql.is_postgresql():
            work_alone(outfit, once=once)
        else:
            wake_workers()
            # Not to be imported where there is no PostgreSQL.
            import_module("goodterms.mailings.workers.together").work_together(outfit)
    answer({"ended": True}, "Ended in order.")


COMMANDS = (work,)
