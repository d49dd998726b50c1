"""Asking a server with an HTTP API: one request, one answer, and a clear word where there is none."""

import base64
import json
import ssl
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from typing import Any
from urllib.parse import urlencode

from goodterms.delivery.vehicles.list_server.server import ListServerRefused, ListServerSilent, ListServerUnreachable
from goodterms.lib.outside import OutsideConnection

_MOST_ANSWER = 200_000_000
Values = Mapping[str, Any] | Sequence[tuple[str, Any]]


@dataclass(frozen=True, kw_only=True)
class Api:
    """Where a server's API is, and as whom it is asked."""

    is_secure: bool
    host: str
    port: int
    user: str
    password: str = field(repr=False)
    base: str
    """The path before every request's own."""
    connect_seconds: float = 15
    answer_seconds: float = 120
    tls: ssl.SSLContext | None = None
    must_be_outside: bool = False
    """Whether it may not lie in this machine's own network, wherever its name leads by now."""

    def __str__(self) -> str:
        return f"{'https' if self.is_secure else 'http'}://{self.host}:{self.port}{self.base}"

    def ask(
        self, method: str, path: str, *, query: Values = (), form: Values | None = None, body: Any = None
    ) -> tuple[int, Any]:
        """Give the status and the answer, read as JSON where it is; redirections are not followed.

        Raises ListServerUnreachable where nothing was asked and ListServerSilent where no answer came.
        """
        headers = {"Authorization": f"Basic {self._credentials()}", "Accept": "application/json"}
        content: bytes | None = None
        if form is not None:
            content, headers["Content-Type"] = urlencode(form, doseq=True).encode(), "application/x-www-form-urlencoded"
        elif body is not None:
            content, headers["Content-Type"] = json.dumps(body).encode(), "application/json"
        target = self.base + path + (f"?{urlencode(query, doseq=True)}" if query else "")
        connection = self._connected()
        try:
            connection.request(method, target, body=content, headers=headers)
            answer = connection.getresponse()
            return answer.status, _read(answer.read(_MOST_ANSWER))
        except (OSError, HTTPException) as fault:
            raise ListServerSilent(
                f"{self} was asked to {method} {path} and did not answer: {fault or type(fault).__name__}. Nobody can "
                "say whether it has done it."
            ) from fault
        finally:
            connection.close()

    def expect(
        self, method: str, path: str, *, query: Values = (), form: Values | None = None, body: Any = None
    ) -> Any:
        """Give the answer to something that must succeed; raises ListServerRefused with the server's words."""
        status, answer = self.ask(method, path, query=query, form=form, body=body)
        if not 200 <= status < 300:
            raise self.refusal(method, path, status, answer)
        return answer

    def refusal(self, method: str, path: str, status: int, answer: Any) -> ListServerRefused:
        """Give the fault that says what the server did not want to do."""
        words = answer.get("message") or answer.get("description") if isinstance(answer, dict) else answer
        hint = " See the user and the password that the settings have for it." if status in {401, 403} else ""
        return ListServerRefused(f"{self} refused to {method} {path}: {status} {str(words or '')[:300]}.{hint}")

    def _credentials(self) -> str:
        return base64.b64encode(f"{self.user}:{self.password}".encode()).decode()

    def _connected(self) -> HTTPConnection:
        connection = self._connection()
        try:
            connection.connect()
        except OSError as fault:
            raise ListServerUnreachable(
                f"{self} can't be reached: {fault}. Nothing was asked of it. See that it runs, and its address in "
                "the settings."
            ) from fault
        connection.sock.settimeout(self.answer_seconds)
        return connection

    def _connection(self) -> HTTPConnection:
        tls = (self.tls or ssl.create_default_context()) if self.is_secure else None
        if self.must_be_outside:
            return OutsideConnection(self.host, self.port, seconds=self.connect_seconds, tls=tls)
        if tls:
            return HTTPSConnection(self.host, self.port, timeout=self.connect_seconds, context=tls)
        return HTTPConnection(self.host, self.port, timeout=self.connect_seconds)


def _read(content: bytes) -> Any:
    if not content.strip():
        return None
    try:
        return json.loads(content)
    except ValueError:
        return content.decode("utf-8", "replace")
