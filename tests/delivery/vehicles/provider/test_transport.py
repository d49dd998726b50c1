"""Sending by providers' APIs: what they say is what the rows and the ledger say, and silence is never asked twice."""

import json
import re
from collections.abc import Callable, Iterator

import pytest
from anymail.backends.test import EmailBackend as PretendingBackend
from django.core import mail

from goodterms.delivery.actions.run import run
from goodterms.delivery.copies import Copies
from goodterms.delivery.models import Delivery
from goodterms.delivery.vehicles.provider.account import read_account
from goodterms.delivery.vehicles.provider.transport import ProviderTransport
from goodterms.delivery.vehicles.transport import MessageRefused, SenderRefused, ServerUnreachable
from goodterms.ledger.rules.kinds import Kind
from goodterms.updates.models import Update
from tests.delivery.network import Network
from tests.servers.provider import Answer, Provider

pytestmark = pytest.mark.django_db


@pytest.fixture
def provider() -> Iterator[Provider]:
    with Provider() as server:
        yield server


KEYS = {"postmark": "made-up-key", "mailgun": "made-up-key", "amazon-ses": "AKIAMADEUP:made-up-secret:eu-west-1"}


@pytest.fixture(params=KEYS)
def send(request: pytest.FixtureRequest, network: Network, provider: Provider) -> Callable[[Update], object]:
    """Give a function that sends an update by one of the providers."""
    account = read_account(request.param, KEYS[request.param], provider.url)
    object.__setattr__(account, "answer_seconds", 0.7)

    def go(update: Update) -> object:
        return run(network.owner, update, network.means(ProviderTransport(account.backend)))

    return go


def planned(network: Network, *names: str) -> Update:
    network.add(*names)
    update = network.update()
    network.plan(update)
    return update


def answers(**by_name: Answer) -> Callable[[str], Answer | None]:
    return lambda to: by_name.get(to.partition("@")[0])


def test_everybody_gets_their_copy_once_and_the_provider_s_name_for_it_is_kept(
    network: Network, provider: Provider, send: Callable[[Update], object]
) -> None:
    update = planned(network, *(f"p{number:02}" for number in range(20)))

    send(update)
    send(update)

    assert sorted(fields["to"] for fields in provider.got) == [f"p{number:02}@people.test" for number in range(20)]
    assert set(network.states(update).values()) == {"accepted"}
    replies = set(Delivery.objects.values_list("reply", flat=True))
    assert len(replies) == 20
    named = re.compile(r"250 2\.0\.0 (sent|queued) as (pm-\d+|mg-\d+ at mailgun\.test|0100017a-\d+-000000)")
    assert all(named.fullmatch(reply) for reply in replies)
    signed = r"AWS4-HMAC-SHA256 Credential=AKIAMADEUP/\d{8}/eu-west-1/ses/aws4_request, .*"
    assert all(re.fullmatch(rf"made-up-key|Basic .*|{signed}", key) for key in provider.keys)
    assert "made-up-secret" not in str([provider.keys, provider.got])


def test_what_arrives_is_what_a_mail_server_would_have_got(
    network: Network, provider: Provider, send: Callable[[Update], object]
) -> None:
    (zoe,) = network.add("zoë")
    update = network.update("Neuigkeiten – für dich")
    update.body, update.footer = "Hello {{ first_name }}, *how* are you?", "Connecting means news."
    update.save()
    network.plan(update)
    copies = Copies(update=update, token_key=network.keys.token)
    account = read_account("postmark", "made-up-key", provider.url)
    means = network.means(ProviderTransport(account.backend))
    object.__setattr__(means, "render", lambda copy: copies.render(copy, now=network.clock()))

    run(network.owner, update, means)

    (got,) = provider.got
    copy = Delivery.objects.get()
    assert got["subject"] == "Neuigkeiten – für dich"
    assert "Hello Zoë, how are you?" in got["text"].replace("*", "")
    assert "<em>how</em>" in got["html"]
    assert got["headers"]["Message-ID"] == copy.message_id
    assert got["headers"]["List-Unsubscribe"].startswith("<mailto:")
    assert "ann@owner.test" in got["from"]
    assert got["tracks"] == (False, "None"), "nobody is watched"
    assert len(network.told(zoe, Kind.UPDATE_ACCEPTED)) == 1
    del send


