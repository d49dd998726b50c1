"""What replies mean: the table of the standards and of servers as they are."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from goodterms.delivery.rules.replies import (
    About,
    Asks,
    Judgement,
    Reply,
    Result,
    Step,
    asks_for_pause,
    enhanced_status,
    judge,
)

D, R = Result.DEFERRED, Result.REFUSED


def _judge(code: int, text: str, step: Step) -> Judgement:
    return judge(Reply(code=code, text=text, step=step))


@pytest.mark.parametrize(
    ("code", "text", "step"),
    [
        (550, "5.1.1 No such user here", Step.RCPT),
        (550, "5.1.2 Domain not found", Step.RCPT),
        (501, "5.1.3 Bad address syntax", Step.RCPT),
        (551, "5.1.6 Mailbox has moved", Step.RCPT),
        (556, "5.1.10 Recipient address has null MX", Step.RCPT),
        (550, "5.2.1 Mailbox disabled", Step.RCPT),
        (550, "5.1.1 Recipient blocked as unknown", Step.RCPT),
        (550, "User unknown", Step.RCPT),
        (550, "No such user here", Step.RCPT),
        (550, "The account does not exist", Step.RCPT),
        (556, "Domain does not accept mail", Step.RCPT),
    ],
)
def test_an_address_that_is_not_there_is_stopped_and_the_run_goes_on(code: int, text: str, step: Step) -> None:
    expected = Judgement(result=R, about=About.ADDRESS, stops_address=True)

    assert _judge(code, text, step) == expected


@pytest.mark.parametrize(
    ("code", "text", "step"),
    [
        (550, "5.7.1 Message rejected due to policy", Step.END),
        (550, "5.7.26 Unauthenticated mail from this domain is not accepted (DMARC)", Step.END),
        (550, "5.7.515 Access denied, sending domain does not meet the required authentication", Step.END),
        (550, "5.7.0 Out of allowed senders", Step.MAIL),
        (535, "5.7.8 Bad user or password", Step.AUTH),
        (535, "Bad user or password", Step.AUTH),
        (530, "Authentication required", Step.MAIL),
        (553, "5.1.8 Sender's domain has no mail server", Step.MAIL),
        (550, "Who are you?", Step.MAIL),
        (554, "Rejected as spam", Step.END),
        (554, "Your address is blacklisted", Step.RCPT),
        (550, "5.4.5 Daily sending quota exceeded", Step.RCPT),
        (554, "relay access denied", Step.RCPT),
        (554, "No SMTP service here", Step.CONNECT),
        (504, "5.5.4 No such mechanism", Step.AUTH),
        (521, "Host takes no mail", Step.RCPT),
    ],
)
def test_a_refused_sender_stops_the_run_and_blames_no_address(code: int, text: str, step: Step) -> None:
    expected = Judgement(result=D, about=About.SENDER, stops_run=True)

    assert _judge(code, text, step) == expected


@pytest.mark.parametrize(
    ("code", "text", "step", "about"),
    [
        (450, "4.2.1 Mailbox busy", Step.RCPT, About.ADDRESS),
        (452, "4.2.2 Mailbox full", Step.RCPT, About.ADDRESS),
        (450, "Greylisted", Step.RCPT, About.ADDRESS),
        (451, "Local error", Step.RCPT, About.SERVER),
        (451, "4.3.0 Try later", Step.END, About.SERVER),
        (421, "4.7.28 Too much mail from this network", Step.RCPT, About.SENDER),
        (451, "4.7.1 Please slow down", Step.RCPT, About.SENDER),
        (451, "Blocked for spam for an hour", Step.RCPT, About.SENDER),
        (454, "4.7.0 Can't look the password up", Step.AUTH, About.SERVER),
        (421, "Closing down", Step.MAIL, About.SERVER),
        (421, "4.1.0 Closing down", Step.RCPT, About.SERVER),
        (451, "5.7.1 A code that contradicts itself counts as for now", Step.RCPT, About.SENDER),
    ],
)
def test_four_hundreds_are_for_now_and_stop_nothing(code: int, text: str, step: Step, about: About) -> None:
    assert _judge(code, text, step) == Judgement(result=D, about=about)


@pytest.mark.parametrize(
    ("code", "text", "step", "expected"),
    [
        (552, "5.2.2 Mailbox full", Step.RCPT, Judgement(result=D, about=About.ADDRESS)),
        (552, "Quota used up", Step.RCPT, Judgement(result=D, about=About.ADDRESS)),
        (550, "5.2.1 receives mail at a rate that prevents more", Step.RCPT, Judgement(result=D, about=About.ADDRESS)),
        (550, "5.2.3 Too long for this mailbox", Step.END, Judgement(result=R, about=About.ADDRESS)),
        (552, "5.3.4 Too big", Step.MAIL, Judgement(result=R, about=About.MESSAGE, stops_run=True)),
        (552, "Too big", Step.MAIL, Judgement(result=R, about=About.MESSAGE, stops_run=True)),
        (554, "5.6.0 Broken content", Step.END, Judgement(result=R, about=About.MESSAGE)),
        (553, "5.6.7 No non-ASCII addresses", Step.RCPT, Judgement(result=R, about=About.ADDRESS)),
        (550, "5.1.0 Address rejected", Step.RCPT, Judgement(result=R, about=About.ADDRESS)),
        (550, "Mailbox unavailable", Step.RCPT, Judgement(result=R, about=About.ADDRESS)),
        (554, "5.4.4 No route", Step.RCPT, Judgement(result=R, about=About.ADDRESS)),
        (554, "5.3.2 Takes no mail", Step.END, Judgement(result=R, about=About.SERVER)),
        (554, "Transaction failed", Step.END, Judgement(result=R, about=About.MESSAGE)),
    ],
)
def test_the_grey_ones_are_judged_by_their_codes(code: int, text: str, step: Step, expected: Judgement) -> None:
    assert _judge(code, text, step) == expected


def test_only_the_answer_to_the_final_dot_accepts() -> None:
    assert _judge(250, "2.0.0 Queued", Step.END) == Judgement(result=Result.ACCEPTED)
    for step in set(Step) - {Step.END}:
        assert _judge(250, "2.0.0 OK", step).result is Result.RETURNED


@pytest.mark.parametrize("step", list(Step))
def test_silence_is_unknown_after_the_final_dot_and_harmless_before(step: Step) -> None:
    expected = Result.UNKNOWN if step is Step.END else Result.RETURNED

    assert _judge(0, "connection lost", step).result is expected


@given(st.integers(0, 999), st.text(), st.sampled_from(Step))
def test_no_reply_but_a_two_hundred_accepts_and_none_crashes(code: int, text: str, step: Step) -> None:
    judgement = _judge(code, text, step)

    assert (judgement.result is Result.ACCEPTED) == (200 <= code <= 299 and step is Step.END)
    assert not judgement.stops_address or judgement.result is Result.REFUSED


@pytest.mark.parametrize(
    ("text", "status"),
    [
        ("5.1.1 No such user", "5.1.1"),
        ("5.7.515 Access denied", "5.7.515"),
        ("No such user 5.1.1", ""),
        ("5.1 nothing", ""),
        ("250.1.1 nothing", ""),
        ("5.1.1", "5.1.1"),
        ("5.1.1.7 an address", ""),
    ],
)
def test_an_enhanced_code_stands_at_the_beginning(text: str, status: str) -> None:
    assert enhanced_status(text) == status


def test_a_reply_reads_as_one_line() -> None:
    assert str(Reply(code=550, text="5.1.1 No\n5.1.1 such user", step=Step.RCPT)) == "550 5.1.1 No 5.1.1 such user"
    assert str(Reply(code=0, text="no answer in time", step=Step.END)) == "no answer in time"


@pytest.mark.parametrize(
    ("code", "text", "step", "asks"),
    [
        (421, "4.7.0 Try again later", Step.MAIL, Asks.ACCOUNT),
        (421, "4.7.28 Unusual rate of mail from your domain", Step.RCPT, Asks.ACCOUNT),
        (421, "Service not available", Step.RCPT, Asks.ACCOUNT),
        (451, "4.7.1 Slow down, please", Step.RCPT, Asks.DOMAIN),
        (432, "4.3.2 Concurrent connections limit exceeded", Step.MAIL, Asks.ACCOUNT),
        (454, "Throttling failure: Maximum sending rate exceeded", Step.END, Asks.ACCOUNT),
        (454, "4.7.0 Throttling failure: Daily message quota exceeded", Step.END, Asks.ANOTHER_DAY),
        (550, "5.4.5 Daily user sending limit exceeded", Step.END, Asks.ANOTHER_DAY),
        (554, "5.2.0 STOREDRV.Submission.Exception:SubmissionQuotaExceededException", Step.END, Asks.ANOTHER_DAY),
        (450, "4.7.1 Greylisted, try again in five minutes", Step.RCPT, Asks.NOTHING),
        (452, "4.2.2 Mailbox over its daily quota", Step.RCPT, Asks.NOTHING),
        (550, "5.1.1 No such user", Step.RCPT, Asks.NOTHING),
        (550, "5.7.26 DMARC", Step.END, Asks.NOTHING),
        (451, "4.3.0 Trouble", Step.END, Asks.NOTHING),
        (250, "2.0.0 OK", Step.END, Asks.NOTHING),
        (0, "no answer in time", Step.END, Asks.NOTHING),
    ],
)
def test_what_asks_for_a_pause(code: int, text: str, step: Step, asks: Asks) -> None:
    assert asks_for_pause(Reply(code=code, text=text, step=step)) is asks


def test_a_sender_over_their_limit_stops_the_run_whatever_code_it_comes_with() -> None:
    said = "5.2.0 STOREDRV.Submission.Exception:SubmissionQuotaExceededException"
    judgement = judge(Reply(code=554, text=said, step=Step.END))
    assert (judgement.about, judgement.stops_run, judgement.stops_address) == (About.SENDER, True, False)
