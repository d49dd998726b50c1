"""Mail of regular form is read at once, and to the last sign as the standard library reads it."""

from contextlib import suppress
from email import message_from_bytes
from email.message import Message

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from goodterms.feedback.parsers.regular import Irregular, parts_of_regular

_HEAD = b"From: Bob <bob@people.test>\nSubject: Re: News\n"
_REPORT = b"""From: MAILER-DAEMON@people.test
Content-Type: multipart/report; report-type=delivery-status;
\tboundary="=_a b"

--=_a b

Not delivered.

--=_a b
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.people.test

Final-Recipient: rfc822; bob@people.test
Action: failed

--=_a b
Content-Type: message/rfc822

Subject: News
Content-Type: multipart/alternative; boundary=b

--b
Content-Type: text/plain

Hello
--b--

--=_a b--

After it all.
"""
_REGULAR = {
    "no header but a blank line": b"\nstop\n",
    "nothing after the headers": _HEAD + b"\n",
    "a plain mail": _HEAD + b"\nstop\n> News\n",
    "raw signs beyond ASCII": _HEAD + b"X-A: \xc3\xa9\n\nst\xf6p \xff\n",
    "folded headers": b"Subject: a\n b\n\tc\n \nFrom: \n x@people.test  \n\nstop",
    "an unknown type": _HEAD + b"Content-Type: X-Own/Thing; a=b\n\nstop",
    "two types, of which the first counts": _HEAD + b"Content-Type: text/html\nContent-type: multipart/mixed\n\nstop",
    "two parts": b"Content-Type: multipart/mixed; boundary=b\n\n"
    b"before\n\n--b\n\none\n--b\nX: y\n\ntwo\n\n--b--\n\nafter\n",
    "parts of nothing": b"Content-Type: multipart/mixed; boundary=b\n\n--b\n\n--b\n\n\n--b--",
    "parts in parts": b'Content-Type: multipart/mixed; boundary="b"\n\n--b\n'
    b'Content-Type: multipart/related; boundary="c"\n\n'
    b"--c\n\none\n--c--\n\n--b\n\ntwo\n--b--\n",
    "parts in a part that ends at once": b"Content-Type: multipart/mixed; boundary=b\n\n--b\n"
    b"Content-Type: multipart/related; boundary=c\n\n--c\n\none\n--c--\n--b--\n",
    "a delivery report": _REPORT,
    "a report of one block, and blank lines": b"Content-Type: message/delivery-status\n\nA: b\n\nC: d\n\n",
}
_IRREGULAR = {
    "no headers": b"stop",
    "an envelope": b"From bob Mon Nov  2 10:14:07 2026\n" + _HEAD + b"\nstop",
    "CR alone": _HEAD + b"\nstop\rgo",
    "no header among headers": _HEAD + b"no header\n\nstop",
    "a header without a name": _HEAD + b": x\n\nstop",
    "a type that is none": _HEAD + b"Content-Type: text\n\nstop",
    "no boundary": _HEAD + b"Content-Type: multipart/mixed\n\nstop",
    "a boundary in two pieces": _HEAD
    + b"Content-Type: multipart/mixed; boundary*0=a; boundary*1=b\n\n--ab\n\nx\n--ab--",
    "a boundary in brackets": _HEAD + b'Content-Type: multipart/mixed; boundary="<b>"\n\n--b\n\nx\n--b--',
    "a boundary that ends with a blank": _HEAD + b'Content-Type: multipart/mixed; boundary="b "\n\n--b\n\nx\n--b--',
    "two boundaries": _HEAD + b"Content-Type: multipart/mixed; boundary=b; boundary=c\n\n--b\n\nx\n--b--",
    "a boundary that begins another": b"Content-Type: multipart/mixed; boundary=b\n\n--b\n\nx\n--bc\n--b--\n",
    "a boundary that is not closed": b"Content-Type: multipart/mixed; boundary=b\n\n--b\n\nx\n",
    "a boundary twice": b"Content-Type: multipart/mixed; boundary=b\n\n--b\n--b\n\nx\n--b--\n",
    "no part": b"Content-Type: multipart/mixed; boundary=b\n\n--b--\n",
    "an encoding of many parts": b"Content-Transfer-Encoding: base64\nContent-Type: multipart/mixed; boundary=b\n\n"
    b"--b\n\nx\n--b--\n",
    "a digest": b"Content-Type: multipart/digest; boundary=b\n\n--b\n\nX: y\n\nx\n--b--\n",
    "a report without blocks": b"Content-Type: message/delivery-status\n\n",
    "a report with words": b"Content-Type: message/delivery-status\n\nA: b\n\nwords\n",
    "a block with a type": b"Content-Type: message/delivery-status\n\nContent-Type: text/html\n",
    "parts in parts without end": b"Content-Type: message/rfc822\n\n" * 100 + b"\nstop",
}


