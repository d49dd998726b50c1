"""Mails as mailboxes hold them, for bench/replies.py: answers in several forms, and what machines send."""

import quopri
from collections.abc import Callable

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
Return-Path: <%s>
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
_ON_THE_WAY, _ON_THE_WAY_BACK = _TRANSPORT % "bob@people.test", _TRANSPORT % ""
_HEAD = (
    "From: Bob <bob@people.test>\nTo: Ann <ann@owner.test>\nSubject: Re: News\nDate: Mon, 2 Nov 2026 19:13:55 +0100\n"
)
_ATTRIBUTION = "On Mon, 2 Nov 2026 at 09:00, Ann wrote:"
_AWAY = "I am out of the office until 16 November and read mail now and then. In urgent cases ask the front desk."
_ORIGINAL = (
    f"{_ON_THE_WAY}From: Ann <ann@owner.test>\nTo: Bob <bob@people.test>\nSubject: News\nMIME-Version: 1.0\n\n"
    + "\n".join(_QUOTED)
)
_STATUS = """\
Reporting-MTA: dns; mx.people.test
Arrival-Date: Mon, 2 Nov 2026 18:14:05 +0000

Final-Recipient: rfc822; bob@people.test
Action: failed
Status: 5.1.1
Diagnostic-Code: smtp; 550 5.1.1 <bob@people.test>: Recipient address rejected: User unknown
"""


def answer(text: str) -> bytes:
    """Give an answer as most mail programs send it: plain and as HTML, with the original quoted."""
    return _mail(f"{_ON_THE_WAY}{_HEAD}", "alternative", _text("plain", _plain(text)), _text("html", _page(text)))


def answer_as_page(text: str) -> bytes:
    """Give an answer that is HTML alone."""
    return _crlf(f"{_ON_THE_WAY}{_HEAD}{_text('html', _page(text))}")


def bare_answer(text: str) -> bytes:
    """Give an answer of a few bare lines, which no mailbox holds: hardly a header, and nothing encoded."""
    quoted = "\n".join(f"> {line}" for line in _QUOTED)
    return f"{_HEAD}Content-Type: text/plain; charset=utf-8\n\n{text}\n\n{_ATTRIBUTION}\n{quoted}\n".encode()


def out_of_office(text: str) -> bytes:
    """Give an automatic answer; nothing but who is away."""
    head = _HEAD.replace("Subject: Re:", "Subject: Automatic reply:")
    plain, page = f"{_AWAY}\n\n{text}", f"<p>{_AWAY}</p><p>{text}</p>"
    auto = "Auto-Submitted: auto-replied\nX-Auto-Response-Suppress: All\n"
    return _mail(f"{_ON_THE_WAY}{head}{auto}", "alternative", _text("plain", plain), _text("html", page))


def returned(_text_of_nobody: str) -> bytes:
    """Give a delivery report with what came back (RFC 3464)."""
    head = _HEAD.replace("Bob <bob@", "Mail Delivery System <MAILER-DAEMON@").replace("Re: News", "Undelivered Mail")
    said = _text("plain", "I'm sorry to have to inform you that your message could not be delivered.")
    status = f"Content-Type: message/delivery-status\n\n{_STATUS}"
    enclosed = f"Content-Type: message/rfc822\n\n{_ORIGINAL}\n"
    return _mail(f"{_ON_THE_WAY_BACK}{head}", "report; report-type=delivery-status", said, status, enclosed)


def newsletter(text: str) -> bytes:
    """Give mail that went to many, and is nobody's answer."""
    head = f"{_HEAD}List-Unsubscribe: <https://list.test/out>\nList-Id: <news.list.test>\n"
    return _mail(f"{_ON_THE_WAY}{head}", "alternative", _text("plain", _plain(text)), _text("html", _page(text)))


# Of twenty mails. Half of what comes back to somebody who writes to many is from machines, and mostly more.
MIXTURE: tuple[Callable[[str], bytes], ...] = (
    *(answer, out_of_office, answer, returned, answer, answer_as_page, out_of_office, answer, returned, answer),
    *(
        answer,
        out_of_office,
        returned,
        answer,
        newsletter,
        answer_as_page,
        out_of_office,
        answer,
        returned,
        out_of_office,
    ),
)


def _plain(text: str) -> str:
    return "\n".join([text, "", _ATTRIBUTION, "", *(f"> {line}" for line in _QUOTED)])


def _page(text: str) -> str:
    quoted = "\n".join(f"<div>{line}</div>" for line in _QUOTED)
    return f'<div dir="ltr">{text}</div><div class="gmail_quote">{_ATTRIBUTION}<blockquote>{quoted}</blockquote></div>'


def _text(kind: str, text: str) -> str:
    head = f'Content-Type: text/{kind}; charset="UTF-8"\nContent-Transfer-Encoding: quoted-printable\n'
    return f"{head}\n{quopri.encodestring(text.encode()).decode()}\n"


def _mail(head: str, kind: str, *parts: str) -> bytes:
    inner = "".join(f"--{_BOUNDARY}\n{part}" for part in parts)
    return _crlf(f'{head}Content-Type: multipart/{kind}; boundary="{_BOUNDARY}"\n\n{inner}--{_BOUNDARY}--\n')


def _crlf(text: str) -> bytes:
    return text.replace("\n", "\r\n").encode()
