"""What a server has shown to cope with, which counts for more than what it offers."""

from enum import Enum, auto

from goodterms.delivery.vehicles.email.engine.offers import Offers

_GROUPS_DEPTH = 8
"""One letter waits for its last answer, one is announced, the others are at hand so that the server need not wait."""


class Way(Enum):
    """How letters leave."""

    ONE = auto()
    """One command at a time."""
    GROUPS = auto()
    """RFC 2920."""
    CHUNKS = auto()
    """RFC 3030 with RFC 2920."""


class Trust:
    """One server's record, shared by all connections to it.

    It begins with a single letter, so that a server that does not want this sender or this update says so once, and
    the window doubles with each letter accepted. A server that does not understand the chunks it offers, or drops the
    connection before the first was accepted, gets no more of them.
    """

    def __init__(self, *, chunks: bool = True, most: int = _GROUPS_DEPTH) -> None:
        self._most = most
        self._chunks = chunks
        self._window = 1
        self.is_proven = False
        """Whether a letter that left as a chunk was accepted."""

    def way(self, offers: Offers) -> Way:
        """Give the way to take with a server that offers this."""
        if not offers.pipelining:
            return Way.ONE
        return Way.CHUNKS if offers.chunking and self._chunks else Way.GROUPS

    def depth(self, offers: Offers) -> int:
        """Give how many letters may be on one connection at a time."""
        way = self.way(offers)
        if way is Way.ONE:
            return 1
        if way is Way.CHUNKS and not self.is_proven:
            return 1
        return self._window if way is Way.CHUNKS else min(_GROUPS_DEPTH, self._window)

    def worked(self, *, chunk: bool) -> None:
        """A letter was accepted."""
        self.is_proven = self.is_proven or chunk
        self._window = min(2 * self._window, self._most)

    def chunks_failed(self) -> None:
        """The server does not understand the chunks that it offers."""
        self._chunks = False

    def broke_in_chunks(self) -> None:
        """The connection broke while chunks were under way; before the first success that is held against them."""
        self._chunks = self._chunks and self.is_proven
        self._window = 1
