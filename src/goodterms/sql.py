"""Plain SQL for the paths where a row must cost microseconds: numbers reserved ahead, rows written in bulk.

Django's own `bulk_create` costs some seven times as much a row, which shows at thirty thousand connections.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime
from functools import lru_cache
from itertools import islice
from typing import Any, TypeVar

import orjson
from django.db import OperationalError, close_old_connections, connection, models, transaction
from django.db.models.expressions import RawSQL

BATCH = 2_000
Row = TypeVar("Row", bound=models.Model)
_MOST_VALUES = 30_000
"""In one statement; PostgreSQL takes 65,535."""
_MANY, _MANY_SHARE = 1_000, 0.01
"""So many new rows change what is the quickest way through a table: by count, and by share of it."""


def is_postgresql() -> bool:
    """Say whether the database is PostgreSQL; else it is SQLite."""
    return connection.vendor == "postgresql"


@lru_cache(maxsize=4_096)
def moment(value: datetime | None) -> Any:
    """Give a moment as this database's driver takes it in plain SQL."""
    # The rows of one export share their moments, and a process has one database.
    return connection.ops.adapt_datetimefield_value(value)


@lru_cache(maxsize=4_096)
def read_moment(value: Any) -> datetime | None:
    """Give a moment that plain SQL found: SQLite has it as a text."""
    if isinstance(value, str):
        return datetime.fromisoformat(value).replace(tzinfo=UTC)
    return value.astimezone(UTC) if value else None


@lru_cache(maxsize=4_096)
def read_date(value: Any) -> date | None:
    """Give a day that plain SQL found: SQLite has it as a text."""
    return date.fromisoformat(value) if isinstance(value, str) else value


def batches(items: Iterable[Any], size: int = BATCH) -> Iterator[list[Any]]:
    """Give items in lists of at most `size`."""
    iterator = iter(items)
    while batch := list(islice(iterator, size)):
        yield batch


def among(owner: int, column: str, numbers: Iterable[int]) -> tuple[str, list[Any]]:
    """Give the condition that rows are an owner's and a column is one of some numbers, and the values that it takes.

    So the statement is the same however many there are.
    """
    alias, dot, _ = column.rpartition(".")
    is_one, given = one_of(numbers)
    return f"{_beside_numbers(f'{alias}{dot}owner_id')} AND {column} {is_one}", [owner, given]


def one_of(numbers: Iterable[int]) -> tuple[str, str]:
    """Give what follows a column that is to be one of some numbers, and the one value that it takes."""
    given = orjson.dumps(list(numbers)).decode()
    if is_postgresql():
        return "= ANY(%s::bigint[])", f"{{{given[1:-1]}}}"
    return "IN (SELECT value FROM json_each(%s))", given


def numbered(rows: models.QuerySet[Row], owner: int, numbers: Iterable[int]) -> models.QuerySet[Row]:
    """Give those of some rows that are an owner's and have these numbers: for a batch of them, as `among`."""
    condition = _beside_numbers(f'"{rows.model._meta.db_table}"."owner_id"')
    is_theirs = RawSQL(condition, [owner], output_field=models.BooleanField())  # noqa: S611 -- made above
    return rows.filter(is_theirs, pk__in=listed(numbers))


def _beside_numbers(owner_column: str) -> str:
    """Give the condition that rows are an owner's, which beside numbers only makes sure.

    SQLite must not use its index: until the rows of a table are counted, it takes an owner's for few, and would read
    all of them for each batch of numbers.
    """
    return f"{'' if is_postgresql() else '+'}{owner_column} = %s"


def listed(numbers: Iterable[int]) -> RawSQL:
    """Give the same for a lookup of the ORM that ends in __in: one value, where each number would be one."""
    given = orjson.dumps(list(numbers)).decode()
    if is_postgresql():
        return RawSQL("SELECT unnest(%s::bigint[])", [f"{{{given[1:-1]}}}"])
    return RawSQL("SELECT value FROM json_each(%s)", [given])


def reserve_ids(model: type[models.Model], count: int) -> range | list[int]:
    """Give `count` numbers for new rows of a table, in ascending order; nobody else gets them.

    On SQLite this holds because transactions take the write lock at BEGIN; call it inside one.
    """
    if not count:
        return []
    table = model._meta.db_table
    with connection.cursor() as cursor:
        if is_postgresql():
            cursor.execute(
                "SELECT nextval(pg_get_serial_sequence(%s, 'id')) FROM generate_series(1, %s) ORDER BY 1",
                [table, count],
            )
            return [number for (number,) in cursor.fetchall()]
        cursor.execute("SELECT seq FROM sqlite_sequence WHERE name = %s", [table])
        row = cursor.fetchone()
        first = (row[0] if row else 0) + 1
        if row:
            cursor.execute("UPDATE sqlite_sequence SET seq = %s WHERE name = %s", [first + count - 1, table])
        else:
            cursor.execute("INSERT INTO sqlite_sequence (name, seq) VALUES (%s, %s)", [table, first + count - 1])
        return range(first, first + count)


def by_key(model: type[models.Model]) -> str:
    """Give the columns of a table's primary key as ON CONFLICT takes them: on PostgreSQL with the owner."""
    column = model._meta.pk.column
    return f"(owner_id, {column})" if is_postgresql() else f"({column})"


