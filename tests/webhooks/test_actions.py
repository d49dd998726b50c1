"""A webhook is told of every entry at least once, in order, signed; what it does not take is told again."""

import json
from datetime import timedelta

import pytest

from goodterms.accounts.actions import make_owner
from goodterms.ledger.rules.kinds import Kind
from goodterms.webhooks.actions import WebhookFaulty, add_webhook, remove_webhook, tell_webhooks
from goodterms.webhooks.models import Webhook
from goodterms.webhooks.rules import is_signed
from tests.delivery.network import BEFORE, RULEBOOK
from tests.feedback.postman import Postman
from tests.webhooks.conftest import Receiver


def add(postman: Postman, url: str, *kinds: Kind) -> str:
    _, secret = add_webhook(postman.office, url, kinds=kinds, may_be_local=True, now=postman.network.clock())
    return secret


def tell(postman: Postman) -> int:
    return tell_webhooks(postman.office, now=postman.network.clock())


def kinds_in(receiver: Receiver) -> list[list[str]]:
    return [[event["kind"] for event in json.loads(body)["events"]] for body in receiver.bodies]


def test_it_is_told_of_what_is_new_once_and_signed(postman: Postman, receiver: Receiver) -> None:
    postman.network.add("alice")
    secret = add(postman, receiver.url)
    (bob,) = postman.network.add("bob")
    postman.network.stop(bob)

    assert [tell(postman), tell(postman)] == [1, 0]

    assert kinds_in(receiver) == [["connection_seen", "address_seen", "opt_in_confirmed", "stopped"]]
    (body,), (signature,) = receiver.bodies, receiver.signatures
    now = postman.network.clock()
    assert is_signed(secret, body, signature, now=now)
    assert not is_signed(secret, body + b" ", signature, now=now)
    assert not is_signed("another", body, signature, now=now)
    assert not is_signed(secret, body, signature, now=now + timedelta(minutes=6))
    assert b"bob" not in body


def test_it_is_told_of_the_kinds_it_wants_alone(postman: Postman, receiver: Receiver) -> None:
    add(postman, receiver.url, Kind.STOPPED)
    (bob,) = postman.network.add("bob")
    assert tell(postman) == 0
    postman.network.stop(bob)
    assert tell(postman) == 1
    assert kinds_in(receiver) == [["stopped"]]


@pytest.mark.parametrize("status", [301, 410, 500])
def test_what_is_not_taken_is_told_again_after_growing_pauses(
    postman: Postman, receiver: Receiver, status: int
) -> None:
    add(postman, receiver.url)
    postman.network.add("bob")
    receiver.status = status
    assert tell(postman) == 0
    assert tell(postman) == 0  # too early
    assert len(receiver.bodies) == 1
    postman.network.clock.now += timedelta(minutes=2)
    assert tell(postman) == 0
    postman.network.clock.now += timedelta(minutes=2)
    assert tell(postman) == 0  # the second pause is longer
    assert len(receiver.bodies) == 2
    assert (Webhook.objects.get().failures, str(status) in Webhook.objects.get().fault) == (2, True)

    receiver.status = 200
    postman.network.clock.now += timedelta(minutes=5)
    assert tell(postman) == 1
    assert receiver.bodies[0] != receiver.bodies[2]  # sent_at
    assert kinds_in(receiver)[0] == kinds_in(receiver)[2]
    assert (Webhook.objects.get().failures, Webhook.objects.get().fault) == (0, "")


def test_one_that_does_not_answer_keeps_no_other_waiting(postman: Postman, receiver: Receiver) -> None:
    add(postman, "http://127.0.0.1:9/")
    add(postman, receiver.url)
    postman.network.add("bob")
    assert tell(postman) == 1
    assert len(receiver.bodies) == 1


def test_another_owner_is_not_told(postman: Postman, receiver: Receiver) -> None:
    other, _ = make_owner(
        postman.folder, name="Olga", email="olga@owner.test", profile="", strategy=RULEBOOK.strategy, now=BEFORE
    )
    add(postman, receiver.url)
    number = Webhook.objects.get().pk
    Webhook.objects.update(owner=other)
    postman.network.add("bob")
    assert tell(postman) == 0
    with pytest.raises(WebhookFaulty):
        remove_webhook(postman.network.owner, number)
    remove_webhook(other, number)


@pytest.mark.parametrize("url", ["ftp://a.test/", "http://a.test/", "https://", "https://[", "nonsense", ""])
def test_only_https_addresses_are_told(postman: Postman, url: str) -> None:
    with pytest.raises(WebhookFaulty):
        add(postman, url)
    with pytest.raises(WebhookFaulty):
        add_webhook(postman.office, "http://127.0.0.1/", now=postman.network.clock())


def test_nothing_is_told_within_a_private_network(postman: Postman) -> None:
    add(postman, "https://127.0.0.1:8443/")
    postman.network.add("bob")
    assert tell(postman) == 0
    assert "lies in a private network" in Webhook.objects.get().fault


def test_the_secret_is_not_readable_in_the_database(postman: Postman, receiver: Receiver) -> None:
    assert add(postman, receiver.url) not in Webhook.objects.get().secret
