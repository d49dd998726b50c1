"""A host that an owner named leads nowhere inside, wherever its name leads by the time it is connected to."""

import socket
import ssl
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import quote

import pytest

from goodterms.delivery.rules.replies import Step
from goodterms.delivery.vehicles.email.server import read_server
from goodterms.delivery.vehicles.email.transport import SmtpTransport
from goodterms.delivery.vehicles.list_server.http import Api
from goodterms.delivery.vehicles.list_server.server import ListServerUnreachable
from goodterms.delivery.vehicles.provider.account import ProviderFaulty, read_account
from goodterms.delivery.vehicles.provider.transport import ProviderTransport
from goodterms.delivery.vehicles.transport import Letter, ServerUnreachable, carry_one
from goodterms.feedback.imap.address import read_address
from goodterms.feedback.imap.session import MailboxUnreachable, open_mailbox
from goodterms.lib.outside import LiesInside, connect_outside
from tests.delivery.network import FAST
from tests.servers.certificates import Certificates
from tests.servers.dovecot import PASSWORD, USER, Dovecot
from tests.servers.mail import MailServer
from tests.servers.provider import Provider

OUTSIDE = "192.31.196.1"  # of a network that answers nobody (RFC 7535), and global
LETTER = Letter(
    message_id="<a@owner.test>",
    envelope_from="ann@owner.test",
    to="bob@people.test",
    content=b"From: ann@owner.test\r\nTo: bob@people.test\r\nSubject: News\r\n\r\nHello\r\n",
)


@dataclass
class Internet:
    """Where names lead, one look-up after the other; each address is really this machine."""

    leads_to: list[list[str]] = field(default_factory=list)
    dialled: list[str] = field(default_factory=list)

    def look_up(self, host: str, port: int, *_: object, **__: object) -> list[tuple[Any, ...]]:
        found = self.leads_to.pop(0)
        kinds = [socket.AF_INET6 if ":" in address else socket.AF_INET for address in found]
        return [(kind, socket.SOCK_STREAM, 6, "", (a, port)) for kind, a in zip(kinds, found, strict=True)]


@pytest.fixture
def internet(monkeypatch: pytest.MonkeyPatch) -> Internet:
    made = Internet()

    class Wired(socket.socket):
        def connect(self, address: Any) -> None:
            made.dialled.append(address[0])
            super().connect(("127.0.0.1", address[1]))

    monkeypatch.setattr(socket, "socket", Wired)
    monkeypatch.setattr(socket, "getaddrinfo", made.look_up)
    return made


@pytest.fixture
def provider() -> Iterator[Provider]:
    with Provider() as server:
        yield server


Reach = Callable[[], object]


@pytest.fixture(params=["", "starttls", "implicit"])
def sending(
    request: pytest.FixtureRequest, start_mail_server: Callable[..., MailServer], certificates: Certificates
) -> Reach:
    url = start_mail_server(tls=request.param).url.replace("127.0.0.1", "localhost")
    trust = ssl.create_default_context(cafile=str(certificates.authority))

    def reach() -> None:
        transport = SmtpTransport(replace(read_server(url), must_be_outside=True), tls=trust, timeouts=FAST)
        try:
            transport.open()
            assert carry_one(transport, LETTER).code == 250
        finally:
            transport.close()

    return reach


@pytest.fixture(params=["imap", "imap+starttls", "imaps"])
def mailbox(
    request: pytest.FixtureRequest,
    dovecot_server: Dovecot,
    certificates: Certificates,
    monkeypatch: pytest.MonkeyPatch,
) -> Reach:
    monkeypatch.setenv("SSL_CERT_FILE", str(certificates.authority))
    port = dovecot_server.tls_port if request.param == "imaps" else dovecot_server.port
    url = f"{request.param}://{quote(USER, safe='')}:{quote(PASSWORD, safe='')}@localhost:{port}"

    def reach() -> None:
        with open_mailbox(replace(read_address(url), must_be_outside=True)):
            pass

    return reach


