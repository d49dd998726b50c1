"""What pages read of the database when somebody looks at them: a page's worth, however large the network is."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from bench.ground import write_archive
from django.db import connection
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.utils import CursorWrapper
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import Resolver404, resolve

from tests.cli.conftest import Goodterms

_PEOPLE = 1_000
_MOST_ROWS = 700
"""A list shows a hundred people at most, and each has several rows."""
_LINK = re.compile(r'(?:href|hx-get)="(/[^"#]*)"')
_FILTERS = ("", "q=a", "state=may_be_sent", "basis=under_terms", "tie=weak", "tie=unknown", "sort=tie", "sort=last")


@contextmanager
def rows_counted(patch: pytest.MonkeyPatch) -> Iterator[list[int]]:
    """Count the rows that are fetched from now on."""
    fetched = [0]

    class Counting(CursorWrapper):
        def fetchone(self) -> Any:
            row = self.cursor.fetchone()
            fetched[0] += row is not None
            return row

        def fetchmany(self, *size: int) -> Any:
            return self._counted(self.cursor.fetchmany(*size))

        def fetchall(self) -> Any:
            return self._counted(self.cursor.fetchall())

        def __iter__(self) -> Iterator[Any]:
            for row in self.cursor:
                fetched[0] += 1
                yield row

        def _counted(self, rows: Any) -> Any:
            fetched[0] += len(rows)
            return rows

    with patch.context() as patched:
        patched.setattr(BaseDatabaseWrapper, "make_cursor", lambda self, cursor: Counting(cursor, self))
        yield fetched


@pytest.fixture
def large(owner: Goodterms, tmp_path: Path) -> None:
    """A network in which everybody wrote, has an update, and was written to by hand; some left."""
    archive = write_archive(
        tmp_path, "Basic_LinkedInDataExport_02-01-2026.zip", people=_PEOPLE, message_count=2 * _PEOPLE
    )
    assert owner("sync", archive).said["applied"] is True
    news = tmp_path / "news.md"
    news.write_text("---\nsubject: News\n---\nHello {{ first_name }}, how are you?\n")
    for text in ("", "Bye."):
        news.write_text(f"{news.read_text()}{text}\n")
        assert owner("update", "add", news).status == 0
    _send_to_all()


def _send_to_all() -> None:
    from goodterms import doors  # noqa: PLC0415 -- needs Django set up
    from goodterms.accounts.models import Owner  # noqa: PLC0415
    from goodterms.delivery.models import Delivery  # noqa: PLC0415
    from goodterms.ledger.actions.append import append  # noqa: PLC0415
    from goodterms.ledger.rules.facts import Fact  # noqa: PLC0415
    from goodterms.ledger.rules.kinds import Actor, Kind  # noqa: PLC0415
    from goodterms.people.models import Person  # noqa: PLC0415
    from goodterms.updates.models import Update  # noqa: PLC0415

    one, now, update = Owner.objects.get(), doors.now(), Update.objects.earliest("id")
    people = list(Person.objects.order_by("id"))
    Delivery.objects.bulk_create(
        Delivery(
            owner=one, update=update, person=person, vehicle="linkedin", state="accepted", message_id=f"{person.pk}@x",
            address_key=str(person.pk), due_at=now, finished_at=now - timedelta(days=40),
        )
        for person in people
    )  # fmt: skip
    kinds = (Kind.LEFT, Kind.CONNECTION_ABSENT, Kind.HELD)
    told = [
        Fact(kind=kinds[place % 3], occurred_at=now, actor=Actor.SYSTEM, person=person.pk, detail={"reason": "by_hand"})
        for place, person in enumerate(people[: _PEOPLE // 2])
    ]
    append(one, told, now=now)


def test_no_page_reads_a_whole_table(large: None, visitor: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    read: dict[str, int] = {}
    waiting = ["/", *(f"/people/?{words}" for words in _FILTERS)]
    seen = {"people": -len(_FILTERS)}
    while waiting:
        address = waiting.pop(0)
        name = _name_of(address)
        seen[name] = seen.get(name, 0) + 1
        if not name or seen[name] > 2:
            continue
        with rows_counted(monkeypatch) as fetched:
            answer = visitor.get(address)
        if answer.status_code == 200 and answer["Content-Type"].startswith("text/html"):
            read[address] = fetched[0]
            waiting += [link.replace("&amp;", "&") for link in _LINK.findall(answer.content.decode())]
    assert len({_name_of(address) for address in read}) > 25
    assert {address: rows for address, rows in read.items() if rows > _MOST_ROWS} == {}


def test_a_page_that_is_looked_at_again_waits_for_no_writer(network: Goodterms, visitor: Client) -> None:
    visitor.get("/people/")
    with CaptureQueriesContext(connection) as asked:
        assert visitor.get("/people/").status_code == 200
    words = {query["sql"].split()[0] for query in asked}
    assert words <= {"SELECT", "SET"}


def _name_of(address: str) -> str:
    try:
        return resolve(address.partition("?")[0], "goodterms.web.urls").url_name or ""
    except Resolver404:
        return ""
