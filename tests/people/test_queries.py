"""Finding a person by whatever names them."""

import pytest

from goodterms.erasure.actions import erase
from goodterms.people.queries import PersonUnclear, find_person, group_of, name_identity, search_people
from goodterms.sync.actions.joining import merge
from tests.sync.actions.desk import Desk, row

ANN = row("ann-lée", email="Ann@mail.test")
BO = row("bo", "Bo Kern", email="bo@mail.test", company="Bolt")


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("https://www.linkedin.com/in/Ann-L%C3%A9e/", "ann-lée"),
        ("www.linkedin.com/in/ann-lée?trk=1", "ann-lée"),
        ("Ann-Lée", "ann-lée"),
        ("Ann@MAIL.test", "Ann@mail.test"),
        ("https://mail.test/in/ann", None),
        ("@", None),
        ("", None),
    ],
)
def test_an_identity_is_read_however_it_is_written(text: str, value: str | None) -> None:
    found = name_identity(b"k" * 32, text)
    assert (found.value if found else None) == value


@pytest.mark.parametrize("text", ["ann-lée", "linkedin.com/in/ANN-L%C3%89E", "ann+news@mail.test", "ANN@Mail.Test"])
def test_a_person_is_found_by_any_form_of_any_name(desk: Desk, text: str) -> None:
    desk.read(ANN, BO)
    assert desk.person(text).first_name == "Ann"


def test_a_person_is_found_by_number_and_nobody_by_what_nobody_has(desk: Desk) -> None:
    desk.read(ANN, BO)
    owner, key = desk.office.owner, desk.office.keys.identity
    ann = desk.person("ann-lée")

    assert find_person(owner, key, f"#{ann.pk}") == find_person(owner, key, f" {ann.pk} ") == ann
    assert find_person(owner, key, "nobody@mail.test") is None
    assert find_person(owner, key, "#987654") is None


def test_who_was_joined_is_found_as_the_one_they_are_part_of(desk: Desk) -> None:
    desk.read(ANN, BO)
    ann, bo = desk.person("ann-lée"), desk.person("bo")
    merge(desk.office, ann, bo, now=desk.tick())

    assert desk.person("bo") == desk.person(f"#{bo.pk}") == ann
    assert group_of(ann.pk) == [ann.pk, bo.pk]


def test_of_two_with_one_widened_address_the_exact_one_is_meant(desk: Desk) -> None:
    desk.read(row("ann", email="a.nn@gmail.com"), row("bo", "Bo Kern", email="ann@gmail.com"))

    assert desk.person("ann@gmail.com").first_name == "Bo"
    with pytest.raises(PersonUnclear, match=r"several persons \(\d+, \d+\)"):
        desk.person("an.n@gmail.com")


def test_people_are_searched_by_every_word(desk: Desk) -> None:
    desk.read(ANN, BO)
    owner = desk.office.owner

    found = {text: [person.first_name for person in search_people(owner, text)] for text in ("", "bolt kern", "bo lee")}
    assert found == {"": ["Bo", "Ann"], "bolt kern": ["Bo"], "bo lee": []}


def test_an_address_that_somebody_had_earlier_finds_them(desk: Desk) -> None:
    desk.read(ANN, BO, on="02-01-2026")
    desk.read(row("ann-lée", email="new@mail.test"), BO, on="02-02-2026")
    owner = desk.office.owner
    assert [person.first_name for person in search_people(owner, "ann@mail")] == ["Ann"]
    assert [person.first_name for person in search_people(owner, "new@mail")] == ["Ann"]


def test_an_erased_person_is_found_by_nothing(desk: Desk) -> None:
    desk.read(ANN, BO)
    erase(desk.office, desk.person("bo"), now=desk.tick())
    for text in ("bo", "kern", "bolt", "bo@mail.test"):
        assert not search_people(desk.office.owner, text).exists()
