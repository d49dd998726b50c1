"""A receiver of webhooks on this machine."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.feedback.postman import Postman


@dataclass
class Receiver:
    """A web server that keeps what it is posted."""

    url: str = ""
    status: int = 204
    bodies: list[bytes] = field(default_factory=list)
    signatures: list[str] = field(default_factory=list)


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    """A receiver that runs on a free port."""
    kept = Receiver()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            kept.bodies.append(self.rfile.read(int(self.headers["Content-Length"])))
            kept.signatures.append(self.headers["Goodterms-Signature"])
            self.send_response(kept.status)
            self.send_header("Location", kept.url + "elsewhere")
            self.end_headers()

        def log_message(self, *_args: object) -> None:
            """Say nothing."""

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        kept.url = f"http://127.0.0.1:{server.server_address[1]}/"
        Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
        yield kept
        server.shutdown()


@pytest.fixture
def postman(db: None, data_folder: Path) -> "Postman":
    """An owner who writes to people."""
    from tests.feedback.postman import Postman  # noqa: PLC0415 -- models can't be imported before Django is set up

    return Postman(data_folder)
