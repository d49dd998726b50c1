"""A worker's outfit for tests, and worker processes."""

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from goodterms.accounts.office import Office
from goodterms.delivery.actions.pacing import Pacer
from goodterms.delivery.copies import Copies
from goodterms.delivery.rules.pacing import UNLIMITED, Pace
from goodterms.delivery.vehicles.email.server import read_server
from goodterms.delivery.vehicles.email.transport import SmtpTransport
from goodterms.delivery.vehicles.transport import Transport
from goodterms.mailings.outfit import Outfit
from goodterms.updates.models import Update
from tests.delivery.network import FAST, RULEBOOK, Network

ROOT = Path(__file__).parents[2]


def office_of(network: Network) -> Office:
    return Office(owner=network.owner, keys=network.keys, folder=network.folder)


def outfit_for(
    network: Network,
    url: str,
    *,
    transport: Transport | None = None,
    pace: Pace = UNLIMITED,
    should_stop: Callable[[], bool] = lambda: False,
    said: list[str] | None = None,
) -> Outfit:
    """Give an outfit that sends to a mail server by a test's clock."""

    def offices(_numbers: Iterable[int] | None) -> list[Office]:
        return [office_of(network)]

    return Outfit(
        folder=network.folder,
        clock=network.clock,
        offices=offices,
        copies=lambda office, update: Copies(update=update, token_key=office.keys.token),
        rulebook=lambda _office: RULEBOOK,
        paced_transport=lambda office: (
            transport or SmtpTransport(read_server(url), timeouts=FAST),
            Pacer(owner=office.owner, pace=pace),
        ),
        chores=lambda: None,
        should_stop=should_stop,
        say=said.append if said is not None else lambda _text: None,
    )


def another_machine(data_folder: Path, name: str) -> Path:
    """Make the data folder of another machine that acts for the same owner: the keys, and nothing else."""
    folder = data_folder.parent / name
    folder.mkdir(mode=0o700)
    shutil.copytree(data_folder / "keys", folder / "keys")
    return folder


@contextmanager
def working(environ: dict[str, str], url: str, *words: str, **settings: str) -> Iterator[subprocess.Popen[str]]:
    """Run `goodterms work` as a process; it is ended in order where it has not ended by then."""
    process = subprocess.Popen(
        [sys.executable, "-m", "goodterms", "work", *words],
        cwd=ROOT,
        env=environ | {"GOODTERMS_SMTP_URL": url} | settings,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        yield process
    finally:
        if process.poll() is None:
            process.send_signal(signal.SIGTERM)
        try:
            process.communicate(timeout=60)
        except subprocess.TimeoutExpired:
            os.kill(process.pid, signal.SIGKILL)
            process.communicate()
            raise


def make_update(network: Network, subject: str = "News") -> Update:
    """Add an update that a review lets go."""
    update = network.update(subject)
    update.body = "Hello {{ first_name }}, I have moved to Lyon and work on night trains now. How are you?"
    update.footer = "You get this because we are connected and I say that connecting means an update now and then."
    update.save()
    return update
