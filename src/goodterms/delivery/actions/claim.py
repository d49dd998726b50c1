"""Claiming copies, so that no two workers hold the same, and giving back what was not tried."""

from collections.abc import Collection, Iterable
from datetime import datetime, timedelta

from django.db import transaction

from goodterms import sql
from goodterms.accounts.models import Owner
from goodterms.delivery.claimed import Claimed, read_claimed
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
) -> list[Claimed]:
    """Claim at most `limit` copies by e-mail that are due, oldest first; none to the `closed` receiving domains."""
    shut = [f"%@{domain}" for domain in closed]
    picked = _PICKED.format(
        open=" AND LOWER(address) NOT LIKE %s" * len(shut), lock="FOR UPDATE SKIP LOCKED" * sql.is_postgresql()
    )
    given = [owner.pk, update.pk, Vehicle.EMAIL.value, sql.moment(due_by), *shut, limit]
    with transaction.atomic():
        rows = sql.fetch(picked + _CLAIM, [*given, run, sql.moment(now + LEASE)])
        return read_claimed(update, [number for (number,) in rows])


# Plain SQL, because the ORM would read and write the rows in four statements, and make an object of each.
_TABLE = Delivery._meta.db_table  # noqa: SLF001 -- Django's documented way to a table's name
_WAITING = ", ".join(f"'{state.value}'" for state in WAITING)
_PICKED = f"""
    WITH picked AS (
      SELECT id FROM "{_TABLE}"
      WHERE owner_id = %s AND update_id = %s AND vehicle = %s AND state IN ({_WAITING}) AND due_at <= %s{{open}}
      ORDER BY due_at, id LIMIT %s {{lock}})
"""  # noqa: S608
_CLAIM = f"""
    UPDATE "{_TABLE}" SET state = '{State.ATTEMPTING.value}', claimed_by = %s, claimed_until = %s
    WHERE id IN (SELECT id FROM picked) AND state IN ({_WAITING})
    RETURNING id
"""  # noqa: S608


def release(owner: Owner, run: str, *, only: Collection[int] | None = None) -> int:
    """Give back every copy that a run holds and has not tried, or only some; give how many there were."""
    held = Delivery.objects.filter(owner=owner, claimed_by=run, state=State.ATTEMPTING)
    if only is not None:
        held = held.filter(pk__in=only)
    return held.filter(attempts=0).update(state=State.QUEUED) + held.update(state=State.DEFERRED)
