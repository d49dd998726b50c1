"""What a provider reports is obeyed as mail is; what is not the provider's own, or comes again, changes nothing."""

import base64
import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from anymail.exceptions import AnymailNotSupportedWarning
from anymail.inbound import AnymailInboundMessage
from anymail.signals import inbound, tracking
from django.test import Client, override_settings

from goodterms.accounts.actions import make_owner
from goodterms.accounts.models import Owner
from goodterms.accounts.office import Office
from goodterms.artefacts.models import Artefact
from goodterms.delivery.models import Delivery
from goodterms.exits.models import Suppression
from goodterms.feedback.models import Complaint, Feedback
from goodterms.feedback.webhooks import addresses_of, connect, urlpatterns
from goodterms.ledger.models import Entry
from goodterms.ledger.rules.kinds import HoldReason
from goodterms.ledger.rules.standing import Email
from goodterms.lib.tokens import Act, Token, make_token
from goodterms.people.models import Person
from tests.feedback.postman import Postman, answer
from tests.feedback.providers import PROVIDERS, SIGNING_KEY, Post, basic, mailgun, notification, postmark, sendgrid, ses
from tests.servers.tunnel import Tunnel

pytestmark = pytest.mark.filterwarnings(f"ignore::{AnymailNotSupportedWarning.__module__}.AnymailNotSupportedWarning")
ANYMAIL = {
    "WEBHOOK_SECRET": "goodterms:made-up-secret",
    "MAILGUN_WEBHOOK_SIGNING_KEY": SIGNING_KEY,
    "BREVO_API_KEY": "made-up",
}


@pytest.fixture(autouse=True)
def _mounted(postman: Postman) -> Iterator[None]:
    kept = {signal: signal.receivers[:] for signal in (tracking, inbound)}
    tracking.disconnect(dispatch_uid="goodterms tracking")
    inbound.disconnect(dispatch_uid="goodterms inbound")
    connect(lambda _owner: postman.office, postman.network.clock)
    with override_settings(ROOT_URLCONF="tests.feedback.webhook_urls", MIDDLEWARE=[], ANYMAIL=ANYMAIL):
        yield
    for signal, receivers in kept.items():
        signal.receivers[:] = receivers
        signal.sender_receivers_cache.clear()


@pytest.fixture
def sent(postman: Postman) -> tuple[Person, Delivery]:
    return postman.add_and_send("bob")


def bring(post: Post, **changes: Any) -> int:
    headers = {**post.headers, **changes}
    made = Client(raise_request_exception=False).post(
        f"/hooks/{post.path}", post.body, content_type="application/json", headers=headers
    )
    return made.status_code


def counts() -> list[int]:
    return [model.objects.count() for model in (Entry, Feedback, Suppression, Complaint, Artefact)]


@pytest.mark.parametrize("provider", PROVIDERS)
def test_a_return_for_good_stops_the_address_and_not_the_person(
    postman: Postman, sent: tuple[Person, Delivery], provider: str
) -> None:
    bob, copy = sent
    assert bring(PROVIDERS[provider]("hard", to="bob@people.test", message_id=copy.message_id)) == 200

    standing = postman.standing(bob)
    assert (standing.email, standing.holds, standing.stops) == (Email.BOUNCED, frozenset(), ())
    (row,) = postman.rows()
    assert (row.signal, row.kind, row.delivery, row.person) == ("bounce", "hard", copy, bob)
    assert row.artefact
    assert row.artefact.kind == "event"


@pytest.mark.parametrize("provider", PROVIDERS)
def test_a_return_for_now_is_only_counted(postman: Postman, sent: tuple[Person, Delivery], provider: str) -> None:
    bob, copy = sent
    assert bring(PROVIDERS[provider]("soft", to="bob@people.test", message_id=copy.message_id)) == 200

    assert postman.standing(bob).email is Email.USABLE
    assert [(row.signal, row.kind) for row in postman.rows()] == [("bounce", "soft")]


@pytest.mark.parametrize("provider", PROVIDERS)
@pytest.mark.parametrize("with_token", [True, False])
def test_a_complaint_is_an_exit_for_ever_and_a_case(
    postman: Postman, sent: tuple[Person, Delivery], provider: str, with_token: bool
) -> None:
    bob, copy = sent
    message_id = copy.message_id if with_token else ""
    assert bring(PROVIDERS[provider]("complaint", to="bob@people.test", message_id=message_id)) == 200

    assert postman.standing(bob).complained_at
    case = Complaint.objects.get()
    assert (case.person, case.source, case.delivery) == (bob, "feedback_loop", copy)


