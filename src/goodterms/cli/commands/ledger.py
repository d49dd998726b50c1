"""ledger verify, rebuild, seal."""

import click


def register(main: click.Group) -> None:
    """Add the commands to the command line."""
