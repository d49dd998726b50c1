"""Erasing a person: nothing about them is left, and nobody by any of their names is ever written to again."""

from pathlib import Path

import pytest
from django.db import connection

from goodterms.artefacts.models import Artefact
from goodterms.erasure.actions import AlreadyErased, erase
from goodterms.exits.models import Suppression
from goodterms.ledger.actions.project import rebuild
from goodterms.ledger.models import Entry, Payload, Standing
from goodterms.ledger.queries.verify import verify_ledger
from goodterms.ledger.rules.bearing import Exit
from goodterms.people.models import Identity, Person
from goodterms.people.queries import find_person
from goodterms.sync.actions.joining import JoiningFaulty, merge
from goodterms.ties.actions import choose_cadence, keep_note
from goodterms.ties.models import Exchange, Note, TieChoice
from tests.sync.actions.desk import Desk, message, row

ANN = row("ann", "Annabelle Lee", email="annabelle@mail.test")
BO = row("bo", "Bo Kern", email="bo@mail.test", on="10 Jan 2026")


def erased(desk: Desk) -> Person:
    desk.read(ANN, BO, messages=[message("ann", "Annabelle Lee", "Hello Olga", "2026-01-20 10:00:00")])
    desk.welcome("ann", "bo")
    ann = desk.person("ann")
    keep_note(desk.office.owner, ann, "Annabelle sings.", kind=Note.Kind.REMARK, now=desk.tick())
    choose_cadence(desk.office.owner, ann, 30, now=desk.tick())
    erase(desk.office, ann, now=desk.tick())
    ann.refresh_from_db()
    return ann


def test_nothing_about_them_is_left_but_hashes(desk: Desk) -> None:
    ann = erased(desk)

    assert (ann.name, ann.company, ann.slug, ann.email, ann.connected_on, ann.name_key) == ("", "", "", "", None, "")
    assert not Identity.objects.filter(person=ann).exists()
    assert not any(table.objects.filter(person=ann).exists() for table in (Exchange, Note, TieChoice))
    assert not Artefact.objects.filter(person=ann, content__isnull=False).exists()
    assert [payload.entry.kind for payload in Payload.objects.filter(person=ann)] == ["erased"]
    if connection.vendor == "sqlite":
        assert "annabelle" not in "\n".join(connection.connection.iterdump()).casefold()
    assert b"annabelle" not in b"".join(path.read_bytes() for path in files(desk)).lower()


def files(desk: Desk) -> list[Path]:
    return [path for path in desk.office.folder.rglob("*") if path.is_file()]


def test_their_entries_and_suppressions_stay(desk: Desk) -> None:
    ann = erased(desk)

    assert Entry.objects.filter(person=ann).count() > 2
    assert {"profile", "email"} <= set(Suppression.objects.filter(exit="erasure").values_list("kind", flat=True))
    assert Standing.objects.get(person=ann).bearing.startswith(Exit.ERASED)
    assert rebuild(desk.office.owner) == 2


@pytest.mark.parametrize(
    "again",
    [
        ANN,
        row("ann", "Ann Kern", email="other@mail.test", company="Bolt", on="20 Feb 2026"),
        row("ann-two", "Ann Kern", email="Annabelle+x@mail.test", company="Bolt", on="20 Feb 2026"),
    ],
)
def test_a_row_with_any_of_their_names_makes_nobody(desk: Desk, again: str) -> None:
    erased(desk)
    desk.tick(days=9)
    report = desk.read(again, BO)

    assert (report.counts.suppressed, report.counts.new) == (1, 0)
    assert Person.objects.count() == 2
    assert desk.would_get_it() == {"bo@mail.test"}


def test_a_row_of_theirs_that_is_read_later_is_kept_by_its_hash_alone(desk: Desk) -> None:
    erased(desk)
    desk.tick(days=9)
    desk.read(row("ann", "Annabelle Kern", email="new@mail.test"), BO)

    contents = Artefact.objects.filter(content__isnull=False).values_list("content", flat=True)
    assert b"annabelle" not in b"".join(bytes(content or b"") for content in contents).lower()
    key = desk.office.keys.seal.public_key().public_bytes_raw().hex()
    assert verify_ledger(desk.office.owner, [key]).is_sound


def test_another_name_in_a_row_of_theirs_is_theirs_from_then_on(desk: Desk) -> None:
    erased(desk)
    desk.tick(days=9)
    desk.read(row("ann", "Ann Kern", email="new@mail.test", on="20 Feb 2026"), BO)
    desk.tick(days=9)
    report = desk.read(row("zoe", "Zoe Zuk", email="new@mail.test", company="Bolt", on="05 Mar 2026"), BO)

    assert report.counts.suppressed == 1
    assert find_person(desk.office.owner, desk.office.keys.identity, "zoe") is None


def test_who_only_may_be_them_is_held(desk: Desk) -> None:
    erased(desk)
    desk.tick(days=9)
    desk.read(row("ann-two", "Annabelle Lee", email="other@mail.test"), BO)
    desk.welcome("ann-two")

    assert desk.would_get_it() == {"bo@mail.test"}


def test_who_was_erased_is_neither_erased_again_nor_joined_to_anybody(desk: Desk) -> None:
    ann = erased(desk)

    with pytest.raises(AlreadyErased, match="Nothing was done"):
        erase(desk.office, ann, now=desk.tick())
    with pytest.raises(JoiningFaulty, match="Nothing was done"):
        merge(desk.office, desk.person("bo"), ann, now=desk.tick())
