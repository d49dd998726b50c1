"""The database backend that Django finds by this module's name; `goodterms.postgresql.schema` says what it adds."""

from django.db.backends.postgresql import base

from goodterms.postgresql.schema import DatabaseSchemaEditor


class DatabaseWrapper(base.DatabaseWrapper):
    """A connection to PostgreSQL whose tables are made with the owner first in every key."""

    SchemaEditorClass = DatabaseSchemaEditor
