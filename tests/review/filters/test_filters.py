"""What SpamAssassin and rspamd say of a draft; real ones, where they are installed."""

import os
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager

import pytest

from goodterms.review.draft import draft_in
from goodterms.review.filters.queries import FilterAddressFaulty, ask_filters
from goodterms.review.filters.said import Mark, answer, findings_in
from goodterms.review.rules import Severity
from tests.ledger.made import NOON
from tests.servers.filters import FilterMissing, running_rspamd, running_spamd

LETTER = draft_in("---\nsubject: News from Leeds\n---\nI moved to Leeds in May and I am happy there. How are you?")
SPAM = draft_in(
    "---\nsubject: BUY NOW!!! $$$ VIAGRA 100% FREE\n---\n"
    "Dear friend, ACT NOW!!! Viagra cheap, click here. 100% guaranteed, earn million dollars."
)
SENDER = "ann@owner.test"


def _started(start: Callable[[], AbstractContextManager[int]]) -> Iterator[int]:
    try:
        running = start()
        port = running.__enter__()
    except FilterMissing as missing:
        if os.environ.get("CI") == "true":
            raise
        pytest.skip(str(missing))
    yield port
    running.__exit__(None, None, None)


@pytest.fixture(scope="module")
def spamd() -> Iterator[int]:
    yield from _started(running_spamd)


@pytest.fixture(scope="module")
def rspamd() -> Iterator[int]:
    yield from _started(running_rspamd)


def test_spamassassin_names_the_rules_that_matter(spamd: int) -> None:
    settings = {"GOODTERMS_SPAMASSASSIN": f"127.0.0.1:{spamd}"}
    said = ask_filters(SPAM, settings, sender=SENDER, now=NOON)
    assert [finding.rule for finding in said.findings] == ["spam.spamassassin"]
    assert said.findings[0].severity is Severity.WARN
    assert "DEAR_FRIEND" in said.findings[0].reason
    assert "NO_RECEIVED" not in said.findings[0].reason
    assert ask_filters(LETTER, settings, sender=SENDER, now=NOON).findings == ()


def test_rspamd_names_the_rules_that_matter(rspamd: int) -> None:
    settings = {"GOODTERMS_RSPAMD": f"127.0.0.1:{rspamd}"}
    said = ask_filters(SPAM, settings, sender=SENDER, now=NOON)
    assert "SUBJ_ALL_CAPS" in said.findings[0].reason
    assert "HFILTER_HOSTNAME_UNKNOWN" not in said.findings[0].reason
    assert ask_filters(LETTER, settings, sender=SENDER, now=NOON).findings == ()


@pytest.mark.parametrize(
    ("setting", "name"), [("GOODTERMS_SPAMASSASSIN", "spamassassin"), ("GOODTERMS_RSPAMD", "rspamd")]
)
def test_a_filter_that_is_not_there_fails_nothing(setting: str, name: str) -> None:
    said = ask_filters(LETTER, {setting: "127.0.0.1:1"}, sender=SENDER, now=NOON)
    assert said.findings == ()
    assert "gave no answer" in said.answers[name]


def test_nothing_is_asked_where_nothing_is_set() -> None:
    assert ask_filters(LETTER, {"GOODTERMS_RSPAMD": ""}, sender=SENDER, now=NOON).answers == {}


@pytest.mark.parametrize("value", ["host:port", ":", "[::1"])
def test_an_address_that_is_none_is_told_of(value: str) -> None:
    with pytest.raises(FilterAddressFaulty, match=r"such as 127\.0\.0\.1:11333"):
        ask_filters(LETTER, {"GOODTERMS_RSPAMD": value}, sender=SENDER, now=NOON)


def test_marks_of_the_way_and_small_ones_say_nothing() -> None:
    said = answer("rspamd", 15.0, [Mark("NO_RECEIVED", 3.0), Mark("TINY", 0.1)])
    assert said.score == 0.1
    assert list(findings_in(LETTER, said)) == []
