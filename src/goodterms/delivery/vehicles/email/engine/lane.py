"""One connection that carries letters: which commands leave when, and which answer belongs to which letter.

Three ways, as the server offers and has shown to cope:

- one command at a time (RFC 5321 section 4.1.4), where it offers nothing;
- groups (RFC 2920 section 3.1): MAIL, RCPT and DATA leave together, and the content together with the group of the
  next letter, so that a letter costs two round trips at most and one as a rule;
- chunks (RFC 3030): the content leaves with its commands, so that a window of letters is under way at once. RSET
  leaves before each, because the state after a chunk that failed is open (section 2) and the next commands are on
  their way already.
"""

from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import Enum, auto
from time import monotonic

from goodterms.delivery.rules.replies import Reply, Step
from goodterms.delivery.vehicles.email.engine.answers import Answer
from goodterms.delivery.vehicles.email.engine.envelope import Envelope, enclose
from goodterms.delivery.vehicles.email.engine.offers import Offers
from goodterms.delivery.vehicles.email.engine.timeouts import Timeouts
from goodterms.delivery.vehicles.email.engine.trust import Trust, Way
from goodterms.delivery.vehicles.email.engine.wire import Wire
from goodterms.delivery.vehicles.transport import Letter

_MOST_BYTES = 4 * 1024 * 1024
"""Under way on one connection, so that large letters do not fill the memory."""
_DOUBT_AFTER_SECONDS = 5.0
# A server that offers BDAT and answers so to it has not understood it (RFC 5321 section 4.2.2).
_NOT_UNDERSTOOD = range(500, 505)


class _Asked(Enum):
    RSET = auto()
    MAIL = auto()
    RCPT = auto()
    DATA = auto()
    CONTENT = auto()
    CHUNK = auto()
    END = auto()
    """The lone dot after DATA for a letter that nobody may get any more."""


@dataclass(slots=True, eq=False)
class _Trip:
    """A letter on its way."""

    letter: Letter
    envelope: Envelope
    step: Step = Step.MAIL
    """How far the server has heard it; END once its content has left."""
    refusal: Reply | None = None
    is_answered: bool = False
    """Whether anything was answered to it."""
    is_alone: bool = False
    """Whether its commands leave one at a time."""
    comes_back: bool = False
    """Whether it is no fault of the letter that it did not leave, so that another connection takes it."""


@dataclass(frozen=True, kw_only=True)
class Ears:
    """Who is told what becomes of letters."""

    done: Callable[[Letter, Reply], None]
    back: Callable[[Letter], None]
    """A letter that never left, for another connection."""
    gone: Callable[["Lane"], None]
    """The connection is of no more use."""


