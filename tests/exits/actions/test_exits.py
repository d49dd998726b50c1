"""Taking a way out, and making it last: for everything a person is known by, now and later."""

from datetime import timedelta

import pytest
from django.db import connection, transaction

from goodterms.exits.actions.reconcile import reconcile, reconcile_where_needed
from goodterms.exits.actions.suppress import extend_suppressions
from goodterms.exits.actions.take import exit_by_name, take_exit
from goodterms.exits.file import FILE_NAME, append_lines, count_lines, read_file
from goodterms.exits.models import Suppression
from goodterms.exits.queries import suppressed_elsewhere, suppressions_of
from goodterms.ledger.actions.project import rebuild
from goodterms.ledger.models import Entry, Payload
from goodterms.ledger.rules.bearing import Exit
from goodterms.ledger.rules.facts import WHOLE, Scope
from goodterms.ledger.rules.kinds import Actor, HoldReason, Kind, Vehicle
from goodterms.people.models import Identity, Person
from goodterms.people.queries import PersonUnclear, name_identity
from goodterms.policy.rules import Reason, Verdict
from goodterms.sync.actions.undo import undo
from tests.sync.actions.desk import Desk, row

ANN = row("ann", email="Ann.Lee@gmail.com")
BO = row("bo", "Bo Kern", email="bo@mail.test", on="10 Jan 2026")
MAIL = Scope(vehicles=frozenset({Vehicle.EMAIL}))


def stop(desk: Desk, text: str, kind: Kind = Kind.STOPPED, scope: Scope = WHOLE) -> None:
    with transaction.atomic():
        take_exit(desk.office, desk.person(text), kind, at=desk.tick(), now=desk.now, scope=scope)


def by_name(desk: Desk, text: str) -> Person:
    return exit_by_name(desk.office, text, Kind.STOPPED, at=desk.tick(), now=desk.now, actor=Actor.OWNER)


def suppressed(desk: Desk, text: str) -> bool:
    named = name_identity(desk.office.keys.identity, text)
    assert named
    return bool(suppressions_of(desk.office.owner, [named.key]))


@pytest.mark.parametrize(
    ("kind", "reason"),
    [(Kind.STOPPED, Reason.STOPPED), (Kind.LEFT, Reason.LEFT), (Kind.COMPLAINED, Reason.COMPLAINED)],
)
def test_who_takes_a_way_out_gets_nothing_by_any_vehicle(desk: Desk, kind: Kind, reason: Reason) -> None:
    desk.read(ANN, BO)
    desk.welcome("ann", "bo")
    stop(desk, "ann", kind)

    assert [desk.why("ann", vehicle).reason for vehicle in Vehicle] == [reason] * 3
    assert desk.would_get_it() == {"bo@mail.test"}


def test_a_stop_of_one_vehicle_leaves_the_others(desk: Desk) -> None:
    desk.read(ANN)
    desk.welcome("ann")
    stop(desk, "ann", scope=MAIL)

    assert desk.why("ann", Vehicle.EMAIL).reason is Reason.STOPPED
    assert desk.why("ann", Vehicle.LINKEDIN).verdict is Verdict.SEND


@pytest.mark.parametrize("kind", [Kind.LEFT, Kind.COMPLAINED])
def test_leaving_and_complaining_cover_everything_whatever_scope_is_given(desk: Desk, kind: Kind) -> None:
    desk.read(ANN)
    stop(desk, "ann", kind, MAIL)

    assert desk.bearing("ann").exit is not Exit.NONE
    assert set(Suppression.objects.values_list("vehicles", "purposes")) == {("", "")}


def test_an_exit_from_the_future_counts_from_now(desk: Desk) -> None:
    desk.read(ANN)
    later = desk.now + timedelta(days=400)
    entry = take_exit(desk.office, desk.person("ann"), Kind.LEFT, at=later, now=desk.now)

    assert entry.occurred_at == desk.now


