"""A mail server that swallows letters fast, counts what it got, and misbehaves on demand.

Beside the slower MailServer it knows CHUNKING (RFC 3030), can answer late, and can say anything at any command. As a
program, for benchmarks: python -m tests.servers.sink [--delay MILLISECONDS] [--without EXTENSION] [--tls CERTIFICATE];
it prints its port, and `XSTAT` tells over SMTP how many letters it has, how many receivers, and how many receivers have
more than one.
"""

import argparse
import asyncio
import socket
import ssl
import threading
from collections import Counter
from collections.abc import Callable, Collection
from typing import Self, cast

CLOSE = b"!close"
"""Instead of an answer: drop the connection, having done nothing."""
KEEP_AND_CLOSE = b"!keep"
"""Instead of an answer to a letter: keep it, and drop the connection."""
SILENCE = b"!silence"
"""Instead of an answer: nothing, for ever."""
EXTENSIONS = ("PIPELINING", "8BITMIME", "SMTPUTF8", "ENHANCEDSTATUSCODES", "CHUNKING", "SIZE 10000000")
Script = Callable[[str, int], bytes | None]
"""What to say to a command (in capitals; CONTENT is the end of DATA's) the so manieth time (from 1); None: the usual.

CONNECT stands for the greeting.
"""


class Sink:
    """The server; use it in a with statement, or `serve` it in a program."""

    def __init__(
        self,
        *,
        without: Collection[str] = (),
        script: Script = lambda _command, _count: None,
        delay: float = 0,
        tls: ssl.SSLContext | None = None,
        keeps: bool = True,
    ) -> None:
        self.receivers: Counter[str] = Counter()
        self.contents: list[bytes] = []
        """The letters as they arrived, where it keeps them."""
        self.letters: list[tuple[tuple[str, ...], bytes]] = []
        """The same, each with its receivers."""
        self.verbs: Counter[str] = Counter()
        """How often each command was given, on all connections."""
        self.most_connections = 0
        self.delay, self.script, self.keeps = delay, script, keeps
        self.connections: set[Connection] = set()
        self._tls = tls
        offered = [extension for extension in EXTENSIONS if extension.split()[0] not in without]
        lines = ["sink", *offered]
        self.hello = "".join(f"250{'-' if line is not lines[-1] else ' '}{line}\r\n" for line in lines).encode()
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=128)
        self.port = int(self._listener.getsockname()[1])
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._turn)

    @property
    def url(self) -> str:
        """The address, as GOODTERMS_SMTP_URL takes it."""
        return f"smtps://localhost:{self.port}" if self._tls else f"smtp://127.0.0.1:{self.port}"

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def drop_all(self) -> None:
        """Drop every connection."""
        done = threading.Event()

        def drop() -> None:
            for connection in list(self.connections):
                connection.drop()
            self._loop.call_soon(self._loop.call_soon, done.set)

        self._loop.call_soon_threadsafe(drop)
        done.wait()

    async def serve(self) -> None:
        """Listen for ever."""
        loop = asyncio.get_running_loop()
        server = await loop.create_server(lambda: Connection(self), sock=self._listener, ssl=self._tls, backlog=128)
        try:
            await loop.create_future()
        finally:
            server.close()

    def take(self, receivers: list[str], content: bytes) -> None:
        """Keep a letter."""
        self.receivers.update(receivers)
        if self.keeps:
            self.contents.append(content)
            self.letters.append((tuple(receivers), content))

    def _turn(self) -> None:
        asyncio.set_event_loop(self._loop)
        task = self._loop.create_task(self.serve())
        self._loop.run_forever()
        task.cancel()
        self._loop.run_until_complete(asyncio.gather(task, return_exceptions=True))
        for connection in list(self.connections):
            connection.drop()
        self._loop.run_until_complete(asyncio.sleep(0.01))
        asyncio.set_event_loop(None)


