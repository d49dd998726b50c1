"""Reading answers out of bytes cut anywhere, and what a server offers out of its greeting."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from goodterms.delivery.vehicles.email.engine.answers import Answer, AnswerReader, AnswerUnreadable
from goodterms.delivery.vehicles.email.engine.offers import Offers, read_offers

SAID = b"220 ready\r\n250-sink\r\n250-PIPELINING\r\n250 SIZE 5\r\n354\r\n550 5.1.1 no\r\n"
ANSWERS = [
    Answer(220, (b"ready",)),
    Answer(250, (b"sink", b"PIPELINING", b"SIZE 5")),
    Answer(354, (b"",)),
    Answer(550, (b"5.1.1 no",)),
]


@given(cuts=st.lists(st.integers(0, len(SAID))))
def test_answers_are_the_same_wherever_the_bytes_are_cut(cuts: list[int]) -> None:
    places = [0, *sorted(cuts), len(SAID)]
    reader = AnswerReader()

    found = [answer for start, end in pairwise(places) for answer in reader.feed(SAID[start:end])]

    assert found == ANSWERS
    assert reader.is_empty


@given(data=st.binary(max_size=300))
def test_whatever_comes_is_an_answer_or_is_said_to_be_none(data: bytes) -> None:
    try:
        found = AnswerReader().feed(data)
    except AnswerUnreadable:
        return
    assert all(200 <= answer.code <= 599 for answer in found)


@pytest.mark.parametrize(
    "data", [b"hello\r\n", b"\r\n", b"999 no\r\n", b"25 x\r\n", b"250-a\r\n251 b\r\n", b"x" * 5_000, b"250-a\r\n" * 300]
)
def test_what_is_no_answer_is_refused(data: bytes) -> None:
    with pytest.raises(AnswerUnreadable):
        AnswerReader().feed(data)


def test_what_a_server_offers_is_read_in_whatever_case_and_form() -> None:
    lines = (b"PIPELINING is my name", b"pipelining", b"AUTH=LOGIN", b"Auth PLAIN xoauth2", b"SIZE", b"8bitmime", b"")

    assert read_offers(lines) == Offers(
        pipelining=True, auth=frozenset({"LOGIN", "PLAIN", "XOAUTH2"}), size=0, eight_bit=True
    )