@pytest.mark.parametrize("provider", [name for name in PROVIDERS if name != "ses"])
def test_an_unsubscription_at_the_provider_is_an_exit(
    postman: Postman, sent: tuple[Person, Delivery], provider: str
) -> None:
    bob, _ = sent
    assert bring(PROVIDERS[provider]("exit", to="Bob@people.test")) == 200

    assert [stop.scope.is_whole for stop in postman.standing(bob).stops] == [True]


@pytest.mark.parametrize("provider", PROVIDERS)
def test_what_was_opened_says_nothing(postman: Postman, sent: tuple[Person, Delivery], provider: str) -> None:
    """Scanners open everything."""
    before = counts()
    assert bring(PROVIDERS[provider]("opened", to="bob@people.test", message_id=sent[1].message_id)) == 200

    assert counts() == before


@pytest.mark.parametrize("provider", PROVIDERS)
@pytest.mark.parametrize("what", ["hard", "soft", "complaint"])
def test_the_same_event_again_changes_nothing(
    postman: Postman, sent: tuple[Person, Delivery], provider: str, what: str
) -> None:
    post = PROVIDERS[provider](what, to="bob@people.test", message_id=sent[1].message_id)
    assert bring(post) == 200
    before = counts()
    assert bring(post) == 200

    assert counts() == before


@pytest.mark.parametrize("provider", PROVIDERS)
@pytest.mark.parametrize("secret", ["", basic("goodterms:guess"), "Basic !!!", "Bearer made-up-secret"])
def test_whoever_does_not_know_the_secret_changes_nothing(
    postman: Postman, sent: tuple[Person, Delivery], provider: str, secret: str
) -> None:
    before = counts()
    post = PROVIDERS[provider]("complaint", to="bob@people.test", message_id=sent[1].message_id)
    headers = {name: value for name, value in post.headers.items() if name != "Authorization"}
    headers |= {"Authorization": secret} if secret else {}

    assert bring(replace(post, headers=headers)) in {400, 401}
    assert counts() == before


def test_where_no_secret_is_set_nothing_is_taken(postman: Postman, sent: tuple[Person, Delivery]) -> None:
    before = counts()
    post = postmark("complaint", to="bob@people.test")
    with override_settings(ANYMAIL={}):
        assert bring(post) == 404

    assert counts() == before


@pytest.mark.parametrize("method", ["HEAD", "GET", "POST"])
def test_where_no_secret_is_set_there_is_nothing_at_any_providers_address(method: str) -> None:
    for url in urlpatterns:
        where = "/hooks/" + str(url.pattern).removeprefix("^").replace("(_mime)?/$", "/")
        with override_settings(ANYMAIL={"WEBHOOK_SECRET": ""}):
            answer = Client().generic(method, where, b"{}", "application/json", headers={"Authorization": basic()})
        assert (where, answer.status_code, answer["Content-Type"]) == (where, 404, "text/plain; charset=utf-8")


@pytest.mark.parametrize("provider", ["mailersend", "mailgun", "postal", "resend", "unisender_go", "mandrill", "brevo"])
def test_without_the_key_of_its_own_a_provider_is_not_set_up(provider: str) -> None:
    inbound = {"brevo", "resend"}
    where = f"/hooks/{provider}/{'inbound' if provider in inbound else 'tracking'}/"
    with override_settings(ANYMAIL={"WEBHOOK_SECRET": ANYMAIL["WEBHOOK_SECRET"]}):
        answer = Client().post(where, {}, content_type="application/json", headers={"Authorization": basic()})

    assert answer.status_code == 404
    assert answer.content == b"This provider is not set up here. Nothing was taken."


@pytest.mark.parametrize("provider", ["postmark", "amazon_ses", "sparkpost"])
def test_what_can_not_be_read_is_told_so(provider: str) -> None:
    answer = Client().post(
        f"/hooks/{provider}/tracking/", "{", content_type="application/json", headers={"Authorization": basic()}
    )

    assert (answer.status_code, answer.content) == (400, b"This can't be read. Nothing was taken.")


