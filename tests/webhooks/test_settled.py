"""No entry is missed, in whatever order transactions end."""

from threading import Event, Thread

import pytest
from django.db import connection, transaction

from goodterms.accounts.models import Owner
from goodterms.ledger.actions.append import append
from goodterms.ledger.queries.entries import entries_after, newest_entry
from goodterms.ledger.rules.facts import Fact
from goodterms.ledger.rules.kinds import Actor, Kind
from tests.ledger.made import NOON, make_owner


def _note(owner: Owner) -> int:
    fact = Fact(kind=Kind.EXPORT_IMPORTED, occurred_at=NOON, actor=Actor.OWNER)
    with transaction.atomic():
        return append(owner, [fact], now=NOON)[0].id


@pytest.mark.postgresql
def test_entries_wait_for_those_with_lower_numbers(committed_db: dict[str, str]) -> None:
    owner = make_owner()
    before = newest_entry(owner)
    written, told = Event(), Event()
    slow: list[int] = []

    def write_slowly() -> None:
        with transaction.atomic():
            slow.append(_note(owner))
            written.set()
            told.wait(20)
        connection.close()

    thread = Thread(target=write_slowly)
    thread.start()
    assert written.wait(20)
    quick = _note(owner)
    assert entries_after(owner, before, 10) == []
    told.set()
    thread.join()
    assert [entry.id for entry in entries_after(owner, before, 10)] == [slow[0], quick]
