"""Base32 as the standard library writes it."""

import base64

from hypothesis import given
from hypothesis import strategies as st

from goodterms.lib.base32 import base32


@given(st.binary(max_size=40))
def test_it_is_the_standard_librarys_in_lower_case_without_padding(content: bytes) -> None:
    assert base32(content) == base64.b32encode(content).decode().rstrip("=").lower()