def test_an_answer_that_never_came_is_unknown_and_nothing_is_sent_again(
    network: Network, provider: Provider, send: Callable[[Update], object]
) -> None:
    update = planned(network, "alice", "bob")
    provider.script = answers(alice=(-1, None))

    send(update)
    assert network.states(update) == {"alice": "unknown", "bob": "accepted"}

    provider.script = answers()
    network.clock.now = network.clock.now.replace(day=4)
    send(update)
    assert [fields["to"] for fields in provider.got] == ["bob@people.test"]


@pytest.mark.parametrize("status", [0, 500, 502, 504])
def test_what_may_have_been_taken_is_unknown(
    network: Network, provider: Provider, send: Callable[[Update], object], status: int
) -> None:
    update = planned(network, "alice", "bob")
    provider.script = answers(alice=(status, {"Message": "oops", "message": "oops"}))

    send(update)

    assert network.states(update) == {"alice": "unknown", "bob": "accepted"}


@pytest.mark.parametrize("status", [429, 503])
def test_where_it_asks_for_a_pause_the_copy_waits_and_is_sent_later(
    network: Network, provider: Provider, send: Callable[[Update], object], status: int
) -> None:
    update = planned(network, "alice", "bob")
    provider.script = answers(alice=(status, {"Message": "slow down", "message": "slow down"}))

    send(update)
    assert network.states(update) == {"alice": "deferred", "bob": "accepted"}

    provider.script = answers()
    network.clock.now = network.clock.now.replace(day=4)
    send(update)
    assert network.states(update) == {"alice": "accepted", "bob": "accepted"}
    assert len(provider.got) == 2


@pytest.mark.parametrize(("status", "fault"), [(401, SenderRefused), (402, SenderRefused), (413, MessageRefused)])
def test_what_every_copy_would_meet_stops_the_run_at_the_first(
    network: Network, provider: Provider, send: Callable[[Update], object], status: int, fault: type[Exception]
) -> None:
    update = planned(network, *(f"p{number:02}" for number in range(20)))
    asked: list[str] = []

    def script(to: str) -> Answer:
        asked.append(to)
        return status, {"ErrorCode": 10, "Message": "No", "message": "No"}

    provider.script = script
    with pytest.raises(fault, match=str(status)):
        send(update)

    assert len(asked) == 1
    assert set(network.states(update).values()) <= {"queued", "deferred", "refused"}


def test_an_inactive_receiver_at_postmark_is_refused_and_the_others_get_theirs(
    network: Network, provider: Provider
) -> None:
    update = planned(network, "alice", "bob", "carol")
    inactive = "You tried to send to recipient(s) that are inactive. Found inactive addresses: "
    provider.script = answers(
        alice=(
            422,
            {"ErrorCode": 406, "Message": f"{inactive}alice@people.test. Inactive recipients are ones that bounced."},
        ),
        bob=(422, {"ErrorCode": 300, "Message": "Error parsing 'To': Illegal email address 'bob@people.test'."}),
    )
    account = read_account("postmark", "made-up-key", provider.url)

    run(network.owner, update, network.means(ProviderTransport(account.backend)))

    assert network.states(update) == {"alice": "refused", "bob": "refused", "carol": "accepted"}


def test_an_api_out_of_reach_has_taken_nothing(network: Network) -> None:
    update = planned(network, "alice", "bob", "carol", "dan")
    account = read_account("mailgun", "made-up-key", "http://127.0.0.1:9/")

    with pytest.raises(ServerUnreachable):
        run(network.owner, update, network.means(ProviderTransport(account.backend)))

    assert set(network.states(update).values()) == {"queued"}


def test_anymail_is_told_the_same_whatever_the_provider(network: Network) -> None:
    mail.outbox = []
    update = planned(network, "alice")

    run(network.owner, update, network.means(ProviderTransport(PretendingBackend)))

    (sent,) = mail.outbox
    params = getattr(sent, "anymail_test_params")  # noqa: B009 -- django-anymail adds it
    assert [str(to) for to in params["to"]] == ["alice@people.test"]
    assert (params["track_opens"], params["track_clicks"]) == (False, False)
    assert json.dumps(dict(params["extra_headers"]))
    assert network.states(update) == {"alice": "accepted"}
