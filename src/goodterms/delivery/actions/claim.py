"""Claiming copies, so that no two workers hold the same, and giving back what was not tried."""

from collections.abc import Collection, Iterable
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q

from goodterms.accounts.models import Owner
from goodterms.delivery.models import Delivery
from goodterms.delivery.queries import WAITING
from goodterms.ledger.rules.kinds import Vehicle
from goodterms.updates.models import Update

State = Delivery.State
LEASE = timedelta(hours=12)
"""Longer than a whole batch can take with every timeout of RFC 5321 section 4.5.3.2 used up.

On the worker's own machine a dead worker is known at once by the lock on its journal; the lease is for the others.
"""


def claim(
    owner: Owner,
    update: Update,
    run: str,
    *,
    limit: int,
    due_by: datetime,
    now: datetime,
    closed: Iterable[str] = (),
) -> list[Delivery]:
    """Claim at most `limit` copies by e-mail that are due, oldest first; none to the `closed` receiving domains."""
    waiting = Delivery.objects.filter(
        owner=owner, update=update, vehicle=Vehicle.EMAIL, state__in=WAITING, due_at__lte=due_by
    ).order_by("due_at", "id")
    for domain in closed:
        waiting = waiting.filter(~Q(address__iendswith=f"@{domain}"))
    with transaction.atomic():
        numbers = list(waiting.select_for_update(skip_locked=True).values_list("pk", flat=True)[:limit])
        mine = Delivery.objects.filter(pk__in=numbers)
        mine.filter(state__in=WAITING).update(state=State.ATTEMPTING, claimed_by=run, claimed_until=now + LEASE)
        claimed = mine.filter(state=State.ATTEMPTING, claimed_by=run).select_related("person", "update")
        return list(claimed.order_by("due_at", "id"))


def release(owner: Owner, run: str, *, only: Collection[int] | None = None) -> int:
    """Give back every copy that a run holds and has not tried, or only some; give how many there were."""
    held = Delivery.objects.filter(owner=owner, claimed_by=run, state=State.ATTEMPTING)
    if only is not None:
        held = held.filter(pk__in=only)
    return held.filter(attempts=0).update(state=State.QUEUED) + held.update(state=State.DEFERRED)
