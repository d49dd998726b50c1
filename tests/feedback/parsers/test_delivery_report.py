"""Reports of mail servers are read receiver by receiver, in every form that standards and habits know."""

import email
import glob
import os
from email.message import Message
from pathlib import Path

import pytest
from flufl.bounce import all_failures
from hypothesis import given
from hypothesis import strategies as st

from goodterms.feedback.parsers.delivery_report import Returned, Weight, address_in, returned_in, weigh
from goodterms.feedback.parsers.machines import Machine
from goodterms.feedback.parsers.message import read_message


def read(raw: bytes) -> tuple[Returned, ...]:
    mail = email.message_from_bytes(raw)
    return returned_in(mail, list(mail.walk()))


def a_report(*blocks: str, kind: str = "delivery-status") -> bytes:
    text = "\r\n\r\n".join(("Reporting-MTA: dns; mx.test", *blocks))
    return (
        f'Content-Type: multipart/report; report-type={kind}; boundary="b"\r\n\r\n--b\r\n\r\nSorry\r\n'
        f"--b\r\nContent-Type: message/{kind}\r\n\r\n{text}\r\n\r\n--b--\r\n"
    ).encode()


def test_each_receiver_has_its_own_fate() -> None:
    bob, eve = read(
        a_report(
            "Final-Recipient: rfc822; Bob@people.test\r\nOriginal-Recipient: rfc822;bob+old@people.test\r\n"
            "Action: failed\r\nStatus: 5.1.1\r\nDiagnostic-Code: smtp;\r\n 550 5.1.1 Unknown",
            "Final-Recipient: rfc822;eve@people.test\r\nAction: delayed\r\nStatus: 4.4.1",
            "Final-Recipient: rfc822;joe@people.test\r\nAction: relayed\r\nStatus: 2.0.0",
        )
    )
    assert (bob.address, bob.original, bob.status, bob.weight) == (
        "bob@people.test", "bob+old@people.test", "5.1.1", Weight.HARD,
    )  # fmt: skip
    assert (eve.address, eve.weight) == ("eve@people.test", Weight.DELAYED)


def test_international_addresses_are_read() -> None:
    raw = a_report(
        "Final-Recipient: utf-8; bj\\x{F6}rn@people.test\r\nAction: failed\r\nStatus: 5.1.1",
        "Final-Recipient: utf-8; jörg@people.test\r\nAction: failed\r\nStatus: 5.1.1",
        kind="global-delivery-status",
    )
    assert [one.address for one in read(raw)] == ["björn@people.test", "jörg@people.test"]


@pytest.mark.parametrize(
    ("field", "address"),
    [
        ("rfc822; bob@people.test", "bob@people.test"),
        ("rfc822;<Bob@People.test>", "bob@people.test"),
        ("rfc822; bob+2Bnews@people.test", "bob+news@people.test"),
        ("bob@people.test", "bob@people.test"),
        ("x-unknown; nobody", ""),
        ("", ""),
    ],
)
def test_an_address_is_read_from_its_field(field: str, address: str) -> None:
    assert address_in(field) == address


@pytest.mark.parametrize(
    ("status", "said", "weight"),
    [
        ("5.1.1", "", Weight.HARD),
        ("5.1.2", "", Weight.HARD),
        ("5.1.3", "", Weight.HARD),
        ("5.1.6", "", Weight.HARD),
        ("5.1.10", "", Weight.HARD),
        ("5.2.1", "", Weight.HARD),
        ("5.0.0", "550 no such user here", Weight.HARD),
        ("5.1.1", "550 5.7.1 our policy forbids", Weight.SENDER),
        ("5.7.1", "", Weight.SENDER),
        ("5.7.26", "550 5.7.26 DMARC", Weight.SENDER),
        ("5.7.515", "550 5.7.515 Access denied", Weight.SENDER),
        ("5.2.2", "", Weight.SOFT),
        ("4.2.2", "452 4.2.2 full", Weight.SOFT),
        ("4.4.7", "expired", Weight.SOFT),
        ("5.4.4", "", Weight.SOFT),
        ("5.3.4", "", Weight.CONTENT),
        ("5.6.1", "", Weight.CONTENT),
        ("", "", Weight.SOFT),
    ],
)
def test_a_status_says_who_is_to_blame(status: str, said: str, weight: Weight) -> None:
    assert weigh(status, said) is weight


def samples() -> list[Path]:
    """Give flufl.bounce's published samples; they are in its source archive and not in the installed package."""
    folder = os.environ.get("GOODTERMS_TEST_BOUNCES") or str(
        Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "goodterms" / "flufl_bounce-6.0.0/tests/data"
    )
    return [Path(name) for name in sorted(glob.glob(f"{folder}/*.txt"))]  # noqa: PTH207


def test_published_samples_are_read_as_by_those_who_collected_them() -> None:
    found = samples()
    if not found:
        pytest.skip("FLUFL.BOUNCE'S SAMPLES ARE MISSING. Run script/packages where pip can fetch its source archive.")
    faults = [path.name for path in found if not _is_read_as_well(path)]
    assert len(found) == 117
    assert len(faults) <= 2, faults


def _is_read_as_well(path: Path) -> bool:
    raw = path.read_bytes()
    temporary, permanent = (_texts(addresses) for addresses in all_failures(email.message_from_bytes(raw)))
    incoming = read_message(raw, lambda _text: ())
    every = {address for one in incoming.returned for address in (one.address, one.original)}
    passing = {one.address for one in incoming.returned if one.weight is not Weight.HARD}
    passing |= {one.original for one in incoming.returned if one.weight is not Weight.HARD}
    if not temporary | permanent:
        return True
    return incoming.machine is Machine.BOUNCE and permanent <= every and temporary <= passing


def _texts(addresses: frozenset[bytes]) -> set[str]:
    return {address.decode().lower() for address in addresses}


@given(st.binary(max_size=600))
def test_no_bytes_break_the_reading(raw: bytes) -> None:
    head = b'Content-Type: multipart/report; boundary="b"\r\n\r\n--b\r\nContent-Type: message/delivery-status\r\n\r\n'
    read(head + raw)
    read(b"From: mailer-daemon@mx.test\r\nSubject: failure\r\n\r\n" + raw)


@given(
    st.lists(
        st.tuples(st.sampled_from(["Action", "Status", "Final-Recipient", "Diagnostic-Code"]), st.text(max_size=40))
    )
)
def test_no_fields_break_the_reading(fields: list[tuple[str, str]]) -> None:
    for one in read(a_report("\r\n".join(f"{name}: {value}" for name, value in fields))):
        assert isinstance(one.weight, Weight)


def test_thousands_of_nested_parts_are_read_in_bounded_time() -> None:
    raw = b"".join(b'Content-Type: multipart/mixed; boundary="b%d"\r\n\r\n--b%d\r\n' % (n, n) for n in range(10_000))
    assert read_message(b"From: a@b.test\r\n" + raw + b"\r\nhello", lambda _text: ()).from_address in {"a@b.test", ""}


def test_a_huge_header_is_read_in_bounded_time() -> None:
    raw = b"From: a@b.test\r\nSubject: " + b"undelivered " * 1_000_000 + b"\r\n\r\nhello"
    assert isinstance(email.message_from_bytes(raw), Message)
    assert len(read_message(raw, lambda _text: ()).subject) <= 1000