@pytest.mark.parametrize(
    "text",
    [
        "ann",
        "ANN",
        "https://www.linkedin.com/in/Ann/",
        "linkedin.com/in/%61nn",
        "Ann.Lee@gmail.com",
        "annlee@gmail.com",
        "a.n.n.lee+news@googlemail.com",
    ],
)
def test_a_name_is_suppressed_however_it_is_written(desk: Desk, text: str) -> None:
    desk.read(ANN)
    stop(desk, "ann")

    assert suppressed(desk, text)
    assert not suppressed(desk, "bo")


def test_a_stranger_who_wants_out_is_made_known_for_it_and_stays_out_when_they_connect(desk: Desk) -> None:
    by_mail, by_profile = by_name(desk, "ann.lee@gmail.com"), by_name(desk, "linkedin.com/in/bo")
    desk.read(ANN, BO)
    desk.welcome("ann", "bo")

    assert by_mail.pk != by_profile.pk == desk.person("bo").pk
    assert desk.would_get_it() == set()
    assert desk.why("ann").reason in {Reason.SUPPRESSED, Reason.SHARED_ADDRESS}


def test_what_names_nobody_or_several_ends_nobodys_updates(desk: Desk) -> None:
    desk.read(ANN, row("cy", "Cy Dahl", email="Ann.Lee@gmail.com", on="09 Jan 2026"))
    before = Entry.objects.count()

    with pytest.raises(PersonUnclear, match="Nothing was done"):
        by_name(desk, "Ann Lee")
    with pytest.raises(PersonUnclear, match="several persons"):
        by_name(desk, "ann.lee@gmail.com")
    with pytest.raises(PersonUnclear, match="Nothing was done"):
        by_name(desk, "#99999")
    assert Entry.objects.count() == before


def test_an_address_that_somebody_who_left_had_is_written_to_for_nobody(desk: Desk) -> None:
    desk.read(ANN, BO)
    stop(desk, "ann")
    desk.tick(days=9)
    desk.read(ANN, BO, row("cy", "Cy Dahl", email="annlee@gmail.com", company="Bolt", on="05 Feb 2026"))
    desk.welcome("bo", "cy")

    assert suppressed_elsewhere(desk.office.owner) == {desk.person("cy").pk}
    assert desk.would_get_it() == {"bo@mail.test"}


def test_an_exit_covers_the_names_got_later(desk: Desk) -> None:
    desk.read(ANN, BO)
    stop(desk, "ann")
    Identity.objects.filter(value="bo").update(person=desk.person("ann"))
    extend_suppressions(desk.office, [desk.person("ann").pk])

    assert suppressed(desk, "linkedin.com/in/bo")


def test_extending_exits_again_adds_nothing(desk: Desk) -> None:
    desk.read(ANN, BO)
    stop(desk, "ann")
    before = Suppression.objects.count()
    extend_suppressions(desk.office, [desk.person("ann").pk, desk.person("bo").pk])

    assert Suppression.objects.count() == before


def test_who_has_a_leavers_name_with_the_date_or_the_company_is_held_and_nobody_else(desk: Desk) -> None:
    desk.read(
        ANN,
        row("ann-dated", company="Bolt"),
        row("ann-employed", company="ACME ", on="06 Jan 2026"),
        row("ann-later", company="Bolt", on="06 Jan 2026"),
        row("ann-idle", company="", on="06 Jan 2026"),
        row("bo", "Bo Kern"),
    )
    stop(desk, "ann")

    slugs = ("ann", "ann-dated", "ann-employed", "ann-later", "ann-idle", "bo")
    assert {slug for slug in slugs if HoldReason.POSSIBLE_LEAVER in desk.bearing(slug).holds} == {
        "ann-dated",
        "ann-employed",
    }


def test_two_without_a_company_are_not_taken_for_one(desk: Desk) -> None:
    desk.read(row("ann", company=""), row("ann-idle", company=" ", on="06 Jan 2026"))
    stop(desk, "ann")

    assert desk.bearing("ann-idle").holds == frozenset()


