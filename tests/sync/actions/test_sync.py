"""Reading archive after archive: who joins, vanishes, comes back, is renamed, is held, and who stays out."""

from pathlib import Path
from typing import Any

import pytest
from django.apps import apps

from goodterms.exits.actions.take import take_exit
from goodterms.ledger.models import Entry
from goodterms.ledger.rules.bearing import Exit
from goodterms.ledger.rules.kinds import HoldReason, Kind, Vehicle
from goodterms.ledger.rules.standing import Connection, Email
from goodterms.people.models import Identity, Person
from goodterms.policy.rules import Reason
from goodterms.sync.models import Export
from tests.sync.actions.desk import Desk, message, row
from tests.sync.exports.exports_at_hand import write_zip

ANN = row("ann", email="ann@mail.test")
BO = row("bo", "Bo Kern", email="bo@mail.test", on="10 Jan 2026")
OLD, NEW = "01-20-2026", "02-01-2026"


def stop(desk: Desk, text: str, kind: Kind = Kind.STOPPED) -> None:
    take_exit(desk.office, desk.person(text), kind, at=desk.tick(), now=desk.now)


def tables() -> dict[str, list[dict[str, Any]]]:
    """Give every row of every table."""
    models = apps.get_app_config("goodterms").get_models()
    return {model.__name__: list(model._default_manager.order_by("pk").values()) for model in models}


def files(desk: Desk) -> dict[Path, bytes]:
    return {path: path.read_bytes() for path in desk.office.folder.rglob("*") if path.is_file()}


def test_new_connections_join_with_their_names_and_wait_for_the_welcome_message(desk: Desk) -> None:
    report = desk.read(ANN, BO)

    assert (report.counts.connections, report.counts.new, report.counts.with_email) == (2, 2, 2)
    assert desk.identities("ann") == {"ann": True, "ann@mail.test": True}
    assert desk.why("ann").reason is Reason.WELCOME_DUE
    desk.welcome("ann")
    assert desk.would_get_it() == {"ann@mail.test"}


def test_who_is_missing_once_is_held_and_gone_when_missing_again(desk: Desk) -> None:
    desk.read(ANN, BO)
    desk.welcome("ann")
    desk.tick(days=5)
    assert desk.read(BO).counts.absent == 1
    assert desk.why("ann").reason is Reason.ABSENT
    desk.tick(days=5)
    assert desk.read(row("bo", "Bo Kern", company="Bolt")).counts.gone == 1
    assert desk.why("ann").reason is Reason.GONE


def test_departures_that_the_owner_has_looked_at_are_gone_at_once(desk: Desk) -> None:
    desk.read(ANN, BO)
    desk.tick(days=5)
    assert desk.read(BO, accept_departures=True).counts.gone == 1


def test_who_was_missing_once_and_is_listed_again_is_connected_as_before(desk: Desk) -> None:
    desk.read(ANN, BO)
    desk.welcome("ann")
    desk.tick(days=5)
    desk.read(BO)
    desk.tick(days=5)
    assert desk.read(ANN, BO).counts.back == 1
    assert desk.would_get_it() == {"ann@mail.test"}


def test_who_was_gone_and_is_listed_with_the_old_date_is_held(desk: Desk) -> None:
    desk.read(ANN, BO)
    desk.welcome("ann")
    desk.tick(days=5)
    desk.read(BO, accept_departures=True)
    desk.tick(days=5)
    desk.read(ANN, BO)

    assert desk.bearing("ann").connection is Connection.CONNECTED
    assert desk.why("ann").reason is Reason.CAME_BACK


def test_who_left_and_connects_anew_gets_nothing_before_the_welcome_message(desk: Desk) -> None:
    desk.read(ANN, BO)
    desk.welcome("ann")
    stop(desk, "ann", Kind.LEFT)
    desk.tick(days=5)
    desk.read(BO, accept_departures=True)
    desk.tick(days=5)
    desk.read(row("ann", email="ann@mail.test", on="10 Feb 2026"), BO)

    assert desk.bearing("ann").exit is Exit.NONE
    assert desk.why("ann").reason is Reason.WELCOME_DUE
    desk.welcome("ann")
    assert desk.would_get_it() == {"ann@mail.test"}


@pytest.mark.parametrize("kind", [Kind.STOPPED, Kind.COMPLAINED])
def test_a_new_connection_lifts_no_stop_and_no_complaint(desk: Desk, kind: Kind) -> None:
    desk.read(ANN, BO)
    stop(desk, "ann", kind)
    desk.tick(days=10)
    desk.read(row("ann", email="ann@mail.test", on="11 Feb 2026"), BO)
    desk.welcome("ann")

    assert desk.would_get_it() == set()


