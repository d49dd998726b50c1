"""Amazon SES by its API: what arrives there, what each of its errors means, and nothing that is asked twice."""

import email
import sys
from collections.abc import Iterator
from email.message import EmailMessage
from email.policy import SMTP

import pytest

from goodterms.delivery.actions.run import run
from goodterms.delivery.claimed import Claimed
from goodterms.delivery.copies import Copies
from goodterms.delivery.rules.replies import About, Asks, Judgement, Reply, Result, asks_for_pause, judge
from goodterms.delivery.vehicles.provider.account import ProviderFaulty, read_account
from goodterms.delivery.vehicles.provider.transport import ProviderTransport
from goodterms.delivery.vehicles.transport import Letter, carry_one
from tests.delivery.network import Network
from tests.servers.certificates import Certificates, make_certificates
from tests.servers.provider import Answer, Provider
from tests.servers.tunnel import Tunnel

KEY = "AKIAMADEUP:made-up/secret+:eu-west-1"
MIME = b"Message-ID: <t@owner.test>\r\nFrom: ann@owner.test\r\nTo: bob@people.test\r\nSubject: News\r\n\r\nHello\r\n"
LETTER = Letter(message_id="<t@owner.test>", envelope_from="ann@owner.test", to="bob@people.test", content=MIME)

TAKEN = Judgement(result=Result.ACCEPTED)
UNKNOWN = Judgement(result=Result.UNKNOWN, about=About.SERVER)
NOT_SENT = Judgement(result=Result.RETURNED, about=About.SERVER)
WAITS = Judgement(result=Result.DEFERRED, about=About.SENDER)
STOPS = Judgement(result=Result.DEFERRED, about=About.SENDER, stops_run=True)
NO_MESSAGE = Judgement(result=Result.REFUSED, about=About.MESSAGE)
TOO_LARGE = Judgement(result=Result.REFUSED, about=About.MESSAGE, stops_run=True)
NO_ADDRESS = Judgement(result=Result.REFUSED, about=About.ADDRESS)


@pytest.fixture(scope="module")
def server() -> Iterator[Provider]:
    with Provider() as server:
        yield server


@pytest.fixture
def provider(server: Provider) -> Provider:
    server.script, server.got = (lambda _to: None), []
    return server


@pytest.fixture(scope="module")
def amazon(server: Provider) -> Iterator[ProviderTransport]:
    """One that lasts: no answer spoils the next one."""
    transport = ProviderTransport(read_account("amazon-ses", KEY, server.url).backend)
    yield transport
    transport.close()


def hand_over(url: str, *, seconds: float = 5) -> Reply:
    account = read_account("amazon-ses", KEY, url)
    object.__setattr__(account, "answer_seconds", seconds)
    transport = ProviderTransport(account.backend)
    try:
        transport.open()
        return carry_one(transport, LETTER)
    finally:
        transport.close()


def error(name: str, words: str = "Words", status: int = 400) -> Answer:
    return status, {"__type": name, "message": words}


UNVERIFIED = "Email address is not verified. The following identities failed the check in region EU-WEST-1: "


@pytest.mark.parametrize(
    ("answer", "judgement", "asks"),
    [
        (error("TooManyRequestsException", "Maximum sending rate exceeded.", 429), WAITS, Asks.ACCOUNT),
        (error("TooManyRequestsException", "Daily message quota exceeded.", 429), WAITS, Asks.ANOTHER_DAY),
        (error("LimitExceededException"), WAITS, Asks.ACCOUNT),
        (error("ThrottlingException", "Rate exceeded"), WAITS, Asks.ACCOUNT),
        (error("UnrecognizedClientException", "The security token is invalid.", 403), STOPS, Asks.NOTHING),
        (error("InvalidSignatureException", "The signature does not match.", 403), STOPS, Asks.NOTHING),
        (error("AccessDeniedException", "User is not authorized to ses:SendRawEmail", 403), STOPS, Asks.NOTHING),
        (error("IncompleteSignature"), STOPS, Asks.NOTHING),
        (error("AccountSuspendedException"), STOPS, Asks.NOTHING),
        (error("SendingPausedException"), STOPS, Asks.NOTHING),
        (error("MailFromDomainNotVerifiedException"), STOPS, Asks.NOTHING),
        (error("NotFoundException", "Configuration set <x> does not exist.", 404), STOPS, Asks.NOTHING),
        ((404, b"<html>No such page</html>"), STOPS, Asks.NOTHING),
        (error("MessageRejected", f"{UNVERIFIED}ann@owner.test"), STOPS, Asks.NOTHING),
        (error("MessageRejected", "It contains a file that is not allowed."), NO_MESSAGE, Asks.NOTHING),
        (error("BadRequestException", "Local address contains control or whitespace"), NO_ADDRESS, Asks.NOTHING),
        (error("BadRequestException", "Missing final '@domain'"), NO_ADDRESS, Asks.NOTHING),
        (error("BadRequestException", "Illegal From address"), NO_MESSAGE, Asks.NOTHING),
        (error("BadRequestException", "Header too long"), NO_MESSAGE, Asks.NOTHING),
        (error("RequestEntityTooLarge", status=413), TOO_LARGE, Asks.NOTHING),
        (error("ServiceUnavailable", status=503), Judgement(result=Result.DEFERRED, about=About.SERVER), Asks.ACCOUNT),
        (error("InternalServiceErrorException", status=500), UNKNOWN, Asks.NOTHING),
        ((502, b"<html>Bad gateway</html>"), UNKNOWN, Asks.NOTHING),
        ((307, {}), UNKNOWN, Asks.NOTHING),
        ((200, b"{"), UNKNOWN, Asks.NOTHING),
        ((200, {}), UNKNOWN, Asks.NOTHING),
        ((0, None), UNKNOWN, Asks.NOTHING),
        ((200, {"MessageId": "0100017a"}), TAKEN, Asks.NOTHING),
    ],
)
def test_each_answer_means_one_thing(
    provider: Provider, amazon: ProviderTransport, answer: Answer, judgement: Judgement, asks: Asks
) -> None:
    provider.script = lambda _to: answer
    reply = carry_one(amazon, LETTER)
    assert (judge(reply), asks_for_pause(reply)) == (judgement, asks), reply


