"""By which hashes a person is recognised again."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from goodterms.people.rules import name_key, person_uid, possible_keys

KEY, OTHER = b"k" * 32, b"o" * 32
DAY = date(2026, 1, 5)


@given(
    st.binary(min_size=32, max_size=32), st.sampled_from(["profile", "email"]), st.text(min_size=1), st.integers(0, 9)
)
def test_a_number_is_the_same_again_and_fits_a_signed_column(key: bytes, kind: str, value: str, salt: int) -> None:
    number = person_uid(key, kind, value, salt)

    assert number == person_uid(key, kind, value, salt)
    assert -(2**63) <= number < 2**63
    assert number != person_uid(key, kind, value, salt + 1)


def test_another_key_kind_or_value_gives_another_number() -> None:
    numbers = [
        person_uid(KEY, "profile", "ann"), person_uid(OTHER, "profile", "ann"),
        person_uid(KEY, "email", "ann"), person_uid(KEY, "profile", "bo"),
    ]  # fmt: skip
    assert len(set(numbers)) == 4


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        (("Ann", "Lee"), ("ANN", "lee"), True),
        (("Zoë", "Müller"), ("Zoe", "Muller"), True),
        (("Ann  Mary", "Lee "), ("Ann", "Mary Lee"), True),
        (("Ann", "Lee 🚀"), ("Ann", "Lee"), True),
        (("Ann (she)", "Lee"), ("Ann she", "Lee"), True),
        (("Ann", "Lee"), ("Anne", "Lee"), False),
        (("Ann", "Lee"), ("Lee", "Ann"), False),
        (("李", "安"), ("李", "明"), False),
    ],
)
def test_names_are_compared_as_people_write_them(one: tuple[str, str], other: tuple[str, str], same: bool) -> None:
    assert (name_key(KEY, *one) == name_key(KEY, *other)) is same


@pytest.mark.parametrize(
    ("first", "company", "day", "kinds"),
    [
        ("Ann", "Acme", DAY, {"name_date", "name_company", "date"}),
        ("Ann", " ", DAY, {"name_date", "date"}),
        ("Ann", "Acme", None, {"name_company"}),
        ("", "Acme", DAY, {"date"}),
        ("🚀", "Acme", DAY, {"date"}),
        ("", "", None, set()),
    ],
)
def test_a_hash_is_made_of_what_is_known(first: str, company: str, day: date | None, kinds: set[str]) -> None:
    found = possible_keys(KEY, first_name=first, last_name="", company=company, connected_on=day)
    assert set(found) == kinds


def test_the_hashes_tell_names_companies_and_days_apart() -> None:
    def keys(**changes: object) -> dict[str, str]:
        values = {"first_name": "Ann", "last_name": "Lee", "company": "Acme", "connected_on": DAY}
        return possible_keys(KEY, **{**values, **changes})  # type: ignore[arg-type]

    plain = keys()
    assert len(set(plain.values())) == 3
    assert keys(first_name="ann", company="ACME") == plain
    assert keys(company="Bolt")["name_company"] != plain["name_company"]
    assert keys(connected_on=date(2026, 1, 6))["name_date"] != plain["name_date"]
    assert keys(last_name="Kern")["date"] == plain["date"]
