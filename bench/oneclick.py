"""One-click unsubscribing (RFC 8058) beside a Django view that does nothing, on the same server.

Each post is an exit of another person, on the disk before it is answered; they came from an archive and have
all that is known of people then. The empty view has no middleware.
"""

import asyncio
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from django.conf import settings

from bench import Line
from bench.ground import NOW, begin, make_office, write_archive

_BODY = b"List-Unsubscribe=One-Click"
_CONNECTIONS = 32
_ARCHIVE = "Basic_LinkedInDataExport_02-01-2026.zip"


def empty() -> object:
    """Give the application with the empty view: `uvicorn --factory bench.oneclick:empty`."""
    settings.configure(ROOT_URLCONF="bench.oneclick", MIDDLEWARE=[], ALLOWED_HOSTS=["*"], SECRET_KEY="unused")
    from django.core.asgi import get_asgi_application  # noqa: PLC0415 - this process has settings of its own
    from django.http import HttpResponse  # noqa: PLC0415
    from django.urls import path  # noqa: PLC0415

    globals()["urlpatterns"] = [path("empty", lambda _request: HttpResponse(b"", headers={"Content-Length": "0"}))]
    return get_asgi_application()


def measure(size: float) -> list[Line]:
    """Compare throughput and the slowest hundredth, then ask that nothing fails at ten times the load."""
    count = max(200, int(2_000 * size))
    begin()
    links = _links(2 * count + 100)
    with _server("bench.oneclick:empty", "--factory") as port:
        asyncio.run(_load(port, ["/empty"] * 200, _CONNECTIONS))
        beside = asyncio.run(_load(port, ["/empty"] * count, _CONNECTIONS))
    with _server("goodterms.web.asgi:application") as port:
        asyncio.run(_load(port, links[2 * count :], _CONNECTIONS))
        ours = asyncio.run(_load(port, links[:count], _CONNECTIONS))
        crowd = asyncio.run(_load(port, links[count : 2 * count], 10 * _CONNECTIONS))
    assert ours.faults == crowd.faults == 0, (ours.faults, crowd.faults)
    named = "an empty Django view"
    return [
        Line(name=f"one-click: {count} exits", ours=ours.seconds, reference=beside.seconds, beside=named, goal=1 / 0.6),
        Line(name="one-click: slowest hundredth", ours=ours.p99, reference=beside.p99, beside=named, goal=1.5),
    ]


@dataclass(frozen=True, kw_only=True)
class _Result:
    seconds: float
    p99: float
    faults: int


def _links(count: int) -> list[str]:
    """Give links of so many people, who came from an archive with what was said."""
    from goodterms.lib.tokens import Act, Token, make_token  # noqa: PLC0415 - the tables exist once Django is set up
    from goodterms.people.models import Person  # noqa: PLC0415
    from goodterms.sync.actions.sync import sync  # noqa: PLC0415

    office = make_office()
    archive = write_archive(settings.GOODTERMS_HOME, _ARCHIVE, people=count, message_count=count // 3)
    assert sync(office, archive, now=NOW).applied
    owner, keys = office.owner, office.keys
    uids = Person.objects.filter(owner=owner).order_by("uid").values_list("uid", flat=True)
    tokens = (Token(owner_number=owner.pk, person_uid=uid, update_uid="ab" * 16, act=Act.STOP) for uid in uids)
    return [f"/x/{make_token(keys.token, token)}" for token in tokens]


@contextmanager
def _server(application: str, *options: str) -> Iterator[int]:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port = found.getsockname()[1]
    command = [sys.executable, "-m", "uvicorn", "--log-level", "error", "--port", str(port), *options, application]
    environ = {**os.environ, "DJANGO_SETTINGS_MODULE": "goodterms.web.settings"}
    if "--factory" in options:
        del environ["DJANGO_SETTINGS_MODULE"]
    with subprocess.Popen(command, env=environ, stdout=sys.stderr) as process:
        try:
            _wait_for(port)
            yield port
        finally:
            process.terminate()


def _wait_for(port: int) -> None:
    until = time.monotonic() + 60
    while time.monotonic() < until:
        with socket.socket() as tried:
            if tried.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    raise TimeoutError("the server did not start")


async def _load(port: int, paths: list[str], connections: int) -> _Result:
    left = iter(paths)
    took: list[float] = []
    faults = [0]

    async def visitor() -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        for path in left:
            begun = time.perf_counter()
            writer.write(
                f"POST {path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/x-www-form-urlencoded\r\n"
                f"Content-Length: {len(_BODY)}\r\n\r\n".encode()
                + _BODY
            )
            head = await reader.readuntil(b"\r\n\r\n")
            await reader.readexactly(_length(head))
            took.append(time.perf_counter() - begun)
            faults[0] += b" 200 " not in head.partition(b"\r\n")[0]
        writer.close()

    begun = time.perf_counter()
    await asyncio.gather(*(visitor() for _ in range(connections)))
    spent = time.perf_counter() - begun
    return _Result(seconds=spent, p99=sorted(took)[int(0.99 * len(took))], faults=faults[0])


def _length(head: bytes) -> int:
    lines = head.lower().split(b"\r\n")
    return int(next(line.partition(b":")[2] for line in lines if line.startswith(b"content-length:")))