def test_a_changed_slug_with_the_same_name_and_date_is_the_same_person(desk: Desk) -> None:
    desk.read(ANN, BO)
    stop(desk, "ann")
    desk.tick(days=5)
    report = desk.read(row("ann-lee-9", email="new@mail.test"), BO)

    assert (report.counts.renamed, report.counts.new) == (1, 0)
    assert Person.objects.count() == 2
    assert desk.why("ann-lee-9").reason is Reason.STOPPED
    assert desk.identities("ann") == {
        "ann": False, "ann@mail.test": False, "ann-lee-9": True, "new@mail.test": True,
    }  # fmt: skip


def test_two_who_may_be_meant_are_a_newcomer_that_is_held(desk: Desk) -> None:
    twins = [row(f"twin{number}", email=f"twin{number}@mail.test") for number in (1, 2)]
    desk.read(*twins, BO)
    stop(desk, "twin1")
    desk.tick(days=5)
    report = desk.read(row("twin3"), BO)

    assert (report.counts.new, report.counts.held) == (1, 1)
    assert desk.bearing("twin3").holds == {HoldReason.POSSIBLE_LEAVER}


def test_a_late_row_of_another_name_is_held_as_perhaps_somebody_renamed(desk: Desk) -> None:
    desk.read(ANN, BO)
    desk.tick(days=5)
    desk.read(row("cy", "Cy Dahl", company="Bolt"), BO)

    assert desk.bearing("cy").holds == {HoldReason.UNCERTAIN_MATCH}


def test_a_late_row_is_nobody_renamed_where_nobody_is_missing(desk: Desk) -> None:
    desk.read(ANN, BO)
    desk.tick(days=5)
    desk.read(ANN, BO, row("cy", "Cy Dahl", company="Bolt"), row("di", "Di Dahl", company="Bolt"))

    assert [set(desk.bearing(slug).holds) for slug in ("cy", "di")] == [set(), set()]


def test_a_newcomer_with_name_and_company_of_a_leaver_is_held(desk: Desk) -> None:
    desk.read(ANN, BO)
    stop(desk, "ann", Kind.LEFT)
    desk.tick(days=9)
    desk.read(BO, accept_departures=True)
    desk.tick(days=9)
    desk.read(BO, row("ann-again", email="other@mail.test", on="19 Feb 2026"))

    assert desk.bearing("ann-again").holds == {HoldReason.POSSIBLE_LEAVER}
    desk.welcome("ann-again")
    assert desk.would_get_it() == set()


def test_who_is_known_by_the_same_name_and_date_is_held_when_the_other_leaves(desk: Desk) -> None:
    desk.read(ANN, row("ann-too", email="too@mail.test"), BO)
    desk.welcome("ann", "ann-too")
    stop(desk, "ann")

    assert desk.bearing("ann-too").holds == {HoldReason.POSSIBLE_LEAVER}
    assert desk.would_get_it() == set()


def test_two_with_one_address_are_both_held(desk: Desk) -> None:
    report = desk.read(ANN, row("bo", "Bo Kern", email="Ann+x@mail.test"))

    assert report.counts.held == 2
    assert desk.bearing("ann").holds == desk.bearing("bo").holds == {HoldReason.SHARED_ADDRESS}


def test_an_address_shown_again_that_somebody_else_has_meanwhile_holds_both(desk: Desk) -> None:
    desk.read(ANN, row("bo", "Bo Kern", on="10 Jan 2026"))
    desk.tick(days=5)
    desk.read(row("ann"), row("bo", "Bo Kern", email="ann@mail.test", on="10 Jan 2026"))
    assert not desk.bearing("ann").holds
    desk.tick(days=5)
    desk.read(ANN, row("bo", "Bo Kern", email="ann@mail.test", on="10 Jan 2026"))

    assert desk.bearing("ann").holds == desk.bearing("bo").holds == {HoldReason.SHARED_ADDRESS}


def test_rows_with_nothing_but_a_date_are_counted_and_make_nobody(desk: Desk) -> None:
    report = desk.read(ANN, ",,,,,,03 Jan 2026")

    assert (report.counts.connections, report.counts.date_only) == (1, 1)
    assert Person.objects.count() == 1


def test_an_older_archive_undoes_nothing(desk: Desk) -> None:
    desk.read(row("ann", "Ann Lee-Kern", company="Bolt"), BO, on=NEW)
    desk.welcome("ann")
    before = desk.bearing("ann")
    report = desk.read(row("ann", email="old@mail.test"), row("cy", "Cy Dahl", on="03 Jan 2026"), on=OLD)

    assert report.counts.absent == report.counts.gone == report.counts.changed == 0
    assert desk.bearing("ann") == before
    assert (desk.person("ann").last_name, desk.person("ann").company, desk.person("ann").email) == (
        "Lee-Kern", "Bolt", "",
    )  # fmt: skip
    assert desk.bearing("cy").connection is Connection.ABSENT
    assert desk.bearing("bo").connection is Connection.CONNECTED


