"""Whether what the DNS shows publishes a key."""

import pytest

from goodterms.updates.records import Seen, compare, zone_lines

KEY = "v=DKIM1; k=rsa; p=MIIBabc"


@pytest.mark.parametrize(
    ("found", "seen"),
    [
        ([], Seen.MISSING),
        ([KEY], Seen.PUBLISHED),
        (["k=rsa;p=MIIB abc; v=DKIM1; t=s"], Seen.PUBLISHED),
        (["p=MIIBabc"], Seen.PUBLISHED),
        (["v=spf1 -all", KEY], Seen.PUBLISHED),
        (["v=DKIM1; k=rsa; p="], Seen.REVOKED),
        (["v=DKIM1; k=rsa; p=MIIBxyz"], Seen.OTHER),
        (["v=DKIM1; k=ed25519; p=MIIBabc"], Seen.OTHER),
        (["v=DKIM2; k=rsa; p=MIIBabc"], Seen.OTHER),
        (["something else"], Seen.OTHER),
        ([KEY, "v=DKIM1; k=rsa; p=MIIBxyz"], Seen.TWICE),
    ],
)
def test_what_stands_in_the_dns_is_compared_as_receivers_read_it(found: list[str], seen: Seen) -> None:
    assert compare(KEY, found) is seen


def test_a_long_text_is_written_in_strings() -> None:
    line = zone_lines("s._domainkey.able.example", "x" * 300)
    assert line == f's._domainkey.able.example. IN TXT ( "{"x" * 255}" "{"x" * 45}" )'
