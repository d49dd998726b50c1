"""A proxy (RFC 9110 section 9.3.6) that leads wherever it is asked for to one server on this machine."""

import socket
import threading
from contextlib import suppress
from http.server import BaseHTTPRequestHandler
from urllib.parse import urlsplit

from tests.servers.http import HttpServer


class Tunnel(HttpServer):
    """The proxy; `asked` holds where it was asked to lead."""

    def __init__(self, target: str) -> None:
        place = urlsplit(target)
        self.target = (str(place.hostname), int(place.port or 0))
        self.asked: list[str] = []

    def handler(self) -> type[BaseHTTPRequestHandler]:
        """Give what leads on."""
        return type("Handler", (_Handler,), {"tunnel": self})


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
