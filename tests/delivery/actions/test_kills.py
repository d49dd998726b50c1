"""Sending processes killed at any moment: nobody gets a copy twice, and nobody's is lost unseen."""

import os
import random
import signal
import threading
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import pytest

from goodterms.delivery.models import Delivery
from goodterms.delivery.queries import WAITING
from goodterms.delivery.vehicles.email.engine.pool import Limits
from goodterms.ledger.rules.kinds import Kind
from goodterms.updates.models import Update
from tests.delivery.killable import Sender
from tests.delivery.killable import sending as sending_process
from tests.delivery.network import Network
from tests.servers.mail import MailServer, Stage
from tests.servers.sink import Sink

# 250 on each database is the long profile: GOODTERMS_TEST_KILLS=250.
WINDOW = Limits().connections * Limits().depth
KILLS = int(os.environ.get("GOODTERMS_TEST_KILLS", "15"))


class Signaller:
    """Sends a signal to the sending process once the server has reached a stage so and so often."""

    keeps = False

    def __init__(self, number: signal.Signals, stage: Stage, count: int, delay_seconds: float) -> None:
        self._number, self._stage, self._left, self._delay_seconds = number, stage, count, delay_seconds
        self.process: Sender | None = None

    def script(self, command: str, _count: int) -> None:
        """Count what a sink is told; it goes on as if nothing were."""
        stage = {"BDAT": Stage.CONTENT}.get(command) or Stage.__members__.get(command)
        if stage:
            self.strikes(stage, ())

    def strikes(self, stage: Stage, _receivers: Sequence[str]) -> bool:
        """Count; the server itself goes on as if nothing were."""
        if stage is self._stage:
            self._left -= 1
            if self._left == 0:
                threading.Timer(self._delay_seconds, self._send).start()
        return False

    def _send(self) -> None:
        if self.process is not None:
            self.process.send_signal(self._number)


@contextmanager
def sending(
    network: Network,
    update: Update,
    server: MailServer | Sink,
    signaller: Signaller | None = None,
    most_bytes: int = 0,
) -> Iterator[Sender]:
    """Send in a process of its own, to which the signaller may send a signal."""
    if isinstance(server, Sink):
        server.script = signaller.script if signaller else lambda _command, _count: None
    else:
        server.faults = [signaller] if signaller else []  # type: ignore[list-item]  # it behaves like a fault
    with sending_process(network.folder, update, server.url, most_bytes=most_bytes) as process:
        if signaller:
            signaller.process = process
        yield process


def planned(data_folder: Path, people: int) -> tuple[Network, Update]:
    network = Network(data_folder)
    network.add(*(f"p{number:03}" for number in range(people)))
    update = network.update()
    network.plan(update)
    return network, update


def send_the_rest(network: Network, update: Update, sink: Sink) -> None:
    """Send until nothing waits: what a run that was asked to end handed back waits for a second."""
    runs = 0
    while runs == 0 or Delivery.objects.filter(update=update, state__in=WAITING).exists():
        with sending(network, update, sink) as process:
            assert process.wait(timeout=120) == 0
        runs += 1
        assert runs < 50


@pytest.mark.parametrize("without", [(), ("CHUNKING",)], ids=["BDAT", "DATA"])
def test_killed_at_any_moment_it_sends_nothing_twice_and_loses_nothing_unseen(
    committed_db: dict[str, str], data_folder: Path, without: tuple[str, ...]
) -> None:
    chance = random.Random(os.environ.get("GOODTERMS_TEST_SEED", "goodterms"))
    network, update = planned(data_folder, people=24 * KILLS)
    killed = 0
    with Sink(without=without, delay=0.001, keeps=False) as sink:
        for _ in range(KILLS):
            stage = chance.choice((Stage.EHLO, Stage.MAIL, Stage.RCPT, Stage.CONTENT, Stage.CONTENT))
            count = 1 if stage is Stage.EHLO else chance.randint(1, 30)
            signaller = Signaller(signal.SIGKILL, stage, count, chance.choice((0, chance.uniform(0, 0.02))))
            with sending(network, update, sink, signaller) as process:
                killed += process.wait(timeout=60) == -signal.SIGKILL
        send_the_rest(network, update, sink)

    received = sink.receivers
    states = Counter(network.states(update).values())
    accepted = list(Delivery.objects.filter(update=update, state="accepted").select_related("person"))
    assert killed > KILLS / 2
    assert max(received.values()) == 1, "nobody has two copies"
    assert set(states) <= {"accepted", "unknown"}, "every copy was dealt with"
    assert states.total() == 24 * KILLS
    assert states["unknown"] <= WINDOW * killed, "at most the window is unknown"
    assert {copy.address for copy in accepted} <= set(received), "what is accepted has arrived"
    assert [len(network.told(copy.person, Kind.UPDATE_ACCEPTED)) for copy in accepted] == [1] * len(accepted)


