"""Machines, lists and null senders are never answered (RFC 3834 section 2)."""

import pytest

from goodterms.feedback.parsers.message import read_message

BARE = "From: bob@people.test\nTo: ann@owner.test\nSubject: stop\n"


def answerable(*headers: str, bare: str = BARE) -> bool:
    mail = bare + "".join(f"{header}\n" for header in headers) + "\nPlease stop.\n"
    return read_message(mail.encode(), lambda _text: ()).is_answerable


@pytest.mark.parametrize(
    "headers",
    [
        (),
        ("Auto-Submitted: no",),
        ("Return-Path: <bob@people.test>",),
        ("Precedence: first-class",),
        ("In-Reply-To: <a@b>",),
    ],
)
def test_a_person_may_be_answered(headers: tuple[str, ...]) -> None:
    assert answerable(*headers)


@pytest.mark.parametrize(
    "header",
    [
        "Auto-Submitted: auto-replied",
        "Auto-Submitted: auto-generated; owner-email=x",
        "Return-Path: <>",
        "Return-Path:",
        "Precedence: bulk",
        "Precedence: LIST",
        "X-Precedence: junk",
        "List-Id: <news.people.test>",
        "List-Unsubscribe: <mailto:x@people.test>",
        "Mailing-List: list news@people.test",
        "X-Loop: news@people.test",
        "X-Autoreply: yes",
        "X-Auto-Response-Suppress: All",
    ],
)
def test_a_machine_or_a_list_may_not(header: str) -> None:
    assert not answerable(header)


@pytest.mark.parametrize(
    "sender",
    [
        "MAILER-DAEMON@people.test",
        "owner-news@people.test",
        "news-request@people.test",
        "no-reply@people.test",
        "donotreply@people.test",
        "noreply-bob@people.test",
        "bounce+x@people.test",
        "postmaster@people.test",
        "bob@people.test, eve@people.test",
        "",
    ],
)
def test_nobody_behind_an_address_may_not(sender: str) -> None:
    assert not answerable(bare=f"From: {sender}\nTo: ann@owner.test\nSubject: stop\n")
