"""What a draft is for, measured on drafts of our own and asked of strange ones."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from goodterms.ledger.rules.kinds import Purpose
from goodterms.review.draft import draft_in, draft_of
from goodterms.review.grey.letters import DRAFTS, letters_in
from goodterms.review.rules import PurposeFound, Reads, find_purpose
from tests.review.corpus import Draft, drafts, later_drafts, unseen_letters


def found(subject: str, body: str) -> PurposeFound:
    return find_purpose(draft_of(subject, body, Purpose.NETWORKING))


def test_the_corpus_is_large_and_in_five_languages() -> None:
    assert len(drafts()) >= 300
    assert {draft.id[:2] for draft in drafts()} == {"en", "de", "fr", "es", "it"}
    assert 0.4 < sum(draft.is_seen for draft in drafts()) / len(drafts()) < 0.6
    assert len({draft.id for draft in drafts()}) == len(drafts())


@pytest.mark.parametrize("is_seen", [True, False], ids=["seen", "unseen"])
def test_purpose_is_told_as_well_as_promised(is_seen: bool) -> None:
    half = [draft for draft in drafts() if draft.is_seen is is_seen]
    pairs = [(draft.purpose, found(draft.subject, draft.text).reads.value) for draft in half]
    hits = sum(truth == said for truth, said in pairs)
    commercial = pairs.count(("commercial", "commercial"))
    assert hits / len(pairs) >= 0.95
    assert commercial / sum(truth == "commercial" for truth, _ in pairs) >= 0.98
    assert commercial / sum(said == "commercial" for _, said in pairs) >= 0.95


@pytest.mark.parametrize("name", ["later", "fresh"])
def test_drafts_in_other_manners_that_were_learnt_are_told(name: str) -> None:
    pairs = [(draft.purpose, found(draft.subject, draft.text).reads.value) for draft in later_drafts(name)]
    assert sum(truth == said for truth, said in pairs) / len(pairs) >= 0.95
    assert {("commercial", "networking"), ("networking", "commercial")}.isdisjoint(pairs)


@pytest.mark.parametrize(
    ("hand", "count"),
    [
        ("other", 85),
        ("gil", 150),
        ("iris", 160),
        ("kim", 140),
        ("omar", 200),
        ("pia", 200),
        ("ruth", 200),
        ("uma", 200),
        ("jonas", 200),
        ("elif", 200),
        ("sven", 200),
        ("nadia", 200),
        ("tariq", 200),
    ],
)
def test_drafts_by_other_hands_that_were_learnt_are_told(hand: str, count: int) -> None:
    """They are seen, so this holds what was reached and proves nothing; see docs/before-sending.md."""
    known = [letter for path in sorted(DRAFTS.glob(f"*-{hand}.txt")) for letter in letters_in(path)]
    pairs = [(letter.purpose, found(letter.subject, letter.text).reads.value) for letter in known]
    assert len(pairs) == count
    assert sum(truth == said for truth, said in pairs) / len(pairs) >= 0.95
    assert ("commercial", "networking") not in pairs
    assert pairs.count(("networking", "commercial")) / len(pairs) <= 0.02


def test_drafts_of_which_nothing_was_seen_are_told_no_worse_than_they_were() -> None:
    """Floors under the honest figures, which are short of the goals: see docs/before-sending.md."""
    pairs = [(letter.purpose, found(letter.subject, letter.text).reads.value) for letter in unseen_letters()]
    commercial = [said for truth, said in pairs if truth == "commercial"]
    assert len(pairs) == 130
    assert sum(truth == said for truth, said in pairs) / len(pairs) >= 0.86
    assert commercial.count("commercial") / len(commercial) >= 0.92
    assert commercial.count("networking") <= 3
    assert commercial.count("commercial") / sum(said == "commercial" for _, said in pairs) >= 0.9


@pytest.mark.parametrize(
    "body",
    [
        "Olá a todos, mudei de emprego em março e estou muito feliz. Como vão vocês? Não sei o que dizer, obrigado.",
        "Hallo allemaal, ik ben verhuisd naar Gent en het gaat goed met mij. Hoe is het met jullie?",
        "Привет, я переехала в Минск. Как дела? Пишите.",
        "我搬家了。你好吗？",
    ],
)
def test_what_is_in_no_language_that_is_read_is_mixed_and_says_so(body: str) -> None:
    told = found("", body)
    assert told.reads is Reads.MIXED
    assert "purpose.language" in [one.rule for one in told.offers]


def test_a_soft_offer_is_shown_with_the_words_that_weigh_most() -> None:
    body = (
        "Hello all, I hope you are well. I have two mornings a week free from May for new coaching clients. "
        "If somebody in your team could use a hand, reply with the word YES and I will send you my rates."
    )
    told = found("A note from me", body)
    assert told.reads is Reads.COMMERCIAL
    assert all("offers something" in one.reason or "most by '" in one.reason for one in told.offers)
    assert all(f"A note from me\n{body}"[one.start : one.end].strip() for one in told.offers)


@pytest.mark.parametrize("draft", [draft for draft in drafts() if draft.added], ids=lambda draft: draft.id)
def test_the_offer_is_found_where_it_stands(draft: Draft) -> None:
    start = len(draft.subject) + 1 + draft.text.index(draft.added)
    told = found(draft.subject, draft.text)
    places = [(one.start, one.end) for one in told.offers]
    # What is taken for news, which is counted above, has no offer that could be shown.
    assert places or (not draft.is_seen and told.reads is Reads.NETWORKING)
    assert all(start <= begin < end <= start + len(draft.added) for begin, end in places)


def test_an_offer_in_the_subject_makes_it_commercial() -> None:
    reads = found("20% off for you", "I moved to Leeds. I am well and tired. How are you?")
    assert reads.reads is Reads.COMMERCIAL
    assert reads.in_subject


def test_a_bare_call_at_the_end_of_news_is_mixed() -> None:
    news = "I moved to the harbour and I weave again. I spent the summer at my loom. I met Ana. I love it here."
    assert found("News", news).reads is Reads.NETWORKING
    assert found("News", f"{news}\n\nBuy my book.").reads is Reads.MIXED


@pytest.mark.parametrize(
    ("body", "us", "ca", "eu"),
    [
        ("I moved to Leeds and I am happy. How are you?", False, False, False),
        (
            "I moved. I am happy. My cat is well. I thank you. I write again. How are you? Buy my book for $9.",
            False,
            True,
            True,
        ),
        ("Buy my book for $9. I am well.", True, True, True),
        ("I moved and I am happy. I thank you. My dog is well. Our new platform grows.", False, False, True),
    ],
)
def test_each_law_asks_in_its_own_way(body: str, us: bool, ca: bool, eu: bool) -> None:
    assert [test.is_commercial for test in found("A word", body).tests] == [us, ca, eu]


@pytest.mark.parametrize("body", ["", " \n", "\u200b"])
def test_of_nothing_nothing_is_claimed(body: str) -> None:
    assert found("", body).reads in {Reads.MIXED, Reads.NETWORKING}
    assert found("", "").reads is Reads.MIXED


@pytest.mark.parametrize(
    "body",
    [
        "🎉🎉🎉 🎂",
        "שלום, עברתי דירה. מה שלומך?",
        "مرحبا، انتقلت إلى بيت جديد.",
        "Привет, я переехала. Как дела?",
        "我搬家了。你好吗？",
        "x" * 100_000,
    ],
)
def test_strange_drafts_get_an_answer(body: str) -> None:
    assert found("?", body).reads in Reads


@given(st.text(max_size=300), st.text(max_size=300))
def test_places_lie_in_the_text(subject: str, body: str) -> None:
    draft = draft_in(f"---\nsubject: {subject}\n---\n{body}")
    assert all(0 <= one.start < one.end <= len(draft.text) for one in find_purpose(draft).offers)
