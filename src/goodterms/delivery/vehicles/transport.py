"""What every transport offers to a run, and how it says that it can't go on."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Protocol

from goodterms.delivery.rules.outcomes import RunOutcome
from goodterms.delivery.rules.replies import Reply
from goodterms.lib.faults import Fault


@dataclass(slots=True, kw_only=True)  # frozen it would cost three times as much to make
class Letter:
    """One copy as it is handed over."""

    message_id: str
    envelope_from: str
    to: str
    content: bytes
    needs_smtputf8: bool = False
    """Whether its header fields need RFC 6531; whether its addresses do, the transport sees by itself."""


Answered = tuple[Letter, Reply]
"""A letter and the server's answer to it."""


class RunStopped(Fault):
    """A run can't go on; the message says why, what was left unchanged and what to do."""

    outcome = RunOutcome()
    """What the run had done until then."""
    sent: object = None
    """The same with what planning did, where a whole sending ended so."""


class SenderRefused(RunStopped):
    """The mail server does not take mail from this sender."""


class ServerUnreachable(RunStopped):
    """There is no safe connection to the mail server."""


class MessageRefused(RunStopped):
    """The mail server does not take this message, whoever it is for."""


class Transport(Protocol):
    """A way to hand letters to a server.

    `carry` takes letters one by one, at most `window` of them the next time that it asks for one, and gives each
    letter that it took back with its reply, exactly once and in any order: those together that were heard of at the
    same time. Where it can't go on it gives back what it took and raises RunStopped.
    """

    @property
    def window(self) -> int:
        """How many letters there is room for just now; at least 1. It may grow as the server copes."""

    def open(self) -> None:
        """Connect and sign in; raises SenderRefused or ServerUnreachable."""

    def carry(self, letters: Iterable[Letter]) -> Iterator[Sequence[Answered]]:
        """Hand letters over and give the reply to each."""

    def close(self) -> None:
        """End the connection; never raises."""


def carry_one(transport: Transport, letter: Letter) -> Reply:
    """Hand a letter over alone and give the reply to it."""
    ((_, reply),) = chain.from_iterable(transport.carry([letter]))
    return reply
