"""Keeping the pace of a mail account, across runs, processes and machines: the counts are rows of the database.

Each look takes the account's row first and holds it for one short transaction, so that two that look at once are
counted one after the other.
"""

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta, tzinfo

from django.db import transaction

from goodterms.accounts.models import Owner
from goodterms.delivery.models import Traffic
from goodterms.delivery.paces import receiver_of
from goodterms.delivery.rules.pacing import (
    LIMIT_BACK_OFF,
    MOST_LIMIT_BACK_OFF,
    NO_BOUND,
    UNLIMITED,
    Grant,
    Lately,
    Pace,
    Room,
    Span,
    Wait,
    Why,
    account_room,
    backed_off,
    current,
    eased,
    forecast,
    grant,
)
from goodterms.delivery.rules.records import without_addresses
from goodterms.delivery.rules.replies import Asks, Reply, asks_for_pause
from goodterms.delivery.traffic import WHOLE_ACCOUNT, read_traffic, traffic_of, write_traffic

_FORGOTTEN_AFTER = timedelta(days=2)
_PATIENCE_WITH_SERVERS = timedelta(minutes=10)
"""A server that asks for a longer pause has asked often, or says that the account is over its limit."""


def _never_rests(until: datetime) -> None:
    raise AssertionError(f"nobody said how to wait until {until}")


@dataclass(kw_only=True)
class Pacer:
    """Says how many copies may leave by a mail account now, and counts those that do."""

    owner: Owner
    account: str = ""
    """Which mail account; the same text is the same account."""
    pace: Pace = UNLIMITED
    zone: tzinfo = UTC
    """Where the owner is, for the hours of the day."""
    rest: Callable[[datetime], None] = _never_rests
    """Waits until a moment, or until the run is asked to stop."""
    patience: timedelta = timedelta(minutes=70)
    """A run waits so long for its pace at most, an hour's limit included; for a longer wait it ends, and says so."""
    dice: Callable[[], float] = random.random
    """Draws the gaps between copies, from 0 to 1."""
    _has_worked: bool = field(default=False, init=False)

    def room(self, *, now: datetime) -> Room:
        """Say how many copies may leave now, or until when none may; nothing is counted."""
        if self.pace.is_unlimited:
            return Room(copies=NO_BOUND)
        return account_room(self.pace, self._account(), now, self.zone)

    def is_too_long(self, wait: Wait, *, now: datetime) -> bool:
        """Say whether a run is to end rather than wait so long."""
        is_asked = wait.why is Why.BACK_OFF
        return wait.until - now > (min(self.patience, _PATIENCE_WITH_SERVERS) if is_asked else self.patience)

    def take(self, addresses: Sequence[str], *, now: datetime) -> Grant:
        """Say which copies, each named by its receiver's address or domain, may leave now, and count them."""
        if self.pace.is_unlimited:
            return Grant(places=tuple(range(len(addresses))), account=Lately(), domains={}, closed={})
        return self._take([receiver_of(address) for address in addresses], now)

    @transaction.atomic
    def _take(self, receivers: Sequence[str], now: datetime) -> Grant:
        account = self._locked(now)
        wanted = set(receivers) if self.pace.domain.bounds() else set()
        domains = read_traffic(self.owner, self.account, wanted)
        if self._has_worked and account.back_off:
            account = eased(account)
        self._has_worked = False
        found = grant(self.pace, account, domains, receivers, now=now, zone=self.zone, chance=self.dice())
        if found.places:
            changed = {WHOLE_ACCOUNT: found.account, **found.domains}
            write_traffic(self.owner, self.account, changed, now=now)
        return found

    def hear(self, reply: Reply, address: str, *, now: datetime) -> bool:
        """Take in a mail server's answer to a copy for an address; say whether it asked for a pause, from now on."""
        if self.pace.is_unlimited:
            return False
        asks = asks_for_pause(reply)
        if asks is Asks.NOTHING:
            self._has_worked = self._has_worked or 200 <= reply.code < 300
            return False
        place = receiver_of(address) if asks is Asks.DOMAIN and self.pace.domain.bounds() else WHOLE_ACCOUNT
        limits = {"first": LIMIT_BACK_OFF, "most": MOST_LIMIT_BACK_OFF} if asks is Asks.ANOTHER_DAY else {}
        with transaction.atomic():
            self._locked(now)
            lately = read_traffic(self.owner, self.account, [place]).get(place, Lately())
            paused = backed_off(lately, now, **limits)
            said = without_addresses(str(reply))
            write_traffic(self.owner, self.account, {place: paused}, now=now, reply=said)
        return True

    def asked(self) -> str:
        """Give the answer by which the mail server last asked for a pause, without addresses; empty where none did."""
        rows = Traffic.objects.filter(owner=self.owner, account=self.account).exclude(reply="")
        return rows.order_by("-touched_at", "-id").values_list("reply", flat=True).first() or ""

    def ends_at(self, waiting: dict[str, int], *, now: datetime) -> datetime:
        """Say when the last of the copies that wait, counted by receiving domain, leaves at this pace."""
        traffic = read_traffic(self.owner, self.account, [WHOLE_ACCOUNT, *waiting])
        account = traffic.pop(WHOLE_ACCOUNT, Lately())
        return forecast(self.pace, account, traffic, waiting, now=now, zone=self.zone)

    def left(self, span: Span, *, now: datetime) -> int:
        """Count what left by this account in a span."""
        return current(self._account(), now).count(span)

    def forget(self, *, now: datetime) -> None:
        """Delete what no rule asks for any more: the receiving domains that nothing has left to for days."""
        rows = Traffic.objects.filter(owner=self.owner, account=self.account, touched_at__lt=now - _FORGOTTEN_AFTER)
        rows.exclude(domain=WHOLE_ACCOUNT).delete()

    def _account(self) -> Lately:
        return read_traffic(self.owner, self.account, [WHOLE_ACCOUNT]).get(WHOLE_ACCOUNT, Lately())

    def _locked(self, now: datetime) -> Lately:
        """Give the account's traffic, held until the transaction ends."""
        row = Traffic(owner=self.owner, account=self.account, domain=WHOLE_ACCOUNT, touched_at=now)
        rows = Traffic.objects.filter(owner=self.owner, account=self.account, domain=WHOLE_ACCOUNT)
        if not rows.select_for_update().exists():
            Traffic.objects.bulk_create([row], ignore_conflicts=True)
        return traffic_of(rows.select_for_update().get())
