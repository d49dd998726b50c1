"""Standing aside of the triggers that refuse deletion, for the one who may end it all."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection

from goodterms import sql


@contextmanager
def without_triggers() -> Iterator[None]:
    """Within this block, inside a transaction, rows of append-only tables may be deleted.

    On SQLite the triggers are taken down and put up again as they were; a transaction that fails takes both back. On
    PostgreSQL they are told to keep still, which only the tables' own user may.
    """
    if sql.is_postgresql():
        yield from _kept_still()
    else:
        yield from _taken_down()


def _taken_down() -> Iterator[None]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND name LIKE 'goodterms%'")
        triggers = cursor.fetchall()
        for name, _ in triggers:
            cursor.execute(f"DROP TRIGGER {name}")
    yield
    with connection.cursor() as cursor:
        for _, statement in triggers:
            cursor.execute(statement)


def _kept_still() -> Iterator[None]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT DISTINCT event_object_table FROM information_schema.triggers "
            "WHERE trigger_name LIKE 'goodterms%' ORDER BY 1"  # the ledger's first, as everybody who writes locks them
        )
        names = [name for (name,) in cursor.fetchall()]
        for name in names:
            cursor.execute(f"ALTER TABLE {name} DISABLE TRIGGER USER")
    yield
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # or the tables have events pending and can't be altered
        for name in names:
            cursor.execute(f"ALTER TABLE {name} ENABLE TRIGGER USER")
