"""Reviewing a draft."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from goodterms.ledger.rules.kinds import Purpose
from goodterms.review.checks.repeated import says_the_same
from goodterms.review.draft import MOST_SIGNS, DraftUnreadable, draft_in, read_draft
from goodterms.review.reviewing import MOST_FINDINGS, Review, review
from goodterms.review.rulebooks import JurisdictionUnknown, books_for, law_books
from goodterms.review.rules import Finding, Reads, Severity
from goodterms.review.setting import Setting

OWNER = Setting(owner_name="Olga Owner", postal_address="1 Quay", terms="We are connected through LinkedIn.")
NEWS = "I moved to Leeds in May and I am happy there. I thank you for your letter. How are you?"
SALE = "Order now and get 20% off everything in our shop."


def reviewed(body: str, subject: str = "News from Leeds", setting: Setting = OWNER, front: str = "") -> Review:
    return review(draft_in(f"---\nsubject: {subject}\n{front}---\n{body}"), setting)


def rules(found: Review) -> set[str]:
    return {finding.rule for finding in found.findings}


def the(found: Review, rule: str) -> Finding:
    return next(finding for finding in found.findings if finding.rule == rule)


def test_an_honest_letter_has_hints_at_most() -> None:
    found = reviewed(NEWS)
    assert found.purpose.reads is Reads.NETWORKING
    assert not found.stops
    assert not found.needs_explanation


@pytest.mark.parametrize(
    ("body", "subject", "rule", "words"),
    [
        (NEWS, "Re: our talk", "deception.fake_reply", "Re:"),
        (NEWS, "AW: Treffen", "deception.fake_reply", "AW:"),
        (f"{NEWS} See [bank.example](https://evil.example/x).", "A", "deception.link", "[bank.example](https://evil.example/x)"),
        (f"{NEWS} p\u0430ypal", "A", "deception.mixed_scripts", "p\u0430ypal"),
        (f"{NEWS} a\u200bb", "A", "deception.hidden_text", "\u200b"),
        (f"{NEWS} Come!!!", "A", "spam.shouting", "!!!"),
        (f"{NEWS} https://x.example/?utm_source=a", "A", "spam.tracking", "https://x.example/?utm_source=a"),
        (f"{NEWS} https://bit.ly/x", "A", "spam.shortened", "https://bit.ly/x"),
        (f"{NEWS} {SALE}", "A", "purpose.offer", "Order now"),
        (NEWS.upper(), "A", "spam.capitals", NEWS.upper()),
    ],
)  # fmt: skip
def test_each_finding_names_its_place(body: str, subject: str, rule: str, words: str) -> None:
    text = f"---\nsubject: {subject}\n---\n{body}"
    finding = the(review(draft_in(text), OWNER), rule)
    assert text[finding.start : finding.end] == words
    assert finding.reason
    assert finding.remedy


def test_what_was_said_before_is_not_said_again() -> None:
    found = reviewed(NEWS, setting=Setting(earlier=(f"{NEWS} Yours",)))
    assert the(found, "repeated.same").severity is Severity.WARN
    assert "repeated.same" not in rules(reviewed(NEWS, setting=Setting(earlier=("Something else entirely was told.",))))


@pytest.mark.parametrize(
    ("body", "rule"),
    [
        (NEWS, "repeated.same"),
        (NEWS.upper(), "repeated.same"),
        (f"{NEWS} And the cat is well, thank you for asking.", "repeated.alike"),
        ("We built a boat. I thank you for your letter. It floats, and so do we, most days of the week.", None),
        ("The boat floats. I moved to Leeds in May and I am happy there. It has a sail.", "repeated.sentence"),
        ("", None),
        ("🎉", None),
    ],
)  # fmt: skip
def test_as_much_is_found_as_was_said_before(body: str, rule: str | None) -> None:
    found = [one for one in rules(reviewed(body, setting=Setting(earlier=(NEWS, "")))) if one.startswith("repeated")]
    assert found == ([rule] if rule else [])


@pytest.mark.parametrize(
    ("one", "two", "same"),
    [
        (NEWS, NEWS.upper(), True),
        (NEWS, f"{NEWS} Yours", True),
        (NEWS, "We built a boat and it floats, and so do we, most days of the week.", False),
        ("A happy new year to you!", "A happy new year to you!", False),
        ("", "", False),
    ],
)
def test_a_text_that_says_the_same_is_known_and_a_greeting_may_come_again(one: str, two: str, same: bool) -> None:
    assert says_the_same(one, two) is same


@pytest.mark.parametrize("words", ["I moved to Leeds. ", "!!! ", "a" * 40, "[a](b ", "العربية ", "\u202e", "€9 "])
def test_of_a_huge_draft_no_more_is_read_than_said(words: str) -> None:
    """Counted, not timed: what every check works on is bounded, and what lies beyond stops the draft."""
    draft = read_draft((words * (900_000 // len(words.encode()))).encode(), "huge.md")
    assert len(draft.body.text) == MOST_SIGNS
    assert draft.unread > 0
    assert len(draft.sentences) <= MOST_SIGNS // 2
    found = review(draft, Setting(earlier=(words * 300_000,)))
    assert "length.unread" in [one.rule for one in found.stops]
    assert found.purpose.reads is not Reads.NETWORKING
    assert len(found.findings) <= MOST_FINDINGS + 20


def test_a_letter_has_an_i_a_name_a_question_and_an_end() -> None:
    found = rules(reviewed("Everything is new. " * 150))
    assert {"tone.nobody_speaks", "tone.same_for_all", "tone.no_question", "tone.long"} <= found
    assert "tone.same_for_all" not in rules(reviewed(f"Dear {{{{ first_name }}}}, {NEWS}"))


def test_what_reads_mixed_and_says_networking_needs_an_explanation() -> None:
    assert reviewed(f"{NEWS} {NEWS} {SALE}").needs_explanation
    declared = reviewed(f"{NEWS} {NEWS} {SALE}", front="purpose: commercial\n")
    assert declared.declared is Purpose.COMMERCIAL
    assert not declared.needs_explanation


def test_what_laws_want_and_lacks_stops_it() -> None:
    found = reviewed(SALE, setting=Setting(owner_name="Olga"))
    assert {"us.2a", "us.3", "ca.2c"} <= {finding.rule for finding in found.stops}
    assert not reviewed(SALE).stops
    assert "eu.1" in rules(reviewed(SALE))


def test_a_word_on_where_you_know_each_other_from_is_wanted() -> None:
    assert "eu.2" in rules(reviewed(NEWS, setting=Setting(owner_name="Olga", terms="Answer NO to end it.")))
    assert "eu.2" not in rules(reviewed(NEWS))


def test_of_an_unknown_jurisdiction_every_rulebook_counts() -> None:
    assert books_for(()) == tuple(law_books().values())
    assert [book.name for book in books_for(("us",))] == ["us"]
    with pytest.raises(JurisdictionUnknown, match="there are: au, ca, de, eu, uk, us"):
        books_for(("xx",))


@pytest.mark.parametrize("book", list(law_books()))
def test_every_rule_has_its_source_and_date(book: str) -> None:
    for rule in law_books()[book].rules:
        assert rule.citation
        assert rule.read_on.startswith("20")


@pytest.mark.parametrize("body", ["", NEWS, SALE])
def test_nobody_is_told_that_a_message_is_lawful(body: str) -> None:
    said = " ".join(reviewed(body).rulebooks.values()).lower()
    assert "compliant" not in said
    assert "legal" not in said
    assert "no blocking rule found in rulebook DE-2026.1" in " ".join(reviewed(body).rulebooks.values())


@pytest.mark.parametrize("content", [b"\xff\xfe\x00x", b"a\0b", b"x" * 10_000_000])
def test_what_is_no_text_is_not_reviewed(content: bytes) -> None:
    with pytest.raises(DraftUnreadable):
        read_draft(content, "draft.md")


@pytest.mark.parametrize(
    "content", ["", "\n\n", "🎉🎉🎉🎉🎉", "שלום", "---\n---\n", "---", "no front matter, I say", "\ufeff"]
)
def test_strange_drafts_get_an_answer(content: str) -> None:
    found = review(read_draft(content.encode(), "draft.md"), Setting())
    assert all(0 <= one.start <= one.end <= len(content) for one in found.findings)


@given(st.text(max_size=400))
def test_every_place_lies_in_the_text(text: str) -> None:
    draft = draft_in(text)
    assert all(0 <= one.start <= one.end <= len(draft.text) for one in review(draft, Setting()).findings)


@pytest.mark.parametrize("sign", ["a", "[", "9", "[a](b ", "! "])
def test_a_huge_line_is_reviewed_in_good_time(sign: str) -> None:
    assert reviewed(sign * (50_000 // len(sign)))
