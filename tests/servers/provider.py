"""The HTTP APIs of Postmark, Mailgun and Amazon SES (v2), as far as sending goes (their API references, read in
November 2026)."""

import base64
import email
import json
import ssl
import threading
import time
from collections.abc import Callable
from email.message import EmailMessage
from email.parser import BytesParser
from email.policy import HTTP, SMTP
from http.server import BaseHTTPRequestHandler
from typing import Any
from urllib.parse import parse_qs

from tests.servers.http import HttpServer

Answer = tuple[int, Any]
"""Status and body; the status 0 hangs up, -1 keeps silent, without an answer. What Amazon calls an error stands in the
body's `__type`, and travels in a header as Amazon writes it."""


class Provider(HttpServer):
    """The server; `script` says what to answer to a receiver, None being that it is taken."""

    def __init__(
        self, script: Callable[[str], Answer | None] = lambda _to: None, *, tls: ssl.SSLContext | None = None
    ) -> None:
        self.script = script
        self.tls = tls
        self.got: list[dict[str, Any]] = []
        self.keys: set[str] = set()
        self.done = threading.Event()

    def handler(self) -> type[BaseHTTPRequestHandler]:
        return type("Handler", (_Handler,), {"provider": self})

    def __exit__(self, *_: object) -> None:
        self.done.set()
        super().__exit__()

    @property
    def url(self) -> str:
        """Where its API is."""
        return f"{super().url}/"


class _Handler(BaseHTTPRequestHandler):
    provider: Provider
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        """Let a subscription be confirmed, as Amazon SNS does."""
        self.provider.got.append({"host": self.headers["Host"], "path": self.path})
        self.send_response(200)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def do_POST(self) -> None:
        """Take a letter."""
        content = self.rfile.read(int(self.headers["Content-Length"]))
        read = {"/email": self._postmark, "/v2/email/outbound-emails": self._amazon}.get(self.path, self._mailgun)
        fields = read(content)
        self.provider.keys.add(str(self.headers.get("X-Postmark-Server-Token") or self.headers.get("Authorization")))
        answer = self.provider.script(fields["to"])
        if answer is None:
            self.provider.got.append(fields)
            answer = fields["taken"]
        status, body = answer
        if status <= 0:
            if status < 0:
                self.provider.done.wait(timeout=20)
            self.close_connection = True
            time.sleep(0.01)
            return
        named = body.get("__type") if isinstance(body, dict) else None
        written = body if isinstance(body, bytes) else json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        if named:
            self.send_header("x-amzn-ErrorType", f"{named}:http://internal.amazon.test/coral/")
        self.send_header("Content-Length", str(len(written)))
        self.end_headers()
        self.wfile.write(written)

    def _postmark(self, content: bytes) -> dict[str, Any]:
        told = json.loads(content)
        number = f"pm-{len(self.provider.got) + 1}"
        taken = {
            "To": told["To"],
            "SubmittedAt": "2026-11-02T09:00:00Z",
            "MessageID": number,
            "ErrorCode": 0,
            "Message": "OK",
        }
        headers = {header["Name"]: header["Value"] for header in told.get("Headers", [])}
        return {
            "to": told["To"].rpartition("<")[2].strip("<> "), "from": told["From"], "subject": told["Subject"],
            "text": told["TextBody"], "html": told.get("HtmlBody"), "headers": headers, "taken": (200, taken),
            "tracks": (told.get("TrackOpens"), told.get("TrackLinks")),
        }  # fmt: skip

    def _mailgun(self, content: bytes) -> dict[str, Any]:
        kind = self.headers["Content-Type"]
        if kind.startswith("multipart/"):
            head = f"Content-Type: {kind}\r\n\r\n".encode()
            parts = BytesParser(policy=HTTP).parsebytes(head + content).iter_parts()
            told = {str(part.get_param("name", header="content-disposition")): part.get_content() for part in parts}
        else:
            told = {name: values[0] for name, values in parse_qs(content.decode()).items()}
        number = f"<mg-{len(self.provider.got) + 1}@mailgun.test>"
        headers = {name[2:]: value for name, value in told.items() if name.startswith("h:")}
        return {
            "to": told["to"].rpartition("<")[2].strip("<> "), "from": told["from"], "subject": told["subject"],
            "text": told["text"], "html": told.get("html"), "headers": headers,
            "taken": (200, {"id": number, "message": "Queued. Thank you."}),
            "tracks": (told.get("o:tracking-opens"), told.get("o:tracking-clicks")),
        }  # fmt: skip

    def _amazon(self, content: bytes) -> dict[str, Any]:
        told = json.loads(content)
        raw = base64.b64decode(told["Content"]["Raw"]["Data"], validate=True)
        mail = email.message_from_bytes(raw, EmailMessage, policy=SMTP)
        number = f"0100017a-{len(self.provider.got) + 1:012}-000000"
        watched = told.get("ConfigurationOverrides", {}).get("Tracking", {})
        parts = {kind: mail.get_body((kind,)) for kind in ("plain", "html")}
        text, page = (part.get_content() if part else None for part in parts.values())
        return {
            "to": told["Destination"]["ToAddresses"][0], "from": mail["From"], "subject": mail["Subject"],
            "text": text, "html": page, "headers": dict(mail.items()), "taken": (200, {"MessageId": number}),
            "tracks": (watched.get("OpenTrackingEnabled"), watched.get("ClickTrackingEnabled")),
            "raw": raw, "told": told,
        }  # fmt: skip

    def log_message(self, *_: object) -> None:
        """Say nothing."""
