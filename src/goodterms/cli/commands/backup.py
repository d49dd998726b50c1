"""backup, restore."""

import os
from pathlib import Path

import click

from goodterms.backup.actions import restore, write_backup
from goodterms.cli.context import command, now, open_office
from goodterms.cli.output import Refused, answer
from goodterms.config import home


@command("backup")
@click.argument("path", metavar="FILE", type=click.Path(path_type=Path, dir_okay=False))
def backup_(path: Path) -> None:
    """Write everything of yours to FILE: network, ledger, exits, journals and keys.

    Whoever has the file can write in your name: keep it as you keep the keys. It can be put back elsewhere and on the
    other database.
    """
    office = open_office()
    if path.exists():
        raise Refused(f"{path} exists. Nothing was written; name another file.")
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as stream:
        count = write_backup(office, stream, now=now())
    answer({"file": str(path), "rows": count}, f"Wrote {count:,} rows, the journals and the keys to {path}")


@command("restore")
@click.argument("path", metavar="FILE", type=click.Path(path_type=Path, exists=True, dir_okay=False))
def restore_(path: Path) -> None:
    """Put the backup in FILE back into an empty data folder and database."""
    with path.open("rb") as stream:
        owner, count = restore(home(), stream)
    answer({"owner": owner.email, "rows": count}, f"{owner} is back, with {count:,} rows.")


COMMANDS = (backup_, restore_)
