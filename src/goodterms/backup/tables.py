"""An owner's rows as lines of JSON, on any database: which tables, in which form."""

import base64
from collections.abc import Iterable, Iterator
from typing import Any

import orjson
from django.apps import apps
from django.db import connection, models

from goodterms.accounts.models import Owner

_CHUNK = 2_000
# Who may sign in, and to what: a new place has users of its own.
_LEFT_OUT = {"user", "membership", "auditline"}


def tables() -> list[type[models.Model]]:
    """Give the tables that hold something of an owner's, by name."""
    found = (
        model for model in apps.get_app_config("goodterms").get_models() if model._meta.model_name not in _LEFT_OUT
    )
    return sorted(found, key=lambda model: str(model._meta.model_name))


def rows_of(owner: Owner, model: type[models.Model]) -> models.QuerySet[Any]:
    """Give the owner's rows of a table."""
    if model is Owner:
        return Owner.objects.filter(pk=owner.pk)
    return model._default_manager.filter(owner=owner)


def write_rows(rows: models.QuerySet[Any]) -> Iterator[bytes]:
    """Give each row as one line of JSON, by column."""
    fields = [field.attname for field in rows.model._meta.concrete_fields]
    for values in rows.order_by("pk").values_list(*fields).iterator(chunk_size=_CHUNK):
        yield orjson.dumps(dict(zip(fields, values, strict=True)), default=_plain, option=orjson.OPT_APPEND_NEWLINE)


def read_rows(model: type[models.Model], lines: Iterable[bytes]) -> Iterator[models.Model]:
    """Give the rows that lines tell; raises ValueError or KeyError where a line does not fit the table."""
    fields = {field.attname: field for field in model._meta.concrete_fields}
    for line in lines:
        values = orjson.loads(line)
        if values.keys() != fields.keys():
            raise ValueError(f"the columns differ: {sorted(values.keys() ^ fields.keys())}")
        yield model(
            **{name: None if value is None else fields[name].to_python(value) for name, value in values.items()}
        )


def go_on_counting(models_: Iterable[type[models.Model]]) -> None:
    """Let new rows get numbers after those that were put in by number."""
    from django.core.management.color import no_style  # noqa: PLC0415 -- a part of commands, needed here alone

    with connection.cursor() as cursor:
        for statement in connection.ops.sequence_reset_sql(no_style(), list(models_)):
            cursor.execute(statement)


def _plain(value: Any) -> str:
    if isinstance(value, bytes | memoryview):
        return base64.b64encode(bytes(value)).decode()
    return str(value)