def is_settled(model: type[models.Model]) -> bool:
    """Say whether no row with a lower number than those to be seen can still come: call it inside a transaction.

    Rows become visible when their transaction ends, in whatever order; whatever adds some locks the table IN ROW
    EXCLUSIVE MODE before it reserves their numbers. On SQLite there is one writer at a time.
    """
    if not is_postgresql():
        return True
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f'LOCK TABLE "{model._meta.db_table}" IN SHARE MODE NOWAIT')
    except OperationalError:
        return False
    return True


def look_at_rows(model: type[models.Model] | None = None) -> None:
    """Let the database see how many rows there are and how they are spread, so that it finds the quick ways to them.

    Needed after many came at once (`is_many`): PostgreSQL would look some minutes later, SQLite never. Of one table, or
    of all. It happens once the transaction has ended, if one is under way: two that look at a table wait for each
    other, and would until the end of theirs.
    """
    transaction.on_commit(lambda: _look(model))


def _look(model: type[models.Model] | None) -> None:
    if not is_postgresql():
        execute("PRAGMA analysis_limit = 1000")
    execute(f'ANALYZE "{model._meta.db_table}"' if model else "ANALYZE")


def is_many(model: type[models.Model], added: int) -> bool:
    """Say whether so many rows were added to a table that what the database knows of it is no longer right.

    In a table with millions a thousand change nothing, and to look at it takes seconds.
    """
    if added <= _MANY or not is_postgresql():
        return added > _MANY
    ((known,),) = fetch("SELECT reltuples FROM pg_class WHERE oid = %s::regclass", [model._meta.db_table])
    return bool(added > known * _MANY_SHARE)


def insert_rows(
    model: type[models.Model], columns: Sequence[str], rows: Iterable[Sequence[Any]], *, on_conflict: str = ""
) -> None:
    """Write rows; `on_conflict` is the clause that follows ON CONFLICT, such as `DO NOTHING`."""
    table = model._meta.db_table
    names = ", ".join(f'"{name}"' for name in columns)
    with connection.cursor() as cursor:
        if is_postgresql() and not on_conflict:
            with cursor.copy(f'COPY "{table}" ({names}) FROM STDIN') as copy:
                for row in rows:
                    copy.write_row(row)
            return
        places = f"({', '.join(['%s'] * len(columns))})"
        conflict = f" ON CONFLICT {on_conflict}" if on_conflict else ""
        insert = f'INSERT INTO "{table}" ({names}) VALUES '  # noqa: S608
        if not is_postgresql():
            cursor.executemany(f"{insert}{places}{conflict}", list(rows))
            return
        # Many rows in a statement cost the server far less than a statement for each.
        for batch in batches(rows, _MOST_VALUES // len(columns)):
            values = [value for row in batch for value in row]
            cursor.execute(f"{insert}{', '.join([places] * len(batch))}{conflict}", values)


def update_rows(
    owner: int,
    model: type[models.Model],
    sets: str,
    columns: Mapping[str, str],
    rows: Iterable[Sequence[Any]],
    *,
    key: str = "id",
) -> None:
    """Change rows of an owner's by the numbers in the column `key`.

    Each row of values has the number last, `columns` the others with their types.

    `sets` is the clause that follows SET; in it v.column is the new value, d.column the old one. Each new value occurs
    in it once, in the order of the columns.
    """
    table, names = model._meta.db_table, [*columns, key]
    with connection.cursor() as cursor:
        if not is_postgresql():
            ordered = re.sub(r"\bv\.\w+", "%s", sets)
            statement = f'UPDATE "{table}" AS d SET {ordered} WHERE owner_id = {owner:d} AND {key} = %s'  # noqa: S608
            cursor.executemany(statement, list(rows))
            return
        # As one text, which costs a tenth of what a value for each column of each row costs.
        typed = ", ".join(f"{name} {kind}" for name, kind in {**columns, key: "bigint"}.items())
        statement = f"""
            UPDATE "{table}" AS d SET {sets} FROM json_to_recordset(%s::json) AS v ({typed})
            WHERE d.owner_id = {owner:d} AND d.{key} = v.{key}
        """  # noqa: S608
        cursor.execute(statement, [orjson.dumps([dict(zip(names, row, strict=True)) for row in rows]).decode()])


def delete_rows(rows: models.QuerySet[Any]) -> int:
    """Delete the rows that a query finds in one statement; give how many.

    The database refuses it where others lead to them. Django would read them first, ask who leads to them, and then
    delete them by their numbers alone.
    """
    return rows._raw_delete(using=connection.alias) or 0


def execute_many(statement: str, rows: Iterable[Sequence[Any]]) -> None:
    """Run one statement for each row of values."""
    with connection.cursor() as cursor:
        cursor.executemany(statement, list(rows))


def fetch(statement: str, values: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
    """Give what a query finds."""
    with connection.cursor() as cursor:
        cursor.execute(statement, list(values))
        found: list[tuple[Any, ...]] = cursor.fetchall()
        return found


def execute(statement: str, values: Sequence[Any] = ()) -> int:
    """Run a statement and give how many rows it changed."""
    with connection.cursor() as cursor:
        cursor.execute(statement, list(values))
        return int(cursor.rowcount)


def renew_connection() -> None:
    """Let the next query open the database anew where the connection broke; inside a transaction nothing is done."""
    if not connection.in_atomic_block:
        close_old_connections()
