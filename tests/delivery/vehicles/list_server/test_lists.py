"""A list kept true: GNU Mailman, the real one, and listmonk as its API is described."""

from email import message_from_bytes

import pytest

from goodterms.accounts.office import Office
from goodterms.delivery.actions.lists import Synced, sync_list
from goodterms.delivery.actions.post import ListNotReady, Posted, TextPersonal, post_update
from goodterms.delivery.copies import Copies
from goodterms.delivery.models import Delivery, ListMember
from goodterms.delivery.vehicles.list_server.address import read_list_server
from goodterms.delivery.vehicles.list_server.server import (
    ListServer,
    ListServerRefused,
    ListServerSilent,
    ListServerUnreachable,
)
from goodterms.ledger.rules.kinds import Kind
from goodterms.people.models import Person
from goodterms.updates.models import Update
from tests.delivery.network import RULEBOOK, Network
from tests.delivery.vehicles.list_server.houses import House, ListmonkHouse, MailmanHouse
from tests.servers.listmonk import Listmonk
from tests.servers.mailman import MailmanServer

pytestmark = pytest.mark.django_db


def office_of(network: Network) -> Office:
    return Office(owner=network.owner, keys=network.keys, folder=network.folder)


def sync(network: Network, server: ListServer, *, dry_run: bool = False) -> Synced:
    return sync_list(office_of(network), server, rulebook=RULEBOOK, now=network.clock(), dry_run=dry_run)


def post(network: Network, update: Update, server: ListServer) -> Posted:
    copies = Copies(update=update, token_key=network.keys.token)
    return post_update(office_of(network), copies, server, rulebook=RULEBOOK, worker="test", now=network.clock())


def news(network: Network, subject: str = "News", body: str = "I have moved to Lyon. How are you all?") -> Update:
    update = network.update(subject)
    update.body, update.footer = body, "You get this because we are connected, which means an update now and then."
    update.save()
    return update


def exits(network: Network, person: Person) -> int:
    return len(network.told(person, Kind.STOPPED))


def test_the_members_are_made_exactly_those_who_may_get_it(network: Network, house: House) -> None:
    _alice, _bob, carol = network.add("alice", "bob", "carol")
    network.stop(carol)
    house.join("mallory@strangers.test")
    house.join("alice@people.test")
    server = read_list_server(house.url)

    looked = sync(network, server, dry_run=True)
    assert (looked.added, looked.removed, looked.kept) == (1, 1, 1)
    assert house.members() == {"mallory@strangers.test", "alice@people.test"}, "a dry run changes nothing"
    assert not ListMember.objects.exists()

    assert sync(network, server) == Synced(added=1, removed=1, kept=1)
    assert house.members() == {"alice@people.test", "bob@people.test"}
    assert sync(network, server) == Synced(kept=2), "again, it changes nothing"


def test_whoever_leaves_there_has_left_and_never_comes_back(network: Network, house: House) -> None:
    _alice, bob = network.add("alice", "bob")
    server = read_list_server(house.url)
    sync(network, server)

    house.leave("bob@people.test")
    looked = sync(network, server, dry_run=True)
    assert (looked.exits, looked.added, exits(network, bob)) == (1, 0, 0)
    assert sync(network, server) == Synced(exits=1, kept=1)

    assert exits(network, bob) == 1
    (entry,) = network.told(bob, Kind.STOPPED)
    assert (entry.actor, entry.detail["channel"]) == ("person", "list")
    assert house.members() == {"alice@people.test"}
    assert sync(network, server) == Synced(kept=1), "it is heard once"
    network.plan(update := news(network))
    assert network.states(update) == {"alice": "queued"}, "no vehicle reaches them any more"


def test_whoever_we_take_off_has_not_left(network: Network, house: House) -> None:
    alice, bob = network.add("alice", "bob")
    server = read_list_server(house.url)
    sync(network, server)
    network.tell([bob], Kind.HELD, reason="by_hand")

    assert sync(network, server) == Synced(removed=1, kept=1)
    assert sync(network, server) == Synced(kept=1)
    assert (exits(network, alice), exits(network, bob)) == (0, 0)


def test_where_a_crash_leaves_it_open_whether_somebody_was_put_on_they_are_held(network: Network, house: House) -> None:
    (alice,) = network.add("alice")
    server = read_list_server(house.url)
    sync(network, server)
    ListMember.objects.update(put_at=None)
    server.remove(["alice@people.test"])

    assert sync(network, server) == Synced(held=1)
    assert exits(network, alice) == 0
    assert house.members() == set()


def test_an_update_is_posted_to_exactly_those_who_may_have_it_and_the_ledger_knows(
    network: Network, house: House
) -> None:
    alice, bob, carol = network.add("alice", "bob", "carol")
    network.stop(carol)
    house.join("mallory@strangers.test")
    server = read_list_server(house.url)
    update = news(network)

    with pytest.raises(ListNotReady, match="is not set up for this") as refused:
        post(network, update, server)
    assert "list check --mend" in refused.value.at_the_command_line
    assert not Delivery.objects.exists()
    server.mend(network.owner.email)
    done = post(network, update, server)

    assert done.accepted == 2
    assert house.got(2) == ["alice@people.test", "bob@people.test"]
    assert network.states(update) == {"alice": "accepted", "bob": "accepted"}
    for person in (alice, bob):
        (entry,) = network.told(person, Kind.UPDATE_ACCEPTED)
        assert entry.detail["vehicle"] == "list"
    assert network.told(carol, Kind.UPDATE_ACCEPTED) == []

    again = post(network, update, server)
    assert again.accepted == 0, "nobody gets it twice"


