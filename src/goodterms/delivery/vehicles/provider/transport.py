"""Handing letters to a provider's API: several requests at a time, each for one letter."""

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from email import message_from_bytes
from email.header import decode_header, make_header
from email.policy import default

from anymail.message import AnymailMessage
from django.core.mail.backends.base import BaseEmailBackend

from goodterms.delivery.vehicles.provider.answers import reply_to, reply_to_fault
from goodterms.delivery.vehicles.transport import Answered, Letter

REQUESTS = 8
"""At a time; a run begins with one."""
_OWN_FIELDS = (
    *("Message-ID", "Date", "In-Reply-To", "References", "Auto-Submitted"),
    *("List-Id", "List-Unsubscribe", "List-Unsubscribe-Post"),
)


class ProviderTransport:
    """A transport over a provider's HTTP API. See goodterms.delivery.vehicles.transport."""

    def __init__(self, backend: Callable[[], BaseEmailBackend], *, requests: int = REQUESTS) -> None:
        self._make_backend = backend
        self._most = requests
        self._room = 1
        self._under_way: set[Future[Answered]] = set()
        self._threads: ThreadPoolExecutor | None = None
        self._idle: deque[BaseEmailBackend] = deque()

    @property
    def window(self) -> int:
        """How many letters there is room for just now."""
        return max(1, self._room - len(self._under_way))

    def open(self) -> None:
        """Make ready; the first letter shows whether the provider wants them.

        Raises ProviderFaulty where nothing that speaks to it can be made: then no letter was begun.
        """
        self.close()
        self._room = 1
        self._idle.append(self._opened())
        self._threads = ThreadPoolExecutor(self._most, thread_name_prefix="provider")

    def carry(self, letters: Iterable[Letter]) -> Iterator[Sequence[Answered]]:
        """Hand letters over and give the reply to each."""
        if self._threads is None:
            self.open()
        assert self._threads is not None
        source, is_more = iter(letters), True
        while True:
            while is_more and len(self._under_way) < self._room:
                letter = next(source, None)
                if letter is None:
                    is_more = False
                else:
                    self._under_way.add(self._threads.submit(self._send, letter))
            if not self._under_way:
                return
            done, self._under_way = wait(self._under_way, return_when=FIRST_COMPLETED)
            answered = [future.result() for future in done]
            for _, reply in answered:
                # As over SMTP: a provider that refuses the sender says so once, not eight times.
                self._room = min(2 * self._room, self._most) if reply.code == 250 else self._room
            yield answered

    def close(self) -> None:
        """End the connections; never raises."""
        threads, self._threads = self._threads, None
        if threads is not None:
            threads.shutdown(wait=True)
        self._under_way = set()
        while self._idle:
            self._idle.pop().close()

    def _send(self, letter: Letter) -> Answered:
        message, backend = _message(letter), self._free()
        try:
            backend.send_messages([message])
        except Exception as fault:
            return letter, reply_to_fault(fault)
        finally:
            self._idle.append(backend)
        status = message.anymail_status
        found = next(iter(status.recipients.values()), None) if status.recipients else None
        return letter, reply_to(found.status if found else None, found.message_id if found else None)

    def _free(self) -> BaseEmailBackend:
        """Give a connection that no other thread uses."""
        try:
            return self._idle.pop()
        except IndexError:
            return self._opened()

    def _opened(self) -> BaseEmailBackend:
        backend = self._make_backend()
        backend.open()
        return backend


def _message(letter: Letter) -> AnymailMessage:
    """Give a letter as Django's mail API takes it: the same parts and fields."""
    parsed = message_from_bytes(letter.content, policy=default)
    parts = {part.get_content_type(): part.get_content() for part in parsed.walk() if not part.is_multipart()}
    message = AnymailMessage(
        subject=str(make_header(decode_header(str(parsed["Subject"] or "")))),
        body=parts.get("text/plain", ""),
        from_email=str(parsed["From"]),
        to=[str(parsed["To"])],
        reply_to=[str(parsed["Reply-To"])] if parsed["Reply-To"] else None,
        headers={name: " ".join(str(parsed[name]).split()) for name in _OWN_FIELDS if parsed[name]},
    )
    if "text/html" in parts:
        message.attach_alternative(parts["text/html"], "text/html")
    # No pixels and no rewritten links: nobody is watched.
    message.track_opens = message.track_clicks = False
    return message
