"""A copy filled into a compiled update has the bytes of one that is made on its own."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from goodterms.ledger.rules.kinds import Purpose
from goodterms.updates.fields import PersonFields
from goodterms.updates.footer import WaysOut, footer_of, ways_maker
from goodterms.updates.message import Letter, Mailbox, Message, list_id, message_id, message_of
from goodterms.updates.rendering import CompiledUpdate, Parts, compile_update, copy_of
from goodterms.updates.source import UpdateFaulty, UpdateText
from goodterms.updates.template import Template, TemplateImpossible
from tests.updates.made_up import BOB, KEY, NOW, TERMS

TEXT = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=80)
SCRIPTS = st.sampled_from(
    [
        "Bob",
        "Zoë",
        "Łukasz Ńowak",
        "Дмитрий",
        "محمد بن سلمان",
        "李小龙",
        "संजय",
        "김",
        "🙂 Al",
        "O'Brien & <Sons>",
        "=?utf-8?q?x?=",
        "",
    ]
)
NAMES = SCRIPTS | st.text(max_size=80) | st.text(min_size=60, max_size=400)
FIELDS = (
    *("{{ first_name }}", '{{ first_name | default: "friend" }}', "{{ full_name | upcase }}", "{{ company }}"),
    *("{{ position | capitalize }}", "{{ connected_on }}", '{{ connected_on | date: "%B %Y" }}', "{{ owner_profile }}"),
)
WORDS = st.sampled_from(
    [*FIELDS, "\n\n", "\n", " ", "- ", "**", "`", "[page](https://able.example/?a=1&b=2)", "    ", ". ", "=20"]
)
BODIES = st.lists(WORDS | TEXT | st.just("x" * 90) | SCRIPTS, min_size=1, max_size=25).map("".join)
SUBJECTS = st.lists(st.sampled_from(FIELDS) | SCRIPTS | st.just("news " * 15), min_size=1, max_size=3).map("".join)
PEOPLE = st.builds(
    PersonFields,
    first_name=NAMES,
    last_name=NAMES,
    company=NAMES,
    position=NAMES,
    connected_on=st.none() | st.dates(date(2003, 1, 1), date(2030, 1, 1)),
    owner_name=SCRIPTS,
    owner_email=st.just("alice@able.example"),
    owner_profile=SCRIPTS,
)
ADDRESSES = st.sampled_from(
    ["bob@boats.test", "böb@boats.test", "bob@bücher.example", f"{'b' * 64}@{'x' * 60}.example"]
)


def made(subject: str, body: str) -> CompiledUpdate:
    text = UpdateText(name="a.md", subject=subject, body=body, purpose=Purpose.NETWORKING, topics=())
    return compile_update(text)


def slowly(
    compiled: CompiledUpdate, person: PersonFields, recipient: Mailbox, ways: WaysOut, *, postal: str, now: datetime
) -> Message:
    letter = Letter(
        sender=Mailbox(name=person.owner_name, address="alice@able.example"),
        recipient=recipient,
        message_id=message_id("abc234", "able.example"),
        list_id=list_id("F00D", "able.example"),
        ways=ways,
    )
    return message_of(copy_of(compiled, person, footer_of(TERMS, ways, postal_address=postal)), letter, now=now)


def filled(
    compiled: CompiledUpdate, person: PersonFields, recipient: Mailbox, ways: WaysOut, *, postal: str, now: datetime
) -> Message:
    others = replace(ways, stop_token=ways.stop_token[::-1], leave_token=ways.leave_token[::-1])
    template = Template(
        compiled,
        terms=TERMS,
        postal_address=postal,
        ways=others,
        sender=Mailbox(name=person.owner_name, address="alice@able.example"),
        list_id=list_id("F00D", "able.example"),
    )
    named = message_id("abc234", "able.example")
    return template.message(person, recipient, named, ways, now)


def ways_of(uid: int, public_url: str) -> WaysOut:
    make = ways_maker(KEY, owner_number=1, update_uid="ab" * 16, address="alice@able.example", public_url=public_url)
    return make(uid)


@given(
    subject=SUBJECTS,
    body=BODIES,
    person=PEOPLE,
    address=ADDRESSES,
    uid=st.integers(-(2**63), 2**63 - 1),
    public_url=st.sampled_from(["", "https://out.example", "https://out.example/ä b", "http://out.example"]),
    postal=st.sampled_from(["", "1 Main Street\nGhent", "Straße 5\n.\n"]),
)
@example("{{ first_name }}", "{{ first_name }}\n.\n{{ last_name }}", BOB, "bob@boats.test", 1, "", "")
@example("Hi", "{{ first_name }}\n\n{{ first_name }}", BOB, "bob@boats.test", 1, "", "")
@example("Hi", "{{ company }} " * 40, BOB, "bob@boats.test", 1, "", "")
@example("Hi", "{{ first_name }} ж", replace(BOB, first_name="Дмитрий" * 60), "bob@boats.test", 1, "", "")
def test_the_bytes_are_the_same_whatever_people_are_called(  # noqa: PLR0917 -- what Hypothesis draws
    subject: str, body: str, person: PersonFields, address: str, uid: int, public_url: str, postal: str
) -> None:
    try:
        compiled = made(subject, body)
    except UpdateFaulty:
        return
    ways, recipient = ways_of(uid, public_url), Mailbox(name=person.first_name, address=address)
    now = NOW + timedelta(microseconds=uid % 1_000_000)
    slow = slowly(compiled, person, recipient, ways, postal=postal, now=now)
    assert filled(compiled, person, recipient, ways, postal=postal, now=now) == slow


def test_a_mostly_foreign_text_is_encoded_whole_where_its_values_make_it_so() -> None:
    compiled = made("Hi", "{{ first_name }}" + " x" * 20)
    names = ("Bob", "Дмитрий" * 40)
    people = [replace(BOB, first_name=name) for name in names]
    contents = [
        filled(compiled, one, Mailbox(address="bob@boats.test"), ways_of(1, ""), postal="", now=NOW).content
        for one in people
    ]
    assert b"base64" not in contents[0]
    assert b"base64" in contents[1]


@pytest.mark.parametrize("parts", [Parts(("a\0b",)), Parts(("Hello\n", 0))])
def test_what_cannot_be_told_from_a_hole_is_not_made_into_a_template(parts: Parts) -> None:
    from goodterms.updates.template import _Part  # noqa: PLC0415 -- its own promise

    with pytest.raises(TemplateImpossible):
        _Part(b"plain", parts, fields=1, sizes=(61, 61))


def test_two_copies_within_a_second_have_one_date() -> None:
    compiled, recipient = made("Hi", "Hello"), Mailbox(address="bob@boats.test")
    moments = [datetime(2026, 1, 1, 12, 0, 5, part, UTC) for part in (1, 999_999)]
    one, other = (filled(compiled, BOB, recipient, ways_of(1, ""), postal="", now=at) for at in moments)
    assert one == other
