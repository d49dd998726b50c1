"""An update is stored once, never changed, and shown as each person would get it."""

from datetime import date, timedelta

import pytest

from goodterms.accounts.models import Owner
from goodterms.people.models import Person
from goodterms.updates.actions import add_update, add_welcome
from goodterms.updates.models import Update
from goodterms.updates.queries import UpdateUnknown, get_update, list_updates, preview
from goodterms.updates.source import UpdateFaulty
from tests.updates.made_up import NOW, TERMS, UPDATE, ways

pytestmark = pytest.mark.django_db


def an_owner(number: int = 1) -> Owner:
    return Owner.objects.create(
        uid=f"{number:032}",
        name="Alice Able",
        email=f"alice{number}@able.example",
        postal_address="1 Quay, Harbour",
        strategy="connection_is_opt_in",
        keys_fingerprint="f",
        created_at=NOW,
    )


def test_an_update_is_stored_as_it_was_written() -> None:
    update = add_update(an_owner(), UPDATE, "summer.md", terms=TERMS, now=NOW)

    stored = Update.objects.get(pk=update.pk)
    assert stored.kind == Update.Kind.UPDATE
    assert stored.purpose == "networking"
    assert stored.subject == "News for {{ first_name | default: 'you' }}"
    assert stored.topics == ["work", "travel"]
    assert stored.footer == TERMS
    assert stored.created_at == NOW
    assert len(stored.uid) == 32
    assert len(stored.sha256) == 64


def test_the_same_text_gives_the_same_update() -> None:
    owner = an_owner()
    first = add_update(owner, UPDATE, "summer.md", terms=TERMS, now=NOW)
    again = add_update(owner, UPDATE.replace("\n", "\r\n").encode(), "b.md", terms="New.", now=NOW + timedelta(1))

    assert again == first
    assert Update.objects.get().footer == TERMS


def test_each_owner_has_their_own() -> None:
    one, two = an_owner(1), an_owner(2)
    first = add_update(one, UPDATE, "summer.md", terms=TERMS, now=NOW)

    assert add_update(two, UPDATE, "summer.md", terms=TERMS, now=NOW) != first
    assert list(list_updates(one)) == [first]


def test_a_faulty_update_is_not_stored() -> None:
    with pytest.raises(UpdateFaulty):
        add_update(an_owner(), "---\nsubject: a\n---\n![x](https://a.test/x.png)", "a.md", terms=TERMS, now=NOW)

    assert not Update.objects.exists()


def test_a_welcome_is_an_update_of_its_kind() -> None:
    owner = an_owner()
    welcome = add_welcome(owner, "Dear {{ first_name }}, welcome.", terms=TERMS, now=NOW)

    assert welcome == add_welcome(owner, "Dear {{ first_name }}, welcome.", terms=TERMS, now=NOW)
    assert welcome.kind == Update.Kind.WELCOME
    assert list(list_updates(owner, kind=Update.Kind.UPDATE)) == []


def test_an_update_is_found_by_the_start_of_its_uid() -> None:
    owner = an_owner()
    update = add_update(owner, UPDATE, "summer.md", terms=TERMS, now=NOW)

    assert get_update(owner, update.uid[:8].upper()) == update


@pytest.mark.parametrize("uid", ["", "zz", "%"])
def test_a_uid_that_is_none_finds_nothing(uid: str) -> None:
    owner = an_owner()
    add_update(owner, UPDATE, "summer.md", terms=TERMS, now=NOW)

    with pytest.raises(UpdateUnknown):
        get_update(owner, uid)


def test_a_preview_is_the_copy_a_person_would_get() -> None:
    owner = an_owner()
    bob = Person.objects.create(owner=owner, uid=-77, first_name="Bob", connected_on=date(2014, 3, 2), created_at=NOW)
    update = add_update(owner, UPDATE, "summer.md", terms=TERMS, now=NOW)

    copy = preview(update, bob, ways())

    assert copy.subject == "News for Bob"
    assert copy.text.startswith("Dear Bob,")
    assert TERMS in copy.text
    assert "1 Quay, Harbour" in copy.text
