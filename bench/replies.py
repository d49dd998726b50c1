"""How well and how fast answers are read: the corpora of replies, beside the bare parse of the same mails.

The figures of the reading stand on the standard error, each with its goal; no goal of them is missed silently.
"""

import quopri
import sys
from collections.abc import Callable, Iterator
from email import message_from_bytes

from tests.feedback.corpus.reading import Reply, figures, parts, read_corpus

from bench import Line, seconds
from goodterms.feedback.parsers.classify import classify
from goodterms.feedback.parsers.message import read_message

_AT_LEAST = {"exits_taken_or_held": 0.995, "exit_recall": 0.995}
_AT_MOST = {"false_exits": 0.01, "held_ordinary": 0.05}
_BOUNDARY = "000000000000aabbcc0625f0e1d2"
_QUOTED = [f"line {number} of the update that was answered, with some words in it" for number in range(20)]
_SIGNATURE = "\n".join(
    f"        b{number}=" + "k0J1m3x9vZq2bWc4YtLr8sPfHn6uDe5oAiGgTzKyXjCwVbMlQpRsUtEhFdOa" for number in range(4)
)
# What mail has on it when it was handed on by three servers, signed by one and checked by another.
_TRANSPORT = f"""\
Delivered-To: ann@owner.test
Received: by 2001:db8:6358:1a0c:b0:1c3:5b2e:77ab with SMTP id gd12csp2231904rwb; Mon, 2 Nov 2026 10:14:07 -0800 (PST)
ARC-Seal: i=1; a=rsa-sha256; t=1730571247; cv=none; d=mail.test; s=arc;
{_SIGNATURE}
ARC-Message-Signature: i=1; a=rsa-sha256; c=relaxed/relaxed; d=mail.test; s=arc;
{_SIGNATURE}
ARC-Authentication-Results: i=1; mx.mail.test; dkim=pass header.i=@people.test;
        spf=pass smtp.mailfrom=bob@people.test; dmarc=pass (p=NONE) header.from=people.test
Return-Path: <bob@people.test>
Received: from out.people.test (out.people.test. [192.0.2.41])
        by mx.mail.test with SMTPS id a640c23a62f3a-a9e56 for <ann@owner.test>
        (Transport Security); Mon, 02 Nov 2026 10:14:07 -0800 (PST)
Received: from [198.51.100.7] by out.people.test with ESMTPSA id 4f1; Mon, 2 Nov 2026 18:14:05 +0000
Received-SPF: pass (mail.test: people.test designates 192.0.2.41) client-ip=192.0.2.41;
Authentication-Results: mx.mail.test; dkim=pass header.i=@people.test; spf=pass smtp.mailfrom=bob@people.test
DKIM-Signature: v=1; a=rsa-sha256; c=relaxed/relaxed; d=people.test; s=s1;
        h=to:subject:message-id:date:from:in-reply-to:references:mime-version;
{_SIGNATURE}
MIME-Version: 1.0
References: <01.abcdefghijklmnopqrstuvwxyz@owner.test>
In-Reply-To: <01.abcdefghijklmnopqrstuvwxyz@owner.test>
Message-ID: <CAF3x9vZq2bWc4YtLr8sPfHn6uDe5oAiGgTzKyXj@mail.people.test>
"""
_HEAD = (
    "From: Bob <bob@people.test>\nTo: Ann <ann@owner.test>\nSubject: Re: News\nDate: Mon, 2 Nov 2026 19:13:55 +0100\n"
)
_ATTRIBUTION = "On Mon, 2 Nov 2026 at 09:00, Ann wrote:"


def measure(size: float) -> Iterator[Line]:
    """Read every answer of the corpora as a mail with a quoted original, in two forms."""
    replies = list(read_corpus())
    _print_figures(replies)
    some = replies[: max(1, int(len(replies) * size))]
    yield _line("reading answers as mailboxes hold them", some, _delivered, goal=3)
    yield _line("reading answers of a few bare lines", some, _bare, goal=25)


def _line(name: str, replies: list[Reply], form: Callable[[str], bytes], *, goal: float) -> Line:
    mails = [form(reply.text) for reply in replies]
    return Line(
        name=name,
        ours=seconds(lambda: [classify(read_message(mail, lambda _text: ())) for mail in mails], times=5),
        reference=seconds(lambda: [message_from_bytes(mail) for mail in mails], times=5),
        beside="email.message_from_bytes",
        goal=goal,
    )


def _print_figures(replies: list[Reply]) -> None:
    for name, part in parts(replies).items():
        found = figures(part)
        print(f"replies, {name}: {found}", file=sys.stderr)
        for key, goal in (_AT_LEAST | _AT_MOST).items():
            is_met = found[key] >= goal if key in _AT_LEAST else found[key] <= goal
            sign = ">=" if key in _AT_LEAST else "<="
            print(f"  {key:<20} {found[key]:.4f}  goal {sign} {goal}  {'met' if is_met else 'MISSED'}", file=sys.stderr)


def _delivered(text: str) -> bytes:
    """Give an answer as a mail program sends it, plain and as HTML, and as it lies in a mailbox."""
    plain = "\n".join([text, "", _ATTRIBUTION, "", *(f"> {line}" for line in _QUOTED)])
    quoted = "\n".join(f"<div>{line}</div>" for line in _QUOTED)
    page = f'<div dir="ltr">{text}</div><div class="gmail_quote">{_ATTRIBUTION}<blockquote>{quoted}</blockquote></div>'
    head = f'{_TRANSPORT}{_HEAD}Content-Type: multipart/alternative; boundary="{_BOUNDARY}"\n\n'
    return f"{head}{_part('plain', plain)}{_part('html', page)}--{_BOUNDARY}--\n".replace("\n", "\r\n").encode()


def _part(kind: str, text: str) -> str:
    head = f'Content-Type: text/{kind}; charset="UTF-8"\nContent-Transfer-Encoding: quoted-printable\n'
    return f"--{_BOUNDARY}\n{head}\n{quopri.encodestring(text.encode()).decode()}\n"


def _bare(text: str) -> bytes:
    quoted = "\n".join(f"> {line}" for line in _QUOTED)
    return f"{_HEAD}Content-Type: text/plain; charset=utf-8\n\n{text}\n\n{_ATTRIBUTION}\n{quoted}\n".encode()
