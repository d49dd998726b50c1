"""The other programs that send. Which one is not there is left out, and said so."""

import asyncio
import importlib.util
import shutil
import smtplib
import ssl
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from email.message import EmailMessage
from email.policy import SMTP
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.servers.mailman import ENVIRONMENT

from bench import Line
from bench.senders import CONNECTIONS, Spent
from bench.senders.ours import BODY

_HERE = Path(__file__).parent
_SENDER = "alice@home.example"
_SIZE = "6000"
"""Bytes of a letter, for programs that make their own."""


@dataclass(frozen=True, kw_only=True)
class Other:
    """Another program, and the most that ours may take as a multiple of its time."""

    name: str
    send: Callable[[int, int], float | None]
    """By a port, so many messages; gives the seconds where getting ready is not to count."""
    goals: tuple[float, float] | None = None
    """By groups and by chunks."""
    delayed_goals: tuple[float, float] | None = None
    """With the delay."""
    few: int = 400
    """The most that are sent; its time for all is drawn out from them."""
    cpu_goal: float = 0
    """Likewise for the processor's time; 0: it is not compared."""

    def line(self, name: str, count: int, ours: Spent, port: int, goal: float) -> tuple[Line, Spent]:
        """Let it send as well, and compare; what it took comes with the line."""
        few = min(count, self.few)
        begun, before = time.perf_counter(), time.process_time()
        told = self.send(port, few)
        seconds, worked = time.perf_counter() - begun, time.process_time() - before
        spent = Spent(seconds=(told or seconds) * count / few, cpu_seconds=worked * count / few)
        return Line(name=name, ours=ours.seconds, reference=spent.seconds, beside=self.name, goal=goal), spent


def others() -> Iterator[Other]:
    """Give the others that are there. The goals are the inverse of how many times as fast ours is to be."""
    yield Other(
        name="smtplib and email.message, 16 threads", send=_smtplib, goals=(0.1, 0.1), delayed_goals=(0.3, 0.03)
    )
    yield Other(name="Django's EmailMultiAlternatives", send=_django, goals=(0.1, 0.1))
    if _is_there("aiosmtplib", importlib.util.find_spec("aiosmtplib")):
        name = "aiosmtplib and email.message, 16 connections"
        yield Other(name=name, send=send_by_aiosmtplib, goals=(0.1, 0.1), delayed_goals=(0.26, 0.02), cpu_goal=0.01)
        name = "aiosmtplib and a byte template, 16 connections"
        yield Other(name=name, send=_aiosmtplib_by_template, delayed_goals=(0.256, 0.02))
    if _is_there("GNU Mailman (script/packages)", (ENVIRONMENT / "bin" / "python").exists()):
        yield Other(name="GNU Mailman's personalised deliverer", send=_mailman, goals=(0.1, 0.1), few=100)
    if _is_there("smtp-source (Postfix)", shutil.which("smtp-source")):
        yield Other(
            name="smtp-source, 16 sessions", send=_smtp_source, goals=(0.8, 0.33), delayed_goals=(0.25, 0.02),
            few=10_000,
        )  # fmt: skip
    if _is_there("a C compiler", shutil.which("cc")):
        yield Other(name="a pipelining C client, 16 connections", send=_pipelining, goals=(2, 2), few=10_000)


def send_by_aiosmtplib(port: int, count: int, tls: ssl.SSLContext | None = None) -> None:
    """Send so many with an `email.message` for each person; through TLS where there is a context."""
    _by_aiosmtplib(port, count, lambda number: _message(number).as_bytes(), tls)


def _is_there(name: str, found: object) -> bool:
    if not found:
        print(f"sending: {name} is not there and left out", file=sys.stderr)
    return bool(found)


def _message(number: int) -> EmailMessage:
    message = EmailMessage(policy=SMTP)
    message["From"], message["To"] = f"Alice Adams <{_SENDER}>", _receiver(number)
    message["Subject"], message["Message-ID"] = "News", f"<{number}@home.example>"
    message.set_content(BODY)
    message.add_alternative("<p>" + BODY.replace("\n\n", "</p>\n<p>") + "</p>", subtype="html")
    return message