@pytest.mark.parametrize("status", [-1, 0, 429, 500, 502, 503])
def test_nothing_is_asked_twice_whatever_the_machine_is_told(
    provider: Provider, monkeypatch: pytest.MonkeyPatch, status: int
) -> None:
    monkeypatch.setenv("AWS_MAX_ATTEMPTS", "4")
    monkeypatch.setenv("AWS_RETRY_MODE", "adaptive")
    asked: list[str] = []

    def script(to: str) -> Answer:
        asked.append(to)
        return error("Trouble", status=status)

    provider.script = script
    hand_over(provider.url, seconds=0.2)
    assert asked == ["bob@people.test"]


def test_its_own_words_are_told_and_its_name_for_a_message(provider: Provider, amazon: ProviderTransport) -> None:
    provider.script = lambda _to: error("SendingPausedException", "Sending is paused for this account.")
    assert str(carry_one(amazon, LETTER)) == "554 5.7.1 400 SendingPausedException Sending is paused for this account."
    provider.script = lambda _to: (200, {"MessageId": "0100017a-1b2c"})
    assert str(carry_one(amazon, LETTER)) == "250 2.0.0 queued as 0100017a-1b2c"


def test_silence_ends(provider: Provider) -> None:
    provider.script = lambda _to: (-1, None)
    reply = hand_over(provider.url, seconds=0.2)
    assert (str(reply), judge(reply)) == ("No answer from the provider's API: ReadTimeoutError.", UNKNOWN)


def test_where_no_connection_stood_nothing_was_sent() -> None:
    assert judge(hand_over("http://127.0.0.1:9/")) == NOT_SENT


def test_a_server_that_can_not_show_who_it_is_is_told_nothing(certificates: Certificates) -> None:
    with Provider(tls=certificates.server_context()) as server:
        assert judge(hand_over(server.url)) == NOT_SENT
        assert server.got == []


