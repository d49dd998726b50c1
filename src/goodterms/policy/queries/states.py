"""What people can be listed by: how they stand, and whether they may be written to."""

from collections.abc import Callable, Mapping
from datetime import datetime

from django.db.models import Count, Q, QuerySet

from goodterms.accounts.models import Owner
from goodterms.ledger.models import Standing as StandingRow
from goodterms.ledger.queries.standings import persons_bearing
from goodterms.ledger.rules.bearing import Basis, Bearing, Exit
from goodterms.ledger.rules.kinds import Vehicle
from goodterms.ledger.rules.standing import Connection
from goodterms.policy.queries.decisions import Question
from goodterms.policy.rules import Reason, Rulebook, Subject, UpdateFacts


def bearings(owner: Owner) -> dict[Bearing, int]:
    """Count the people with each bearing."""
    rows = StandingRow.objects.filter(owner=owner).values_list("bearing").annotate(count=Count("*")).order_by("bearing")
    return {Bearing.decode(bearing): count for bearing, count in rows}


def _is_exit(exit_: Exit) -> Callable[[Bearing, Reason], bool]:
    return lambda bearing, _reason: bearing.exit is exit_


def _is_connection(connection: Connection) -> Callable[[Bearing, Reason], bool]:
    return lambda bearing, _reason: bearing.connection is connection


STATES: Mapping[str, Callable[[Bearing, Reason], bool]] = {
    **{exit_.value: _is_exit(exit_) for exit_ in Exit if exit_ is not Exit.NONE},
    **{connection.value: _is_connection(connection) for connection in Connection if connection is not Connection.NONE},
    "held": lambda bearing, _reason: bool(bearing.holds),
    "before_terms": lambda bearing, _reason: bearing.basis in {Basis.BEFORE_TERMS, Basis.TWO_WAY},
    "under_terms": lambda bearing, _reason: bearing.basis is Basis.UNDER_TERMS,
    "opted_in": lambda bearing, _reason: bearing.basis in {Basis.OPT_IN, Basis.CONFIRMED_OPT_IN},
    "welcome_due": lambda _bearing, reason: reason is Reason.WELCOME_DUE,
    "may_be_sent": lambda _bearing, reason: reason in {Reason.OPTED_IN, Reason.UNDER_TERMS, Reason.INCLUDED},
}
"""What people can be listed by; the reason is that for a networking message by hand through LinkedIn."""


def in_state(owner: Owner, state: str, rulebook: Rulebook, *, now: datetime) -> Q:
    """Give the condition for persons in one of STATES."""
    question = Question(facts=UpdateFacts(), vehicle=Vehicle.LINKEDIN, rulebook=rulebook, now=now)
    texts = [
        bearing.encode()
        for bearing in bearings(owner)
        if STATES[state](bearing, question.ask(Subject(bearing=bearing)).reason)
    ]
    return Q(standing__bearing__in=texts)


def not_to_be_written_to(owner: Owner) -> QuerySet[StandingRow, int]:
    """Give those to whom no word is due: they left, complained, were erased or are no longer connected; as a query."""
    ended = {Exit.LEFT, Exit.COMPLAINED, Exit.ERASED}
    return persons_bearing(
        owner, [one for one in bearings(owner) if one.exit in ended or one.connection is Connection.GONE]
    )
