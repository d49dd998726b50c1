"""A provider's token endpoint on this machine: it says whose an access token is, and whether it is in date."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit


@dataclass
class Tokens:
    """The tokens in date, with whose each is."""

    port: int = 0
    good: dict[str, str] = field(default_factory=dict)


@contextmanager
def running_tokens() -> Iterator[Tokens]:
    """Answer from the beginning of a with statement to its end."""
    tokens = Tokens()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked = parse_qs(urlsplit(self.path).query).get("token", [""])[0]
            user = tokens.good.get(asked)
            body = json.dumps({"active": user is not None, "email": user or ""}).encode()
            self.send_response(200 if user else 401)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        tokens.port = server.server_address[1]
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield tokens
        server.shutdown()
        thread.join()
