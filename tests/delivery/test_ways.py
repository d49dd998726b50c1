"""Everything that leaves goes by the one way that the owner has: updates, test copies, short mails and answers."""

from pathlib import Path

import pytest

from goodterms import doors
from goodterms.accounts.mail import ProviderKey, set_mail_account, set_provider
from goodterms.accounts.office import Office
from goodterms.delivery.vehicles.email.server import ServerFaulty
from goodterms.delivery.vehicles.email.transport import SmtpTransport
from goodterms.delivery.vehicles.provider.transport import ProviderTransport
from tests.delivery.network import NOW, Network
from tests.mailings.workshop import office_of
from tests.servers.mail import MailServer
from tests.servers.provider import Provider

pytestmark = pytest.mark.django_db


@pytest.fixture
def office(data_folder: Path) -> Office:
    return office_of(Network(data_folder))


def test_without_a_way_nothing_leaves_and_answers_wait(office: Office) -> None:
    with pytest.raises(ServerFaulty, match="No mail server to send by is set"):
        doors.send_short_mail(office, "bob@people.test", subject="Hello", text="Bob")
    assert doors.send_waiting_answers(office).total() == 0


def test_a_short_mail_leaves_by_the_provider(office: Office, provider: Provider) -> None:
    set_provider(office, ProviderKey(name="postmark", key="made-up-key", url=provider.url), may_be_inside=True, now=NOW)
    doors.send_short_mail(office, "bob@people.test", subject="Hello", text="Bob")
    (got,) = provider.got
    assert (got["to"], got["subject"]) == ("bob@people.test", "Hello")
    transport, pacer = doors.paced_transport(office)
    assert isinstance(transport, ProviderTransport)
    assert (pacer.account, pacer.pace.name) == ("postmark 127.0.0.1", "own-server")


def test_a_short_mail_leaves_by_the_server(office: Office, mail_server: MailServer) -> None:
    set_mail_account(office, smtp=mail_server.url, imap="", unsubscribe="", may_be_inside=True, now=NOW)
    doors.send_short_mail(office, "bob@people.test", subject="Hello", text="Bob")
    assert mail_server.receivers() == ["bob@people.test"]
    transport, pacer = doors.paced_transport(office)
    assert isinstance(transport, SmtpTransport)
    assert pacer.account == "ann@owner.test 127.0.0.1"


def test_a_providers_api_has_the_pace_of_that_provider(office: Office) -> None:
    set_provider(office, ProviderKey(name="postmark", key="made-up-key"), now=NOW)
    way = doors.way_of(office)
    assert way.name == "postmark (api.postmarkapp.com)"
    assert doors.pacer_for(office, way).pace.name == "postmark"
