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
from datetime import UTC, datetime
from email.message import EmailMessage
from email.policy import SMTP
from functools import partial

from bench import Line, ground
from goodterms import sql

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
    """Send to 10,000 people at 16 connections on loopback, by groups and by chunks; and with a delay of 20 ms."""
    ground.begin()
    ours = _Ours(int(10_000 * size))
    for way, options in (("DATA", ("--without", "CHUNKING")), ("BDAT", ())):
        with _sink(*options) as port:
            spent = ours.send(port)
            for name, others, goal in _others(port):
                yield _line(f"{way}, loopback", ours.count, spent, name, others, goal)
        with _sink("--delay", "20", *options) as port:
            spent = ours.send(port)
            bound = 0.02 * ours.count / 16
            yield Line(
                name=f"sending: {ours.count:,} copies, {way}, 20 ms",
                ours=spent,
                reference=bound,
                beside="connections / round trip",
                goal=1.1 if way == "DATA" else 0.1,
            )


def _line(  # noqa: PLR0917 -- in the order in which it is printed
    name: str, count: int, spent: float, beside: str, others: Callable[[int], None], goal: float
) -> Line:
    few = min(count, 400)
    begun = time.perf_counter()
    others(few)
    reference = (time.perf_counter() - begun) * count / few
    return Line(name=f"sending: {count:,} copies, {name}", ours=spent, reference=reference, beside=beside, goal=goal)


class _Ours:
    """An owner with people who may all be written to."""

    def __init__(self, count: int) -> None:
        from goodterms.delivery.copies import Copies  # noqa: PLC0415 - the tables exist once Django is set up
        from goodterms.ledger.models import Standing  # noqa: PLC0415
        from goodterms.ledger.rules.bearing import Basis, Bearing  # noqa: PLC0415
        from goodterms.ledger.rules.standing import Connection, Email  # noqa: PLC0415
        from goodterms.people.models import Identity, Person  # noqa: PLC0415

        self.count, self._copies = count, Copies
        self._office = ground.make_office()
        owner, made_at = self._office.owner.pk, sql.moment(ground.NOW)
        bearing = Bearing(
            connection=Connection.CONNECTED, basis=Basis.CONFIRMED_OPT_IN, welcomed=True, email=Email.USABLE
        ).encode()
        numbers = range(1, count + 1)
        blank = dict.fromkeys(("company", "position", "slug", "email", "name_key"), "")
        people = ((n, owner, n, f"Anna{n % 50}", f"L{n}", *blank.values(), made_at) for n in numbers)
        sql.insert_rows(Person, ("id", "owner_id", "uid", "first_name", "last_name", *blank, "created_at"), people)
        kept = ((owner, n, "email", f"p{n}@mail.example", f"{n:064}", True, "owner", made_at) for n in numbers)
        sql.insert_rows(
            Identity, ("owner_id", "person_id", "kind", "value", "key", "is_current", "source", "seen_at"), kept
        )
        state = '{"connection": "connected", "email": "usable"}'
        sql.insert_rows(
            Standing, ("person_id", "owner_id", "state", "bearing"), ((n, owner, state, bearing) for n in numbers)
        )
        self._updates = 0
        self._standing = {"bearing": bearing, "state": state, "last_update_at": None}

    def send(self, port: int) -> float:
        """Send a new update to everybody; give the seconds from the first claim to the last row written."""
        from goodterms.delivery.actions.pacing import Pacer  # noqa: PLC0415
        from goodterms.delivery.actions.plan import plan  # noqa: PLC0415
        from goodterms.delivery.actions.run import Means, run  # noqa: PLC0415
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
        begun = time.perf_counter()
        outcome = run(office.owner, update, means)
        spent = time.perf_counter() - begun
        assert outcome.accepted == self.count, outcome
        return spent

    def _update(self) -> object:
        from goodterms.updates.models import Update  # noqa: PLC0415

        self._updates += 1
        return Update.objects.create(
            owner=self._office.owner, uid=f"{self._updates:032x}", kind="update", purpose="networking", subject="News",
            topics=[], body=_BODY, footer="Connecting means news.", sha256=f"{self._updates:064x}",
            created_at=ground.NOW,
        )  # fmt: skip


def _others(port: int) -> Iterator[tuple[str, Callable[[int], None], float]]:
    yield "smtplib and email.message, 16 threads", partial(_smtplib, port), 0.3
    yield "Django's EmailMultiAlternatives", partial(_django, port), 0.3
    if importlib.util.find_spec("aiosmtplib"):
        yield "aiosmtplib and email.message, 16 connections", partial(_aiosmtplib, port), 0.3
    if shutil.which("smtp-source"):
        yield "smtp-source, 16 sessions", partial(_smtp_source, port), 0.8


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
