"""The decision asked of the database: for one person, and for an audience, with the same answer."""

from collections import Counter

from django.db import transaction

from goodterms.exits.actions.take import exit_by_name, take_exit
from goodterms.ledger.rules.facts import Scope
from goodterms.ledger.rules.kinds import Actor, Kind, Vehicle
from goodterms.people.models import Person
from goodterms.people.queries import name_identity
from goodterms.policy.queries.audiences import audience, recipients
from goodterms.policy.queries.decisions import decision_for, decision_for_stranger
from goodterms.policy.queries.states import in_state
from goodterms.policy.rules import Reason, Verdict
from goodterms.sync.actions.joining import hold, merge
from tests.sync.actions.desk import RULEBOOK, Desk, row

FAR = "05 Jan 2024"


def network(desk: Desk) -> None:
    """Make people of many kinds: fine, not welcomed, before the terms, held, stopped, joined, on a dead address."""
    desk.read(
        *[row(f"fine{n}", f"Fine{n} One", email=f"fine{n}@mail.test", on=f"0{n} Jan 2026") for n in range(1, 5)],
        row("new", "New One", email="new@mail.test", on="11 Jan 2026"),
        row("old", "Old One", email="old@mail.test", on=FAR),
        row("mute", "Mute One", on="12 Jan 2026"),
        row("half", "Half One", email="half@mail.test", on="13 Jan 2026"),
        row("left", "Left One", email="left@mail.test", on="14 Jan 2026"),
        row("other", "Other One", email="gone@mail.test", on="15 Jan 2026"),
    )
    desk.welcome("fine1", "fine2", "fine3", "fine4", "mute", "half", "left", "other")
    now = desk.tick()
    with transaction.atomic():
        take_exit(desk.office, desk.person("left"), Kind.LEFT, at=now, now=now)
        mail = Scope(vehicles=frozenset({Vehicle.EMAIL}))
        take_exit(desk.office, desk.person("fine2"), Kind.STOPPED, at=now, now=now, scope=mail)
        hold(desk.office, desk.person("fine3"), note="", now=now)
        merge(desk.office, desk.person("fine4"), desk.person("half"), now=now)


def test_an_audience_is_counted_as_each_of_it_is_decided(desk: Desk) -> None:
    network(desk)
    for vehicle in Vehicle:
        question = desk.question(vehicle)
        found = audience(desk.office.owner, question)
        people = Person.objects.filter(merged_into=None)
        one_by_one = [decision_for(desk.office.owner, person.pk, question) for person in people]

        assert found.send == sum(decision.verdict is Verdict.SEND for decision in one_by_one)
        for verdict, counted in ((Verdict.HOLD, found.hold), (Verdict.REFUSE, found.refuse)):
            assert counted == Counter(decision.reason for decision in one_by_one if decision.verdict is verdict)


def test_recipients_are_exactly_those_whom_the_decision_lets_have_a_copy(desk: Desk) -> None:
    network(desk)
    question = desk.question()
    people = Person.objects.filter(merged_into=None).order_by("pk")
    allowed = [p.pk for p in people if decision_for(desk.office.owner, p.pk, question).verdict is Verdict.SEND]

    assert [one.person for one in recipients(desk.office.owner, question)] == allowed
    assert desk.would_get_it() == {"fine1@mail.test", "fine4@mail.test", "gone@mail.test"}


def test_an_address_suppressed_for_somebody_else_is_refused_one_by_one_and_counted(desk: Desk) -> None:
    desk.read(row("ann", email="ann@mail.test"), row("bo", "Bo Kern", email="bo@mail.test", on="06 Jan 2026"))
    desk.welcome("ann", "bo")
    desk.tick(days=5)
    before = desk.question()
    exit_by_name(desk.office, "family@mail.test", Kind.STOPPED, at=desk.now, now=desk.now, actor=Actor.OWNER)
    desk.read(row("ann", email="family@mail.test"), row("bo", "Bo Kern", email="bo@mail.test", on="06 Jan 2026"))

    found = audience(desk.office.owner, before)
    assert (found.send, found.refuse[Reason.SUPPRESSED]) == (1, 1)
    assert desk.why("ann").reason is Reason.SUPPRESSED


def test_a_stranger_is_unknown_until_they_take_a_way_out(desk: Desk) -> None:
    named = name_identity(desk.office.keys.identity, "zoe@mail.test")
    assert named
    assert decision_for_stranger(desk.office.owner, named.key).reason is Reason.UNKNOWN
    assert decision_for(desk.office.owner, 4_711, desk.question()).reason is Reason.UNKNOWN
    exit_by_name(desk.office, "Zoe@mail.test", Kind.LEFT, at=desk.now, now=desk.now, actor=Actor.OWNER)

    assert decision_for_stranger(desk.office.owner, named.key).reason is Reason.SUPPRESSED


def test_people_are_listed_by_state(desk: Desk) -> None:
    network(desk)

    def listed(state: str) -> set[str]:
        found = Person.objects.filter(in_state(desk.office.owner, state, RULEBOOK, now=desk.now))
        return {person.slug for person in found}

    assert listed("left") == {"left"}
    assert listed("held") == {"fine3"}
    assert listed("welcome_due") == {"new"}
    assert listed("before_terms") == {"old"}
    assert listed("may_be_sent") == {"fine1", "fine2", "fine4", "mute", "other"}
