"""Counting an audience by decision and reason, beside a full scan of the standings."""

from collections.abc import Iterator
from itertools import product
from typing import Any

from django.db import connection, transaction

from bench import Line, ground, seconds
from goodterms import sql


def _insert_people(table: Any, owner: Any, numbers: list[int]) -> None:
    common = {"owner": owner, "created_at": ground.NOW}
    rows = (table(pk=number, uid=number, **common) for number in numbers)
    columns = [field.column for field in table._meta.concrete_fields]
    values = (
        [field.get_db_prep_save(getattr(row, field.attname), connection) for field in table._meta.concrete_fields]
        for row in rows
    )
    sql.insert_rows(table, columns, values)


def measure(size: float) -> Iterator[Line]:
    """Count who of a million people gets a networking update by e-mail, and why the others do not."""
    ground.begin()
    from goodterms.ledger.models import Standing  # noqa: PLC0415 - the tables exist once Django is set up
    from goodterms.ledger.rules.bearing import Basis, Bearing, Exit  # noqa: PLC0415
    from goodterms.ledger.rules.kinds import Vehicle  # noqa: PLC0415
    from goodterms.ledger.rules.standing import Connection, Email  # noqa: PLC0415
    from goodterms.people.models import Person  # noqa: PLC0415
    from goodterms.policy.queries.audiences import audience  # noqa: PLC0415
    from goodterms.policy.queries.decisions import Question  # noqa: PLC0415
    from goodterms.policy.rulebook import read_rulebook  # noqa: PLC0415
    from goodterms.policy.rules import UpdateFacts  # noqa: PLC0415

    owner, count = ground.make_office().owner, int(1_000_000 * size)
    bearings = [
        Bearing(exit=exit_, connection=Connection.CONNECTED, basis=basis, welcomed=welcomed, email=email).encode()
        for exit_, basis, welcomed, email in product(
            [Exit.NONE, Exit.NONE, Exit.NONE, Exit.STOPPED], [Basis.UNDER_TERMS, Basis.BEFORE_TERMS], [True, False],
            [Email.USABLE, Email.NONE],
        )
    ]  # fmt: skip
    state = '{"connection": "connected", "connected_on": "2020-01-01", "email": "usable", "support": {"connection": 1}}'

    def add_people(numbers: range) -> None:
        with transaction.atomic():
            for batch in sql.batches(numbers, 20_000):
                _insert_people(Person, owner, batch)
                standings = ((number, owner.pk, state, bearings[number % len(bearings)]) for number in batch)
                sql.insert_rows(Standing, ("person_id", "owner_id", "state", "bearing"), standings)

    question = Question(facts=UpdateFacts(), vehicle=Vehicle.EMAIL, rulebook=read_rulebook(), now=ground.NOW)

    def scan() -> None:
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT count(*) FROM {Standing._meta.db_table} NOT INDEXED WHERE length(state) > 0")
            assert cursor.fetchone() == (count,)

    def count_audience(people: int) -> None:
        found = audience(owner, question)
        assert found.send + sum(found.hold.values()) + sum(found.refuse.values()) == people

    tenth = count // 10
    add_people(range(1, tenth + 1))
    few = seconds(lambda: count_audience(tenth), times=3)
    add_people(range(tenth + 1, count + 1))
    reference = seconds(scan, times=3)
    all_ = seconds(lambda: count_audience(count), times=3)
    name = f"audience: {count:,} people by reason"
    yield Line(name=name, ours=all_, reference=reference, beside="full scan of the standings", goal=3)
    yield Line(name=name, ours=all_, reference=few, beside=f"{tenth:,} people", goal=15)
