"""What an owner's own choice of a pace amounts to."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from goodterms.delivery.rules.own_pace import Excess, beside, beyond, most_in
from goodterms.delivery.rules.pacing import NO_BOUND, Caps, Pace, Span

caps = st.builds(Caps, minute=st.integers(0, 50), hour=st.integers(0, 900), day=st.integers(0, 5_000))
paces = st.builds(Pace, name=st.just("some"), account=caps, domain=caps)


@given(paces, st.integers(-5, 10_000))
def test_mail_beside_it_makes_a_pace_slower_or_leaves_it_and_never_lifts_a_bound(pace: Pace, by_hand: int) -> None:
    found = beside(pace, by_hand)
    assert most_in(found, Span.DAY) <= most_in(pace, Span.DAY)
    assert bool(found.account.day) == bool(pace.account.day)
    if pace.account.day > by_hand >= 0:
        assert found.account.day == pace.account.day - (by_hand if pace.account.day else 0)
    assert (found.account.minute, found.account.hour, found.domain) == (
        pace.account.minute,
        pace.account.hour,
        pace.domain,
    )


@pytest.mark.parametrize(
    ("pace", "span", "most"),
    [
        (Pace(name="p"), Span.DAY, NO_BOUND),
        (Pace(name="p", account=Caps(day=250)), Span.MINUTE, 250),
        (Pace(name="p", account=Caps(minute=10, day=250)), Span.MINUTE, 10),
        (Pace(name="p", account=Caps(minute=10)), Span.DAY, 14_400),
        (Pace(name="p", account=Caps(hour=60), gap_seconds=(20, 60)), Span.MINUTE, 4),
    ],
)
def test_how_many_may_leave_in_a_span(pace: Pace, span: Span, most: int) -> None:
    assert most_in(pace, span) == most


@pytest.mark.parametrize(
    ("account", "published", "by_hand", "found"),
    [
        (Caps(day=250), Caps(day=500), 0, []),
        (Caps(day=501), Caps(day=500), 0, [Excess(span="day", wanted=501, published=500)]),
        (Caps(day=400), Caps(day=500), 200, [Excess(span="day", wanted=600, published=500)]),
        (Caps(), Caps(day=500), 9, [Excess(span="day", wanted=NO_BOUND, published=500)]),
        (Caps(minute=31, day=9), Caps(minute=30, day=10), 0, []),
        (Caps(minute=31), Caps(minute=30), 0, [Excess(span="minute", wanted=31, published=30)]),
        (Caps(), Caps(), 10, []),
    ],
)
def test_what_goes_over_what_the_provider_publishes(
    account: Caps, published: Caps, by_hand: int, found: list[Excess]
) -> None:
    assert beyond(Pace(name="p", account=account), published, by_hand) == found
