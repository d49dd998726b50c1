"""Ties as they stand in the tables."""

from datetime import datetime, timedelta
from itertools import count

import pytest

from goodterms.ledger.rules.facts import Fact
from goodterms.ledger.rules.kinds import Actor, Kind
from goodterms.people.models import Person
from goodterms.ties.actions import (
    Exchanged,
    Fitting,
    TieFaulty,
    choose_cadence,
    choose_strength,
    drop_circle,
    keep_circle,
    keep_exchanges,
    keep_note,
)
from goodterms.ties.models import Exchange, Note
from goodterms.ties.queries import (
    all_ties,
    due,
    newest_export,
    news,
    news_numbers,
    seeks_proposed,
    strongest_silent,
    tie_briefs,
    tie_with,
    with_ties,
)
from goodterms.ties.rules import Source
from goodterms.ties.summing import sum_ties
from tests.ledger.made import NOON, make_owner, make_person, record

pytestmark = pytest.mark.django_db
_numbers = count()


def wrote(person: Person, days: int, *, by_owner: bool = False, text: str = "") -> None:
    one = Exchanged(
        person=person.pk,
        kind=Exchange.Kind.MESSAGE,
        by_owner=by_owner,
        at=NOON - timedelta(days=days),
        clock="utc",
        text=text,
        export=None,
        artefact=None,
        key=str(next(_numbers)),
    )
    keep_exchanges(person.owner, [one], now=NOON)


def both_wrote(person: Person, days: int, times: int = 3) -> None:
    for number in range(times):
        wrote(person, days + number)
        wrote(person, days + number, by_owner=True)


def changed(person: Person, export: int, before: str, after: str) -> Fact:
    detail = {"before": {"company": before}, "after": {"company": after}, "how": "slug"}
    return Fact(
        kind=Kind.CONNECTION_CHANGED,
        occurred_at=NOON,
        actor=Actor.SYSTEM,
        person=person.pk,
        detail=detail,
        source=export,
    )


def imported(export: int, at: datetime) -> Fact:
    return Fact(kind=Kind.EXPORT_IMPORTED, occurred_at=at, actor=Actor.OWNER, source=export)


def test_everybodys_ties_are_the_same_as_one_by_one() -> None:
    owner = make_owner()
    ann, bob, cat = (make_person(owner, name) for name in ("Ann", "Bob", "Cat"))
    both_wrote(ann, 10)
    wrote(bob, 300)
    keep_note(owner, cat, "At the fair.", kind=Note.Kind.MET, now=NOON)

    ties = all_ties(owner, now=NOON)

    assert set(ties) == {ann.pk, bob.pk, cat.pk}
    assert all(ties[person.pk] == tie_with(owner, person.pk, now=NOON) for person in (ann, bob, cat))
    assert ties[ann.pk].strength > ties[cat.pk].strength > ties[bob.pk].strength


def test_ties_in_brief_are_the_ties_of_everybody() -> None:
    owner = make_owner()
    ann, bob, cat, dan, eve = (make_person(owner, name) for name in ("Ann", "Bob", "Cat", "Dan", "Eve"))
    both_wrote(ann, 10)
    wrote(bob, 300)
    wrote(bob, -3)
    keep_note(owner, cat, "At the fair.", kind=Note.Kind.MET, now=NOON)
    wrote(dan, 20)
    Person.objects.filter(pk=dan.pk).update(merged_into=ann)
    sum_ties(owner, [dan.pk], now=NOON)
    choose_strength(owner, eve, 0.7, now=NOON)

    ties, briefs = all_ties(owner, now=NOON), tie_briefs(owner, now=NOON)

    assert {person: brief.last_at for person, brief in briefs.items()} == {p: tie.last_at for p, tie in ties.items()}
    assert {p: b.strength for p, b in briefs.items()} == pytest.approx(
        {p: t.strength for p, t in ties.items()}, rel=1e-6
    )
    some = tie_briefs(owner, now=NOON, persons=[ann.pk, eve.pk])
    assert set(some) == {ann.pk, eve.pk}
    assert all(some[number].strength == pytest.approx(briefs[number].strength) for number in some)
    people = map(vars, with_ties(Person.objects.filter(owner=owner), now=NOON))
    listed = [(one["id"], one["tie"], one["spoken_at"]) for one in people]
    assert {person: at for person, _, at in listed if at} == {p: tie.last_at for p, tie in ties.items() if tie.last_at}
    assert {p: strength for p, strength, _ in listed if strength is not None} == pytest.approx(
        {p: t.strength for p, t in ties.items()}, rel=1e-6
    )


