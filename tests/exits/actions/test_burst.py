"""Many exits at once are the same exits as one by one."""

from collections.abc import Callable
from pathlib import Path

import pytest
from django.db import transaction

from goodterms.accounts.office import Office
from goodterms.erasure.actions import erase
from goodterms.exits.actions.burst import exits_by_link
from goodterms.exits.actions.links import LinkUnusable, exit_by_link
from goodterms.exits.file import FILE_NAME, read_file
from goodterms.exits.models import Suppression
from goodterms.ledger.models import Entry, Standing
from goodterms.lib.tokens import Act, Token, make_token
from goodterms.people.models import Person
from goodterms.sync.actions.joining import merge
from tests.delivery.network import Network

UPDATE = "0123456789abcdef" * 2


@pytest.fixture
def network(db: None, data_folder: Path) -> Network:
    return Network(data_folder)


def office_of(network: Network) -> Office:
    return Office(owner=network.owner, keys=network.keys, folder=network.folder)


def links_of(network: Network) -> list[str]:
    """Give links of every sort: plain, again, of namesakes, of two who are one, of the erased, unknown, forged."""
    alice, bob, carol, dave, erin, frank = network.add("alice", "bob", "carol", "dave", "erin", "frank")
    Person.objects.filter(pk__in=[alice.pk, bob.pk]).update(name_key="n", company="Acme")
    office = office_of(network)
    merge(office, carol, dave, now=network.clock())
    erase(office, erin, now=network.clock())

    def link(uid: int, act: Act = Act.STOP, owner: int | None = None) -> str:
        number = network.owner.pk if owner is None else owner
        return make_token(network.keys.token, Token(owner_number=number, person_uid=uid, update_uid=UPDATE, act=act))

    stop = link(frank.uid)
    return [
        stop, stop, link(frank.uid, Act.LEAVE), link(alice.uid), link(carol.uid), link(dave.uid, Act.LEAVE),
        link(erin.uid), link(4711), link(alice.uid, Act.COPY), link(alice.uid, owner=99), "x" * 40,
    ]  # fmt: skip


def one_by_one(office: Office, links: list[str], network: Network) -> list[bool]:
    taken = []
    for link in links:
        try:
            exit_by_link(office, link, now=network.clock.now)
            taken.append(True)
        except LinkUnusable:
            taken.append(False)
    return taken


def outcome(
    network: Network, links: list[str], take: Callable[[Office, list[str], Network], list[bool]]
) -> dict[str, object]:
    """Take exits, give what became of them, and forget it."""
    told: dict[str, object] = {}
    first = Entry.objects.latest("id").pk
    with transaction.atomic():
        told["taken"] = take(office_of(network), links, network)
        entries = Entry.objects.filter(pk__gt=first)
        told["entries"] = sorted(entries.values_list("person_id", "kind", "actor"))
        told["suppressed"] = sorted(Suppression.objects.values_list("key", "kind", "exit", "person_id"))
        told["bearings"] = sorted(Standing.objects.values_list("person_id", "bearing"))
        transaction.set_rollback(True)
    return told


def test_at_once_is_as_one_by_one(network: Network) -> None:
    links = links_of(network)
    once = outcome(network, links, lambda office, them, net: exits_by_link(office, them, now=net.clock.now))
    assert once == outcome(network, links, one_by_one)
    assert once["taken"] == [True] * 8 + [False] * 3


def test_the_file_has_every_line_once_they_are_taken(
    network: Network, django_capture_on_commit_callbacks: Callable[..., object]
) -> None:
    (bob,) = network.add("bob")
    token = Token(owner_number=network.owner.pk, person_uid=bob.uid, update_uid=UPDATE, act=Act.STOP)
    with django_capture_on_commit_callbacks(execute=True):  # type: ignore[attr-defined]
        exits_by_link(office_of(network), [make_token(network.keys.token, token)], now=network.clock())
    assert len(read_file(network.folder)) == Suppression.objects.count() > 0
    assert (network.folder / FILE_NAME).stat().st_mode & 0o077 == 0


def test_a_burst_costs_no_more_queries_than_a_few(
    network: Network, django_assert_max_num_queries: Callable[..., object]
) -> None:
    people = network.add(*(f"p{number}" for number in range(30)))
    links = [
        make_token(
            network.keys.token,
            Token(owner_number=network.owner.pk, person_uid=one.uid, update_uid=UPDATE, act=Act.STOP),
        )
        for one in people
    ]
    with django_assert_max_num_queries(45):  # type: ignore[attr-defined]
        assert all(exits_by_link(office_of(network), links, now=network.clock()))
