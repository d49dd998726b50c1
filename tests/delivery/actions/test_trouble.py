"""Bad days: each ends with a clear outcome, nothing is lost, nobody gets two copies, and nothing goes in circles."""

import ssl
import threading
import time
from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.db import connection

from goodterms.delivery.actions.run import run
from goodterms.delivery.models import Delivery
from goodterms.delivery.vehicles.email.server import read_server
from goodterms.delivery.vehicles.email.transport import SmtpTransport
from goodterms.delivery.vehicles.transport import MessageRefused, ServerUnreachable
from goodterms.ledger.rules.kinds import Kind
from goodterms.updates.models import Update
from tests.databases import connected_to
from tests.delivery.actions.test_kills import WINDOW, planned, send_the_rest, sending
from tests.delivery.actions.test_run import Interrupting, accept_all
from tests.delivery.network import FAST, Network
from tests.servers import postgresql
from tests.servers.certificates import make_certificates
from tests.servers.mail import MailServer
from tests.servers.sink import Sink


def update_for(network: Network, *names: str) -> Update:
    network.add(*names)
    update = network.update()
    network.plan(update)
    return update


def test_an_expired_certificate_gets_no_password_and_no_letter(network: Network, tmp_path: Path) -> None:
    update = update_for(network, "alice")
    expired = make_certificates(tmp_path, until=datetime(2021, 1, 1, tzinfo=UTC))
    before = Delivery.objects.values().get()
    with MailServer(certificates=expired, tls="implicit", login=("ann", "sesame")) as server:
        trust = ssl.create_default_context(cafile=str(expired.authority))
        transport = SmtpTransport(read_server(server.url), tls=trust, timeouts=FAST)
        with pytest.raises(ServerUnreachable, match=r"certificate has expired.*the other copies wait unchanged"):
            run(network.owner, update, network.means(transport))
    assert (server.received, server.peers) == ([], set())
    assert Delivery.objects.values().get() == before


def test_a_message_over_the_servers_size_is_told_before_a_byte_of_it_leaves(network: Network) -> None:
    update = update_for(network, "alice", "bob")
    with Sink() as sink:
        sink.hello = sink.hello.replace(b"SIZE 10000000", b"SIZE 120")
        with pytest.raises(MessageRefused, match=r"5\.3\.4 the message has 1\d\d octets and the mail server takes 120"):
            run(network.owner, update, network.means_for(sink.url))
    assert sink.verbs["MAIL"] == 0
    assert network.states(update) == {"alice": "refused", "bob": "queued"}


def test_an_address_beyond_ascii_is_refused_where_it_is_not_taken_and_the_others_go(network: Network) -> None:
    (alice,) = network.add("alice")
    (bob,) = network.add("bob", address="bøb@people.test")
    update = network.update()
    network.plan(update)
    with Sink(without=("SMTPUTF8",)) as sink:
        outcome = run(network.owner, update, network.means_for(sink.url))
    assert (outcome.accepted, outcome.refused) == (1, 1)
    assert sink.receivers == {"alice@people.test": 1}
    assert Delivery.objects.get(person=bob).reply == "553 5.6.7 the mail server does not take non-ASCII addresses"
    assert network.told(bob, Kind.ADDRESS_BOUNCED) == [], "it may be reached by another server"
    assert network.told(alice, Kind.UPDATE_ACCEPTED)


@pytest.mark.parametrize("by", [timedelta(hours=-30), timedelta(days=-400), timedelta(days=3)])
def test_a_clock_that_is_set_while_it_sends_stops_nobodys_copy(network: Network, by: timedelta) -> None:
    update = update_for(network, *(f"p{number:02}" for number in range(40)))

    def set_clock() -> None:
        network.clock.now += by

    outcome = run(network.owner, update, network.means(Interrupting(accept_all, after=9, act=set_clock)))
    again = run(network.owner, update, network.means(Interrupting(accept_all, after=0, act=set_clock)))

    assert (outcome.accepted + again.accepted, outcome.unknown) == (40, 0)
    assert set(network.states(update).values()) == {"accepted"}


def test_a_full_disk_ends_the_run_and_nothing_is_lost_or_sent_twice(
    committed_db: dict[str, str], data_folder: Path
) -> None:
    network, update = planned(data_folder, people=200)
    with Sink(delay=0.001, keeps=False) as sink:
        # The journal grows by some 700 bytes a copy, and SQLite's log by more: they are full in the middle.
        most = 60_000 if connection.vendor == "postgresql" else _emptied_log(500_000)
        with sending(network, update, sink, most_bytes=most) as process:
            assert process.wait(timeout=60) == 1
            said = process.said
        assert 0 < len(sink.receivers) < 200, "it was in the middle"
        assert "can't be written: File too large" in said or "disk I/O error" in said or "disk is full" in said
        with sending(network, update, sink) as process:
            assert process.wait(timeout=60) == 0

    states = Counter(network.states(update).values())
    assert max(sink.receivers.values()) == 1
    assert set(states) <= {"accepted", "unknown"}
    assert states.total() == 200
    assert states["unknown"] <= WINDOW


def _emptied_log(size: int) -> int:
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return size


@pytest.mark.postgresql
def test_a_database_that_goes_away_in_the_middle_loses_nothing(committed_db: dict[str, str], data_folder: Path) -> None:
    network, update = planned(data_folder, people=200)
    cut = threading.Event()

    def watch(command: str, count: int) -> None:
        if command == "BDAT" and count == 40:
            cut.set()

    with Sink(delay=0.005, keeps=False) as sink:
        with sending(network, update, sink) as process:
            sink.script = watch
            assert cut.wait(60)
            _drop_the_others()
            assert process.wait(timeout=60) == 1
        sink.script = lambda _command, _count: None
        with sending(network, update, sink) as process:
            assert process.wait(timeout=60) == 0

    states = Counter(network.states(update).values())
    assert max(sink.receivers.values()) == 1
    assert set(states) <= {"accepted", "unknown"}
    assert states.total() == 200
    assert states["unknown"] <= WINDOW


@pytest.mark.postgresql
@pytest.mark.usefixtures("committed_db")
def test_a_database_server_that_breaks_off_and_is_started_again_loses_nothing(data_folder: Path) -> None:
    network, update = planned(data_folder, people=200)
    name, shared = connection.settings_dict["NAME"], Path(connection.settings_dict["OPTIONS"]["host"])
    with postgresql.running_server() as server, Sink(delay=0.005, keeps=False) as sink:
        postgresql.copy_database(shared, server, name)
        with connected_to(name, server=server):
            with sending(network, update, sink) as process:
                while len(sink.receivers) < 40:
                    assert process.is_at_work
                    time.sleep(0.005)
                connection.close()
                postgresql.restart(server)
                assert process.wait(timeout=60) == 1
            send_the_rest(network, update, sink)
            states = Counter(network.states(update).values())
            accepted = set(Delivery.objects.filter(update=update, state="accepted").values_list("address", flat=True))

    assert max(sink.receivers.values()) == 1, "nobody has two copies"
    assert set(states) <= {"accepted", "unknown"}
    assert states.total() == 200
    assert states["unknown"] <= WINDOW
    assert accepted <= set(sink.receivers), "what is accepted has arrived"


def _drop_the_others() -> None:
    """End every other connection to this database for half a second, as a restart of the server does."""
    until = time.monotonic() + 0.5
    while time.monotonic() < until:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                "WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
        time.sleep(0.05)
