"""The connections to one server, the letters that wait for one, and what became of letters."""

import asyncio
import ssl
from collections import deque
from dataclasses import dataclass
from time import monotonic

from goodterms.delivery.rules.replies import Reply, Step
from goodterms.delivery.vehicles.email.engine.lane import Ears, Lane
from goodterms.delivery.vehicles.email.engine.offers import Offers
from goodterms.delivery.vehicles.email.engine.reach import reach
from goodterms.delivery.vehicles.email.engine.timeouts import Timeouts
from goodterms.delivery.vehicles.email.engine.trust import Trust
from goodterms.delivery.vehicles.email.server import Server
from goodterms.delivery.vehicles.transport import Answered, Letter, RunStopped

_LETTERS_BEFORE_ANOTHER = 2
"""A connection more is opened for each so many letters that were accepted: a short list needs but one, and a server in
trouble gets no more of them."""
_GOODBYE_SECONDS = 5.0


@dataclass(frozen=True, kw_only=True)
class Limits:
    """How much at a time; the defaults are what a personal account takes from a mail program."""

    connections: int = 4
    depth: int = 4
    """Letters under way on one connection."""
    per_connection: int = 100
    """Letters before a connection is replaced by a new one."""
    chunks: bool = True
    """Whether BDAT may be used where the server offers it and copes."""


class Pool:
    """The connections to one server."""

    def __init__(self, server: Server, tls: ssl.SSLContext, *, timeouts: Timeouts, limits: Limits) -> None:
        self.fault: RunStopped | None = None
        """Why no connection can be had."""
        self._server, self._tls, self._timeouts, self._limits = server, tls, timeouts, limits
        self._trust = Trust(chunks=limits.chunks, most=limits.depth)
        self._lanes: list[Lane] = []
        self._parting: list[Lane] = []
        self._opening: set[asyncio.Task[None]] = set()
        self._waiting: deque[Letter] = deque()
        self._outcomes: list[Answered] = []
        self._most_lanes = limits.connections
        self._offers = Offers()
        self._accepted = 0
        self._changed = asyncio.Event()
        self._ears = Ears(done=self._done, back=self._back, gone=self._gone)

    @property
    def window(self) -> int:
        """How many letters may be here just now."""
        return max(1, self._lanes_allowed * self._trust.depth(self._offers))

    @property
    def under_way(self) -> int:
        """How many letters are here, those included whose outcome nobody has fetched."""
        return len(self._waiting) + len(self._outcomes) + sum(lane.under_way for lane in self._lanes)

    @property
    def _lanes_allowed(self) -> int:
        return min(self._most_lanes, 1 + self._accepted // _LETTERS_BEFORE_ANOTHER)

    async def open(self) -> None:
        """Open the first connection; raises SenderRefused or ServerUnreachable."""
        await self._open_lane()

    async def look(self) -> None:
        """Notice what happened to the connections while nobody looked."""
        for _ in range(3):  # a turn to poll, one to read, one to be told
            await asyncio.sleep(0)

    def take(self, letter: Letter) -> None:
        """Take a letter; it leaves as soon as `outcomes` is waited for."""
        self._waiting.append(letter)

    async def outcomes(self) -> list[Answered]:
        """Give what became of letters since the last time; perhaps nothing, when something else changed."""
        self._hand_out()
        if not self._outcomes and self.under_way:
            await self._change()
        found, self._outcomes = self._outcomes, []
        return found

    async def close(self) -> None:
        """Say goodbye on every connection; never raises."""
        for task in self._opening:
            task.cancel()
        await asyncio.gather(*self._opening, return_exceptions=True)
        lanes, self._lanes = self._lanes, []
        for lane in lanes:
            if lane.under_way:
                lane.expire()
            else:
                self._part(lane)
        deadline = monotonic() + min(_GOODBYE_SECONDS, self._timeouts.command)
        while any(not lane.is_gone for lane in self._parting) and monotonic() < deadline:
            await asyncio.sleep(0.002)
        for lane in self._parting:
            lane.expire()

    # Letters

    def _hand_out(self) -> None:
        """Give the letters that wait to connections with room; where there is none, open another or give up."""
        for lane in list(self._lanes):
            lane.take_from(self._waiting)
            lane.flush()
            if lane.is_spent:
                self._lanes.remove(lane)
                self._part(lane)
        if not self._waiting:
            return
        if self.fault is None and len(self._lanes) + len(self._opening) < self._lanes_allowed:
            self._open_another()
        elif self.fault and not self._lanes and not self._opening:
            while self._waiting:
                self._done(self._waiting.popleft(), Reply(code=0, text=str(self.fault), step=Step.CONNECT))

    async def _change(self) -> None:
        """Wait until something happens, or until a server has had its time."""
        self._changed.clear()
        deadline = min((lane.deadline for lane in self._lanes), default=float("inf"))
        loop = asyncio.get_running_loop()
        alarm = None
        if deadline < float("inf"):
            alarm = loop.call_later(max(deadline - monotonic(), 0), self._changed.set)
        try:
            await self._changed.wait()
        finally:
            if alarm:
                alarm.cancel()
        for lane in list(self._lanes):
            # What has arrived was read before the alarm rang.
            if lane.deadline <= monotonic():
                lane.expire()

    def _done(self, letter: Letter, reply: Reply) -> None:
        self._accepted += reply.code == 250
        self._outcomes.append((letter, reply))
        self._changed.set()

    def _back(self, letter: Letter) -> None:
        self._waiting.append(letter)
        self._changed.set()

    # Connections

    def _open_another(self) -> None:
        task = asyncio.get_running_loop().create_task(self._open_another_lane())
        self._opening.add(task)
        task.add_done_callback(self._opening.discard)

    async def _open_another_lane(self) -> None:
        try:
            await self._open_lane()
        except RunStopped as fault:
            if self._lanes:
                self._most_lanes = len(self._lanes)  # it takes no more at a time
            else:
                self.fault = fault
        finally:
            asyncio.get_running_loop().call_soon(self._changed.set)  # after the task has left the set

    async def _open_lane(self) -> None:
        wire, self._offers = await reach(self._server, tls=self._tls, timeout=self._timeouts.connect)
        lane = Lane(
            wire,
            self._offers,
            trust=self._trust,
            ears=self._ears,
            timeouts=self._timeouts,
            most_letters=self._limits.per_connection,
        )
        self._lanes.append(lane)

    def _part(self, lane: Lane) -> None:
        lane.quit()
        self._parting = [one for one in self._parting if not one.is_gone] + [lane]

    def _gone(self, lane: Lane) -> None:
        if lane in self._lanes:
            self._lanes.remove(lane)
        self._changed.set()
