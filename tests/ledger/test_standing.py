"""What entries add up to: each kind as a table, and the order in which they were recorded hardly matters."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from goodterms.ledger.rules.bearing import Basis, Bearing, Exit, ProfileTerms, bearing_of, terms_evidence
from goodterms.ledger.rules.facts import WHOLE, Entry, Scope, body_of, entry_of
from goodterms.ledger.rules.kinds import Actor, HoldReason, Kind, Purpose, Vehicle
from goodterms.ledger.rules.standing import (
    Connection,
    Email,
    Standing,
    Stop,
    read_standing,
    standing_after,
    standing_of,
    write_standing,
    written_after,
)

NOON = datetime(2026, 5, 1, 12, tzinfo=UTC)
MAIL = Scope(vehicles=frozenset({Vehicle.EMAIL}))
LATE: dict[str, Any] = {"connected_on": "2026-04-02"}
EARLY: dict[str, Any] = {"connected_on": "2026-01-02"}
TERMS = (ProfileTerms(from_at=datetime(2026, 3, 1, tzinfo=UTC), until_at=None, entry=900),)


def entry(kind: Kind, day: int = 0, *, scope: Scope = WHOLE, source: int | None = None, **detail: Any) -> Entry:
    at = NOON + timedelta(days=day)
    return Entry(
        id=500 + day, kind=kind, occurred_at=at, recorded_at=at, actor=Actor.SYSTEM, person=1, scope=scope,
        detail=detail, source=source,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("entries", "expected"),
    [
        ([entry(Kind.CONNECTION_SEEN, **LATE)], {"connection": Connection.CONNECTED, "connected_on": date(2026, 4, 2)}),
        ([entry(Kind.CONNECTION_SEEN), entry(Kind.CONNECTION_ABSENT, 1)], {"connection": Connection.ABSENT}),
        ([entry(Kind.CONNECTION_SEEN), entry(Kind.CONNECTION_GONE, 1)], {"connection": Connection.GONE}),
        # An older export, read later, changes nothing.
        ([entry(Kind.CONNECTION_GONE, 1), entry(Kind.CONNECTION_SEEN, 0)], {"connection": Connection.GONE}),
        # The date stays where an entry tells none.
        ([entry(Kind.CONNECTION_SEEN, **LATE), entry(Kind.CONNECTION_GONE, 1)], {"connected_on": date(2026, 4, 2)}),
        ([entry(Kind.ADDRESS_SEEN)], {"email": Email.USABLE}),
        ([entry(Kind.ADDRESS_SEEN), entry(Kind.ADDRESS_WITHDRAWN, 1)], {"email": Email.WITHDRAWN}),
        ([entry(Kind.ADDRESS_BOUNCED, 1), entry(Kind.ADDRESS_SEEN, 0)], {"email": Email.BOUNCED}),
        ([entry(Kind.ADDRESS_BOUNCED), entry(Kind.ADDRESS_SEEN, 1)], {"email": Email.USABLE}),
        ([entry(Kind.INVITATION_SEEN, terms=None)], {"invited_under_terms_at": None}),
        ([entry(Kind.INVITATION_SEEN, terms=7)], {"invited_under_terms_at": NOON}),
        ([entry(Kind.EXCHANGE_SEEN)], {"exchanged_at": NOON}),
        ([entry(Kind.WELCOME_SENT)], {"welcome_at": NOON, "welcome_confirmed": False}),
        ([entry(Kind.WELCOME_CONFIRMED)], {"welcome_at": NOON, "welcome_confirmed": True}),
        ([entry(Kind.UPDATE_ACCEPTED, 1), entry(Kind.UPDATE_CONFIRMED)], {"last_update_at": NOON + timedelta(days=1)}),
        # What was marked as sent in error is put back to what was before it, and to nothing else.
        (
            [
                entry(Kind.WELCOME_SENT),
                entry(Kind.NOT_SENT, 1, entry=500, part="welcome", before_entry=None, before_at=None),
            ],
            {"welcome_at": None, "support": {}},
        ),
        (
            [
                entry(Kind.UPDATE_ACCEPTED),
                entry(Kind.UPDATE_ACCEPTED, 1),
                entry(
                    Kind.NOT_SENT,
                    2,
                    entry=501,
                    part="last_update",
                    before_entry=500,
                    before_at="2026-05-01T12:00:00.000000Z",
                ),
            ],
            {"last_update_at": NOON, "support": {"last_update": 500}},
        ),
        (
            [
                entry(Kind.WELCOME_SENT),
                entry(Kind.WELCOME_CONFIRMED, 1),
                entry(Kind.NOT_SENT, 2, entry=500, part="welcome", before_entry=None, before_at=None),
            ],
            {"welcome_at": NOON + timedelta(days=1)},
        ),
        # It lifts no exit, whatever it says.
        (
            [entry(Kind.LEFT), entry(Kind.NOT_SENT, 1, entry=500, part="exit", before_entry=None, before_at=None)],
            {"left_at": NOON, "support": {"exit": 500}},
        ),
        ([entry(Kind.OPT_IN_GIVEN)], {"opt_in_at": NOON}),
        ([entry(Kind.OPT_IN_CONFIRMED)], {"opt_in_confirmed_at": NOON}),
        ([entry(Kind.STOPPED, scope=MAIL)], {"stops": (Stop(scope=MAIL, at=NOON),)}),
        ([entry(Kind.STOPPED), entry(Kind.STOPPED)], {"stops": (Stop(scope=WHOLE, at=NOON),)}),
        ([entry(Kind.LEFT, 1), entry(Kind.LEFT)], {"left_at": NOON + timedelta(days=1)}),
        ([entry(Kind.COMPLAINED)], {"complained_at": NOON}),
        ([entry(Kind.ERASED)], {"erased_at": NOON}),
        ([entry(Kind.HELD, reason="unsure")], {"holds": frozenset({HoldReason.UNSURE})}),
        ([entry(Kind.HELD, reason="unsure"), entry(Kind.RELEASED, 1)], {"holds": frozenset()}),
        (
            [entry(Kind.HELD, reason="unsure"), entry(Kind.RELEASED, 1, reasons=["by_hand"])],
            {"holds": frozenset({HoldReason.UNSURE})},
        ),
        ([entry(Kind.RELEASED, included=True)], {"included_at": NOON}),
        ([entry(Kind.REPLIED), entry(Kind.OPT_IN_ASKED), entry(Kind.MERGED), entry(Kind.SPLIT)], {}),
    ],
)
def test_what_entries_add_up_to(entries: list[Entry], expected: dict[str, Any]) -> None:
    standing = standing_of(entries)
    assert {name: getattr(standing, name) for name in expected} == expected
    if not expected:
        assert standing == Standing()


def test_entries_of_an_undone_export_do_not_count_but_its_exits_do() -> None:
    told = [entry(Kind.CONNECTION_SEEN, source=3), entry(Kind.WELCOME_CONFIRMED, source=3), entry(Kind.LEFT, source=3)]
    standing = standing_of(told, undone=frozenset({3}))

    assert (standing.connection, standing.welcome_at, standing.left_at) == (Connection.NONE, None, NOON)


ANEW = entry(Kind.CONNECTION_SEEN, 9, connected_on="2026-05-02")
BEFORE = entry(Kind.CONNECTION_SEEN, **EARLY)


@pytest.mark.parametrize(
    ("entries", "expected"),
    [
        ([], Exit.NONE),
        ([entry(Kind.STOPPED)], Exit.STOPPED),
        ([entry(Kind.STOPPED, scope=MAIL)], Exit.NONE),
        ([entry(Kind.LEFT)], Exit.LEFT),
        ([entry(Kind.LEFT), entry(Kind.COMPLAINED)], Exit.COMPLAINED),
        ([entry(Kind.COMPLAINED), entry(Kind.ERASED)], Exit.ERASED),
        # The person's own confirmed opt-in lifts what was before it, and nothing after it.
        ([entry(Kind.STOPPED), entry(Kind.OPT_IN_CONFIRMED, 1)], Exit.NONE),
        ([entry(Kind.LEFT), entry(Kind.OPT_IN_CONFIRMED, 1)], Exit.NONE),
        ([entry(Kind.OPT_IN_CONFIRMED), entry(Kind.STOPPED, 1)], Exit.STOPPED),
        ([entry(Kind.STOPPED), entry(Kind.OPT_IN_CONFIRMED)], Exit.STOPPED),
        ([entry(Kind.STOPPED), entry(Kind.OPT_IN_GIVEN, 1)], Exit.STOPPED),
        ([entry(Kind.COMPLAINED), entry(Kind.OPT_IN_CONFIRMED, 1)], Exit.COMPLAINED),
        # A new connection after leaving, under the terms; not on the day of leaving, not without the terms.
        ([entry(Kind.LEFT), ANEW], Exit.NONE),
        ([entry(Kind.LEFT), entry(Kind.CONNECTION_SEEN, 9, connected_on="2026-05-01")], Exit.LEFT),
        ([entry(Kind.LEFT, -80), entry(Kind.CONNECTION_SEEN, 9, connected_on="2026-02-20")], Exit.LEFT),
        ([entry(Kind.LEFT), ANEW, entry(Kind.CONNECTION_GONE, 10)], Exit.LEFT),
        ([entry(Kind.STOPPED), ANEW], Exit.STOPPED),
    ],
)  # fmt: skip
def test_the_exit_in_force(entries: list[Entry], expected: Exit) -> None:
    assert bearing_of(standing_of(entries), TERMS).exit is expected


@pytest.mark.parametrize(
    ("entries", "expected"),
    [
        ([], Basis.NONE),
        ([entry(Kind.CONNECTION_SEEN, **EARLY)], Basis.BEFORE_TERMS),
        ([entry(Kind.CONNECTION_SEEN, **EARLY), entry(Kind.EXCHANGE_SEEN)], Basis.TWO_WAY),
        ([entry(Kind.CONNECTION_SEEN, **LATE), entry(Kind.EXCHANGE_SEEN)], Basis.UNDER_TERMS),
        ([entry(Kind.CONNECTION_SEEN, **EARLY), entry(Kind.INVITATION_SEEN, -120, terms=7)], Basis.UNDER_TERMS),
        ([entry(Kind.CONNECTION_SEEN, **EARLY), entry(Kind.INVITATION_SEEN, terms=7)], Basis.BEFORE_TERMS),
        ([entry(Kind.OPT_IN_GIVEN)], Basis.OPT_IN),
        ([entry(Kind.OPT_IN_GIVEN), entry(Kind.OPT_IN_CONFIRMED, 1)], Basis.CONFIRMED_OPT_IN),
        # An opt-in from before an exit is over with it.
        ([entry(Kind.OPT_IN_CONFIRMED), entry(Kind.STOPPED, 1), BEFORE], Basis.BEFORE_TERMS),
    ],
)  # fmt: skip
def test_the_best_basis_counts(entries: list[Entry], expected: Basis) -> None:
    assert bearing_of(standing_of(entries), TERMS).basis is expected


MIDNIGHT = datetime(2026, 3, 5, tzinfo=UTC)
DAY, SECOND = timedelta(days=1), timedelta(seconds=1)


@pytest.mark.parametrize(
    ("from_at", "until_at", "stood"),
    [
        (MIDNIGHT, None, True),
        (MIDNIGHT + SECOND, None, False),
        (MIDNIGHT - DAY, MIDNIGHT + DAY, True),
        (MIDNIGHT - DAY, MIDNIGHT + DAY - SECOND, False),
        (MIDNIGHT - DAY, MIDNIGHT, False),
    ],
)
def test_the_terms_cover_a_day_that_they_stood_all_through(
    from_at: datetime, until_at: datetime | None, stood: bool
) -> None:
    terms = ProfileTerms(from_at=from_at, until_at=until_at, entry=900)
    standing = standing_of([entry(Kind.CONNECTION_SEEN, connected_on="2026-03-05")])

    assert terms.stood_on(date(2026, 3, 5)) is stood
    assert terms_evidence(standing, [terms]) == ((900,) if stood else ())


@pytest.mark.parametrize(
    ("entries", "welcomed"),
    [
        ([entry(Kind.WELCOME_SENT)], True),
        ([entry(Kind.CONNECTION_SEEN, connected_on="2026-05-01"), entry(Kind.WELCOME_SENT)], True),
        ([entry(Kind.CONNECTION_SEEN, connected_on="2026-05-02"), entry(Kind.WELCOME_SENT)], False),
        ([entry(Kind.WELCOME_SENT), entry(Kind.LEFT, 1)], False),
        ([entry(Kind.LEFT), entry(Kind.WELCOME_SENT, 1)], True),
    ],
)
def test_a_welcome_message_counts_for_the_connection_it_was_sent_to(entries: list[Entry], welcomed: bool) -> None:
    assert bearing_of(standing_of(entries), TERMS).welcomed is welcomed


scopes = st.builds(
    Scope, vehicles=st.frozensets(st.sampled_from(Vehicle)), purposes=st.frozensets(st.sampled_from(Purpose))
)
bearings = st.builds(
    Bearing,
    exit=st.sampled_from(Exit),
    stops=st.frozensets(scopes.filter(lambda scope: not scope.is_whole), max_size=4),
    connection=st.sampled_from(Connection),
    basis=st.sampled_from(Basis),
    welcomed=st.booleans(),
    included=st.booleans(),
    holds=st.frozensets(st.sampled_from(HoldReason), max_size=3),
    email=st.sampled_from(Email),
)  # fmt: skip


@given(bearings)
def test_a_bearing_is_read_back_as_it_was_written(bearing: Bearing) -> None:
    assert Bearing.decode(bearing.encode()) == bearing


@given(st.builds(Bearing, stops=st.just(frozenset()), holds=st.frozensets(st.sampled_from(HoldReason))))
def test_a_bearing_with_every_hold_fits_its_column(bearing: Bearing) -> None:
    assert len(bearing.encode()) <= 200


# Held, released and not sent are the owner's looks, one after the other: only there does the order count.
_COMMUTING = [kind for kind in Kind if kind not in {Kind.HELD, Kind.RELEASED, Kind.NOT_SENT}]
_KINDS = st.sampled_from(_COMMUTING)


@st.composite
def histories(draw: st.DrawFn) -> list[Entry]:
    """Give entries of different moments, numbered by them."""
    days = draw(st.lists(st.integers(min_value=0, max_value=400), min_size=1, max_size=12, unique=True))
    made = []
    for day in sorted(days):
        kind = draw(_KINDS)
        detail: dict[str, Any] = {"terms": 7} if kind is Kind.INVITATION_SEEN else {}
        if kind is Kind.CONNECTION_SEEN:
            detail = {"connected_on": f"2026-0{draw(st.integers(min_value=1, max_value=9))}-05"}
        made.append(entry(kind, day, scope=draw(scopes) if kind is Kind.STOPPED else WHOLE, **detail))
    return made


@given(histories(), st.randoms(use_true_random=False))
def test_the_order_in_which_entries_are_recorded_does_not_matter(entries: list[Entry], random: Any) -> None:
    shuffled = list(entries)
    random.shuffle(shuffled)

    assert bearing_of(standing_of(shuffled), TERMS) == bearing_of(standing_of(entries), TERMS)


@given(histories())
def test_a_standing_is_read_back_as_it_was_written(entries: list[Entry]) -> None:
    standing = standing_of(entries)
    assert read_standing(write_standing(standing)) == standing


@given(histories(), st.integers(min_value=0, max_value=400))
def test_an_accepted_copy_is_noted_in_what_is_written_as_if_all_of_it_were_read(entries: list[Entry], day: int) -> None:
    before, sent = standing_of(entries), entry(Kind.UPDATE_ACCEPTED, day)
    after = standing_after(before, sent)

    assert written_after(write_standing(before), sent) == write_standing(after)
    assert bearing_of(after, TERMS) == bearing_of(before, TERMS), "nothing of it decides"


@pytest.mark.parametrize("kind", [kind for kind in Kind if kind is not Kind.UPDATE_ACCEPTED])
def test_whatever_else_is_told_is_folded_in_with_all_of_it_read(kind: Kind) -> None:
    assert written_after(write_standing(Standing()), entry(kind)) is None


@given(histories())
def test_an_exit_is_never_lost_by_what_is_not_the_persons_own_act(entries: list[Entry]) -> None:
    own = {Kind.OPT_IN_CONFIRMED, Kind.CONNECTION_SEEN}
    others = [one for one in entries if one.kind not in own]
    exits = {Kind.LEFT, Kind.COMPLAINED, Kind.ERASED}
    if any(one.kind in exits or (one.kind is Kind.STOPPED and one.scope.is_whole) for one in others):
        assert bearing_of(standing_of(others), TERMS).exit is not Exit.NONE


@given(histories())
def test_an_entry_is_read_back_as_it_was_written(entries: list[Entry]) -> None:
    for one in entries:
        assert entry_of(one.id, body_of(one, owner_uid="o", recorded_at=one.recorded_at)) == one
