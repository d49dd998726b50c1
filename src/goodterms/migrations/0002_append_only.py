"""The database itself refuses to change what must never change, and leaves room for what changes often.

A later migration that alters one of these tables on SQLite makes it anew and loses its triggers: let it end with
the same two operations. A test sees to it that they are all there.
"""

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

APPEND_ONLY = ("goodterms_entry", "goodterms_leaf", "goodterms_node", "goodterms_seal")
SUPPRESSION_FIXED = "id, owner_id, key, kind, exit, vehicles, purposes, since"
# A payload may go once its person was erased; the erasure's own payload stays, for it says who did it and when.
PAYLOAD_STAYS = """
    EXISTS (
        SELECT 1 FROM goodterms_entry e WHERE e.owner_id = OLD.owner_id AND e.id = OLD.entry_id AND e.kind = 'erased'
    )
    OR NOT EXISTS (
        SELECT 1 FROM goodterms_entry e
        WHERE e.owner_id = OLD.owner_id AND e.person_id = OLD.person_id AND e.kind = 'erased'
    )
"""
# table, what is refused, on which columns, on which condition
REFUSED = (
    *((table, event, "", "") for table in APPEND_ONLY for event in ("UPDATE", "DELETE")),
    ("goodterms_suppression", "UPDATE", SUPPRESSION_FIXED, ""),
    ("goodterms_suppression", "DELETE", "", ""),
    ("goodterms_payload", "UPDATE", "", ""),
    ("goodterms_payload", "DELETE", "", PAYLOAD_STAYS),
)
TABLES = (*APPEND_ONLY, "goodterms_suppression", "goodterms_payload")


def refuse(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Make the triggers."""
    make = _refuse_on_postgresql if schema_editor.connection.vendor == "postgresql" else _refuse_on_sqlite
    make(schema_editor)


def allow(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Take the triggers away again."""
    is_postgresql = schema_editor.connection.vendor == "postgresql"
    for table, event, _, _ in REFUSED:
        where = f" ON {table}" if is_postgresql else ""
        schema_editor.execute(f"DROP TRIGGER {_name(table, event)}{where}", params=None)
    if is_postgresql:
        for table in TABLES:
            schema_editor.execute(f"DROP TRIGGER {_name(table, 'TRUNCATE')} ON {table}", params=None)
        schema_editor.execute("DROP FUNCTION goodterms_refuse()", params=None)
        schema_editor.execute("DROP FUNCTION goodterms_keep_payload()", params=None)


def _name(table: str, event: str) -> str:
    return f"{table}_no_{event.lower()}"


def _message(table: str, event: str) -> str:
    return f"{table} is append-only: {event.lower()} refused, nothing was changed"


def _refuse_on_sqlite(schema_editor: BaseDatabaseSchemaEditor) -> None:
    for table, event, columns, condition in REFUSED:
        of = f" OF {columns}" if columns else ""
        when = f" WHEN {condition}" if condition else ""
        schema_editor.execute(
            f"CREATE TRIGGER {_name(table, event)} BEFORE {event}{of} ON {table}{when} "
            f"BEGIN SELECT RAISE(ABORT, '{_message(table, event)}'); END",
            params=None,
        )


def _refuse_on_postgresql(schema_editor: BaseDatabaseSchemaEditor) -> None:
    message = "'% is append-only: % refused, nothing was changed', TG_TABLE_NAME, lower(TG_OP)"
    schema_editor.execute(
        "CREATE FUNCTION goodterms_refuse() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN RAISE EXCEPTION {message} USING ERRCODE = 'restrict_violation'; END $$",
        params=None,
    )
    # A condition with a query in it may not stand in WHEN.
    schema_editor.execute(
        "CREATE FUNCTION goodterms_keep_payload() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN IF {PAYLOAD_STAYS} THEN "
        f"RAISE EXCEPTION {message} USING ERRCODE = 'restrict_violation'; END IF; RETURN OLD; END $$",
        params=None,
    )
    for table, event, columns, condition in REFUSED:
        of = f" OF {columns}" if columns else ""
        function = "goodterms_keep_payload" if condition else "goodterms_refuse"
        schema_editor.execute(
            f"CREATE TRIGGER {_name(table, event)} BEFORE {event}{of} ON {table} "
            f"FOR EACH ROW EXECUTE FUNCTION {function}()",
            params=None,
        )
    for table in TABLES:
        schema_editor.execute(
            f"CREATE TRIGGER {_name(table, 'TRUNCATE')} BEFORE TRUNCATE ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION goodterms_refuse()",
            params=None,
        )


def leave_room(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Leave half of each page of the deliveries free on PostgreSQL.

    Each row is written anew when it is claimed, handed over and settled. Where there is room for it in its page, the
    second of these leaves the seven indexes alone, and pages are cleared in passing: a seventh of the server's time.
    """
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute("ALTER TABLE goodterms_delivery SET (fillfactor = 50)", params=None)


def fill_up(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Fill the pages of the deliveries again."""
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute("ALTER TABLE goodterms_delivery RESET (fillfactor)", params=None)


class Migration(migrations.Migration):
    dependencies = [("goodterms", "0001_first")]

    operations = [migrations.RunPython(refuse, allow), migrations.RunPython(leave_room, fill_up)]