def test_a_polite_signal_lets_it_finish_what_is_under_way(
    committed_db: dict[str, str], data_folder: Path, mail_server: MailServer
) -> None:
    network, update = planned(data_folder, people=60)

    for number in (signal.SIGTERM, signal.SIGINT):
        signaller = Signaller(number, Stage.CONTENT, 3, 0)
        with sending(network, update, mail_server, signaller) as process:
            assert process.wait(timeout=60) == 0

    states = Counter(network.states(update).values())
    assert 6 <= states["accepted"] == len(mail_server.received) < 60
    assert states["queued"] == 60 - states["accepted"]


@pytest.mark.parametrize("without", [(), ("CHUNKING",)], ids=["BDAT", "DATA"])
def test_asked_to_end_at_any_moment_it_leaves_nothing_open(
    committed_db: dict[str, str], data_folder: Path, without: tuple[str, ...]
) -> None:
    chance = random.Random(os.environ.get("GOODTERMS_TEST_SEED", "goodterms"))
    times = max(KILLS // 5, 2)
    network, update = planned(data_folder, people=24 * times)
    with Sink(without=without, delay=0.001, keeps=False) as sink:
        for _ in range(times):
            signaller = Signaller(signal.SIGTERM, Stage.CONTENT, chance.randint(1, 20), chance.uniform(0, 0.02))
            with sending(network, update, sink, signaller) as process:
                assert process.wait(timeout=60) == 0
        send_the_rest(network, update, sink)

    assert max(sink.receivers.values()) == 1
    assert Counter(network.states(update).values()) == {"accepted": 24 * times}


def test_two_at_once_share_the_work_and_nobody_gets_two_copies(
    committed_db: dict[str, str], data_folder: Path, mail_server: MailServer
) -> None:
    network, update = planned(data_folder, people=80)

    with (
        sending(network, update, mail_server) as one,
        sending(network, update, mail_server) as other,
    ):
        assert (one.wait(timeout=60), other.wait(timeout=60)) == (0, 0)

    assert set(Counter(mail_server.receivers()).values()) == {1}
    assert Counter(network.states(update).values()) == {"accepted": 80}


@pytest.mark.usefixtures("committed_db")
def test_of_two_with_one_journal_either_may_be_killed_and_the_other_goes_on(data_folder: Path) -> None:
    chance = random.Random(os.environ.get("GOODTERMS_TEST_SEED", "goodterms"))
    times = max(KILLS // 5, 2)
    people = 60 * times
    network, update = planned(data_folder, people=people)
    killed = 0
    with Sink(delay=0.002, keeps=False) as sink:
        for _ in range(times):
            signaller = Signaller(signal.SIGKILL, Stage.CONTENT, chance.randint(1, 40), chance.uniform(0, 0.01))
            with sending(network, update, sink) as one, sending(network, update, sink, signaller) as other:
                signaller.process = chance.choice((one, other))
                statuses = {one.wait(timeout=60), other.wait(timeout=60)}
            assert statuses <= {0, -signal.SIGKILL}
            killed += -signal.SIGKILL in statuses
        send_the_rest(network, update, sink)

    states = Counter(network.states(update).values())
    assert killed
    assert max(sink.receivers.values()) == 1, "nobody has two copies"
    assert set(states) <= {"accepted", "unknown"}, "every copy was dealt with"
    assert states.total() == people
    assert states["unknown"] <= WINDOW * killed, "at most the window is unknown"