class Connection(asyncio.Protocol):
    """One connection to the sink."""

    def __init__(self, sink: Sink) -> None:
        self._sink = sink
        self._buffer = b""
        self._receivers: list[str] = []
        self._has_sender = False
        self._chunk: int | None = None
        self._is_content = False
        self._out: list[bytes] = []
        self._is_dropped = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)
        self._sink.connections.add(self)
        self._sink.most_connections = max(self._sink.most_connections, len(self._sink.connections))
        self._answer("CONNECT", b"220 sink\r\n")
        self._flush()

    def connection_lost(self, exc: Exception | None) -> None:
        self._is_dropped = True
        self._sink.connections.discard(self)

    def data_received(self, data: bytes) -> None:
        self._buffer = self._buffer + data if self._buffer else data
        place, step = 0, 1
        while step and not self._is_dropped:
            step = self._step(place)
            place += step
        self._buffer = self._buffer[place:]
        self._flush()

    def drop(self) -> None:
        """End the connection without a word."""
        self._is_dropped = True
        self._transport.abort()

    def _step(self, place: int) -> int:
        """Take the next command or content; give how many bytes it had, 0 where it is not whole."""
        if self._chunk is not None:
            return self._take_chunk(place)
        if self._is_content:
            return self._take_content(place)
        end = self._buffer.find(b"\r\n", place)
        if end < 0:
            return 0
        self._command(self._buffer[place:end])
        return end + 2 - place

    def _take_chunk(self, place: int) -> int:
        size = self._chunk or 0
        if len(self._buffer) - place < size:
            return 0
        self._chunk = None
        self._take("BDAT", self._buffer[place : place + size])
        return size

    def _take_content(self, place: int) -> int:
        end = place if self._buffer.startswith(b".\r\n", place) else self._buffer.find(b"\r\n.\r\n", place) + 2
        if end < place + 2 and end != place:
            return 0
        self._is_content = False
        self._take("CONTENT", self._buffer[place:end].replace(b"\r\n..", b"\r\n."))
        return end + 3 - place

    def _take(self, command: str, content: bytes) -> None:
        said = self._scripted(command)
        if command == "BDAT" and not self._receivers and said is None:
            said = b"503 5.5.1 No receivers"
        if said is None or said == KEEP_AND_CLOSE:
            self._sink.take(self._receivers, content)
        self._reset()
        self._say(said, b"250 2.0.0 kept\r\n")

    def _command(self, line: bytes) -> None:
        verb = line[:4].upper().decode("ascii", "replace").rstrip()
        known = getattr(self, f"_on_{verb.lower()}", None)
        if known is None:
            self._answer(verb, b"500 5.5.2 What?\r\n")
        else:
            known(line)

    def _on_ehlo(self, _line: bytes) -> None:
        self._answer("EHLO", self._sink.hello)

    def _on_helo(self, _line: bytes) -> None:
        self._answer("HELO", b"250 sink\r\n")

    def _on_mail(self, _line: bytes) -> None:
        if self._has_sender:
            self._answer("MAIL", b"503 5.5.1 Nested MAIL\r\n")
        elif self._answer("MAIL", b"250 2.1.0 ok\r\n"):
            self._has_sender = True

    def _on_rcpt(self, line: bytes) -> None:
        if not self._has_sender:
            self._answer("RCPT", b"503 5.5.1 MAIL first\r\n")
        elif self._answer("RCPT", b"250 2.1.5 ok\r\n"):
            self._receivers.append(line[line.find(b"<") + 1 : line.rfind(b">")].decode())

    def _on_data(self, _line: bytes) -> None:
        if not self._receivers:
            self._answer("DATA", b"503 5.5.1 RCPT first\r\n")
        else:
            self._is_content = self._answer("DATA", b"354 go on\r\n")

    def _on_bdat(self, line: bytes) -> None:
        self._chunk = int(line.split()[1])

    def _on_rset(self, _line: bytes) -> None:
        self._reset()
        self._answer("RSET", b"250 2.0.0 ok\r\n")

    def _on_quit(self, _line: bytes) -> None:
        self._answer("QUIT", b"221 2.0.0 bye\r\n")
        self._flush()
        if self._sink.delay:
            asyncio.get_running_loop().call_later(self._sink.delay, self._transport.close)
        else:
            self._transport.close()

    def _on_xsta(self, _line: bytes) -> None:
        receivers = self._sink.receivers
        twice = sum(count - 1 for count in receivers.values())
        self._out.append(b"250 %d %d %d\r\n" % (receivers.total(), len(receivers), twice))
        receivers.clear()

    def _reset(self) -> None:
        self._receivers, self._has_sender = [], False

    def _scripted(self, command: str) -> bytes | None:
        self._sink.verbs[command] += 1
        return self._sink.script(command, self._sink.verbs[command])

    def _answer(self, command: str, usual: bytes) -> bool:
        """Answer a command; say whether the answer is the usual one."""
        said = self._scripted(command)
        self._say(said, usual)
        return said is None

    def _say(self, said: bytes | None, usual: bytes) -> None:
        if said in {CLOSE, KEEP_AND_CLOSE}:
            self._flush()
            self._is_dropped = True
            self._transport.close()
        elif said == SILENCE:
            self._flush()
            self._is_dropped = True  # as far as answers go
        else:
            self._out.append(usual if said is None else said + b"\r\n")

    def _flush(self) -> None:
        if not self._out:
            return
        out, self._out = b"".join(self._out), []
        if self._sink.delay:
            asyncio.get_running_loop().call_later(self._sink.delay, self._write, out)
        else:
            self._write(out)

    def _write(self, out: bytes) -> None:
        if not self._transport.is_closing():
            self._transport.write(out)


def main() -> None:
    """Serve, for benchmarks."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--delay", type=float, default=0, help="Milliseconds before each answer.")
    parser.add_argument("--without", action="append", default=[], help="An extension not to offer.")
    parser.add_argument("--tls", help="A PEM file with a certificate and its key: TLS from the first byte on.")
    asked = parser.parse_args()
    tls = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH) if asked.tls else None
    if tls:
        tls.load_cert_chain(asked.tls)
    sink = Sink(delay=asked.delay / 1_000, without=asked.without, tls=tls, keeps=False)
    print(sink.port, flush=True)  # noqa: T201
    with asyncio.Runner(loop_factory=_fast_loop) as runner:
        runner.run(sink.serve())


def _fast_loop() -> asyncio.AbstractEventLoop:
    """Give the quicker loop where there is one: a sink that is slower than who sends to it measures itself."""
    try:
        import uvloop  # noqa: PLC0415 -- it is not there on every platform
    except ImportError:
        return asyncio.new_event_loop()
    return uvloop.new_event_loop()


if __name__ == "__main__":
    main()