def _receiver(number: int) -> str:
    return f"p{number}@mail.example"


def _shares(count: int) -> list[range]:
    return [range(start, count, CONNECTIONS) for start in range(CONNECTIONS)]


def _smtplib(port: int, count: int) -> None:
    def send(numbers: range) -> None:
        with smtplib.SMTP("127.0.0.1", port) as connection:
            for number in numbers:
                connection.send_message(_message(number))

    with ThreadPoolExecutor(CONNECTIONS) as threads:
        list(threads.map(send, _shares(count)))


def _django(port: int, count: int) -> None:
    from django.core.mail import EmailMultiAlternatives, get_connection  # noqa: PLC0415

    backend = "django.core.mail.backends.smtp.EmailBackend"
    with get_connection(backend, host="127.0.0.1", port=port) as connection:
        for number in range(count):
            mail = EmailMultiAlternatives("News", BODY, _SENDER, [_receiver(number)], connection=connection)
            mail.attach_alternative("<p>" + BODY.replace("\n\n", "</p>\n<p>") + "</p>", "text/html")
            mail.send()


def _aiosmtplib_by_template(port: int, count: int) -> None:
    marks = (_receiver(987_654).encode(), b"<987654@home.example>")
    before, between, after = _split(_message(987_654).as_bytes(), marks)
    _by_aiosmtplib(
        port, count,
        lambda number: b"%bp%d@mail.example%b<%d@home.example>%b" % (before, number, between, number, after),
    )  # fmt: skip


def _split(content: bytes, marks: tuple[bytes, bytes]) -> tuple[bytes, bytes, bytes]:
    before, _, rest = content.partition(marks[0])
    between, _, after = rest.partition(marks[1])
    return before, between, after


def _by_aiosmtplib(port: int, count: int, content: Callable[[int], bytes], tls: ssl.SSLContext | None = None) -> None:
    import aiosmtplib  # noqa: PLC0415

    async def send(numbers: range) -> None:
        way = {"use_tls": True, "tls_context": tls} if tls else {"start_tls": False}
        async with aiosmtplib.SMTP(hostname="localhost" if tls else "127.0.0.1", port=port, **way) as connection:
            for number in numbers:
                await connection.sendmail(_SENDER, [_receiver(number)], content(number))

    async def send_all() -> None:
        await asyncio.gather(*map(send, _shares(count)))

    asyncio.run(send_all())


def _mailman(port: int, count: int) -> float:
    """Let Mailman deliver a post; it has an environment of its own, and takes seconds to get ready."""
    with TemporaryDirectory(prefix="goodterms-bench-") as folder:
        post = Path(folder) / "post.eml"
        post.write_bytes(_message(0).as_bytes())
        command = [str(ENVIRONMENT / "bin" / "python"), "-I", str(_HERE / "mailman_deliverer.py"), folder, str(post)]
        done = subprocess.run([*command, str(port), str(count)], check=True, stdout=subprocess.PIPE)
        return float(done.stdout)


def _smtp_source(port: int, count: int) -> None:
    options = ["-s", str(CONNECTIONS), "-l", _SIZE, "-m", str(count), "-f", _SENDER, "-t", _receiver(0)]
    subprocess.run(["smtp-source", *options, f"127.0.0.1:{port}"], check=True)


def _pipelining(port: int, count: int) -> float:
    """Let the C client send, which tells the seconds itself."""
    with TemporaryDirectory(prefix="goodterms-bench-") as folder:
        program = f"{folder}/pipelining"
        subprocess.run(["cc", "-O2", "-Wall", "-pthread", "-o", program, _HERE / "pipelining.c"], check=True)
        command = [program, str(port), str(count), str(CONNECTIONS), _SIZE]
        return float(subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout)