def test_what_an_older_archive_calls_somebody_is_theirs_and_their_exit_covers_it(desk: Desk) -> None:
    desk.read(ANN, BO, on=NEW)
    stop(desk, "ann")
    desk.read(row("ann", email="old@mail.test"), BO, on=OLD)
    assert desk.identities("ann") == {"ann": True, "ann@mail.test": True, "old@mail.test": False}
    desk.tick(days=5)
    desk.read(BO, row("zoe", "Zoe Zuk", email="old@mail.test", company="Bolt", on="03 Feb 2026"))
    desk.welcome("zoe")

    assert desk.would_get_it() == set()
    assert desk.why("zoe").reason in {Reason.SUPPRESSED, Reason.POSSIBLE_LEAVER}


def test_the_same_archive_read_twice_changes_nothing(desk: Desk) -> None:
    path = desk.write(ANN, BO)
    desk.read_path(path)
    before = tables()

    assert desk.read_path(path).already_known
    assert tables() == before


def test_a_newer_archive_with_the_same_rows_records_nothing_of_anybody(desk: Desk) -> None:
    desk.read(ANN, BO)
    before = Entry.objects.filter(person__isnull=False).count()
    desk.tick(days=9)
    desk.read(ANN, BO)

    assert Entry.objects.filter(person__isnull=False).count() == before


def test_a_dry_run_tells_everything_and_changes_nothing(desk: Desk) -> None:
    desk.read(ANN, BO)
    stop(desk, "ann")
    desk.tick(days=5)
    path = desk.write(
        row("ann", "Ann Kern", email="new@mail.test"),
        row("cy", "Cy Dahl", email="cy@mail.test"),
        messages=[message("ann", "Ann Lee", "Please disconnect me.", "2026-02-04 10:00:00")],
    )
    before, kept = tables(), files(desk)
    report = desk.read_path(path, dry_run=True)

    assert (report.applied, report.counts.new, report.counts.absent, report.counts.exits) == (False, 1, 1, 1)
    assert {"new", "absent", "renamed", "exit"} <= {what for what, _, _ in report.rows}
    assert tables() == before
    assert files(desk) == kept


@pytest.mark.parametrize(("known", "listed"), [(5, 2), (12, 10), (3, 0)])
def test_an_improbable_mass_of_departures_is_refused_and_changes_nothing(desk: Desk, known: int, listed: int) -> None:
    rows = [row(f"member{number}", f"Mem Ber{number}") for number in range(known + listed)]
    desk.read(*rows)
    desk.tick(days=5)
    before, kept = tables(), files(desk)
    report = desk.read(*rows[:listed])

    assert report.refused == "improbable departures"
    assert "Nothing was changed" in report.warnings[0]
    assert tables() == before
    assert files(desk) == kept


def test_an_archive_without_connections_is_refused_and_read_only_when_the_owner_says_so(desk: Desk) -> None:
    desk.read(ANN, BO)
    desk.welcome("ann")
    desk.tick(days=5)
    without = "From,To,Sent At,Message,Direction\n"
    path = desk.write()
    write_zip(path, {"Invitations.csv": without})
    before = tables()
    assert desk.read_path(path).refused == "no connections"
    assert tables() == before
    assert desk.read_path(path, accept_departures=True).applied
    assert desk.would_get_it() == {"ann@mail.test"}


def test_an_address_that_an_archive_no_longer_shows_gets_nothing(desk: Desk) -> None:
    desk.read(ANN, BO)
    desk.welcome("ann")
    desk.tick(days=5)
    desk.read(row("ann"), BO)

    assert desk.bearing("ann").email is Email.WITHDRAWN
    assert desk.would_get_it() == set()


def test_of_two_rows_for_one_person_the_one_they_are_known_by_counts(desk: Desk) -> None:
    desk.read(ANN, BO)
    desk.tick(days=5)
    desk.read(row("ann-two", email="ann@mail.test"), BO)
    desk.tick(days=5)
    report = desk.read(row("ann", "Cy Dahl", email="cy@mail.test"), row("ann-two", email="ann@mail.test"), BO)

    assert desk.person("ann").first_name == "Ann"
    assert not Identity.objects.filter(value="cy@mail.test").exists()
    assert any("left out" in warning for warning in report.warnings)


def test_a_word_to_stop_in_a_message_is_obeyed_with_the_archive(desk: Desk) -> None:
    desk.read(ANN, BO, messages=[message("ann", "Ann Lee", "Please unsubscribe me.", "2026-01-20 10:00:00")])
    desk.welcome("ann")

    assert desk.why("ann", Vehicle.LINKEDIN).reason is Reason.STOPPED


def test_the_archive_is_in_the_ledger_with_its_hash(desk: Desk) -> None:
    report = desk.read(ANN)

    assert Export.objects.get().sha256 == report.sha256
    assert Entry.objects.filter(kind=Kind.EXPORT_IMPORTED, source=Export.objects.get().pk).count() == 1