def test_it_is_found_at_the_address_of_its_region(
    tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    host = "email.eu-west-1.amazonaws.com"
    own = make_certificates(tmp_path_factory.mktemp("amazon"), host=host)
    with Provider(tls=own.server_context()) as server, Tunnel(server.url) as tunnel:
        monkeypatch.setenv("HTTPS_PROXY", tunnel.url)
        monkeypatch.setenv("AWS_CA_BUNDLE", str(own.authority))
        assert judge(hand_over("")) == TAKEN
        assert tunnel.asked == [f"{host}:443"]
    assert judge(hand_over("")) == NOT_SENT, "the proxy is gone"


def test_what_the_machine_is_told_of_amazon_leads_nowhere_else(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9/")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    monkeypatch.setenv("AWS_SESSION_TOKEN", "of-somebody-else")
    backend = read_account("amazon_ses", KEY).backend()
    backend.open()
    assert backend.client.meta.endpoint_url == "https://email.eu-west-1.amazonaws.com"  # type: ignore[attr-defined]
    assert backend.client._get_credentials().token is None  # type: ignore[attr-defined]
    backend.close()


@pytest.mark.django_db
def test_where_nothing_that_speaks_to_it_can_be_made_no_copy_is_begun(
    network: Network, provider: Provider, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_PROFILE", "nobody")
    network.add("alice")
    update = network.update()
    network.plan(update)
    account = read_account("amazon-ses", KEY, provider.url)

    with pytest.raises(ProviderFaulty, match=r"profile \(nobody\) could not be found"):
        run(network.owner, update, network.means(ProviderTransport(account.backend)))

    assert network.states(update) == {"alice": "queued"}


def test_where_boto3_is_missing_it_is_said_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "boto3", None)
    with pytest.raises(ProviderFaulty, match=r"pip install 'goodterms\[amazon-ses\]'") as refused:
        read_account("amazon-ses", KEY)
    assert "Nothing was sent" in str(refused.value)
    assert "secret+" not in str(refused.value)


@pytest.mark.parametrize("region", ["", "eu", "eu-west-1.evil.example/", "EU-WEST-1", "eu-west-1:x"])
def test_a_region_is_part_of_a_host_and_nothing_more(region: str) -> None:
    with pytest.raises(ProviderFaulty, match=r"region|REGION"):
        read_account("amazon-ses", f"AKIAMADEUP:made-up:{region}")


# What arrives


def arrived(provider: Provider) -> EmailMessage:
    (got,) = provider.got
    return email.message_from_bytes(got["raw"], EmailMessage, policy=SMTP)


def unfolded(mail: EmailMessage) -> dict[str, str]:
    """Give the header fields as one line each, but for those that say how the content is written."""
    left_out = ("content-type", "content-transfer-encoding", "mime-version")
    return {name: " ".join(str(value).split()) for name, value in mail.items() if name.lower() not in left_out}


@pytest.mark.django_db
@pytest.mark.parametrize("public_url", ["", f"https://{'terms.' * 8}example"])
def test_what_arrives_is_field_by_field_and_part_by_part_what_was_made(
    network: Network, provider: Provider, public_url: str
) -> None:
    network.add("zoë-maximiliane", address="zoe@bücher.example")
    update = network.update("Neuigkeiten – für dich, " + "und noch viel mehr " * 6)
    update.body, update.footer = (
        "Hello {{ first_name }}, *how* are you? " * 30 + "\n\n.\n\nEnde",
        "Connecting means news.",
    )
    update.save()
    network.plan(update)
    copies = Copies(update=update, token_key=network.keys.token, public_url=public_url)
    means = network.means(ProviderTransport(read_account("amazon-ses", KEY, provider.url).backend))
    made: list[bytes] = []

    def render(copy: Claimed) -> tuple[bytes, bool]:
        content, needs_smtputf8 = copies.render(copy, now=network.clock())
        made.append(content)
        return content, needs_smtputf8

    object.__setattr__(means, "render", render)
    run(network.owner, update, means)

    got, whole = arrived(provider), email.message_from_bytes(made[0], EmailMessage, policy=SMTP)
    assert unfolded(got) == unfolded(whole)
    assert ("List-Unsubscribe-Post" in got) == bool(public_url)
    for kind in ("plain", "html"):
        part, wanted = got.get_body((kind,)), whole.get_body((kind,))
        assert part is not None
        assert wanted is not None
        assert part.get_content().splitlines() == wanted.get_content().splitlines()
    raw = provider.got[0]["raw"]
    assert raw.isascii()
    assert max(map(len, raw.splitlines())) < 998
    assert provider.got[0]["told"]["Destination"] == {"ToAddresses": ["zoe@xn--bcher-kva.example"]}
    assert provider.got[0]["tracks"] == ("DISABLED", "DISABLED"), "nobody is watched"


def test_an_answer_says_that_a_machine_wrote_it_and_to_what(provider: Provider, amazon: ProviderTransport) -> None:
    """RFC 3834 section 5: or two machines would answer each other for ever."""
    fields = b"Auto-Submitted: auto-replied\r\nIn-Reply-To: <q@people.test>\r\nReferences: <q@people.test>\r\n"
    letter = Letter(message_id="", envelope_from="", to="bob@people.test", content=fields + MIME)
    carry_one(amazon, letter)
    assert arrived(provider)["Auto-Submitted"] == "auto-replied"
    assert {arrived(provider)[name] for name in ("In-Reply-To", "References")} == {"<q@people.test>"}


def test_an_address_that_it_does_not_take_is_refused_alone(provider: Provider, amazon: ProviderTransport) -> None:
    """Amazon SES does not support SMTPUTF8 (RFC 6531)."""
    content = MIME.replace(b"bob@", "zoë@".encode())
    letter = Letter(message_id="", envelope_from="", to="zoë@people.test", content=content, needs_smtputf8=True)
    reply = carry_one(amazon, letter)
    assert judge(reply) == NO_ADDRESS
    assert provider.got == []
