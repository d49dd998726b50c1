"""A mail is authentic only where a server that we trust says so, of the domain that it claims to come from."""

import time

import pytest

from goodterms.feedback.parsers.authentication import is_authentic

BOB = ["bob@people.test"]
ACCEPTED = [
    "mx.owner.test; dkim=pass header.d=people.test",
    "MX.Owner.Test 1; dkim=pass (2048-bit key; unprotected) header.d=people.test header.s=k1",
    "mx.owner.test; dkim=fail header.d=people.test; dkim=pass header.i=@People.test",
    "mx.owner.test;\r\n\tspf=pass (sender (really) allowed) smtp.mailfrom=bob@people.test",
    "mx.owner.test; dmarc=pass (p=REJECT) header.from=people.test",
    'mx.owner.test; dkim=pass reason="good; signature (1)" header.d=people.test',
    "mx.owner.test; dkim/1=pass header.d=people.test",
]
REFUSED = [
    "",
    ";",
    "mx.owner.test",
    "mx.owner.test; none",
    "mx.owner.test; dkim=none",
    "mx.other.test; dkim=pass header.d=people.test",
    "mx.owner.test.evil.test; dkim=pass header.d=people.test",
    "mx.owner.test; dkim=fail header.d=people.test",
    "mx.owner.test; dkim=passable header.d=people.test",
    "mx.owner.test; dkim=pass header.d=evil.test",
    "mx.owner.test; dkim=pass header.d=evilpeople.test",
    "mx.owner.test; dkim=pass header.d=mail.people.test",
    "mx.owner.test; dkim=pass header.d=test",
    "mx.owner.test; dkim=pass",
    "mx.owner.test; spf=pass smtp.mailfrom=mallory@people.test",
    "mx.owner.test; spf=pass smtp.mailfrom=people.test",
    "mx.owner.test; spf=softfail smtp.mailfrom=bob@people.test",
    "mx.owner.test; dmarc=pass header.from=evil.test",
    "mx.owner.test; iprev=pass policy.iprev=192.0.2.1",
    "mx.owner.test; dkim=fail (dkim=pass header.d=people.test)",
    'mx.owner.test; dkim=fail reason="; dkim=pass header.d=people.test"',
    "(mx.owner.test) mx.evil.test; dkim=pass header.d=people.test",
]


@pytest.mark.parametrize("header", ACCEPTED)
def test_what_our_server_found_counts(header: str) -> None:
    assert is_authentic([header], BOB, "mx.owner.test")


@pytest.mark.parametrize("header", REFUSED)
def test_anything_else_does_not(header: str) -> None:
    assert not is_authentic([header], BOB, "mx.owner.test")


def test_only_the_topmost_of_our_server_counts() -> None:
    ours, forged = "mx.owner.test; dkim=fail header.d=people.test", ACCEPTED[0]

    assert not is_authentic([ours, forged], BOB, "mx.owner.test")
    assert not is_authentic(["relay.test; dkim=pass header.d=people.test", ours, forged], BOB, "mx.owner.test")
    assert is_authentic(["relay.test; dkim=fail", forged, ours], BOB, "mx.owner.test")


@pytest.mark.parametrize("senders", [[], ["bob@people.test", "eve@people.test"]])
def test_there_must_be_one_sender(senders: list[str]) -> None:
    assert not is_authentic([ACCEPTED[0]], senders, "mx.owner.test")


@pytest.mark.parametrize("trusted", ["", " "])
def test_where_no_server_is_trusted_nothing_is_authentic(trusted: str) -> None:
    assert not is_authentic(["; dkim=pass header.d=people.test", ACCEPTED[0]], BOB, trusted)


def test_somebody_below_a_signing_domain_is_vouched_for_by_it() -> None:
    assert is_authentic(["mx; dkim=pass header.d=people.test"], ["bob@mail.people.test"], "mx")


@pytest.mark.parametrize("nasty", ["(" * 9_000, "()" * 50_000, '"' * 9_999, "mx;" * 30_000, "mx; a.b=" + "c" * 200_000])
def test_nasty_headers_are_read_in_no_time(nasty: str) -> None:
    before = time.process_time()
    assert not is_authentic([nasty], BOB, "mx")
    assert time.process_time() - before < 1