class Lane:
    """A connection and the letters under way on it."""

    def __init__(
        self, wire: Wire, offers: Offers, *, trust: Trust, ears: Ears, timeouts: Timeouts, most_letters: int
    ) -> None:
        self.finished = 0
        self._wire, self._offers, self._trust, self._ears, self._timeouts = wire, offers, trust, ears, timeouts
        self._left = most_letters
        self._trips: deque[_Trip] = deque()
        """All that were announced, in their order."""
        self._queued: deque[_Trip] = deque()
        self._asked: deque[tuple[_Asked, _Trip | None]] = deque()
        self._announced: _Trip | None = None
        """The one between MAIL and its content, where content waits for leave."""
        self._is_closing = False
        self._is_open = False
        """Whether a transaction may be open at the server that has to be ended first."""
        self._bytes = 0
        self._out: list[bytes] = []
        self._since = monotonic()
        wire.on_answers, wire.on_broken = self._hear_all, self._break

    @property
    def way(self) -> Way:
        """How letters leave here."""
        return self._trust.way(self._offers)

    @property
    def under_way(self) -> int:
        """How many letters are here."""
        return len(self._trips) + len(self._queued)

    @property
    def room(self) -> int:
        """How many more letters it takes just now."""
        if self._left <= 0 or self._bytes >= _MOST_BYTES or self._wire.broken:
            return 0
        return min(self._trust.depth(self._offers) - self.under_way, self._left)

    @property
    def is_spent(self) -> bool:
        """Whether it is to be replaced: it took as many letters as one connection should."""
        return self._left <= 0 and not self.under_way

    @property
    def is_gone(self) -> bool:
        """Whether the connection is closed."""
        return bool(self._wire.broken)

    @property
    def deadline(self) -> float:
        """By when, on the monotonic clock, the server has to answer; infinite where nothing was asked."""
        if not self._asked:
            return float("inf")
        waits = {_Asked.CONTENT: self._timeouts.data_end, _Asked.CHUNK: self._timeouts.data_end}
        waits[_Asked.DATA] = self._timeouts.data_begin
        return self._since + waits.get(self._asked[0][0], self._timeouts.command)

    def take_from(self, waiting: deque[Letter]) -> None:
        """Take as many letters as there is room for; `flush` sends what is written for them."""
        room = self.room
        while waiting and room > 0 and self._bytes < _MOST_BYTES:
            self._take(waiting.popleft())
            room -= 1

    def _take(self, letter: Letter) -> None:
        found = enclose(letter, self._offers)
        if isinstance(found, Reply):
            self._ears.done(letter, found)
            return
        self._left -= 1
        self._bytes += len(found.content)
        self._queued.append(_Trip(letter, found))
        self._announce()

    def flush(self) -> None:
        """Send what was written."""
        if self._out:
            out, self._out = self._out, []
            self._wire.write(b"".join(out))

    def expire(self) -> None:
        """Give up on a server that did not answer in time."""
        self._wire.break_off("no answer in time")

    def quit(self) -> None:
        """Say goodbye (RFC 5321 section 4.1.1.10); nobody waits for the answer to act on it."""
        self._wire.on_answers = lambda _answers: self._wire.break_off("done")
        self._wire.on_broken = lambda _why: None
        self._wire.write(b"QUIT\r\n")

    # Commands

    def _announce(self) -> None:
        """Send the commands of the letters whose turn it is."""
        while self._queued and self._announced is None:
            way = self.way
            if way is Way.ONE and self._trips:
                return
            trip = self._queued.popleft()
            if way is Way.CHUNKS and not self._is_doubtful:
                self._announce_chunk(trip)
            elif way is Way.ONE:
                self._announce_alone(trip)
            else:
                self._announce_group(trip)
            self._trips.append(trip)

    @property
    def _is_doubtful(self) -> bool:
        """Whether the server may have left while nothing was said: then the content waits for its leave."""
        return not self._trips and monotonic() - self._since > _DOUBT_AFTER_SECONDS

    def _announce_chunk(self, trip: _Trip) -> None:
        if self._trips or self._is_open:
            self._ask(_Asked.RSET, b"RSET\r\n")
            self._is_open = False
        self._ask(_Asked.MAIL, trip.envelope.mail, trip)
        self._ask(_Asked.RCPT, trip.envelope.rcpt, trip)
        self._ask(_Asked.CHUNK, trip.envelope.chunk, trip)
        trip.step = Step.END

    def _announce_alone(self, trip: _Trip) -> None:
        """Send the first command; each of the others follows when the one before was answered."""
        self._announced, trip.is_alone = trip, True
        if self._is_open:
            self._ask(_Asked.RSET, b"RSET\r\n")
        else:
            self._ask(_Asked.MAIL, trip.envelope.mail, trip)

    def _announce_group(self, trip: _Trip) -> None:
        self._announced = trip
        if self._is_open:
            self._ask(_Asked.RSET, b"RSET\r\n")
            self._is_open = False
        self._ask(_Asked.MAIL, trip.envelope.mail, trip)
        self._ask(_Asked.RCPT, trip.envelope.rcpt, trip)
        self._ask(_Asked.DATA, b"DATA\r\n", trip)

    def _ask(self, what: _Asked, command: bytes, trip: _Trip | None = None) -> None:
        if not self._asked:
            self._since = monotonic()
        self._asked.append((what, trip))
        self._out.append(command)

    # Answers

    def _hear_all(self, answers: Sequence[Answer]) -> None:
        self._since = monotonic()
        for answer in answers:
            if answer.code == 421:
                self._close_down()
            elif not self._asked:
                self._wire.break_off("the server gives answers that nobody asked for")
            if self._wire.broken:
                return
            self._hear(*self._asked.popleft(), answer)
        self.flush()

    def _hear(self, what: _Asked, trip: _Trip | None, answer: Answer) -> None:
        if trip is None:
            self._hear_reset(answer)
        elif what is _Asked.MAIL or what is _Asked.RCPT:
            self._hear_address(what, trip, answer)
        elif what is _Asked.DATA:
            self._hear_leave(trip, answer)
        else:
            self._hear_end(what, trip, answer)

    def _hear_reset(self, answer: Answer) -> None:
        if answer.code not in {250, 421}:
            self._wire.break_off(f"the server does not begin anew: {answer.code} {answer.text}")
            return
        self._is_open = False
        if self._announced is not None and self._announced.is_alone:
            self._ask(_Asked.MAIL, self._announced.envelope.mail, self._announced)

    def _hear_address(self, what: _Asked, trip: _Trip, answer: Answer) -> None:
        if answer.code == 421 and self._is_stale(trip):
            trip.comes_back = True  # the server gave up an idle connection before it heard of the letter
        trip.is_answered = True
        step = Step.MAIL if what is _Asked.MAIL else Step.RCPT
        if answer.code not in {250, 251}:
            self._refuse(trip, answer, step)
            if answer.code < 400:
                self._wire.break_off("the server's answer makes no sense")
                return
        if trip.step is not Step.END and not trip.refusal:
            trip.step = Step.RCPT if what is _Asked.MAIL else Step.DATA
        if not trip.is_alone:
            return
        if trip.refusal:
            self._finish(trip, trip.refusal)
        elif what is _Asked.MAIL:
            self._ask(_Asked.RCPT, trip.envelope.rcpt, trip)
        else:
            self._ask(_Asked.DATA, b"DATA\r\n", trip)

    def _hear_leave(self, trip: _Trip, answer: Answer) -> None:
        """Hear the answer to DATA: send the content, or the lone dot where nobody may get it (RFC 2920 section 3.1)."""
        if answer.code != 354:
            self._refuse(trip, answer, Step.DATA)
            if answer.code < 400:
                self._wire.break_off("the server's answer makes no sense")
                return
            assert trip.refusal is not None
            self._finish(trip, trip.refusal)
        elif trip.refusal:
            self._ask(_Asked.END, b".\r\n", trip)
        else:
            trip.step = Step.END
            self._ask(_Asked.CONTENT, trip.envelope.stuffed, trip)
            self._announced = None
            self._announce()

    def _hear_end(self, what: _Asked, trip: _Trip, answer: Answer) -> None:
        if what is _Asked.CHUNK and answer.code in _NOT_UNDERSTOOD and not trip.refusal and not self._trust.is_proven:
            # It was not taken, and is no matter of this letter. Its content may now be read as commands: away.
            self._trust.chunks_failed()
            trip.step, trip.comes_back = Step.MAIL, True
            self._wire.break_off("the server does not understand the chunks that it offers")
            return
        code = answer.code if answer.code < 300 or answer.code >= 400 else 0
        reply = trip.refusal or Reply(code=code, text=answer.text, step=Step.END)
        if reply.code == 250:
            self._trust.worked(chunk=what is _Asked.CHUNK)
        self._finish(trip, reply)
        if not code:
            self._wire.break_off("the server's answer makes no sense")

    def _refuse(self, trip: _Trip, answer: Answer, step: Step) -> None:
        trip.refusal = trip.refusal or Reply(code=answer.code, text=answer.text, step=step)

    def _finish(self, trip: _Trip, reply: Reply) -> None:
        """Let a letter go with its answer; then see whose turn it is."""
        self.finished += 1
        if trip.refusal:
            self._is_open = True
        self._trips.remove(trip)
        self._bytes -= len(trip.envelope.content)
        if self._announced is trip:
            self._announced = None
        self._tell(trip, reply)
        self._announce()

    def _tell(self, trip: _Trip, reply: Reply) -> None:
        if trip.comes_back and reply.code in {0, 421}:
            self._ears.back(trip.letter)
        else:
            self._ears.done(trip.letter, reply)

    # Ends

    def _close_down(self) -> None:
        """Hear 421: nothing new leaves here. The server may still answer what is on its way before it closes."""
        self._left = 0
        self._is_closing = True
        if not self._asked:
            self._wire.break_off("the server closed the connection with 421")

    def _is_stale(self, trip: _Trip) -> bool:
        """Say whether the server closed a connection that had worked before it heard of the letter."""
        return self.finished > 0 and not trip.is_answered

    def _break(self, why: str) -> None:
        """Let every letter go: those that left with what is known of them, the others back."""
        if self.way is Way.CHUNKS and any(trip.step is Step.END for trip in self._trips):
            self._trust.broke_in_chunks()
        trips, self._trips = list(self._trips), deque()
        queued, self._queued = list(self._queued), deque()
        for trip in trips:
            if self._is_closing and not trip.is_answered:
                # Behind 421 the server took nothing (RFC 5321 section 3.8), or it would have gone on to answer.
                trip.step = Step.MAIL
            trip.comes_back = trip.comes_back or (trip.step is Step.MAIL and self._is_stale(trip))
            self._tell(trip, trip.refusal or Reply(code=0, text=why, step=trip.step))
        for trip in queued:
            self._ears.back(trip.letter)
        self._asked.clear()
        self._out.clear()
        self._ears.gone(self)
