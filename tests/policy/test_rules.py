"""The one decision, reason by reason: the gravest question is asked first."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from goodterms.ledger.rules.bearing import Basis, Bearing, Exit
from goodterms.ledger.rules.facts import WHOLE, Scope
from goodterms.ledger.rules.kinds import HoldReason, Purpose, Vehicle
from goodterms.ledger.rules.standing import Connection, Email
from goodterms.policy.rulebook import read_rulebook, strategies
from goodterms.policy.rules import Reason, Rulebook, Subject, UpdateFacts, Verdict, decide

NOW = datetime(2026, 11, 2, 9, tzinfo=UTC)
BOOK = read_rulebook("", "connection_opt_in")
SLOW = replace(BOOK, min_gap=timedelta(days=7))
OPT_INS_ONLY = read_rulebook("", "opt_in_list")
FINE = Bearing(connection=Connection.CONNECTED, basis=Basis.UNDER_TERMS, welcomed=True, email=Email.USABLE)
OPTED_IN = replace(FINE, basis=Basis.CONFIRMED_OPT_IN)
BEFORE = replace(FINE, basis=Basis.BEFORE_TERMS)
NEWS, OFFER, WELCOME = UpdateFacts(), UpdateFacts(purpose=Purpose.COMMERCIAL), UpdateFacts(is_welcome=True)
MAIL = Scope(vehicles=frozenset({Vehicle.EMAIL}))
SEND, HOLD, REFUSE = Verdict


def held(reason: HoldReason) -> Subject:
    return Subject(bearing=replace(FINE, holds=frozenset({reason})))


Line = tuple[Subject, UpdateFacts, Vehicle, Rulebook, Verdict, Reason]
TABLE: list[Line] = [
    (Subject(bearing=OPTED_IN), NEWS, Vehicle.EMAIL, BOOK, SEND, Reason.OPTED_IN),
    (Subject(bearing=OPTED_IN), OFFER, Vehicle.EMAIL, BOOK, SEND, Reason.OPTED_IN),
    (Subject(bearing=replace(FINE, basis=Basis.OPT_IN)), NEWS, Vehicle.EMAIL, BOOK, SEND, Reason.OPTED_IN),
    (Subject(bearing=FINE), NEWS, Vehicle.EMAIL, BOOK, SEND, Reason.UNDER_TERMS),
    (Subject(bearing=replace(FINE, welcomed=False)), WELCOME, Vehicle.EMAIL, BOOK, SEND, Reason.UNDER_TERMS),
    (Subject(bearing=replace(BEFORE, included=True)), NEWS, Vehicle.EMAIL, BOOK, SEND, Reason.INCLUDED),
    (Subject(bearing=BEFORE), NEWS, Vehicle.EMAIL, BOOK, HOLD, Reason.BEFORE_TERMS),
    (Subject(bearing=replace(FINE, basis=Basis.TWO_WAY)), NEWS, Vehicle.EMAIL, BOOK, HOLD, Reason.BEFORE_TERMS),
    (Subject(bearing=replace(FINE, welcomed=False)), NEWS, Vehicle.EMAIL, BOOK, HOLD, Reason.WELCOME_DUE),
    (Subject(bearing=replace(FINE, connection=Connection.ABSENT)), NEWS, Vehicle.EMAIL, BOOK, HOLD, Reason.ABSENT),
    (held(HoldReason.UNCERTAIN_MATCH), NEWS, Vehicle.EMAIL, BOOK, HOLD, Reason.UNCERTAIN_MATCH),
    (held(HoldReason.POSSIBLE_LEAVER), NEWS, Vehicle.EMAIL, BOOK, HOLD, Reason.POSSIBLE_LEAVER),
    (held(HoldReason.SHARED_ADDRESS), NEWS, Vehicle.EMAIL, BOOK, HOLD, Reason.SHARED_ADDRESS),
    (held(HoldReason.CAME_BACK), NEWS, Vehicle.EMAIL, BOOK, HOLD, Reason.CAME_BACK),
    (held(HoldReason.UNSURE), NEWS, Vehicle.EMAIL, BOOK, HOLD, Reason.UNSURE),
    (held(HoldReason.ADDRESS_FAILING), NEWS, Vehicle.EMAIL, BOOK, HOLD, Reason.ADDRESS_FAILING),
    (held(HoldReason.BY_HAND), NEWS, Vehicle.EMAIL, BOOK, HOLD, Reason.HELD_BY_OWNER),
    (
        Subject(bearing=FINE, last_update_at=NOW - timedelta(days=6)),
        NEWS, Vehicle.EMAIL, SLOW, HOLD, Reason.TOO_SOON,
    ),
    (
        Subject(bearing=FINE, last_update_at=NOW - timedelta(days=7)),
        NEWS, Vehicle.EMAIL, SLOW, SEND, Reason.UNDER_TERMS,
    ),
    (Subject(bearing=FINE, suppressed=True), NEWS, Vehicle.LINKEDIN, BOOK, REFUSE, Reason.SUPPRESSED),
    (Subject(bearing=replace(FINE, exit=Exit.ERASED)), NEWS, Vehicle.EMAIL, BOOK, REFUSE, Reason.ERASED),
    (Subject(bearing=replace(FINE, exit=Exit.COMPLAINED)), NEWS, Vehicle.LIST, BOOK, REFUSE, Reason.COMPLAINED),
    (Subject(bearing=replace(FINE, exit=Exit.LEFT)), WELCOME, Vehicle.EMAIL, BOOK, REFUSE, Reason.LEFT),
    (Subject(bearing=replace(FINE, exit=Exit.STOPPED)), NEWS, Vehicle.LINKEDIN, BOOK, REFUSE, Reason.STOPPED),
    (Subject(bearing=replace(FINE, stops=frozenset({MAIL}))), NEWS, Vehicle.EMAIL, BOOK, REFUSE, Reason.STOPPED),
    (Subject(bearing=replace(FINE, stops=frozenset({MAIL}))), NEWS, Vehicle.LINKEDIN, BOOK, SEND, Reason.UNDER_TERMS),
    (Subject(bearing=replace(OPTED_IN, connection=Connection.GONE)), NEWS, Vehicle.EMAIL, BOOK, REFUSE, Reason.GONE),
    (Subject(bearing=Bearing(email=Email.USABLE)), NEWS, Vehicle.EMAIL, BOOK, REFUSE, Reason.NO_BASIS),
    (Subject(bearing=FINE), OFFER, Vehicle.EMAIL, BOOK, REFUSE, Reason.NO_OPT_IN),
    (Subject(bearing=replace(FINE, basis=Basis.OPT_IN)), OFFER, Vehicle.EMAIL, BOOK, REFUSE, Reason.NO_OPT_IN),
    (Subject(bearing=FINE), NEWS, Vehicle.EMAIL, OPT_INS_ONLY, REFUSE, Reason.STRATEGY),
    (Subject(bearing=replace(FINE, email=Email.NONE)), NEWS, Vehicle.EMAIL, BOOK, REFUSE, Reason.NO_ADDRESS),
    (Subject(bearing=replace(FINE, email=Email.NONE)), NEWS, Vehicle.LINKEDIN, BOOK, SEND, Reason.UNDER_TERMS),
    (
        Subject(bearing=replace(OPTED_IN, connection=Connection.NONE)),
        NEWS, Vehicle.LINKEDIN, BOOK, REFUSE, Reason.NO_ADDRESS,
    ),
    (
        Subject(bearing=replace(FINE, email=Email.WITHDRAWN)),
        NEWS, Vehicle.EMAIL, BOOK, REFUSE, Reason.ADDRESS_WITHDRAWN,
    ),
    (Subject(bearing=replace(FINE, email=Email.BOUNCED)), NEWS, Vehicle.EMAIL, BOOK, REFUSE, Reason.ADDRESS_BOUNCED),
    (Subject(bearing=FINE, has_copy=True), NEWS, Vehicle.EMAIL, BOOK, REFUSE, Reason.ALREADY_SENT),
    (Subject(bearing=FINE), WELCOME, Vehicle.EMAIL, BOOK, REFUSE, Reason.ALREADY_SENT),
    (Subject(bearing=OPTED_IN), WELCOME, Vehicle.EMAIL, BOOK, REFUSE, Reason.ALREADY_SENT),
]  # fmt: skip


@pytest.mark.parametrize("line", TABLE, ids=lambda line: line[-1])
def test_what_is_decided_and_why(line: Line) -> None:
    subject, update, vehicle, rulebook, verdict, reason = line
    found = decide(subject, update, vehicle, rulebook, NOW)
    assert (found.verdict, found.reason) == (verdict, reason)


def test_every_reason_has_its_row() -> None:
    strangers = {Reason.UNKNOWN}  # asked where there is no standing: see the queries
    assert {line[-1] for line in TABLE} == set(Reason) - strangers


subjects = st.builds(
    Subject,
    bearing=st.builds(
        Bearing,
        exit=st.sampled_from(Exit),
        stops=st.frozensets(st.sampled_from([MAIL, Scope(purposes=frozenset({Purpose.COMMERCIAL}))])),
        connection=st.sampled_from(Connection),
        basis=st.sampled_from(Basis),
        welcomed=st.booleans(),
        included=st.booleans(),
        holds=st.frozensets(st.sampled_from(HoldReason), max_size=2),
        email=st.sampled_from(Email),
    ),
    last_update_at=st.sampled_from([None, NOW - timedelta(days=1), NOW - timedelta(days=40)]),
    suppressed=st.booleans(),
    has_copy=st.booleans(),
)
updates = st.builds(UpdateFacts, purpose=st.sampled_from(Purpose), is_welcome=st.booleans())
books = st.sampled_from([read_rulebook("", name) for name in strategies()])


@given(subjects, updates, st.sampled_from(Vehicle), books)
def test_nothing_is_sent_against_an_exit_a_hold_or_without_a_basis(
    subject: Subject, update: UpdateFacts, vehicle: Vehicle, rulebook: Rulebook
) -> None:
    if decide(subject, update, vehicle, rulebook, NOW).verdict is not Verdict.SEND:
        return
    bearing = subject.bearing
    assert bearing.exit is Exit.NONE
    assert not any(stop.covers(vehicle, update.purpose) for stop in bearing.stops)
    assert not subject.suppressed
    assert not subject.has_copy
    assert not bearing.holds
    assert bearing.basis is not Basis.NONE
    assert bearing.connection not in {Connection.ABSENT, Connection.GONE}
    assert update.purpose is Purpose.NETWORKING or bearing.basis is Basis.CONFIRMED_OPT_IN
    assert vehicle is Vehicle.LINKEDIN or bearing.email is Email.USABLE


@given(subjects, updates, st.sampled_from(Vehicle), books)
def test_the_owners_inclusion_turns_no_refusal_into_a_copy(
    subject: Subject, update: UpdateFacts, vehicle: Vehicle, rulebook: Rulebook
) -> None:
    before = decide(subject, update, vehicle, rulebook, NOW)
    included = replace(subject, bearing=replace(subject.bearing, included=True))
    if before.verdict is Verdict.REFUSE:
        assert decide(included, update, vehicle, rulebook, NOW).verdict is Verdict.REFUSE


def test_a_decision_names_the_entries_that_it_rests_on() -> None:
    support = {"exit": 4, "connection": 1, "welcome": 3, "held": 5}
    left = Subject(bearing=replace(FINE, exit=Exit.LEFT), support=support)
    fine = Subject(bearing=FINE, support=support, terms_entries=(9,))

    assert decide(left, NEWS, Vehicle.EMAIL, BOOK, NOW).entries == (4,)
    assert decide(fine, NEWS, Vehicle.EMAIL, BOOK, NOW).entries == (9, 1, 3)


def test_a_scope_that_is_empty_covers_everything() -> None:
    assert WHOLE.is_whole
    assert all(WHOLE.covers(vehicle, purpose) for vehicle in Vehicle for purpose in Purpose)
    assert not MAIL.covers(Vehicle.LINKEDIN, Purpose.NETWORKING)
