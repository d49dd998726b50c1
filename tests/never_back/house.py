"""One installation under test: a database and a data folder of its own, the clock, the mail server in memory."""

import shutil
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, closing
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from django.db import connection

from goodterms.accounts.actions import make_owner
from goodterms.accounts.keys import read_keys
from goodterms.accounts.office import Office
from goodterms.accounts.queries import the_owner
from goodterms.delivery.rules.replies import Reply, Step
from goodterms.delivery.vehicles.transport import Answered, Letter
from goodterms.exits.actions.reconcile import reconcile_where_needed
from tests.databases import PostgresqlTemplate, Template, connected_to
from tests.never_back.humans import OWNER_NAME, OWNER_SLUG

BEGINNING = datetime(2026, 2, 2, 9, tzinfo=UTC)


class Hands:
    """A transport that takes every letter and remembers it."""

    window = 1

    def __init__(self) -> None:
        self.taken: list[Letter] = []

    def open(self) -> None:
        pass

    def carry(self, letters: Iterable[Letter]) -> Iterator[list[Answered]]:
        for letter in letters:
            self.taken.append(letter)
            yield [(letter, Reply(code=250, text="2.0.0 OK", step=Step.END))]

    def close(self) -> None:
        pass


@dataclass
class House:
    """A database and a folder that only one history is played in."""

    template: Template
    folder: Path
    now: datetime = BEGINNING
    name: str = field(init=False)

    def __post_init__(self) -> None:
        self._ends = ExitStack()
        self.folder.mkdir(parents=True)
        self.name, _ = self._ends.enter_context(self.template.copy(self.folder))
        self._ends.enter_context(connected_to(self.name))
        self._hurry()
        self._lay_out_keys()
        make_owner(
            self.folder, name=OWNER_NAME, email="olga@owner.test", profile=OWNER_SLUG, strategy="", now=self.now,
            postal_address="1 Mill Lane, Ghent",  # a commercial update is not sent without one
        )  # fmt: skip
        self.open()

    def _lay_out_keys(self) -> None:
        """Lay out keys that are the same in every house: what follows from their hashes is the same again too."""
        (self.folder / "keys").mkdir(mode=0o700)
        for number, name in enumerate(("identity", "token", "seal"), start=1):
            (self.folder / "keys" / f"{name}.key").write_text(f"{number:064x}")

    def open(self) -> None:
        """Open the office as every command does."""
        owner = the_owner()
        self.office = Office(
            owner=owner, keys=read_keys(self.folder / "keys", owner.keys_fingerprint), folder=self.folder
        )
        reconcile_where_needed(self.office, now=self.tick())

    def tick(self, **later: int) -> datetime:
        """Let time go by."""
        self.now += timedelta(**later) if later else timedelta(minutes=1)
        return self.now

    def clock(self) -> datetime:
        self.now += timedelta(milliseconds=1)
        return self.now

    def close(self) -> None:
        connection.close()
        self._ends.close()
        shutil.rmtree(self.folder)

    def back_up(self) -> None:
        """Copy the database; the files beside it are not in the backup."""
        if isinstance(self.template, PostgresqlTemplate):
            self._replace(f"{self.name}_backup", by=self.name)
            return
        with closing(sqlite3.connect(self.name)) as source, closing(sqlite3.connect(f"{self.name}.backup")) as target:
            source.backup(target)

    def put_back(self) -> None:
        """Put the copy back in the database's place, and open the office anew."""
        connection.close()
        if isinstance(self.template, PostgresqlTemplate):
            self._replace(self.name, by=f"{self.name}_backup")
        else:
            for ending in ("-wal", "-shm"):
                Path(self.name + ending).unlink(missing_ok=True)
            shutil.copyfile(f"{self.name}.backup", self.name)
        self._hurry()
        self.open()

    def _replace(self, name: str, *, by: str) -> None:
        assert isinstance(self.template, PostgresqlTemplate)
        connection.close()
        if name.endswith("_backup"):
            self._ends.callback(self.template.execute, f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
        self.template.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
        self.template.execute(f"CREATE DATABASE {name} TEMPLATE {by}")

    def _hurry(self) -> None:
        if connection.vendor == "sqlite":
            with connection.cursor() as cursor:
                cursor.execute("PRAGMA synchronous=OFF")
