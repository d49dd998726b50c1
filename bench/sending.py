"""Sending an update with rows, journal and ledger, beside what else Python has, against one sink in the same run.

What a program is not there for is left out: smtp-source comes with Postfix, aiosmtplib from the package index.
"""

import asyncio
import importlib.util
import shutil
import smtplib
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from email.message import EmailMessage
from email.policy import SMTP

from bench import Line, ground

_THREADS = 16
_PARAGRAPH = "Since spring I have moved from consulting to a small tool that helps clinics plan their nights. " * 4
_BODY = "Hello {{ first_name }},\n\n" + "\n\n".join([_PARAGRAPH] * 6)


@contextmanager
def _sink(*options: str) -> Iterator[int]:
    command = [sys.executable, "-m", "tests.servers.sink", *options]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            yield int(process.stdout.readline())
        finally:
            process.kill()


def _message(number: int) -> EmailMessage:
    message = EmailMessage(policy=SMTP)
    message["From"], message["To"] = "Alice Adams <alice@home.example>", f"p{number}@mail.example"
    message["Subject"], message["Message-ID"] = "News", f"<{number}@home.example>"
    message.set_content(_BODY)
    message.add_alternative("<p>" + _BODY.replace("\n\n", "</p>\n<p>") + "</p>", subtype="html")
    return message


def measure(size: float) -> Iterator[Line]:
    """Send to 10,000 people at 16 connections, by groups and by chunks, on loopback and with a delay of 20 ms.

    Rows, both journals and the ledger are written as always; the others keep nothing.
    """
    ground.begin()
    ours = _Ours(int(10_000 * size))
    for way, options in (("DATA", ("--without", "CHUNKING")), ("BDAT", ())):
        with _sink(*options) as port:
            spent, worked = ours.send(port)
            for other in _others():
                yield from other.lines(f"{way}, loopback", ours.count, spent, worked, port, other.goals[way == "BDAT"])
        with _sink("--delay", "20", *options) as port:
            spent, worked = ours.send(port)
            name, bound = f"sending: {ours.count:,} copies, {way}, 20 ms", 0.02 * ours.count / _THREADS
            beside = "one round trip a copy, 16 connections"
            yield Line(name=name, ours=spent, reference=bound, beside=beside, goal=1.11 if way == "DATA" else 0.1)
            for other in _others():
                if other.delayed_goals:
                    goal = other.delayed_goals[way == "BDAT"]
                    yield from other.lines(f"{way}, 20 ms", ours.count, spent, worked, port, goal)


@dataclass(frozen=True, kw_only=True)
class _Other:
    """Another program, and the most that ours may take as a multiple of its time."""

    name: str
    send: Callable[[int, int], None]
    """By a port, so many messages."""
    goals: tuple[float, float]
    """By groups and by chunks."""
    delayed_goals: tuple[float, float] | None = None
    """With the delay."""
    few: int = 400
    """The most that are sent; its time for all is drawn out from them."""
    cpu_goal: float = 0
    """Likewise for the processor's time; 0: it is not compared."""

    def lines(  # noqa: PLR0917 -- in the order in which it is printed
        self, name: str, count: int, spent: float, worked: float, port: int, goal: float
    ) -> Iterator[Line]:
        """Compare; the processor's time on loopback alone."""
        few = min(count, self.few)
        begun, before = time.perf_counter(), time.process_time()
        self.send(port, few)
        seconds, work = ((now - then) * count / few for now, then in (
            (time.perf_counter(), begun), (time.process_time(), before)))  # fmt: skip
        name = f"sending: {count:,} copies, {name}"
        yield Line(name=name, ours=spent, reference=seconds, beside=self.name, goal=goal)
        if self.cpu_goal and "loopback" in name:
            yield Line(name=f"{name}, CPU", ours=worked, reference=work, beside=self.name, goal=self.cpu_goal)


