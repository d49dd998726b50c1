"""Databases for tests whose writes are committed: each a fresh copy of the migrated one, gone after the test."""

import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from itertools import count
from pathlib import Path

from django.db import connection

from tests.servers import postgresql

_numbers = count(1)


@dataclass(frozen=True)
class SqliteTemplate:
    """A migrated, empty SQLite file."""

    path: Path

    @contextmanager
    def copy(self, folder: Path) -> Iterator[tuple[str, str]]:
        """Give the name and the address of a fresh copy in a folder."""
        path = folder / "goodterms.sqlite3"
        shutil.copyfile(self.path, path)
        yield str(path), f"sqlite:///{path}"


@dataclass(frozen=True)
class PostgresqlTemplate:
    """A migrated, empty PostgreSQL database."""

    name: str
    socket_folder: Path

    @contextmanager
    def copy(self, _folder: Path) -> Iterator[tuple[str, str]]:
        """Give the name and the address of a fresh copy on the same server."""
        name = f"{self.name}_{next(_numbers)}"
        self.execute(f"CREATE DATABASE {name} TEMPLATE {self.name}")
        try:
            yield name, postgresql.url(self.socket_folder, name)
        finally:
            self.execute(f"DROP DATABASE {name} WITH (FORCE)")

    def execute(self, statement: str) -> None:
        """Carry out a statement about whole databases."""
        with connection._nodb_cursor() as cursor:
            cursor.execute(statement)


Template = SqliteTemplate | PostgresqlTemplate


def make_template(folder: Path) -> Template:
    """Copy the migrated test database while no test is in it."""
    name = connection.settings_dict["NAME"]
    if connection.vendor == "sqlite":
        path = folder / "template.sqlite3"
        with closing(sqlite3.connect(name)) as source, closing(sqlite3.connect(path)) as target:
            source.backup(target)
        return SqliteTemplate(path)
    connection.close()  # PostgreSQL copies a database only while nobody is connected to it
    template = PostgresqlTemplate(f"{name}_template", Path(connection.settings_dict["OPTIONS"]["host"]))
    template.execute(f"CREATE DATABASE {template.name} TEMPLATE {name}")
    return template


@contextmanager
def connected_to(name: str, *, server: Path | None = None) -> Iterator[None]:
    """Let Django's connections of this process lead to another database for a while, perhaps on another server."""
    settings = connection.settings_dict
    before = {"NAME": settings["NAME"], "OPTIONS": settings["OPTIONS"]}
    connection.close()
    settings["NAME"] = name
    if server:
        settings["OPTIONS"] = settings["OPTIONS"] | {"host": str(server)}
    try:
        yield
    finally:
        connection.close()
        settings.update(before)
