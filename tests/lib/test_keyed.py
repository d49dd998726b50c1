"""A key made ready gives the codes that the standard library gives."""

import hmac

from hypothesis import given
from hypothesis import strategies as st

from goodterms.lib.keyed import ReadyKey


@given(
    key=st.binary(max_size=130), beginning=st.binary(max_size=70), rests=st.lists(st.binary(max_size=70), max_size=3)
)
def test_a_key_made_ready_gives_the_same_codes_however_often_it_is_used(
    key: bytes, beginning: bytes, rests: list[bytes]
) -> None:
    ready = ReadyKey(key, beginning)
    assert [ready.code(rest) for rest in rests] == [hmac.digest(key, beginning + rest, "sha256") for rest in rests]