@pytest.mark.parametrize("days", [0, 40, 4_000, 30_000])
def test_sums_hold_at_any_later_time(days: int) -> None:
    owner = make_owner()
    ann, bob = make_person(owner, "Ann"), make_person(owner, "Bob")
    both_wrote(ann, 10)
    keep_note(owner, ann, "At the fair.", kind=Note.Kind.MET, now=NOON - timedelta(days=5))
    both_wrote(bob, 25_000)
    later = NOON + timedelta(days=days)

    ties, briefs = all_ties(owner, now=later), tie_briefs(owner, now=later)

    assert set(briefs) == set(ties)
    assert briefs[ann.pk].strength == pytest.approx(ties[ann.pk].strength, rel=1e-6)
    assert briefs[bob.pk].strength == pytest.approx(ties[bob.pk].strength, abs=1e-9)
    (then,) = (one.strength_then for one in strongest_silent(owner, now=later, silent=timedelta()) if one.person == ann)
    assert then == pytest.approx(tie_with(owner, ann.pk, now=NOON - timedelta(days=5)).strength, rel=1e-6)


def test_an_exchange_taken_back_is_summed_no_more() -> None:
    owner = make_owner()
    ann = make_person(owner, "Ann")
    wrote(ann, 5)
    Exchange.objects.all().delete()
    sum_ties(owner, [ann.pk], now=NOON)
    assert tie_briefs(owner, now=NOON) == {}


def test_parted_persons_have_their_own_sums_again() -> None:
    owner = make_owner()
    ann = make_person(owner, "Ann")
    ann_again = make_person(owner, "Ann", merged_into=ann)
    wrote(ann_again, 5)
    assert set(tie_briefs(owner, now=NOON)) == {ann.pk}

    Person.objects.filter(pk=ann_again.pk).update(merged_into=None)
    sum_ties(owner, [ann.pk, ann_again.pk], now=NOON)

    assert set(tie_briefs(owner, now=NOON)) == {ann_again.pk}


def test_what_merged_persons_said_is_one_tie() -> None:
    owner = make_owner()
    ann = make_person(owner, "Ann")
    ann_again = make_person(owner, "Ann", merged_into=ann)
    wrote(ann_again, 5)
    wrote(ann, 5, by_owner=True)

    ties = all_ties(owner, now=NOON)

    assert set(ties) == {ann.pk}
    assert ties[ann.pk] == tie_with(owner, ann.pk, now=NOON)
    assert ties[ann.pk].theirs.counts == ties[ann.pk].ours.counts == {"message": 1}


def test_nobody_sees_another_owners_ties() -> None:
    ann = make_person(make_owner(), "Ann")
    wrote(ann, 1)
    assert all_ties(make_owner(), now=NOON) == {}


def test_the_owners_word_stands_until_taken_back() -> None:
    owner = make_owner()
    ann = make_person(owner, "Ann")
    choose_strength(owner, ann, 0.8, now=NOON)
    assert all_ties(owner, now=NOON)[ann.pk].strength == 0.8

    choose_strength(owner, ann, None, now=NOON)
    assert tie_with(owner, ann.pk, now=NOON).source is Source.NOTHING


@pytest.mark.parametrize("strength", [-0.1, 1.1, float("nan")])
def test_a_strength_that_is_none_changes_nothing(strength: float) -> None:
    owner = make_owner()
    with pytest.raises(TieFaulty):
        choose_strength(owner, make_person(owner), strength, now=NOON)


def test_an_empty_note_is_refused() -> None:
    owner = make_owner()
    with pytest.raises(TieFaulty):
        keep_note(owner, make_person(owner), " \n", kind=Note.Kind.REMARK, now=NOON)


def test_a_word_is_due_by_the_cadence_and_any_exchange_begins_it_anew() -> None:
    owner = make_owner()
    ann, bob = make_person(owner, "Ann"), make_person(owner, "Bob")
    for person in (ann, bob):
        choose_cadence(owner, person, 30, now=NOON - timedelta(days=400))
    wrote(ann, 40)

    assert [(one.person, one.days_late) for one in due(owner, now=NOON)] == [(bob, 370), (ann, 10)]
    assert [one.person for one in due(owner, now=NOON, without={bob.pk})] == [ann]
    wrote(ann, 1, by_owner=True)
    assert [one.person for one in due(owner, now=NOON)] == [bob]
    choose_cadence(owner, bob, None, now=NOON)
    assert due(owner, now=NOON) == []


def test_a_word_is_due_to_a_circle_by_company_by_name_and_by_strength() -> None:
    """Ann and Bob are at Acme, Cat elsewhere; Bob's own cadence counts before the circle's."""
    owner = make_owner()
    ann, bob = make_person(owner, "Ann", company="Acme"), make_person(owner, "Bob", company="ACME")
    cat = make_person(owner, "Cat", company="Bolt")
    both_wrote(cat, 50, times=9)
    wrote(ann, 40)
    long_ago = NOON - timedelta(days=400)
    choose_cadence(owner, bob, 1_000, now=long_ago)
    keep_circle(owner, "Acme", Fitting(company="acme"), 30, now=long_ago)

    assert [(one.person, one.days_late, one.circle) for one in due(owner, now=NOON)] == [(ann, 10, "Acme")]
    choose_cadence(owner, bob, None, now=NOON)
    assert {one.person: one.days_late for one in due(owner, now=NOON)} == {bob: 370, ann: 10}
    assert [one.person for one in due(owner, now=NOON, without={bob.pk})] == [ann]

    wrote(ann, 1, by_owner=True)
    drop_circle(owner, "Acme")
    assert due(owner, now=NOON) == []
    keep_circle(owner, "Three", Fitting(persons=(ann.pk, cat.pk)), 45, now=long_ago)
    assert [one.person for one in due(owner, now=NOON)] == [cat]
    keep_circle(owner, "Three", Fitting(tie_from=0.3), 45, now=long_ago)
    assert [one.person for one in due(owner, now=NOON)] == [cat]
    keep_circle(owner, "Three", Fitting(tie_below=0.3), 45, now=long_ago)
    assert [one.person for one in due(owner, now=NOON)] == [bob]


