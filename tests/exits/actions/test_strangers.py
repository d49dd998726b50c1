"""Whoever takes a way out that we signed has left, though an older database was put back that does not know them."""

from datetime import timedelta
from email.message import EmailMessage

import pytest
from django.db import transaction

from goodterms.exits.actions.links import exit_by_link
from goodterms.exits.actions.reconcile import reconcile
from goodterms.exits.actions.strangers import Stray, exit_of_stranger, note_strays
from goodterms.exits.file import read_file
from goodterms.exits.models import Suppression
from goodterms.feedback.actions.choices import choose
from goodterms.feedback.actions.read import read_mail
from goodterms.feedback.rules.choices import PersonsChoice
from goodterms.ledger.rules.kinds import HoldReason, Kind, Vehicle
from goodterms.lib.tokens import Act, Token, make_token
from goodterms.people.models import Person, StrayNumber
from goodterms.people.queries import named_email
from goodterms.people.rules import number_key, person_uid, uid_of
from goodterms.policy.rules import Reason, Verdict
from tests.sync.actions.desk import Desk, row

ANN = row("ann", email="ann@mail.test")
BO = row("bo", "Bo Kern", email="bo@mail.test", on="10 Jan 2026")


def uid(desk: Desk, slug: str) -> int:
    """Give the number of somebody whom an export shows first under a slug."""
    return person_uid(desk.office.keys.identity, "profile", slug)


def stray(desk: Desk, slug: str, key: str) -> Stray:
    """Give the copy that the journal shows to have gone to them, at an address with such a hash."""
    return Stray(uid=uid(desk, slug), key=key, update_sha256="cd" * 32, left_at=desk.now)


def link(desk: Desk, slug: str, act: Act = Act.STOP) -> str:
    token = Token(owner_number=desk.office.owner.pk, person_uid=uid(desk, slug), update_uid="ab" * 16, act=act)
    return make_token(desk.office.keys.token, token)


def leaves(desk: Desk, slug: str, act: Act = Act.STOP) -> None:
    with transaction.atomic():
        assert exit_by_link(desk.office, link(desk, slug, act), now=desk.tick())[0] is None


@pytest.mark.parametrize("number", [0, 1, -1, 2**63 - 1, -(2**63)])
def test_a_number_is_read_back_from_its_key(number: int) -> None:
    assert uid_of(number_key(number)) == number
    assert len(number_key(number)) == 16


@pytest.mark.parametrize(("act", "reason"), [(Act.STOP, Reason.STOPPED), (Act.LEAVE, Reason.LEFT)])
def test_whoever_comes_with_the_number_has_left(desk: Desk, act: Act, reason: Reason) -> None:
    leaves(desk, "ann", act)
    desk.read(ANN, BO)
    desk.welcome("ann", "bo")

    assert [desk.why("ann", vehicle).reason for vehicle in (Vehicle.EMAIL, Vehicle.LINKEDIN)] == [reason] * 2
    assert desk.would_get_it() == {"bo@mail.test"}


def test_once_they_are_met_their_exit_covers_all_their_names_and_nobody_is_held(desk: Desk) -> None:
    leaves(desk, "ann")
    desk.read(ANN, BO)
    key = named_email(desk.office.keys.identity, "ann@mail.test").key

    assert Suppression.objects.filter(key=key, exit="stop", person=desk.person("ann")).exists()
    assert desk.bearing("bo").holds == frozenset()


def test_who_may_be_them_under_another_name_is_held_and_stays_held(desk: Desk) -> None:
    desk.read(BO)
    leaves(desk, "ann")
    desk.tick(days=9)
    later = row("dee", "Dee Dahl", email="dee@mail.test", on="05 Feb 2026")
    desk.read(BO, row("ann-renamed", "Ann Smith", email="else@mail.test"), later)
    desk.welcome("bo", "ann-renamed", "dee")

    assert HoldReason.POSSIBLE_LEAVER in desk.bearing("ann-renamed").holds
    assert desk.would_get_it() == {"bo@mail.test", "dee@mail.test"}


def test_somebody_known_who_would_have_had_the_number_is_met_at_once(desk: Desk) -> None:
    """They were first seen under another profile here; the link is from a time when they were first seen as Ann."""
    desk.read(row("ann-early", email="ann@mail.test"), BO)
    desk.tick(days=9)
    desk.read(ANN, BO)
    leaves(desk, "ann")

    assert desk.why("ann").reason is Reason.STOPPED


def test_whose_number_the_journal_knows_is_told_apart(desk: Desk) -> None:
    note_strays(desk.office.owner, desk.office.folder, [stray(desk, "bo", "00")])
    leaves(desk, "ann")
    desk.read(BO, row("cy", "Cy Dahl", email="cy@mail.test"))

    assert desk.bearing("bo").holds == frozenset()
    assert desk.bearing("cy").holds == {HoldReason.POSSIBLE_LEAVER}


