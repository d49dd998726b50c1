"""ledger verify, rebuild, seal."""

import click

from goodterms.cli.context import command, now, open_office
from goodterms.cli.output import Refused, answer, progress
from goodterms.ledger.actions.project import rebuild
from goodterms.ledger.actions.seal import seal
from goodterms.ledger.queries.verify import verify_ledger


def register(main: click.Group) -> None:
    """Add the commands to the command line."""
