"""Tokens come back as they were made, and nothing else is ever taken for one."""

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from goodterms.lib.tokens import (
    Act,
    Token,
    TokenImpossible,
    make_token,
    read_token,
    tokens_in,
    without_tokens,
)

KEY = bytes(range(32))
OTHER_KEY = bytes(range(1, 33))
TOKENS = st.builds(
    Token,
    owner_number=st.none() | st.integers(0, 2**24 - 1),
    person_uid=st.integers(-(2**63), 2**63 - 1),
    update_uid=st.none() | st.uuids(version=4).map(lambda uid: uid.hex),
    act=st.sampled_from(Act),
)
SAMPLE = Token(owner_number=7, person_uid=-12345, update_uid="0123456789abcdef" * 2, act=Act.STOP)


@given(TOKENS)
def test_a_token_reads_back_whatever_case_it_comes_in(token: Token) -> None:
    text = make_token(KEY, token)

    assert read_token(KEY, text) == token
    assert read_token(KEY, text.upper()) == token
    assert read_token(KEY, f"  {text.title()}\r\n") == token


@given(TOKENS)
def test_a_token_fits_a_local_part_with_a_prefix_and_needs_no_quoting(token: Token) -> None:
    text = make_token(KEY, token)

    assert len("b1+" + text) <= 64
    assert set(text) <= set("abcdefghijklmnopqrstuvwxyz234567")


@given(TOKENS)
def test_another_key_reads_nothing(token: Token) -> None:
    assert read_token(OTHER_KEY, make_token(KEY, token)) is None


@given(TOKENS, st.data())
def test_an_altered_token_reads_as_nothing(token: Token, data: st.DataObject) -> None:
    text = make_token(KEY, token)
    place = data.draw(st.integers(0, len(text) - 1))
    sign = data.draw(st.sampled_from("abcdefghijklmnopqrstuvwxyz234567").filter(lambda sign: sign != text[place]))

    assert read_token(KEY, text[:place] + sign + text[place + 1 :]) is None


@given(TOKENS, st.integers(0, 60))
def test_a_truncated_or_lengthened_token_reads_as_nothing(token: Token, size: int) -> None:
    text = make_token(KEY, token)

    assert read_token(KEY, text[: min(size, len(text) - 1)]) is None
    assert read_token(KEY, text + "a") is None
    assert read_token(KEY, "a" + text) is None


@given(st.text(max_size=80) | st.text("abcdefghijklmnopqrstuvwxyz234567", min_size=38, max_size=64))
def test_made_up_texts_are_never_tokens(text: str) -> None:
    assert read_token(KEY, text) is None


@given(st.binary(min_size=9, max_size=38))
def test_made_up_bytes_are_never_tokens(raw: bytes) -> None:
    assert read_token(KEY, base64.b32encode(raw).decode().rstrip("=").lower()) is None


def test_a_token_never_changes_its_spelling() -> None:
    """Links in mails sent years ago must still work: this text may not change."""
    assert make_token(KEY, SAMPLE) == "kud7777777777t6haerukz4jvpg66ajdivtytk6n542ajazloweazthmyfbbg"


@pytest.mark.parametrize(
    "around",
    [
        "stop {}",
        "Re: stop {}",
        "https://alice.example/x/{}",
        "b+{}@alice.example",
        "<{}@alice.example>",
        "mailto:alice@alice.example?subject=stop%20{}",
        "({})",
        "_{}_",
    ],
)
def test_tokens_are_found_wherever_mail_carries_them(around: str) -> None:
    text = around.format(make_token(KEY, SAMPLE).upper())

    assert list(tokens_in(KEY, text)) == [SAMPLE]
    assert without_tokens(text) == around.format("")


def test_tokens_without_an_update_are_found_too() -> None:
    token = Token(person_uid=1, act=Act.CHOOSE)

    assert list(tokens_in(KEY, f"see {make_token(KEY, token)}.")) == [token]


@pytest.mark.parametrize(
    "token",
    [
        Token(person_uid=2**63, act=Act.STOP),
        Token(person_uid=1, owner_number=2**24, act=Act.STOP),
        Token(person_uid=1, owner_number=-1, act=Act.STOP),
        Token(person_uid=1, update_uid="summer", act=Act.STOP),
    ],
)
def test_what_does_not_fit_is_refused(token: Token) -> None:
    with pytest.raises(TokenImpossible):
        make_token(KEY, token)
