"""Running list servers."""

from collections.abc import Iterator

import pytest

from tests.delivery.vehicles.list_server.houses import House, ListmonkHouse, MailmanHouse
from tests.servers.listmonk import Listmonk
from tests.servers.mailman import MailmanServer, running_mailman


@pytest.fixture(scope="session")
def mailman_server() -> Iterator[MailmanServer]:
    with running_mailman() as server:
        yield server


@pytest.fixture
def listmonk_server() -> Iterator[Listmonk]:
    with Listmonk() as server:
        yield server


# Mailman takes long to start: what the database has to do with it is played with listmonk on the other one too.
@pytest.fixture(
    params=[pytest.param("mailman", marks=[pytest.mark.sqlite, pytest.mark.xdist_group("mailman")]), "listmonk"]
)
def house(request: pytest.FixtureRequest) -> House:
    if request.param == "listmonk":
        server: Listmonk = request.getfixturevalue("listmonk_server")
        return ListmonkHouse(server, server.new_list(type_="public"))
    mailman: MailmanServer = request.getfixturevalue("mailman_server")
    mailman.sink.receivers.clear()
    mailman.sink.contents.clear()
    return MailmanHouse(mailman, mailman.new_list())