@pytest.mark.parametrize("set_", [ANYMAIL, {}])
def test_for_whoever_shows_no_secret_no_subscription_is_confirmed(
    postman: Postman, monkeypatch: pytest.MonkeyPatch, set_: dict[str, str]
) -> None:
    address = "https://sns.eu-west-1.amazonaws.com/?Action=ConfirmSubscription&Token=1"
    body = {"Type": "SubscriptionConfirmation", "MessageId": "m1", "SubscribeURL": address}
    headers = {"x-amz-sns-message-type": body["Type"], "x-amz-sns-message-id": "m1", "Authorization": basic("a:b")}
    with Tunnel("http://127.0.0.1:9") as tunnel, override_settings(ANYMAIL=set_):
        monkeypatch.setenv("HTTPS_PROXY", tunnel.url)
        status = bring(Post(path="amazon_ses/tracking/", body=json.dumps(body), headers=headers))
        assert (status, tunnel.asked) == (400 if set_ else 404, [])


def test_a_wrong_signature_changes_nothing(postman: Postman, sent: tuple[Person, Delivery]) -> None:
    before = counts()

    assert bring(mailgun("complaint", to="bob@people.test", key="another key")) == 400
    assert counts() == before


def test_where_something_breaks_the_provider_brings_it_again(
    postman: Postman, sent: tuple[Person, Delivery], monkeypatch: pytest.MonkeyPatch
) -> None:
    before = counts()
    post = postmark("complaint", to="bob@people.test")
    with monkeypatch.context() as broken:
        broken.setattr(Complaint.objects, "create", lambda **_: 1 / 0)
        assert bring(post) == 500
    assert counts() == before
    assert bring(post) == 200
    assert postman.standing(sent[0]).complained_at


def test_a_blocked_sender_does_not_stop_the_address(postman: Postman, sent: tuple[Person, Delivery]) -> None:
    told = json.loads(sendgrid("hard", to="bob@people.test", message_id=sent[1].message_id).body)
    told[0] |= {"type": "blocked", "status": "5.7.1", "reason": "550 5.7.1 Blocked: listed by x"}
    bring(Post(path="sendgrid/tracking/", body=json.dumps(told), headers={"Authorization": basic()}))

    assert postman.standing(sent[0]).email is Email.USABLE
    assert [row.kind for row in postman.rows()] == ["sender"]


def test_an_earlier_complaint_that_a_provider_remembers_is_one(postman: Postman, sent: tuple[Person, Delivery]) -> None:
    told = json.loads(postmark("exit", to="bob@people.test").body) | {"SuppressionReason": "SpamComplaint"}
    bring(Post(path="postmark/tracking/", body=json.dumps(told), headers={"Authorization": basic()}))

    assert postman.standing(sent[0]).complained_at


def test_three_copies_returned_over_two_weeks_hold_the_person(postman: Postman) -> None:
    (bob,) = postman.network.add("bob")
    for number in range(3):
        copy = postman.send(bob)
        postman.network.clock.now = postman.network.clock.now.replace(day=2 + 7 * number, month=12)
        told = json.loads(ses("soft", to="bob@people.test", message_id=copy.message_id, number=number).body)
        told["Timestamp"] = f"{postman.network.clock.now:%Y-%m-%dT%H:%M:%SZ}"
        headers = {
            "Authorization": basic(),
            "x-amz-sns-message-type": "Notification",
            "x-amz-sns-message-id": told["MessageId"],
        }
        bring(Post(path="amazon_ses/tracking/", body=json.dumps(told), headers=headers))

    assert postman.standing(bob).holds == {HoldReason.ADDRESS_FAILING}


def test_a_complaint_of_somebody_unknown_suppresses_their_address(postman: Postman) -> None:
    (bob,) = postman.network.add("bob")
    copy = postman.send(bob)
    Delivery.objects.filter(pk=copy.pk).update(address_key="0" * 64)
    token = Token(owner_number=postman.office.owner.pk, person_uid=4711, update_uid=copy.update.uid, act=Act.COPY)
    signed = f"<{make_token(postman.office.keys.token, token)}@owner.test>"
    bring(postmark("complaint", to="eve@else.test", message_id=signed))

    assert set(Suppression.objects.values_list("exit", flat=True)) == {"complaint"}
    assert Suppression.objects.filter(kind="stranger").exists()
    assert postman.standing(bob).complained_at is None


