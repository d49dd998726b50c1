"""What Amazon SES reports of copies that left by its API is tied to them, and it is let report by itself."""

import email
import json
import subprocess
import sys
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import requests
from django.core.exceptions import SuspiciousOperation
from django.test import RequestFactory

from goodterms.delivery.actions.run import run
from goodterms.delivery.copies import Copies
from goodterms.delivery.models import Delivery
from goodterms.delivery.vehicles.provider.account import read_account
from goodterms.delivery.vehicles.provider.transport import ProviderTransport
from goodterms.feedback.reports import take_report
from goodterms.ledger.rules.standing import Email
from goodterms.people.models import Person
from tests.feedback.postman import Postman
from tests.feedback.providers import Post, ses
from tests.servers.certificates import make_certificates
from tests.servers.provider import Provider
from tests.servers.tunnel import Tunnel

CONFIRMING = (
    "https://sns.eu-west-1.amazonaws.com/?Action=ConfirmSubscription&TopicArn=arn:aws:sns:eu-west-1:1:x&Token=2336"
)


@pytest.fixture
def provider() -> Iterator[Provider]:
    with Provider() as server:
        yield server


def send(postman: Postman, provider: Provider, subject: str) -> Delivery:
    """Send an update to everybody by the API, a month after the one before."""
    network, update = postman.network, postman.network.update(subject)
    network.clock.now += timedelta(days=30)
    network.plan(update, now=network.clock())
    copies = Copies(update=update, token_key=network.keys.token)
    account = read_account("amazon-ses", "AKIAMADEUP:made-up:eu-west-1", provider.url)
    means = network.means(ProviderTransport(account.backend))
    object.__setattr__(means, "render", lambda copy: copies.render(copy, now=network.clock()))
    run(network.owner, update, means)
    return Delivery.objects.get(update=update)


def event(what: str, got: dict[str, Any], *, with_headers: bool) -> Post:
    """Give what Amazon reports of a message that it took.

    Its events have the header fields as they were handed over, though it sends under a Message-ID of its own; its
    notifications of an identity have them where the account says so (developer guide, "Amazon SNS notification
    contents", read in November 2026).
    """
    post = ses(what, to=got["to"], name=got["taken"][1]["MessageId"])
    body = json.loads(post.body)
    told = json.loads(body["Message"])
    parsed = email.message_from_bytes(got["raw"])
    told["mail"]["headers"] = [{"name": name, "value": str(value)} for name, value in parsed.items()]
    told["mail"]["commonHeaders"]["messageId"] = parsed["Message-ID"]
    if not with_headers:
        told["notificationType"] = told.pop("eventType")
        told["mail"] = {name: told["mail"][name] for name in ("timestamp", "source", "messageId", "destination")}
    return Post(path=post.path, body=json.dumps({**body, "Message": json.dumps(told)}), headers=post.headers)


def report(postman: Postman, body: str) -> None:
    request = RequestFactory().post("/hooks/of/x/", body, content_type="text/plain; charset=UTF-8")
    take_report(postman.office, "amazon-ses", request, now=postman.network.clock())


@pytest.fixture
def bob(postman: Postman) -> Person:
    (person,) = postman.network.add("bob")
    return person


@pytest.mark.django_db
@pytest.mark.parametrize("with_headers", [True, False])
@pytest.mark.parametrize("which", [0, 1])
def test_a_report_is_tied_to_the_copy_that_it_is_about(
    postman: Postman, bob: Person, provider: Provider, with_headers: bool, which: int
) -> None:
    copies = [send(postman, provider, "First"), send(postman, provider, "Second")]
    assert [copy.state for copy in copies] == ["accepted", "accepted"]

    report(postman, event("hard", provider.got[which], with_headers=with_headers).body)

    (row,) = postman.rows()
    assert (row.delivery, row.person, row.kind) == (copies[which], bob, "hard")
    assert postman.standing(bob).email is Email.BOUNCED


@pytest.mark.django_db
def test_a_complaint_is_an_exit_for_ever(postman: Postman, bob: Person, provider: Provider) -> None:
    copy = send(postman, provider, "News")
    report(postman, event("complaint", provider.got[0], with_headers=False).body)

    assert postman.standing(bob).complained_at
    assert [row.delivery for row in postman.rows()] == [copy]


# Being let report


def subscription(address: str) -> str:
    return json.dumps({"Type": "SubscriptionConfirmation", "MessageId": "m1", "Token": "2336", "SubscribeURL": address})


@pytest.mark.django_db
def test_amazon_is_let_report_by_visiting_the_address_that_it_gives(
    postman: Postman, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    own = make_certificates(tmp_path_factory.mktemp("amazon"), host="sns.eu-west-1.amazonaws.com")
    with Provider(tls=own.server_context()) as sns, Tunnel(sns.url) as tunnel:
        monkeypatch.setenv("HTTPS_PROXY", tunnel.url)
        monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(own.authority))
        report(postman, subscription(CONFIRMING))
        assert [f"https://{one['host']}{one['path']}" for one in sns.got] == [CONFIRMING]
    with pytest.raises(requests.ConnectionError):  # Amazon asks again
        report(postman, subscription(CONFIRMING))
    assert postman.rows() == []


@pytest.mark.django_db
@pytest.mark.parametrize(
    "address",
    [
        "",
        "http://sns.eu-west-1.amazonaws.com/?Action=ConfirmSubscription&Token=1",
        "https://sns.eu-west-1.amazonaws.com.evil.example/?Action=ConfirmSubscription&Token=1",
        "https://sns.evil.example/x.amazonaws.com/?Action=ConfirmSubscription&Token=1",
        "https://sns.evil@127.0.0.1/?Action=ConfirmSubscription&Token=1",
        "https://sns.eu-west-1.amazonaws.com/?Action=DeleteTopic&Token=1",
    ],
)
def test_no_other_address_is_visited(postman: Postman, monkeypatch: pytest.MonkeyPatch, address: str) -> None:
    with Tunnel("http://127.0.0.1:9") as tunnel:
        for name in ("HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy"):
            monkeypatch.setenv(name, tunnel.url)
        with pytest.raises(SuspiciousOperation, match="not Amazon's"):
            report(postman, subscription(address))
        assert tunnel.asked == []


@pytest.mark.once
def test_reports_are_read_where_boto3_is_missing() -> None:
    script = (
        "import sys; sys.modules['boto3'] = None\n"
        "import django; django.setup()\n"
        "from goodterms.feedback.reports import view_of\n"
        "print(view_of('amazon-ses').esp_name)"
    )
    made = subprocess.run(
        [sys.executable, "-c", script],
        env={"DJANGO_SETTINGS_MODULE": "goodterms.web.settings", "PYTHONPATH": "src"},
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert (made.stdout.strip(), made.returncode) == ("Amazon SES", 0), made.stderr
