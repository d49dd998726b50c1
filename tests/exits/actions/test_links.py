"""A signed way out is the person's own act, and nothing else is one."""

from pathlib import Path

import pytest

from goodterms.accounts.actions import make_owner
from goodterms.accounts.keys import read_keys
from goodterms.accounts.models import Owner
from goodterms.accounts.office import Office
from goodterms.artefacts.models import Artefact
from goodterms.erasure.actions import erase
from goodterms.exits.actions.links import LinkUnusable, exit_by_link
from goodterms.exits.models import Suppression
from goodterms.ledger.queries.entries import entries_of
from goodterms.ledger.rules.facts import Entry
from goodterms.ledger.rules.kinds import Actor, Kind
from goodterms.lib.canonical import sha256_hex
from goodterms.lib.tokens import Act, Token, make_token
from goodterms.people.models import Person
from tests.ledger.made import NOON, OTHER_KEYS, make_person

UPDATE = "0123456789abcdef" * 2


@pytest.fixture
def office(db: None, data_folder: Path) -> Office:
    owner, _ = make_owner(
        data_folder, name="Ann", email="ann@owner.test", profile="", strategy="connection_opt_in", now=NOON
    )
    return Office(owner=owner, keys=read_keys(data_folder / "keys"), folder=data_folder)


@pytest.fixture
def bob(office: Office) -> Person:
    return make_person(office.owner, "Bob")


def token_for(office: Office, person: Person, act: Act, *, key: bytes | None = None, owner: int | None = None) -> str:
    number = office.owner.pk if owner is None else owner
    token = Token(owner_number=number, person_uid=person.uid, update_uid=UPDATE, act=act)
    return make_token(key or office.keys.token, token)


def exits_of(owner: Owner, person: Person) -> list[Entry]:
    return [entry for entry in entries_of(owner, [person.pk]) if entry.kind in {Kind.STOPPED, Kind.LEFT}]


@pytest.mark.parametrize("form", ["https://ann.test/x/{}", "mailto:ann@owner.test?subject=stop%20{}", "{}", " {}\n"])
@pytest.mark.parametrize(("act", "kind"), [(Act.STOP, Kind.STOPPED), (Act.LEAVE, Kind.LEFT)])
def test_a_signed_way_out_is_obeyed_in_every_form(office: Office, bob: Person, form: str, act: Act, kind: Kind) -> None:
    link = form.format(token_for(office, bob, act))

    assert exit_by_link(office, link, now=NOON) == (bob, kind)

    (entry,) = exits_of(office.owner, bob)
    assert (entry.kind, entry.actor, entry.scope.is_whole) == (kind, Actor.PERSON, True)
    assert entry.detail == {"channel": "link", "act": act.value, "update": UPDATE}
    assert entry.evidence == (sha256_hex(link.strip().encode()),)
    assert Artefact.objects.get(sha256=entry.evidence[0]).person == bob


def test_capitals_do_not_matter(office: Office, bob: Person) -> None:
    link = token_for(office, bob, Act.STOP).upper()
    assert exit_by_link(office, link, now=NOON) == (bob, Kind.STOPPED)


def test_whoever_was_merged_leaves_as_a_whole(office: Office, bob: Person) -> None:
    robert = make_person(office.owner, "Robert")
    Person.objects.filter(pk=bob.pk).update(merged_into=robert)

    assert exit_by_link(office, token_for(office, bob, Act.LEAVE), now=NOON) == (robert, Kind.LEFT)


def test_the_link_of_somebody_erased_keeps_nothing_of_them(office: Office, bob: Person) -> None:
    erase(office, bob, now=NOON)

    exit_by_link(office, token_for(office, bob, Act.STOP), now=NOON)

    assert exits_of(office.owner, bob) == []
    assert not Artefact.objects.filter(kind="link").exists()


def refused_links(office: Office, bob: Person) -> dict[str, str]:
    genuine = token_for(office, bob, Act.STOP)
    return {
        genuine[:-1] + ("a" if genuine[-1] != "a" else "b"): "damaged or forged",
        token_for(office, bob, Act.STOP, key=OTHER_KEYS.token): "damaged or forged",
        "https://ann.test/x/": "damaged or forged",
        "": "damaged or forged",
        token_for(office, bob, Act.STOP, owner=office.owner.pk + 1): "another owner",
        token_for(office, bob, Act.COPY): "genuine, but not for this",
        token_for(office, bob, Act.CONFIRM): "genuine, but not for this",
        f"{genuine} {token_for(office, bob, Act.LEAVE)}": "several of them",
    }


def test_anything_else_is_refused_and_changes_nothing(office: Office, bob: Person) -> None:
    for link, why in refused_links(office, bob).items():
        with pytest.raises(LinkUnusable, match=why):
            exit_by_link(office, link, now=NOON)

    assert exits_of(office.owner, bob) == []
    assert not Suppression.objects.exists()
    assert not Artefact.objects.exists()