def test_a_token_of_another_owner_is_nothing_to_this_one(postman: Postman, sent: tuple[Person, Delivery]) -> None:
    bob, copy = sent
    foreign = Token(owner_number=999, person_uid=bob.uid, update_uid=copy.update.uid, act=Act.COPY)
    before = counts()
    bring(postmark("complaint", to="bob@people.test", message_id=make_token(postman.office.keys.token, foreign)))

    assert counts() == before


# Mail that comes in


def inbound_posts(raw: bytes) -> dict[str, Post]:
    text = raw.decode()
    received = {
        "notificationType": "Received",
        "mail": {"timestamp": "2026-11-02T09:00:00.000Z", "source": "bob@people.test", "messageId": "m1",
                 "destination": ["ann@owner.test"]},
        "receipt": {"recipients": ["ann@owner.test"], "action": {"type": "SNS", "encoding": "BASE64"}},
        "content": base64.b64encode(raw).decode(),
    }  # fmt: skip
    fields = {
        "FromFull": {"Email": "bob@people.test", "Name": "Bob"},
        "ToFull": [{"Email": "ann@owner.test", "Name": "Ann"}], "OriginalRecipient": "ann@owner.test",
        "Subject": "Re: News", "MessageID": "m1", "TextBody": "stop", "HtmlBody": "", "Attachments": [],
        "Headers": [{"Name": "Return-Path", "Value": "<bob@people.test>"}], "RawEmail": text,
    }  # fmt: skip
    item = {
        "Uuid": ["u1"], "Headers": {"From": "bob@people.test", "To": "ann@owner.test", "Subject": "Re: News"},
        "RawTextBody": "stop", "RawHtmlBody": "", "Attachments": [],
    }  # fmt: skip
    auth = {"Authorization": basic()}
    return {
        "ses": notification(received, "amazon_ses/inbound/"),
        "postmark": Post(path="postmark/inbound/", body=json.dumps(fields), headers=auth),
        "postmark parsed": Post(
            path="postmark/inbound/",
            body=json.dumps({name: value for name, value in fields.items() if name != "RawEmail"}),
            headers=auth,
        ),
        "brevo": Post(path="brevo/inbound/", body=json.dumps({"items": [item]}), headers=auth),
    }


@pytest.mark.parametrize("provider", ["ses", "postmark", "postmark parsed", "brevo"])
def test_mail_that_a_provider_hands_over_is_obeyed_once(postman: Postman, provider: str) -> None:
    (bob,) = postman.network.add("bob")
    post = inbound_posts(answer("stop", Message_ID="<m1@people.test>"))[provider]
    assert bring(post) == 200
    before = counts()
    assert bring(post) == 200

    assert len(postman.standing(bob).stops) == 1
    assert [row.signal for row in postman.rows()] == ["exit_stop"]
    assert counts() == before


def test_mail_is_for_whoever_has_the_whole_address(postman: Postman) -> None:
    """Among several owners, `n@owner.test` has none of what is to `ann@owner.test`."""
    now = postman.network.clock()
    make_owner(postman.folder, name="N", email="n@owner.test", profile="", strategy="connection_opt_in", now=now)
    opened: list[str] = []

    def open_(owner: Owner) -> Office:
        opened.append(owner.email)
        return postman.office

    inbound.disconnect(dispatch_uid="goodterms inbound")
    tracking.disconnect(dispatch_uid="goodterms tracking")
    connect(open_, postman.network.clock)
    assert bring(inbound_posts(answer("Lovely"))["postmark"]) == 200
    assert set(opened[1:]) == {"ann@owner.test"}, "the first one is opened for its keys"
    written = AnymailInboundMessage()
    written["To"] = '"Ann, of Owner" <Ann@Owner.test>, bob@people.test'
    written["Cc"] = "undisclosed: carol@people.test;"
    written.envelope_recipient = "ann+news@owner.test"
    assert addresses_of(written) == {
        "ann@owner.test",
        "bob@people.test",
        "carol@people.test",
        "ann+news@owner.test",
    }


def test_forged_mail_over_the_web_changes_nothing(postman: Postman) -> None:
    postman.network.add("bob")
    before = counts()
    for post in inbound_posts(answer("stop")).values():
        assert bring(post, Authorization=basic("a:b")) == 400

    assert counts() == before


def test_nothing_happens_when_somebody_only_looks(postman: Postman) -> None:
    before = counts()
    for name in ("postmark", "sendgrid", "brevo", "amazon_ses"):
        assert Client().get(f"/hooks/{name}/tracking/").status_code == 405

    assert counts() == before