@pytest.mark.parametrize("journal_first", [True, False])
def test_the_address_that_the_journal_names_is_covered(desk: Desk, journal_first: bool) -> None:
    """The person has another profile and another name by now; the mail would go where theirs went."""
    desk.read(BO)
    copy = stray(desk, "ann", named_email(desk.office.keys.identity, "ann@mail.test").key)
    if journal_first:
        note_strays(desk.office.owner, desk.office.folder, [copy])
    leaves(desk, "ann")
    note_strays(desk.office.owner, desk.office.folder, [copy])
    desk.tick(days=9)
    desk.read(BO, row("new-slug", "Ann Smith", email="Ann@mail.test", on="05 Feb 2026"))
    desk.welcome("bo", "new-slug")

    assert desk.why("new-slug").reason is Reason.SUPPRESSED
    assert desk.would_get_it() == {"bo@mail.test"}


def test_a_journal_of_people_who_are_known_notes_nobody(desk: Desk) -> None:
    desk.read(ANN)
    note_strays(desk.office.owner, desk.office.folder, [stray(desk, "ann", "00")])

    assert not StrayNumber.objects.exists()


def test_the_file_has_it_and_tells_a_database_that_knows_the_person(
    desk: Desk, django_capture_on_commit_callbacks: object
) -> None:
    """The newer copy of the database, put back after all, knows the person and not the exit."""
    with django_capture_on_commit_callbacks(execute=True):  # type: ignore[operator]
        sid = transaction.savepoint()
        exit_of_stranger(desk.office, uid(desk, "ann"), Kind.LEFT, at=desk.tick(), now=desk.now)
    transaction.savepoint_rollback(sid)
    assert not Suppression.objects.exists()
    desk.read(ANN, BO)
    desk.welcome("ann", "bo")

    assert [line.kind for line in read_file(desk.office.folder)] == ["stranger"]
    assert reconcile(desk.office, now=desk.tick()) == 1
    assert desk.why("ann").reason is Reason.LEFT
    assert desk.would_get_it() == {"bo@mail.test"}


def test_who_has_no_name_at_all_is_known_by_their_number(
    desk: Desk, django_capture_on_commit_callbacks: object
) -> None:
    """A row without profile and address: after a restore nothing but the number says that they left."""
    desk.read(row("", "Ann Lee"), BO)
    ann = Person.objects.get(first_name="Ann")
    with django_capture_on_commit_callbacks(execute=True):  # type: ignore[operator]
        sid = transaction.savepoint()
        exit_by_link(
            desk.office, make_token(desk.office.keys.token, Token(person_uid=ann.uid, act=Act.STOP)), now=desk.tick()
        )
    transaction.savepoint_rollback(sid)
    assert desk.why(str(ann.pk), Vehicle.LINKEDIN).verdict is not Verdict.REFUSE

    assert reconcile(desk.office, now=desk.tick()) > 0
    assert desk.why(str(ann.pk), Vehicle.LINKEDIN).reason is Reason.STOPPED


@pytest.mark.parametrize("choice", [PersonsChoice.NOTHING, PersonsChoice.DISCONNECT])
def test_a_choice_on_the_page_is_kept_as_well(desk: Desk, choice: PersonsChoice) -> None:
    assert choose(desk.office, link(desk, "ann", Act.CHOOSE), choice, now=desk.tick()).person is None
    desk.read(ANN, BO)

    assert desk.why("ann").reason in {Reason.STOPPED, Reason.LEFT}


def mail(subject: str, text: str) -> bytes:
    made = EmailMessage()
    made["From"], made["To"], made["Subject"] = "someone@else.test", "olga@owner.test", subject
    made.set_content(text)
    return made.as_bytes()


def test_a_mail_with_a_signed_way_out_is_kept_as_well(desk: Desk) -> None:
    read_mail(desk.office, [mail(f"leave {link(desk, 'ann', Act.LEAVE)}", "")], now=desk.tick())
    desk.read(ANN, BO)

    assert desk.why("ann").reason is Reason.LEFT


def test_what_may_be_an_exit_is_one_where_nobody_is_at_hand_to_be_held(desk: Desk) -> None:
    answered = mail("Re: News", "Hm, perhaps a bit less often?")
    token = link(desk, "ann", Act.COPY)
    counts = read_mail(desk.office, [f"In-Reply-To: <{token}@owner.test>\n".encode() + answered], now=desk.tick())
    desk.read(ANN, BO)

    assert counts["unsure"] == 1
    assert desk.why("ann").reason is Reason.STOPPED


def test_an_ordinary_answer_lets_nobody_out(desk: Desk) -> None:
    answered = mail("Re: News", "Congratulations on the new job!")
    token = link(desk, "ann", Act.COPY)
    read_mail(desk.office, [f"In-Reply-To: <{token}@owner.test>\n".encode() + answered], now=desk.tick())

    assert not Suppression.objects.exists()


def test_the_hold_outlives_taking_the_export_back(desk: Desk) -> None:
    desk.read(BO)
    leaves(desk, "ann")
    renamed = row("renamed", "Ann Smith", email="else@mail.test")
    desk.now += timedelta(days=1)
    desk.read(BO, renamed)
    desk.read(BO)
    desk.read(BO, renamed)

    assert HoldReason.POSSIBLE_LEAVER in desk.bearing("renamed").holds
