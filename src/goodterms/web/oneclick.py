"""One-click unsubscribing (RFC 8058) before everything else: no session, no middleware, one transaction for many.

Mailbox providers post in bursts. All posts that wait are taken in one transaction and wait for the disk once; whatever
is no such post, or carries no way out that was signed here, goes on to the pages as it came.
"""

import asyncio
import logging
import re
from concurrent.futures import Future
from queue import Empty, SimpleQueue
from threading import Lock, Thread
from typing import Any
from urllib.parse import parse_qs

from django.db import close_old_connections

from goodterms import doors
from goodterms.accounts.keys import read_keys
from goodterms.accounts.models import Owner
from goodterms.config import home
from goodterms.exits.actions.burst import exits_by_link
from goodterms.lib.tokens import Act, Token, read_token
from goodterms.web.uploads import Application, Message, Receive, Send

_MOST_BODY = 4_000
_MOST_AT_ONCE = 100
_PATH = re.compile(r"/x/([A-Za-z2-7]{40,61})")
_PART = re.compile(rb'name="?List-Unsubscribe"?\r\n(?:[^\r\n]+\r\n)*\r\nOne-Click\r\n', re.IGNORECASE)
_log = logging.getLogger(__name__)


class ExitWriter:
    """Takes exits in a thread of its own, all that wait at once; it begins with the first."""

    def __init__(self) -> None:
        self._waiting: SimpleQueue[tuple[str, Future[bool]]] = SimpleQueue()
        self._lock = Lock()
        self._thread: Thread | None = None

    def take(self, link: str) -> "Future[bool]":
        """Take an exit; the future says, once it is on the disk, whether the link carried one."""
        with self._lock:
            if self._thread is None:
                self._thread = Thread(target=self._run, name="one-click", daemon=True)
                self._thread.start()
        future: Future[bool] = Future()
        self._waiting.put((link, future))
        return future

    def _run(self) -> None:
        while True:
            batch = [self._waiting.get()]
            try:
                while len(batch) < _MOST_AT_ONCE:
                    batch.append(self._waiting.get_nowait())
            except Empty:
                pass
            self._settle(batch)

    @staticmethod
    def _settle(batch: list[tuple[str, "Future[bool]"]]) -> None:
        try:
            taken = take_exits([link for link, _ in batch])
        except Exception as fault:
            _log.exception("%d exits could not be taken", len(batch))
            for _, future in batch:
                future.set_exception(fault)
        else:
            for link, future in batch:
                future.set_result(link in taken)
        finally:
            close_old_connections()


def take_exits(links: list[str]) -> set[str]:
    """Take the exits of links, each owner's at once; give those that carried one."""
    key = read_keys(home() / "keys").token
    by_owner: dict[int, list[str]] = {}
    for link in dict.fromkeys(links):
        token = read_token(key, link)
        if token is not None and _is_way_out(token):
            by_owner.setdefault(token.owner_number or 0, []).append(link)
    taken: set[str] = set()
    for owner in Owner.objects.filter(pk__in=by_owner):
        theirs = by_owner[owner.pk]
        answers = exits_by_link(doors.office_of(owner), theirs, now=doors.now())
        taken |= {link for link, is_taken in zip(theirs, answers, strict=True) if is_taken}
    return taken


def with_one_click(app: Application, writer: ExitWriter) -> Application:
    """Give an ASGI application that answers one-click posts itself and hands everything else on."""

    async def answer(scope: dict[str, Any], receive: Receive, send: Send) -> None:
        found = _PATH.fullmatch(scope["path"]) if scope["type"] == "http" and scope["method"] == "POST" else None
        if found is None:
            await app(scope, receive, send)
            return
        read, is_one_click = await _read(receive)
        if is_one_click:
            try:
                if await asyncio.wrap_future(writer.take(found[1])):
                    await _send_all(send, 200, b"Done.\n")
                    return
            except Exception:  # it is in the log; whoever asks comes again
                await _send_all(send, 503, b"Please try again.\n")
                return
        await app(scope, _replay(read, receive), send)

    return answer


def _is_way_out(token: Token) -> bool:
    return token.act in {Act.STOP, Act.LEAVE} and token.owner_number is not None


async def _read(receive: Receive) -> tuple[list[Message], bool]:
    """Read a body, as far as a one-click post may go; say whether it is one."""
    read: list[Message] = []
    body = b""
    while len(body) <= _MOST_BODY:
        message = await receive()
        read.append(message)
        body += message.get("body", b"")
        if not message.get("more_body"):
            return read, _says_one_click(body)
    return read, False


def _says_one_click(body: bytes) -> bool:
    if body.strip() == b"List-Unsubscribe=One-Click" or _PART.search(body):
        return True
    return parse_qs(body.decode("ascii", "replace")).get("List-Unsubscribe") == ["One-Click"]


def _replay(read: list[Message], receive: Receive) -> Receive:
    left = list(read)

    async def again() -> Message:
        return left.pop(0) if left else await receive()

    return again


async def _send_all(send: Send, status: int, body: bytes) -> None:
    length = (b"content-length", b"%d" % len(body))
    headers = [(b"content-type", b"text/plain"), length, (b"cache-control", b"no-store")]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
