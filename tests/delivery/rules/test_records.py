"""The journal's lines."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from goodterms.delivery.rules.records import (
    Intent,
    Outcome,
    RecordUnreadable,
    Told,
    read_record,
    told_by,
    without_addresses,
    write_record,
)
from goodterms.delivery.rules.replies import Result

AT = datetime(2026, 11, 2, 9, tzinfo=UTC)
INTENT = Intent(
    message_id="<a@owner.test>",
    owner="0f",
    update="1f",
    update_sha256="aa",
    kind="update",
    person=-5,
    address_key="bb",
    vehicle="email",
    copy_sha256="cc",
    at=AT,
)
ACCEPTED = Outcome(message_id="<a@owner.test>", result=Result.ACCEPTED, stops_address=False, reply="250 OK", at=AT)


@given(st.text(), st.integers(-(2**63), 2**63 - 1), st.sampled_from(Result), st.booleans(), st.datetimes())
def test_what_is_written_is_read_back_from_one_line(
    text: str, number: int, result: Result, stops: bool, at: datetime
) -> None:
    intent = replace(INTENT, message_id=text, person=number, at=at.replace(tzinfo=UTC))
    outcome = replace(ACCEPTED, result=result, stops_address=stops, reply=text, at=at.replace(tzinfo=UTC))

    for record in (intent, outcome):
        line = write_record(record)
        assert line.endswith(b"\n")
        assert len(line.splitlines()) == 1
        assert read_record(line) == record


@pytest.mark.parametrize(
    "line",
    [
        b"",
        b"{",
        b"[]",
        b"null",
        b'{"v":1}',
        b'{"v":1,"event":"intent","at":"2026-11-02T09:00:00Z"}',
        b'{"v":1,"event":"outcome","at":"yesterday"}',
        write_record(INTENT).replace(b'"v":1', b'"v":2'),
        write_record(ACCEPTED).replace(b"accepted", b"lost"),
    ],
)
def test_anything_else_is_no_record(line: bytes) -> None:
    with pytest.raises(RecordUnreadable):
        read_record(line)


def test_an_intent_without_an_outcome_is_unknown() -> None:
    (told,) = told_by([INTENT])

    assert told == Told(message_id="<a@owner.test>", intent=INTENT)
    assert told.result is Result.UNKNOWN


def test_the_last_try_of_a_copy_counts() -> None:
    deferred = replace(ACCEPTED, result=Result.DEFERRED)

    assert told_by([INTENT, deferred])[0].result is Result.DEFERRED
    assert told_by([INTENT, deferred, INTENT])[0].result is Result.UNKNOWN
    assert told_by([INTENT, deferred, INTENT, ACCEPTED])[0].result is Result.ACCEPTED
    assert told_by([ACCEPTED]) == [Told(message_id="<a@owner.test>", outcome=ACCEPTED)]


@pytest.mark.parametrize(
    ("reply", "kept"),
    [
        ("550 5.1.1 <bob@people.test> unknown", "550 5.1.1 <(address)> unknown"),
        ("550 bob.b+x@people.test: unknown", "550 (address): unknown"),
        ("550 bøb@people.test, carol@people.test", "550 (address), (address)"),
        ("250 OK id=1", "250 OK id=1"),
        ("x" * 600, "x" * 500),
    ],
)
def test_no_address_gets_into_the_journal(reply: str, kept: str) -> None:
    assert without_addresses(reply) == kept