def _whole(part: Message) -> tuple[object, ...]:
    """Give everything that the standard library keeps of a mail, also what it has no name for outside."""
    kept = dict(vars(part))
    payload = kept.pop("_payload")
    return payload if isinstance(payload, str | None) else [_whole(child) for child in payload], kept


def _is_read_alike(raw: bytes) -> bool:
    parts = parts_of_regular(raw)
    expected = message_from_bytes(raw)
    assert _whole(parts[0][0]) == _whole(expected)
    assert [part for part, _ in parts] == list(parts[0][0].walk())
    assert [kind for _, kind in parts] == [part.get_content_type() for part in expected.walk()]
    return True


@pytest.mark.parametrize("end", [b"\n", b"\r\n"])
@pytest.mark.parametrize("name", _REGULAR)
def test_regular_mail_is_read_as_the_standard_library_reads_it(name: str, end: bytes) -> None:
    assert _is_read_alike(_REGULAR[name].replace(b"\n", end))


@pytest.mark.parametrize("name", _IRREGULAR)
def test_what_is_not_regular_is_left_to_the_standard_library(name: str) -> None:
    with pytest.raises(Irregular):
        parts_of_regular(_IRREGULAR[name])


_PIECES = st.sampled_from(
    [
        *(b"\n", b"\r\n", b"\r", b"\n\n", b" ", b"\t", b":", b";", b'"', b"<", b"-", b"\0", b"\xff", b"\x0b", b"\x85"),
        *(
            b"--b",
            b"--b\n",
            b"\n--b\n\n",
            b"--b--",
            b"\n--b--\n",
            b"--c",
            b"\n--c\n",
            b"From x\n",
            b"X: y\n",
            b"x",
            b"",
        ),
        *(b"Content-Type: ", b"multipart/mixed; boundary=b\n\n", b"multipart/digest; ", b"message/rfc822\n\n"),
        *(b"boundary=b", b'boundary="c"', b"content-type: message/delivery-status\n\n", b"base64", b"text/html\n\n"),
        *(b"Content-Transfer-Encoding: ", b"8bit\n", b"name*=us'en'x", b"\n "),
    ]
)
_MAILS = st.sampled_from([*_REGULAR.values(), *_IRREGULAR.values()])


@given(_MAILS, st.lists(st.tuples(st.integers(0, 400), st.integers(0, 12), _PIECES), max_size=6), st.booleans())
@example(_REPORT, [(20, 0, b"")], True)
def test_whatever_is_taken_for_regular_is_read_alike(
    mail: bytes, changes: list[tuple[int, int, bytes]], has_returns: bool
) -> None:
    raw = mail.replace(b"\n", b"\r\n") if has_returns else mail
    for place, length, piece in changes:
        raw = raw[:place] + piece + raw[place + length :]
    with suppress(Irregular):
        assert _is_read_alike(raw)


@given(st.lists(_PIECES, max_size=25).map(b"".join))
def test_any_pieces_of_mail_are_read_alike_or_left(raw: bytes) -> None:
    with suppress(Irregular):
        assert _is_read_alike(raw)
