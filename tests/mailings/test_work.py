"""Worker processes: `goodterms work`, one on SQLite, several on PostgreSQL."""

import signal
import subprocess
import time
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.db.models import Q, QuerySet

from goodterms.delivery.models import Delivery
from goodterms.mailings.actions.ask import cancel, pause, resume, schedule
from goodterms.mailings.models import Mailing
from goodterms.updates.models import Update
from tests.conftest import Ran
from tests.delivery.network import Network
from tests.mailings.workshop import another_machine, make_update, office_of, working
from tests.servers.sink import SILENCE, Sink


def asked(network: Network, update: Update, at: datetime | None = None) -> Mailing:
    now = datetime.now(UTC)  # noqa: TID251 -- worker processes go by the real clock
    return schedule(office_of(network), update, at or now, now=now, asked_by="a test")


def made(data_folder: Path, people: int) -> tuple[Network, Update]:
    network = Network(data_folder)
    network.add(*(f"p{number:03}" for number in range(people)))
    return network, make_update(network)


def until(condition: Callable[[], object], *, seconds: float = 180) -> None:
    """Wait until something is so."""
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it did not come about in time"
        time.sleep(0.1)


def state(update: Update) -> str:
    return Mailing.objects.get(update=update).state


def test_left_to_the_workers_by_the_command_it_is_sent_once_and_listed(
    goodterms_cli: Callable[..., Ran], data_folder: Path
) -> None:
    network, update = made(data_folder, people=20)
    with Sink() as sink:
        later = goodterms_cli("send", update.pk, "--later")
        assert (later.status, later.said["state"]) == (0, "scheduled"), later.messages
        assert goodterms_cli("work", "--once", GOODTERMS_SMTP_URL=sink.url).said == {"ended": True}
        assert goodterms_cli("work", "--once", GOODTERMS_SMTP_URL=sink.url).status == 0

    assert Counter(sink.receivers.values()) == {1: 20}
    (listed,) = goodterms_cli("mailing", "list").said["mailings"]
    assert {key: listed[key] for key in ("state", "accepted", "left")} == {"state": "done", "accepted": 20, "left": 0}
    refused = goodterms_cli("mailing", "cancel", update.pk)
    assert (refused.status, "it is 'done'" in refused.messages) == (1, True)
    assert set(network.states(update).values()) == {"accepted"}


@pytest.mark.sqlite
def test_on_sqlite_a_second_worker_is_told_why_it_can_not(
    goodterms_cli: Callable[..., Ran], committed_db: dict[str, str], data_folder: Path
) -> None:
    made(data_folder, people=1)
    with Sink() as sink, working(committed_db, sink.url) as process:
        until((data_folder / "work.lock").exists)
        second = goodterms_cli("work", GOODTERMS_SMTP_URL=sink.url)
        assert second.status == 1
        assert "Another goodterms work is at work" in second.messages
        assert "PostgreSQL" in second.messages
        assert process.poll() is None


def test_a_worker_waits_for_the_time_and_a_polite_signal_ends_it_in_order(
    committed_db: dict[str, str], data_folder: Path
) -> None:
    network, update = made(data_folder, people=5)
    with Sink() as sink:
        at = datetime.now(UTC) + timedelta(seconds=3)  # noqa: TID251
        with working(committed_db, sink.url) as process:
            asked(network, update, at)
            until(lambda: state(update) == "done")
            assert datetime.now(UTC) >= at  # noqa: TID251
            process.send_signal(signal.SIGTERM)
            assert process.wait(timeout=30) == 0

    assert Counter(sink.receivers.values()) == {1: 5}


def test_pause_resume_and_cancel_reach_a_worker_at_work(committed_db: dict[str, str], data_folder: Path) -> None:
    network, update = made(data_folder, people=300)
    office = office_of(network)
    with Sink(delay=0.05, without=("CHUNKING",)) as sink, working(committed_db, sink.url):
        asked(network, update)
        until(lambda: len(sink.receivers) >= 20)
        pause(office, update)
        until(lambda: not Delivery.objects.filter(state="attempting").exists())
        paused_at = len(sink.receivers)
        time.sleep(1)  # a worker that had not heard of it would send on
        assert len(sink.receivers) == paused_at < 300

        resume(office, update)
        until(lambda: len(sink.receivers) > paused_at)
        cancel(office, update)
        until(lambda: Mailing.objects.get().finished_at)

    assert Counter(sink.receivers.values()) == {1: len(sink.receivers)}
    assert Counter(network.states(update).values()) == {"accepted": len(sink.receivers)}


@pytest.mark.postgresql
def test_several_workers_on_two_machines_send_each_copy_exactly_once(
    committed_db: dict[str, str], data_folder: Path
) -> None:
    network, update = made(data_folder, people=400)
    other = {"GOODTERMS_HOME": str(another_machine(data_folder, "other"))}
    with (
        Sink(delay=0.02, without=("CHUNKING",)) as sink,
        working(committed_db, sink.url),
        working(committed_db, sink.url),
        working(committed_db, sink.url, **other),
    ):
        asked(network, update)
        until(lambda: state(update) == "done")

    assert Counter(sink.receivers.values()) == {1: 400}
    assert Counter(network.states(update).values()) == {"accepted": 400}
    runs = set(Delivery.objects.values_list("claimed_by", flat=True))
    assert len(runs) >= 3, f"all had a share: {runs}"
    journals = list((Path(other["GOODTERMS_HOME"]) / "journal").rglob("*.jsonl"))
    assert journals, "each machine keeps its own journal"


@pytest.mark.postgresql
def test_what_a_machine_had_claimed_when_it_was_lost_is_sent_by_another_but_not_what_may_have_left(
    committed_db: dict[str, str], data_folder: Path
) -> None:
    network, update = made(data_folder, people=120)
    lost_home = {"GOODTERMS_HOME": str(another_machine(data_folder, "lost"))}
    # It takes some, then falls silent: what was handed over after that is never answered.
    silent = Sink(without=("CHUNKING", "PIPELINING"))
    silent.script = lambda command, count: SILENCE if command == "CONTENT" and count > 10 else None
    with silent, Sink() as sink:
        asked(network, update)
        with working(committed_db, silent.url, GOODTERMS_LEASE_SECONDS="3", **lost_home) as process:
            until(lambda: len(silent.receivers) >= 10 and Delivery.objects.exclude(handed_over_at=None).count() > 10)
            _kill(process)
        held = Delivery.objects.filter(state="attempting")
        may_have_left = set(held.exclude(handed_over_at=None).values_list("address", flat=True))
        unsent = Q(state__in=["queued", "deferred"]) | Q(state="attempting", handed_over_at=None)
        with working(committed_db, sink.url, GOODTERMS_LEASE_SECONDS="3"):
            until(lambda: not Delivery.objects.filter(unsent).exists() and not _settling(may_have_left).exists())

        assert may_have_left, "something was under way"
        assert not may_have_left & set(sink.receivers), "what may have left is not sent again"
        assert set(sink.receivers) | set(silent.receivers) | may_have_left == {
            f"p{number:03}@people.test" for number in range(120)
        }
        assert max((sink.receivers + silent.receivers).values()) == 1
        assert state(update) == "sending", "it is not done while somebody's copy is in doubt"


def _settling(may_have_left: set[str]) -> QuerySet[Delivery]:
    """Give the copies that the worker at work has handed over and not yet written down."""
    return Delivery.objects.filter(state="attempting").exclude(address__in=may_have_left)


def _kill(process: subprocess.Popen[str]) -> None:
    process.send_signal(signal.SIGKILL)
    process.wait(timeout=30)
