"""Tables whose keys begin with their owner, so that a PostgreSQL sharded by owner (Citus) can carry them.

Such a database wants the owner in every primary key and unique constraint, and on both sides of every foreign key
(docs.citusdata.com, "Creating and Modifying Distributed Objects", read 2026-11-23). Django's models know keys of one
column, and their foreign keys need them. So models stay as they are, and what Django writes into a migration of
`PRIMARY KEY (id)` and `REFERENCES person (id)` reaches the database as `PRIMARY KEY (owner_id, id)` and
`REFERENCES person (owner_id, id)`. That holds for every table that has an owner, in every migration to come.
"""

from types import TracebackType
from typing import Any

from django.db import models
from django.db.backends.ddl_references import Statement
from django.db.backends.postgresql import schema

OWNER = "owner_id"
REFERENCE_TABLES = ("goodterms_apitoken", "goodterms_membership")
"""What tells who is asking, and for which owner: looked up before an owner is known, so every shard has all of it."""
FOUND_BY_OWNER = tuple(f"goodterms_{name}" for name in ("delivery", "entry", "leaf", "node", "payload", "standing"))
"""Where a row is never looked for by its number alone, and an index for that would cost with every copy that leaves."""

_OWNED = """
    SELECT t.oid, t.relname, a.attnum FROM pg_class t JOIN pg_attribute a ON a.attrelid = t.oid
    WHERE a.attname = %s AND t.relkind = 'r' AND pg_table_is_visible(t.oid) AND NOT t.relname = ANY(%s)
"""
_WITHOUT_OWNER = f"""
    SELECT o.relname, c.conname, c.contype, ARRAY(
        SELECT a.attname::text FROM unnest(c.conkey) WITH ORDINALITY AS k (attnum, place)
        JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = k.attnum ORDER BY k.place
    )
    FROM ({_OWNED}) o JOIN pg_constraint c ON c.conrelid = o.oid
    WHERE c.contype IN ('p', 'u') AND NOT o.attnum = ANY(c.conkey)
"""  # noqa: S608
_KINDS = {"p": "PRIMARY KEY", "u": "UNIQUE"}


class DatabaseSchemaEditor(schema.DatabaseSchemaEditor):
    """Puts the owner first in the keys of tables that have one, once all columns of a migration are there."""

    # Foreign keys are made last, when it is known which tables have an owner.
    sql_create_column_inline_fk = None  # type: ignore[assignment]

    def __exit__(
        self, exc_type: type[BaseException] | None, exc_value: BaseException | None, traceback: TracebackType | None
    ) -> None:
        """Make the keys and then the foreign keys; `sqlmigrate`, which carries nothing out, shows Django's own."""
        if exc_type is None and not self.collect_sql:
            self._put_owner_into_keys()
            self._put_owner_into_foreign_keys()
        super().__exit__(exc_type, exc_value, traceback)

    def add_index(self, model: type[models.Model], index: models.Index, concurrently: bool = False) -> None:
        """Make an index, but none that would say what the primary key says: SQLite's key is the number alone."""
        if index.fields != [OWNER.removesuffix("_id"), model._meta.pk.name] or index.condition:  # noqa: SLF001
            super().add_index(model, index, concurrently)

    def _put_owner_into_keys(self) -> None:
        for table, name, kind, columns in self._ask(_WITHOUT_OWNER):
            key = ", ".join(map(self.quote_name, [OWNER, *columns]))
            changed = f"DROP CONSTRAINT {self.quote_name(name)}, ADD CONSTRAINT {self.quote_name(name)}"
            self.execute(f"ALTER TABLE {self.quote_name(table)} {changed} {_KINDS[kind]} ({key})", None)
            if kind == "p" and table not in FOUND_BY_OWNER:
                index = self.quote_name(f"{table}_by_number")
                self.execute(f"CREATE INDEX {index} ON {self.quote_name(table)} ({self.quote_name(*columns)})", None)

    def _put_owner_into_foreign_keys(self) -> None:
        owned = {table for _, table, _ in self._ask(_OWNED)}
        for statement in self.deferred_sql:
            if isinstance(statement, Statement) and statement.template == self.sql_create_fk:
                columns: list[Any] = [statement.parts[part] for part in ("column", "to_column")]
                if {side.table for side in columns} <= owned:
                    for side in columns:
                        side.columns.insert(0, OWNER)

    def _ask(self, question: str) -> list[tuple[Any, ...]]:
        with self.connection.cursor() as cursor:
            cursor.execute(question, [OWNER, list(REFERENCE_TABLES)])
            return list(cursor.fetchall())