@pytest.mark.sqlite
@pytest.mark.xdist_group("mailman")
def test_what_is_posted_has_the_terms_and_a_way_out(network: Network, mailman_server: MailmanServer) -> None:
    network.add("alice")
    house = MailmanHouse(mailman_server, mailman_server.new_list())
    server = read_list_server(house.url)
    server.mend(network.owner.email)
    post(network, news(network), server)

    house.got(1)
    ((_, content),) = house.posts()
    mail = message_from_bytes(content)
    assert "ann@owner.test" in mail["From"]
    assert "leave" in mail["List-Unsubscribe"]
    parts = [part for part in mail.walk() if part.get_content_type() == "text/plain"]
    text = "".join(part.get_payload(decode=True).decode() for part in parts)  # type: ignore[union-attr]
    assert mail["Subject"] == "News"
    assert "because we are connected" in text
    assert 'reply with the word "stop"' in text


def test_an_exit_at_the_server_stops_the_post_that_comes_next(network: Network, house: House) -> None:
    _alice, bob = network.add("alice", "bob")
    server = read_list_server(house.url)
    server.mend(network.owner.email)
    sync(network, server)
    house.leave("bob@people.test")

    assert post(network, news(network), server).accepted == 1
    assert house.got(1) == ["alice@people.test"]
    assert exits(network, bob) == 1


def test_who_leaves_while_the_members_are_made_true_gets_no_post(
    network: Network, house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    _alice, bob, _carol = network.add("alice", "bob", "carol")
    server = read_list_server(house.url)
    server.mend(network.owner.email)
    added = []
    add = type(server).add

    def leaving(self: ListServer, address: str, name: str = "") -> None:
        add(self, address, name)
        added.append(address)
        if len(added) == 3:
            network.stop(bob)

    monkeypatch.setattr(type(server), "add", leaving)

    assert post(network, news(network), server).accepted == 2
    assert house.got(2) == ["alice@people.test", "carol@people.test"]
    assert house.members() == {"alice@people.test", "carol@people.test"}
    assert not Delivery.objects.filter(person=bob).exists()


def test_a_text_that_names_its_receiver_is_not_posted(network: Network, house: House) -> None:
    network.add("alice")
    server = read_list_server(house.url)
    server.mend(network.owner.email)

    with pytest.raises(TextPersonal, match="first_name"):
        post(network, news(network, body="Hello {{ first_name }}, I have moved to Lyon."), server)
    assert not Delivery.objects.exists()
    body = 'Hello {{ first_name | default: "all" }}, I have moved to Lyon.'
    assert post(network, news(network, "More", body=body), server).accepted == 1


def test_a_post_without_an_answer_is_unknown_and_never_repeated(network: Network, listmonk_server: Listmonk) -> None:
    network.add("alice", "bob")
    house = ListmonkHouse(listmonk_server, listmonk_server.new_list())
    server = read_list_server(house.url)
    update = news(network)
    listmonk_server.silent_at = ("PUT", "/api/campaigns/")

    with pytest.raises(ListServerSilent):
        post(network, update, server)
    assert network.states(update) == {"alice": "unknown", "bob": "unknown"}

    listmonk_server.silent_at = None
    assert post(network, update, server).accepted == 0
    assert len(listmonk_server.campaigns) == 1


def test_a_post_that_is_refused_leaves_everybody_free_for_another_vehicle(
    network: Network, listmonk_server: Listmonk
) -> None:
    network.add("alice")
    house = ListmonkHouse(listmonk_server, listmonk_server.new_list())
    server = read_list_server(house.url)
    update = news(network)
    network.owner.save()
    listmonk_server._post_campaign = _refuse  # type: ignore[method-assign]

    with pytest.raises(ListServerRefused, match="Invalid campaign"):
        post(network, update, server)
    assert network.states(update) == {}


def _refuse(**_: object) -> None:
    from tests.servers.listmonk import Refused  # noqa: PLC0415

    raise Refused(400, "Invalid campaign")


def test_whoever_listmonk_knows_as_having_left_is_not_put_on_again(network: Network, listmonk_server: Listmonk) -> None:
    alice, bob = network.add("alice", "bob")
    house = ListmonkHouse(listmonk_server, listmonk_server.new_list())
    house.join("alice@people.test")
    house.leave("alice@people.test")
    house.join("bob@people.test")
    listmonk_server.subscriber("bob@people.test")["status"] = "blocklisted"

    done = sync(network, read_list_server(house.url))

    assert done.exits == 2
    assert (exits(network, alice), exits(network, bob)) == (1, 1)
    assert house.members() - {"bob@people.test"} == set()


def test_what_they_chose_after_leaving_a_list_is_not_undone_by_it(network: Network, listmonk_server: Listmonk) -> None:
    (alice,) = network.add("alice")
    house = ListmonkHouse(listmonk_server, listmonk_server.new_list())
    server = read_list_server(house.url)
    sync(network, server)
    house.leave("alice@people.test")
    sync(network, server)
    network.clock.now = network.clock.now.replace(day=20)

    assert sync(network, server).exits == 0
    assert exits(network, alice) == 1


def test_a_server_that_refuses_or_is_out_of_reach_says_so_without_the_password(
    network: Network, listmonk_server: Listmonk
) -> None:
    network.add("alice")
    wrong = f"listmonk+http://goodterms:wrong-token@127.0.0.1:{listmonk_server.port}/1"
    with pytest.raises(ListServerRefused, match="403") as refused:
        sync(network, read_list_server(wrong))
    with pytest.raises(ListServerUnreachable) as unreachable:
        sync(network, read_list_server("listmonk+http://goodterms:wrong-token@127.0.0.1:9/1"))
    assert "wrong-token" not in str(refused.value) + str(unreachable.value)