def test_of_two_circles_the_shorter_cadence_counts() -> None:
    owner = make_owner()
    ann = make_person(owner, "Ann", company="Acme")
    wrote(ann, 40)
    for name, days in (("Often", 10), ("Seldom", 30)):
        keep_circle(owner, name, Fitting(company="Acme"), days, now=NOON)
    assert [(one.person, one.circle, one.days_late) for one in due(owner, now=NOON)] == [(ann, "Often", 30)]


def test_of_two_records_of_one_person_the_one_that_is_left_counts() -> None:
    """Ann was known twice; the record that is gone had a cadence, stood in a circle and was never spoken to."""
    owner = make_owner()
    old, ann = make_person(owner, "Anna"), make_person(owner, "Ann")
    choose_cadence(owner, old, 5, now=NOON - timedelta(days=99))
    keep_circle(owner, "Few", Fitting(persons=(old.pk,)), 30, now=NOON)
    Person.objects.filter(pk=old.pk).update(merged_into=ann)
    wrote(ann, 20)
    assert due(owner, now=NOON) == []
    assert [(one.person, one.circle) for one in due(owner, now=NOON + timedelta(days=10))] == [(ann, "Few")]


@pytest.mark.parametrize(
    ("name", "fitting", "days"),
    [
        ("", Fitting(company="A"), 5),
        ("A" * 61, Fitting(company="A"), 5),
        ("A", Fitting(), 5),
        ("A", Fitting(company=" "), 5),
        ("A", Fitting(company="A"), 0),
    ],
)
def test_a_circle_of_nobody_or_without_a_name_is_not_kept(name: str, fitting: Fitting, days: int) -> None:
    owner = make_owner()
    with pytest.raises(TieFaulty):
        keep_circle(owner, name, fitting, days, now=NOON)
    with pytest.raises(TieFaulty):
        drop_circle(owner, "A")


def test_strong_ties_that_fell_silent_come_the_strongest_first() -> None:
    owner = make_owner()
    ann, bob, cat = (make_person(owner, name) for name in ("Ann", "Bob", "Cat"))
    both_wrote(ann, 700, times=2)
    both_wrote(bob, 900, times=5)
    both_wrote(cat, 10, times=9)

    found = strongest_silent(owner, now=NOON)

    assert [one.person for one in found] == [bob, ann]
    assert found[0].strength_then > found[0].strength


def test_the_dead_letter_of_the_erased_is_not_listed() -> None:
    owner = make_owner()
    ann = make_person(owner, "Ann", erased_at=NOON)
    both_wrote(ann, 700)
    choose_cadence(owner, ann, 1, now=NOON - timedelta(days=9))
    assert strongest_silent(owner, now=NOON) == []
    assert due(owner, now=NOON) == []


def test_news_is_what_the_newest_standing_export_changed() -> None:
    owner = make_owner()
    ann = make_person(owner, "Ann")
    undone = Fact(kind=Kind.EXPORT_UNDONE, occurred_at=NOON, actor=Actor.OWNER, detail={"export": 3}, source=None)
    record(owner, [imported(1, NOON), imported(2, NOON + timedelta(1)), imported(3, NOON + timedelta(2)), undone])
    record(owner, [changed(ann, 1, "Old", "Newer"), changed(ann, 2, "Newer", "Newest")])

    entry = newest_export(owner)

    assert entry is not None
    assert entry.source == 2
    assert [(one.person, one.before, one.after) for one in news(owner, news_numbers(owner, 2))] == [
        (ann, {"company": "Newer"}, {"company": "Newest"})
    ]


def test_a_newcomers_address_is_no_news() -> None:
    owner = make_owner()
    ann = make_person(owner, "Ann")
    facts = [
        Fact(kind=kind, occurred_at=NOON, actor=Actor.SYSTEM, person=ann.pk, source=1)
        for kind in (Kind.CONNECTION_SEEN, Kind.ADDRESS_SEEN)
    ]
    record(owner, facts)
    assert news(owner, news_numbers(owner, 1)) == []


def test_what_they_seek_is_proposed_until_it_is_noted() -> None:
    owner = make_owner()
    ann = make_person(owner, "Ann")
    wrote(ann, 3, text="Hello! I'm looking for a new desk. Bye.")
    wrote(ann, 2, by_owner=True, text="I'm looking for you.")

    assert seeks_proposed(owner, ann.pk) == ["I'm looking for a new desk."]
    keep_note(owner, ann, "I'm looking for a new desk.", kind=Note.Kind.SEEKS, now=NOON)
    assert seeks_proposed(owner, ann.pk) == []
