"""Two machines on one PostgreSQL, as two network namespaces: one of them is cut off the network while it sends.

As root, with iproute2 and PostgreSQL; elsewhere nothing is measured. The goal is that each copy arrives once, or is
known as unknown: the line's two numbers are the copies dealt with and the copies there were.
"""

import os
import shutil
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from datetime import datetime
from pathlib import Path
from typing import Any

from bench import Line, ground

_NET = "10.213.77"
_PORT = 5977


def measure(size: float) -> Iterator[Line]:
    """Send from two machines, and lose one of them half-way."""
    if os.geteuid() != 0 or not shutil.which("ip"):
        print("hosts: left out, for it needs root and iproute2", file=sys.stderr)
        return
    ground.begin()
    count = int(4_000 * size)
    with ExitStack() as ends:
        for name in ("one", "two"):
            ends.enter_context(_machine(name))
        accepted, unknown, doubled = _play(count, ends)
    print(f"  accepted {accepted:,}, unknown {unknown:,}, twice {doubled:,}", file=sys.stderr)
    assert doubled == 0, "nobody gets it twice"
    yield Line(
        name=f"hosts: {count:,} copies, one of two machines lost", ours=float(count), beside="dealt with",
        reference=float(accepted + unknown), goal=1.0, unit="",
    )  # fmt: skip


def _play(count: int, ends: ExitStack) -> tuple[int, int, int]:
    from tests.servers.sink import Sink  # noqa: PLC0415

    from bench.scale import made  # noqa: PLC0415 - Django has to be set up
    from goodterms.config import home, read_settings  # noqa: PLC0415
    from goodterms.delivery.models import Delivery  # noqa: PLC0415
    from goodterms.mailings.models import Mailing  # noqa: PLC0415

    database = read_settings()["GOODTERMS_DATABASE_URL"]
    assert database.startswith("postgresql"), "GOODTERMS_BENCH_DATABASE names no PostgreSQL"
    folder = Path(database.partition("host=")[2].replace("%2F", "/"))
    sink = ends.enter_context(Sink(delay=0.02, without=("CHUNKING",), keeps=False))
    ends.enter_context(_relay(_PORT, str(folder / ".s.PGSQL.5432")))
    ends.enter_context(_relay(_PORT + 1, ("127.0.0.1", sink.port)))
    uid = made(count)
    update = Mailing._meta.get_field("update").related_model.objects.get(uid=uid)
    now = ground.NOW
    _accept_forecast(update, now)
    Mailing.objects.create(
        owner=update.owner, update=update, vehicle="email", state="scheduled", asked_by="bench", asked_at=now,
        due_at=now,
    )  # fmt: skip
    name = database.rpartition("/")[2].partition("?")[0]
    workers = [_work(machine, home(), f"postgresql://goodterms@{_NET}.1:{_PORT}/{name}") for machine in ("one", "two")]
    rows = Delivery.objects.filter(owner=update.owner)
    _until(lambda: rows.filter(state="accepted").count() > count // 4)
    subprocess.run(["ip", "-n", "gt-one", "link", "set", "eth0", "down"], check=True)
    _until(lambda: not rows.filter(state__in=["queued", "deferred"]).exists(), seconds=300)
    _until(lambda: not rows.filter(state="attempting", handed_over_at=None).exists(), seconds=60)
    workers[0].kill()
    workers[1].terminate()
    for worker in workers:
        worker.wait(60)
    open_ = rows.filter(state__in=["unknown", "attempting"]).count()
    return rows.filter(state="accepted").count(), open_, sum(many > 1 for many in sink.receivers.values())


def _accept_forecast(update: Any, now: datetime) -> None:
    """Say why it goes to everybody, without which a forecast like this one holds it."""
    from goodterms.forecast.actions import accept_forecast  # noqa: PLC0415 - Django has to be set up
    from goodterms.forecast.queries import forecast  # noqa: PLC0415
    from goodterms.ledger.rules.kinds import Vehicle  # noqa: PLC0415
    from goodterms.policy.rulebook import read_rulebook  # noqa: PLC0415

    found = forecast(update.owner, update, Vehicle.EMAIL, rulebook=read_rulebook(), now=now)
    accept_forecast(update.owner, update, found, "It goes nowhere but to a sink.", now=now)


def _work(machine: str, home: Path, database: str) -> "subprocess.Popen[bytes]":
    folder = home.parent / f"{home.name}-{machine}"
    shutil.copytree(home / "keys", folder / "keys")
    settings = {
        "GOODTERMS_HOME": str(folder), "GOODTERMS_DATABASE_URL": database, "GOODTERMS_LEASE_SECONDS": "5",
        "GOODTERMS_SMTP_URL": f"smtp://{_NET}.1:{_PORT + 1}", "GOODTERMS_PACE": "unlimited",
    }  # fmt: skip
    command = ["ip", "netns", "exec", f"gt-{machine}", sys.executable, "-m", "goodterms", "work"]
    return subprocess.Popen(command, env=os.environ | settings, stdout=sys.stderr)  # ours has the lines alone


def _until(condition: object, seconds: float = 120) -> None:
    end = time.monotonic() + seconds
    while not condition():  # type: ignore[operator]
        assert time.monotonic() < end, "it did not come about in time"
        time.sleep(0.3)


@contextmanager
def _machine(name: str) -> Iterator[None]:
    """Make a network namespace with an address of its own on one bridge."""
    space, number = f"gt-{name}", {"one": 11, "two": 12}[name]
    with suppress(subprocess.CalledProcessError):
        _ip("link", "add", "gtbench0", "type", "bridge")
        _ip("addr", "add", f"{_NET}.1/24", "dev", "gtbench0")
        _ip("link", "set", "gtbench0", "up")
    _ip("netns", "add", space)
    try:
        _ip("link", "add", f"gtb{number}", "type", "veth", "peer", "name", "eth0", "netns", space)
        _ip("link", "set", f"gtb{number}", "master", "gtbench0", "up")
        _ip("-n", space, "addr", "add", f"{_NET}.{number}/24", "dev", "eth0")
        for device in ("lo", "eth0"):
            _ip("-n", space, "link", "set", device, "up")
        yield
    finally:
        _ip("netns", "del", space)
        with suppress(subprocess.CalledProcessError):
            _ip("link", "del", "gtbench0")


def _ip(*words: str) -> None:
    subprocess.run(["ip", *words], check=True, stderr=subprocess.DEVNULL)


@contextmanager
def _relay(port: int, target: str | tuple[str, int]) -> Iterator[None]:
    """Let the machines reach a server that listens on this one only."""
    listener = socket.create_server((f"{_NET}.1", port))

    def serve() -> None:
        with suppress(OSError):
            while True:
                near, _ = listener.accept()
                far = socket.socket(socket.AF_UNIX if isinstance(target, str) else socket.AF_INET)
                far.connect(target)
                for one, other in ((near, far), (far, near)):
                    threading.Thread(target=_pass_on, args=(one, other), daemon=True).start()

    threading.Thread(target=serve, daemon=True).start()
    try:
        yield
    finally:
        listener.close()


def _pass_on(one: socket.socket, other: socket.socket) -> None:
    with suppress(OSError):
        while content := one.recv(65_536):
            other.sendall(content)
    with suppress(OSError):
        other.shutdown(socket.SHUT_WR)


if __name__ == "__main__":
    for line in measure(1.0):
        print(line)
