"""A proxy (RFC 9110 section 9.3.6) that leads wherever it is asked for to one server on this machine."""

import socket
import threading
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Self
from urllib.parse import urlsplit


class Tunnel:
    """The proxy; `asked` holds where it was asked to lead."""

    def __init__(self, target: str) -> None:
        place = urlsplit(target)
        self.target = (str(place.hostname), int(place.port or 0))
        self.asked: list[str] = []

    def __enter__(self) -> Self:
        handler = type("Handler", (_Handler,), {"tunnel": self})
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05})
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self._server.server_address[1]}"


class _Handler(BaseHTTPRequestHandler):
    tunnel: Tunnel

    def do_CONNECT(self) -> None:
        """Lead to the server."""
        self.tunnel.asked.append(self.path)
        with socket.create_connection(self.tunnel.target) as there:
            self.send_response(200)
            self.end_headers()
            back = threading.Thread(target=_pass_on, args=(there, self.connection), daemon=True)
            back.start()
            _pass_on(self.connection, there)
            back.join()
        self.close_connection = True

    def log_message(self, *_: object) -> None:
        """Say nothing."""


def _pass_on(source: socket.socket, sink: socket.socket) -> None:
    with suppress(OSError):  # either end may hang up first
        while piece := source.recv(65_536):
            sink.sendall(piece)
        sink.shutdown(socket.SHUT_WR)
