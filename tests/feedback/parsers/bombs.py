"""Mails made to make a reader crash, hang or eat all memory; run as a program it reads them all within limits.

The operating system holds it to them: as many seconds of work and bytes of memory as the first two arguments say.
"""

import resource
import sys
from collections.abc import Callable, Iterator
from functools import partial

from goodterms.feedback.parsers.classify import classify
from goodterms.feedback.parsers.message import read_message
from goodterms.lib.tokens import tokens_in

_HEAD = b"From: bob@people.test\r\nTo: ann@owner.test\r\nSubject: Re: News\r\n"
_DEEP, _WIDE, _LONG = 10_000, 50_000, 50_000_000


def _nested(kind: str) -> bytes:
    def part(depth: int) -> bytes:
        if kind == "message/rfc822":
            return b"Content-Type: message/rfc822\r\n\r\n"
        return f'Content-Type: {kind}; boundary="b{depth}"\r\n\r\n--b{depth}\r\n'.encode()

    return _HEAD + b"".join(part(depth) for depth in range(_DEEP)) + b"\r\nstop\r\n"


def _report(fields: bytes) -> bytes:
    return (
        _HEAD.replace(b"bob@", b"MAILER-DAEMON@")
        + b'Content-Type: multipart/report; report-type=delivery-status; boundary="b"\r\n\r\n'
        + b"--b\r\nContent-Type: message/delivery-status\r\n\r\n"
        + fields
        + b"\r\n--b--\r\n"
    )


def _html(body: bytes) -> bytes:
    return _HEAD + b"Content-Type: text/html\r\n\r\n" + body


def _plain(body: bytes, *headers: bytes) -> bytes:
    return _HEAD + b"".join(header + b"\r\n" for header in headers) + b"\r\n" + body


BOMBS: dict[str, Callable[[], bytes]] = {
    "nested multiparts": lambda: _nested("multipart/mixed"),
    "nested messages": lambda: _nested("message/rfc822"),
    "nested reports": lambda: _nested("multipart/report"),
    "parts in a row": lambda: (
        _HEAD + b'Content-Type: multipart/mixed; boundary="b"\r\n\r\n' + b"--b\r\n\r\nx\r\n" * _WIDE
    ),
    "a header of 50 MB": lambda: _plain(b"stop", b"X-Long: " + b"a" * _LONG),
    "a subject of 50 MB": lambda: _plain(b"stop", b"Subject: " + b"stop " * (_LONG // 5)),
    "a sender of 5 MB": lambda: _plain(b"stop", b"From: " + b'"a" <' * 1_000_000),
    "receivers without end": lambda: _plain(b"stop", b"Cc: " + b"a@people.test, " * 200_000),
    "comments in comments": lambda: _plain(b"stop", b"From: " + b"(" * _WIDE),
    "headers without end": lambda: _plain(b"stop", *[b"X-A: b"] * 200_000),
    "encoded words without end": lambda: _plain(b"stop", b"Subject: " + b"=?utf-8?q?a?= " * _WIDE),
    "folded without end": lambda: _plain(b"stop", b"Subject: a" + b"\r\n a" * _WIDE),
    "references without end": lambda: _plain(b"stop", b"References: " + b"<a@b> " * 200_000),
    "one line of 50 MB": lambda: _plain(b"a" * _LONG),
    "lines of one sign": lambda: _plain(b"a\n" * 2_000_000),
    "quotes without end": lambda: _plain(b"> " * 1_000_000 + b"\nstop"),
    "blanks without end": lambda: _plain(b" " * 5_000_000 + b"stop"),
    "base64 of 20 MB": lambda: _plain(b"QUFB" * 5_000_000, b"Content-Transfer-Encoding: base64"),
    "broken base64": lambda: _plain(b"Q" * 999_999, b"Content-Transfer-Encoding: base64"),
    "quoted-printable": lambda: _plain(b"=" * 5_000_000, b"Content-Transfer-Encoding: quoted-printable"),
    "uuencoded": lambda: _plain(b"begin 666 x\n" * 100_000, b"Content-Transfer-Encoding: x-uuencode"),
    "tags in tags": lambda: _html(b"<div>" * _WIDE + b"stop"),
    "tables in tables": lambda: _html(b"<table><tr><td>" * 5_000 + b"stop"),
    "a tag without end": lambda: _html(b"<a " + b"b=c " * 500_000),
    "entities without end": lambda: _html(b"&amp;" * 1_000_000),
    "fields without end": lambda: _report(b"Final-Recipient: rfc822; a@b.test\r\n\r\n" * _WIDE),
    "a field of 10 MB": lambda: _report(b"Diagnostic-Code: smtp; " + b"5.1.1 " * 1_600_000),
    "almost tokens": lambda: _plain((b"a" * 60 + b" ") * 100_000),
    "zeros": lambda: b"\0" * 5_000_000,
    **{
        f"charset {name[:20]!r}": partial(_plain, b"st\xf6p \xff\xfe", b"Content-Type: text/plain; charset=" + name)
        for name in (
            b"",
            b"nonsense",
            b"utf-7",
            b"utf-16",
            b"idna",
            b"base64",
            b"hex",
            b"zip",
            b"x" * 10_000,
            b'"',
            b"\xff",
        )
    },
}


def read(raw: bytes) -> None:
    """Read a mail as what comes back is read."""
    incoming = read_message(raw, partial(tokens_in, b"key"))
    classify(incoming, own_addresses=["ann@owner.test"], our_footer="", is_known=lambda _address: True)


def _told() -> Iterator[str]:
    for name, make in BOMBS.items():
        read(make())
        yield name


if __name__ == "__main__":
    seconds, size = int(sys.argv[1]), int(sys.argv[2])
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
    resource.setrlimit(resource.RLIMIT_AS, (size, size))
    for told in _told():
        sys.stdout.write(f"{told}\n")
        sys.stdout.flush()