def test_a_hold_of_a_possible_leaver_outlives_taking_the_export_back(desk: Desk) -> None:
    again = row("ann-again", email="new@mail.test", on="05 Feb 2026")
    desk.read(ANN, BO)
    desk.welcome("bo")
    stop(desk, "ann")
    desk.tick(days=9)
    desk.read(ANN, BO, again)
    undo(desk.office, now=desk.tick())
    desk.read(ANN, BO, again)
    desk.welcome("ann-again")

    assert desk.bearing("ann-again").holds == {HoldReason.POSSIBLE_LEAVER}
    assert desk.would_get_it() == {"bo@mail.test"}


# The file beside the database


@pytest.fixture
def left(desk: Desk, django_capture_on_commit_callbacks: object) -> Desk:
    """An owner whose connection Ann took a way out; the file is written as when the database commits."""
    desk.read(ANN, BO)
    desk.welcome("ann", "bo")
    with django_capture_on_commit_callbacks(execute=True):  # type: ignore[operator]
        stop(desk, "ann")
    return desk


def test_every_suppression_has_its_line_in_the_file_and_no_line_names_anybody(left: Desk) -> None:
    content = (left.office.folder / FILE_NAME).read_bytes()

    assert count_lines(left.office.folder) == Suppression.objects.count() == len(read_file(left.office.folder))
    assert b"ann" not in content.lower()
    assert b"lee" not in content.lower()
    assert (left.office.folder / FILE_NAME).stat().st_mode & 0o077 == 0


def forget_exits() -> None:
    """Make the database forget, as an older copy put back has forgotten."""
    with connection.cursor() as cursor:
        for table in ("suppression", "payload", "entry"):
            for event in ("update", "delete"):
                name = f"goodterms_{table}_no_{event}"
                on = f" ON goodterms_{table}" if connection.vendor == "postgresql" else ""
                cursor.execute(f"DROP TRIGGER {name}{on}")
    Suppression.objects.all().delete()
    Payload.objects.filter(entry__kind__in=[Kind.STOPPED, Kind.LEFT]).delete()
    Entry.objects.filter(kind__in=[Kind.STOPPED, Kind.LEFT]).delete()


def test_a_database_that_has_forgotten_an_exit_is_told_of_it(left: Desk) -> None:
    forget_exits()
    rebuild(left.office.owner)
    assert left.would_get_it() == {"ann.lee@gmail.com".replace("ann.lee", "Ann.Lee"), "bo@mail.test"}

    assert reconcile_where_needed(left.office, now=left.tick()) > 0
    assert left.why("ann").reason is Reason.STOPPED
    assert left.would_get_it() == {"bo@mail.test"}
    assert reconcile_where_needed(left.office, now=left.tick()) == 0


def test_a_file_that_has_forgotten_is_told_by_the_database(left: Desk) -> None:
    path = left.office.folder / FILE_NAME
    whole = path.read_bytes()
    path.write_bytes(whole[:-40])

    assert reconcile_where_needed(left.office, now=left.tick()) == 0
    assert {line.line() for line in read_file(left.office.folder)} == set(whole.splitlines(keepends=True))


def test_reconciling_what_agrees_changes_nothing(left: Desk) -> None:
    before, entries = (left.office.folder / FILE_NAME).read_bytes(), Entry.objects.count()

    assert reconcile(left.office, now=left.tick()) == 0
    assert (left.office.folder / FILE_NAME).read_bytes() == before
    assert Entry.objects.count() == entries


def test_a_torn_line_does_not_swallow_the_next_one(left: Desk) -> None:
    path = left.office.folder / FILE_NAME
    known = read_file(left.office.folder)
    path.write_bytes(path.read_bytes() + b'{"exit":"st')
    append_lines(left.office.folder, known[:1])

    assert read_file(left.office.folder) == [*known, known[0]]
