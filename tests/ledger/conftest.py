"""What the ledger's tests share."""

import importlib

import pytest
from django.apps import apps
from django.db import connection


@pytest.fixture
def unguarded(db: None) -> None:
    """Take away the triggers that refuse changes until the test is rolled back, to play the forger."""
    append_only = importlib.import_module("goodterms.migrations.0002_append_only")
    # Not entered: on SQLite that is forbidden inside a transaction, and the test's own rolls this back.
    append_only.allow(apps, connection.schema_editor())
