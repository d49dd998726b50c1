"""Merge fields say what they promise, and a value stays one line of plain words."""

import unicodedata
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from goodterms.updates.fields import (
    FIELDS,
    FILTERS,
    FieldFaulty,
    MergeField,
    PersonFields,
    clean_value,
    fill,
    split_fields,
)
from tests.updates.made_up import BOB


def filled(text: str, person: PersonFields = BOB) -> str:
    parts = split_fields(text)
    fields = tuple(part for part in parts if isinstance(part, MergeField))
    values = iter(fill(fields, person))
    return "".join(part if isinstance(part, str) else next(values) for part in parts)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("{{ first_name }}", "Bob"),
        ("{{full_name}}", "Bob Byte"),
        ("{{ company }}", "Boats & Co"),
        ("{{ position | downcase }}", "skipper"),
        ("{{ last_name | upcase }}", "BYTE"),
        ("{{ company | downcase | capitalize }}", "Boats & co"),
        ("{{ connected_on }}", "2 March 2014"),
        ("{{ connected_on | date: '%d.%m.%y' }}", "02.03.14"),
        ("{{ connected_on | date: '%A, %-d %b %Y, 100%%' }}", "Sunday, 2 Mar 2014, 100%"),
        ("{{ connected_on | upcase }}", "2 MARCH 2014"),
        ("{{ connected_year }}", "2014"),
        ("{{ company | date: '%Y' }}", "Boats & Co"),
        ("{{ first_name | default: 'friend' }}", "Bob"),
        ("{{ owner_name }} {{ owner_email }}", "Alice Able alice@able.example"),
        ("{{ owner_profile }}", "https://www.linkedin.com/in/alice-able"),
        ("no field } } { at all", "no field } } { at all"),
    ],
)
def test_a_field_gives_its_value(text: str, expected: str) -> None:
    assert filled(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("{{ first_name | default: 'friend' }}", "friend"),
        ("{{ first_name | default: 'friend' | upcase }}", "FRIEND"),
        ("{{ connected_on | date: '%Y' }}", ""),
        ("{{ connected_on | default: 'long ago' }}", "long ago"),
        ("{{ connected_year }}", ""),
        ("{{ company }}", ""),
    ],
)
def test_an_unknown_value_is_empty_or_its_default(text: str, expected: str) -> None:
    assert filled(text, PersonFields(first_name=" \u200b\r\n")) == expected


def test_every_field_has_a_value_and_a_line_of_help() -> None:
    assert set(BOB.values()) == set(FIELDS)
    assert all(FIELDS.values())


@pytest.mark.parametrize("name", FILTERS)
def test_every_filter_on_the_list_works(name: str) -> None:
    argument = {"default": ": 'x'", "date": ": '%Y'"}.get(name, "")

    assert filled(f"{{{{ connected_on | {name}{argument} }}}}")


def test_a_value_is_never_read_as_a_merge_field() -> None:
    assert filled("{{ first_name }}", PersonFields(first_name="{{ company }}")) == "{{ company }}"


@given(st.text())
def test_a_clean_value_is_one_line_of_visible_signs(text: str) -> None:
    value = clean_value(text)

    assert len(value) <= 200
    assert value == value.strip()
    assert not any(unicodedata.category(sign) in {"Cc", "Zl", "Zp", "Cs", "Co"} for sign in value)
    assert not set(value) & set("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200b\u200e\u200f\ufeff\u00ad")
    assert clean_value(value) == value


@pytest.mark.parametrize("name", ["علی‌رضا", "José", "Zoë 👩‍🚀", "李雷", "O'Neil-Şahin"])
def test_names_of_the_world_pass_unchanged(name: str) -> None:
    assert clean_value(name) == name


def place_of_fault(text: str) -> tuple[int, int]:
    try:
        split_fields(text)
    except FieldFaulty as fault:
        return fault.line, fault.column
    return 1, 1


@given(st.text(max_size=80))
def test_any_text_splits_or_is_refused_with_a_place_inside_it(text: str) -> None:
    line, column = place_of_fault("{{" + text)

    assert line >= 1
    assert column >= 1


def test_a_year_is_that_of_the_connection() -> None:
    assert filled("{{ connected_year }}", PersonFields(connected_on=date(2003, 5, 5))) == "2003"
