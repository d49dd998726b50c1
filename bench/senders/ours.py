"""Goodterms as a sender: updates to everybody with rows, journals and ledger, or ready letters without any state."""

import ssl
import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from bench import ground
from bench.senders import CONNECTIONS, Spent

_PARAGRAPH = "Since spring I have moved from consulting to a small tool that helps clinics plan their nights. " * 4
BODY = "Hello {{ first_name }},\n\n" + "\n\n".join([_PARAGRAPH] * 6)


class Ours:
    """An owner with people who may all be written to, and what they were sent last."""

    def __init__(self, count: int) -> None:
        ground.begin()
        self.count = count
        self._office = ground.make_office()
        self._standing = ground.add_willing_people(self._office.owner.pk, count)
        self._updates = 0
        self._copies: Any = None
        self._now = datetime.now(UTC)  # noqa: TID251 -- a door of its own

    def send(self, url: str, tls: ssl.SSLContext | None = None) -> Spent:
        """Send a new update to everybody by the server; give what it took from first claim to last row written."""
        from goodterms.delivery.actions.pacing import Pacer  # noqa: PLC0415 - the tables exist once Django is set up
        from goodterms.delivery.actions.run import run  # noqa: PLC0415
        from goodterms.delivery.means import Means  # noqa: PLC0415
        from goodterms.policy.rulebook import read_rulebook  # noqa: PLC0415

        self.plan()
        office, copies, now = self._office, self._copies, self._now
        means = Means(
            transport=_transport(url, tls),
            render=lambda copy: copies.render(copy, now=now),
            rulebook=read_rulebook(),
            clock=lambda: datetime.now(UTC),  # noqa: TID251
            folder=office.folder,
            worker="bench",
            pacer=Pacer(owner=office.owner),
        )
        spent, outcome = _timed(lambda: run(office.owner, copies.update, means))
        assert outcome.accepted == self.count, outcome
        return spent

    def plan(self) -> None:
        """Make a new update and plan a copy of it for everybody."""
        from goodterms.delivery.actions.plan import plan  # noqa: PLC0415
        from goodterms.delivery.copies import Copies  # noqa: PLC0415
        from goodterms.ledger.models import Standing  # noqa: PLC0415
        from goodterms.ledger.rules.kinds import Vehicle  # noqa: PLC0415
        from goodterms.policy.rulebook import read_rulebook  # noqa: PLC0415

        owner, book = self._office.owner, read_rulebook()
        # Made-up standings do not follow from the ledger, which has noted the last mailing in them.
        Standing.objects.filter(owner=owner).update(**self._standing)
        self._copies = copies = Copies(update=self._update(), token_key=self._office.keys.token)
        self._now = datetime.now(UTC)  # noqa: TID251 -- a door of its own
        plan(owner, copies.update, Vehicle.EMAIL, now=self._now, rulebook=book, message_id=copies.message_id)

    def letters(self) -> list[Any]:
        """Give the letters of the last update that was planned, as they are handed over."""
        from goodterms.delivery.claimed import read_claimed  # noqa: PLC0415
        from goodterms.delivery.models import Delivery  # noqa: PLC0415
        from goodterms.delivery.vehicles.transport import Letter  # noqa: PLC0415

        update, sender = self._copies.update, self._office.owner.email
        numbers = Delivery.objects.filter(owner=self._office.owner, update=update).values_list("pk", flat=True)
        letters = []
        for copy in read_claimed(update, list(numbers)):
            content, needs_smtputf8 = self._copies.render(copy, now=self._now)
            letters.append(
                Letter(message_id=copy.message_id, envelope_from=sender, to=copy.address, content=content,
                       needs_smtputf8=needs_smtputf8)
            )  # fmt: skip
        return letters

    def _update(self) -> Any:
        from goodterms.updates.models import Update  # noqa: PLC0415

        self._updates += 1
        # Nobody gets two updates that say the same: every third word is another one.
        greeting, _, text = BODY.partition(",")
        words = (f"{word}{self._updates}" if place % 3 == 2 else word for place, word in enumerate(text.split(" ")))
        return Update.objects.create(
            owner=self._office.owner, uid=f"{self._updates:032x}", kind="update", purpose="networking", subject="News",
            topics=[], body=f"{greeting},{' '.join(words)}", footer="Connecting means news.",
            sha256=f"{self._updates:064x}", created_at=ground.NOW,
        )  # fmt: skip


def hand_over(letters: list[Any], url: str) -> Spent:
    """Hand ready letters to the server by the engine alone: nothing is decided on, made or written down."""
    transport = _transport(url, None)

    def carry() -> int:
        transport.open()
        try:
            return sum(reply.code == 250 for group in transport.carry(letters) for _, reply in group)
        finally:
            transport.close()

    spent, accepted = _timed(carry)
    assert accepted == len(letters), accepted
    return spent


def _transport(url: str, tls: ssl.SSLContext | None) -> Any:
    from goodterms.delivery.vehicles.email.engine.pool import Limits  # noqa: PLC0415
    from goodterms.delivery.vehicles.email.server import read_server  # noqa: PLC0415
    from goodterms.delivery.vehicles.email.transport import SmtpTransport  # noqa: PLC0415

    limits = Limits(connections=CONNECTIONS, depth=16, per_connection=100_000)
    return SmtpTransport(read_server(url), tls=tls, limits=limits)


def _timed(work: Callable[[], Any]) -> tuple[Spent, Any]:
    begun, before = time.perf_counter(), time.process_time()
    outcome = work()
    return Spent(seconds=time.perf_counter() - begun, cpu_seconds=time.process_time() - before), outcome