@pytest.fixture
def asking_a_list(provider: Provider) -> Reach:
    port = int(provider.url.rpartition(":")[2].partition("/")[0])
    api = Api(is_secure=False, host="localhost", port=port, user="a", password="b", base="", must_be_outside=True)
    return lambda: api.ask("GET", "/")


def insist(reach: Reach, internet: Internet, fault: type[Exception]) -> None:
    """Connect by a name that leads outside at first and inside at the next look-up; then by one that leads inside."""
    internet.leads_to = [[OUTSIDE], ["127.0.0.1"]]
    reach()
    assert internet.dialled == [OUTSIDE]
    with pytest.raises(fault, match="lies in a private network"):
        reach()
    assert internet.dialled == [OUTSIDE]


@pytest.mark.once
def test_mail_leaves_by_no_server_inside(sending: Reach, internet: Internet) -> None:
    insist(sending, internet, ServerUnreachable)


@pytest.mark.once
def test_no_mailbox_inside_is_read(mailbox: Reach, internet: Internet) -> None:
    insist(mailbox, internet, MailboxUnreachable)


@pytest.mark.once
def test_no_list_server_inside_is_asked(asking_a_list: Reach, internet: Internet) -> None:
    insist(asking_a_list, internet, ListServerUnreachable)


@pytest.mark.once
def test_nothing_is_handed_to_a_provider_inside(provider: Provider, internet: Internet) -> None:
    url = provider.url.replace("127.0.0.1", "localhost")
    account = replace(read_account("postmark", "made-up-key", url), must_be_outside=True)
    internet.leads_to = [[OUTSIDE], ["127.0.0.1"]]

    for step, dialled in ((Step.END, [OUTSIDE]), (Step.CONNECT, [OUTSIDE])):
        transport = ProviderTransport(account.backend)
        reply = carry_one(transport, LETTER)
        transport.close()
        assert (reply.code, reply.step) == (250 if step is Step.END else 0, step)
        assert internet.dialled == dialled
    assert len(provider.got) == 1


@pytest.mark.once
def test_what_can_not_be_kept_outside_is_not_asked_at_an_address_of_an_owners(internet: Internet) -> None:
    account = read_account("amazon-ses", "id:secret:eu-west-1", "https://ses.owner.test")

    with pytest.raises(ProviderFaulty, match="asked at its usual address alone"):
        replace(account, must_be_outside=True).backend()
    replace(account, must_be_outside=True, url="").backend()


@pytest.mark.parametrize(
    "found",
    [
        ["127.0.0.1"],
        ["10.1.2.3"],
        ["169.254.169.254"],
        ["::1"],
        ["fd00::1"],
        ["::ffff:10.1.2.3"],
        [OUTSIDE, "127.0.0.1"],
    ],
)
def test_one_address_inside_is_enough(found: list[str], internet: Internet) -> None:
    internet.leads_to = [found]

    with pytest.raises(LiesInside, match=r"mail\.home\.test is this machine or lies in a private network"):
        connect_outside("mail.home.test", 25, 1)
    assert internet.dialled == []


def test_where_one_address_does_not_answer_the_next_one_is_asked(
    internet: Internet, monkeypatch: pytest.MonkeyPatch
) -> None:
    silent = "192.31.196.2"
    internet.leads_to = [[silent, OUTSIDE], [silent]]
    reach = socket.socket.connect

    def connect(self: socket.socket, address: Any) -> None:
        if address[0] == silent:
            raise ConnectionRefusedError
        reach(self, address)

    monkeypatch.setattr(socket.socket, "connect", connect)
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        connect_outside("mail.home.test", port, 1).close()
        assert internet.dialled == [OUTSIDE]
        with pytest.raises(ConnectionRefusedError):
            connect_outside("mail.home.test", port, 1)