class _Ours:
    """An owner with people who may all be written to."""

    def __init__(self, count: int) -> None:
        from goodterms.delivery.copies import Copies  # noqa: PLC0415 - the tables exist once Django is set up

        self.count, self._copies = count, Copies
        self._office = ground.make_office()
        self._standing = ground.add_willing_people(self._office.owner.pk, count)
        self._updates = 0

    def send(self, port: int) -> tuple[float, float]:
        """Send a new update to everybody; give the seconds from first claim to last row written, and the CPU's."""
        from goodterms.delivery.actions.pacing import Pacer  # noqa: PLC0415
        from goodterms.delivery.actions.plan import plan  # noqa: PLC0415
        from goodterms.delivery.actions.run import run  # noqa: PLC0415
        from goodterms.delivery.means import Means  # noqa: PLC0415
        from goodterms.delivery.vehicles.email.engine.pool import Limits  # noqa: PLC0415
        from goodterms.delivery.vehicles.email.server import read_server  # noqa: PLC0415
        from goodterms.delivery.vehicles.email.transport import SmtpTransport  # noqa: PLC0415
        from goodterms.ledger.models import Standing  # noqa: PLC0415
        from goodterms.ledger.rules.kinds import Vehicle  # noqa: PLC0415
        from goodterms.policy.rulebook import read_rulebook  # noqa: PLC0415

        office, update, book = self._office, self._update(), read_rulebook()
        # Made-up standings do not follow from the ledger, which has noted the last mailing in them.
        Standing.objects.filter(owner=office.owner).update(**self._standing)
        copies = self._copies(update=update, token_key=office.keys.token)
        now = datetime.now(UTC)  # noqa: TID251 -- a door of its own
        plan(office.owner, update, Vehicle.EMAIL, now=now, rulebook=book, message_id=copies.message_id)
        limits = Limits(connections=16, depth=16, per_connection=100_000)
        means = Means(
            transport=SmtpTransport(read_server(f"smtp://127.0.0.1:{port}"), limits=limits),
            render=lambda copy: copies.render(copy, now=now),
            rulebook=book,
            clock=lambda: datetime.now(UTC),  # noqa: TID251
            folder=office.folder,
            worker="bench",
            pacer=Pacer(owner=office.owner),
        )
        begun, before = time.perf_counter(), time.process_time()
        outcome = run(office.owner, update, means)
        spent, worked = time.perf_counter() - begun, time.process_time() - before
        assert outcome.accepted == self.count, outcome
        return spent, worked

    def _update(self) -> object:
        from goodterms.updates.models import Update  # noqa: PLC0415

        self._updates += 1
        # Nobody gets two updates that say the same: every third word is another one.
        greeting, _, text = _BODY.partition(",")
        words = (f"{word}{self._updates}" if place % 3 == 2 else word for place, word in enumerate(text.split(" ")))
        return Update.objects.create(
            owner=self._office.owner, uid=f"{self._updates:032x}", kind="update", purpose="networking", subject="News",
            topics=[], body=f"{greeting},{' '.join(words)}", footer="Connecting means news.",
            sha256=f"{self._updates:064x}", created_at=ground.NOW,
        )  # fmt: skip


def _others() -> Iterator[_Other]:
    # The goals are the inverse of how many times as fast ours is to be.
    yield _Other(
        name="smtplib and email.message, 16 threads", send=_smtplib, goals=(0.1, 0.1), delayed_goals=(0.3, 0.03)
    )
    yield _Other(name="Django's EmailMultiAlternatives", send=_django, goals=(0.1, 0.1))
    if importlib.util.find_spec("aiosmtplib"):
        name = "aiosmtplib and email.message, 16 connections"
        yield _Other(name=name, send=_aiosmtplib, goals=(0.1, 0.1), delayed_goals=(0.26, 0.02), cpu_goal=0.01)
    if shutil.which("smtp-source"):
        yield _Other(
            name="smtp-source, 16 sessions",
            send=_smtp_source,
            goals=(0.8, 0.33),
            delayed_goals=(0.25, 0.02),
            few=10_000,
        )


def _smtplib(port: int, count: int) -> None:
    def send(numbers: range) -> None:
        with smtplib.SMTP("127.0.0.1", port) as connection:
            for number in numbers:
                connection.send_message(_message(number))

    with ThreadPoolExecutor(_THREADS) as threads:
        list(threads.map(send, (range(start, count, _THREADS) for start in range(_THREADS))))


def _django(port: int, count: int) -> None:
    from django.core.mail import EmailMultiAlternatives, get_connection  # noqa: PLC0415

    backend = "django.core.mail.backends.smtp.EmailBackend"
    with get_connection(backend, host="127.0.0.1", port=port) as connection:
        for number in range(count):
            mail = EmailMultiAlternatives(
                "News", _BODY, "alice@home.example", [f"p{number}@mail.example"], connection=connection
            )
            mail.attach_alternative("<p>" + _BODY.replace("\n\n", "</p>\n<p>") + "</p>", "text/html")
            mail.send()


def _aiosmtplib(port: int, count: int) -> None:
    import aiosmtplib  # noqa: PLC0415

    async def send(numbers: range) -> None:
        async with aiosmtplib.SMTP(hostname="127.0.0.1", port=port, start_tls=False) as connection:
            for number in numbers:
                await connection.send_message(_message(number))

    async def send_all() -> None:
        await asyncio.gather(*(send(range(start, count, _THREADS)) for start in range(_THREADS)))

    asyncio.run(send_all())


def _smtp_source(port: int, count: int) -> None:
    options = ["-s", "16", "-l", "6000", "-m", str(count), "-f", "a@home.example", "-t", "b@mail.example"]
    subprocess.run(["smtp-source", *options, f"127.0.0.1:{port}"], check=True)
