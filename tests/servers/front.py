"""A server with TLS in front of the pages, as Caddy or nginx stands there: it passes on, and says that it was https."""

import re
import shutil
import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from socketserver import StreamRequestHandler, ThreadingTCPServer
from threading import Thread

from tests.servers.certificates import Certificates

_OURS = (b"connection:", b"x-forwarded-proto:")


class _Front(ThreadingTCPServer):
    daemon_threads = True
    request_queue_size = 64

    def __init__(self, context: ssl.SSLContext, port: int) -> None:
        super().__init__(("127.0.0.1", 0), _Passing)
        self.context, self.port = context, port

    def finish_request(self, request: object, client_address: object) -> None:
        """Speak TLS in the connection's own thread; a browser opens some that it then does not need."""
        assert isinstance(request, socket.socket)
        try:
            with self.context.wrap_socket(request, server_side=True) as safe:
                super().finish_request(safe, client_address)
        except OSError:
            pass


class _Passing(StreamRequestHandler):
    """Passes one request and its answer on; the next one comes by a connection of its own."""

    def handle(self) -> None:
        head = []
        while (line := self.rfile.readline()) != b"\r\n":
            if not line:
                return
            head.append(line)
        assert isinstance(self.server, _Front)
        body = re.search(rb"(?mi)^content-length: *(\d+)", b"".join(head))
        lines = [line for line in head if not line.lower().startswith(_OURS)]
        with socket.create_connection(("127.0.0.1", self.server.port)) as inner, inner.makefile("rb") as answer:
            inner.sendall(b"".join(lines) + b"X-Forwarded-Proto: https\r\nConnection: close\r\n\r\n")
            inner.sendall(self.rfile.read(int(body[1])) if body else b"")
            shutil.copyfileobj(answer, self.wfile)


@contextmanager
def running_front(certificates: Certificates, port: int) -> Iterator[int]:
    """Give the port, on this machine, of a server that passes everything on to another port until the block ends."""
    with _Front(certificates.server_context(), port) as front:
        thread = Thread(target=front.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        try:
            yield int(front.server_address[1])
        finally:
            front.shutdown()
            thread.join()
