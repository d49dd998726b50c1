"""Claiming copies, so that no two workers hold the same, and giving back what was not tried.

On PostgreSQL, which workers on several machines share, a claim is held for minutes, and a copy leaves only once the row
says so. So what a lost machine had claimed can be told apart: what never left goes back to the others, and what may
have left stays unknown.
"""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import QuerySet

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

For SQLite. On its one machine a dead worker is known at once by the lock on its journal.
"""
SHARED_LEASE = timedelta(minutes=5)
"""How long a claim holds on PostgreSQL where nothing else is said: what a lost machine held waits as long."""
ANSWER_LEASE = timedelta(minutes=30)
"""How long an answer is waited for there: the timeouts of RFC 5321 section 4.5.3.2 for one message, added up."""


def claim(  # noqa: PLR0913 -- what, whose and for how long, each by its name
    owner: Owner,
    update: Update,
    run: str,
    *,
    limit: int,
    due_by: datetime,
    now: datetime,
    closed: Sequence[str] = (),
    lease: timedelta | None = None,
) -> list[Claimed]:
    """Claim at most `limit` copies by e-mail that are due: those never tried before those tried, oldest first.

    None to the `closed` receiving domains; `lease` says how long the claim holds, where it is not as usual.
    """
    until = now + (lease or (SHARED_LEASE if sql.is_postgresql() else LEASE))
    shut = [f"%@{domain}" for domain in closed]
    way = _POSTGRESQL if sql.is_postgresql() else _SQLITE
    statement = _CLAIM.format(open=" AND LOWER(address) NOT LIKE %s" * len(shut), **way)
    numbers: list[int] = []
    with transaction.atomic():
        # One state at a time, in the order of the index: both together would be sorted anew for each claim.
        for state in WAITING:
            given = [owner.pk, update.pk, Vehicle.EMAIL.value, state.value, sql.moment(due_by), *shut]
            if len(numbers) < limit:
                rows = sql.fetch(
                    statement, [*given, limit - len(numbers), run, sql.moment(until), owner.pk, state.value]
                )
                numbers += [number for (number,) in rows]
        return read_claimed(update, numbers)


# Plain SQL, because the ORM would read and write the rows in four statements, and make an object of each.
_TABLE = Delivery._meta.db_table  # noqa: SLF001 -- Django's documented way to a table's name
_CLAIM = f"""
    WITH picked AS (
      SELECT {{row}} FROM "{_TABLE}"
      WHERE owner_id = %s AND update_id = %s AND vehicle = %s AND state = %s AND due_at <= %s{{open}}
      ORDER BY due_at, id LIMIT %s {{lock}})
    UPDATE "{_TABLE}"
    SET state = '{State.ATTEMPTING.value}', claimed_by = %s, claimed_until = %s, handed_over_at = NULL
    WHERE {{owner}} = %s AND {{row}} IN (SELECT {{row}} FROM picked) AND state = %s
    RETURNING id
"""  # noqa: S608
# By their places in the table, where they are locked: before PostgreSQL has counted the copies of a mailing that was
# just planned, it would look for their numbers among all that wait, for there too the index begins with the owner.
_POSTGRESQL = {"row": "ctid", "lock": "FOR UPDATE SKIP LOCKED", "owner": "owner_id"}
# The plus keeps the index of owners out of it; see goodterms.sql.
_SQLITE = {"row": "id", "lock": "", "owner": "+owner_id"}


def hand_over(owner: Owner, run: str, deliveries: Collection[int], *, now: datetime) -> set[int]:
    """Note that copies are about to leave, and give those that the run still holds: no other may leave.

    Only on PostgreSQL; elsewhere nobody takes a claim from a run that lives, and its journal is at hand.
    """
    if not sql.is_postgresql() or not deliveries:
        return set(deliveries)
    where, mine = sql.among(owner.pk, "id", deliveries)
    statement = f"""
        UPDATE "{_TABLE}" SET handed_over_at = %s, claimed_until = %s
        WHERE {where} AND claimed_by = %s AND state = %s RETURNING id
    """  # noqa: S608
    values = [now, now + ANSWER_LEASE, *mine, run, State.ATTEMPTING.value]
    return {number for (number,) in sql.fetch(statement, values)}


def release(owner: Owner, run: str, *, only: Collection[int] | None = None) -> int:
    """Give back every copy that a run holds and has not tried, or only some; give how many there were."""
    held = Delivery.objects.filter(owner=owner, claimed_by=run, state=State.ATTEMPTING)
    return _give_back(held if only is None else sql.numbered(held, owner.pk, only))


def release_lapsed(owner: Owner, *, now: datetime) -> int:
    """Give back what was claimed, certainly did not leave, and whose lease is over; give how many there were.

    Whoever held it can't let it leave any more: see `hand_over`.
    """
    if not sql.is_postgresql():
        return 0
    lapsed = Delivery.objects.filter(owner=owner, state=State.ATTEMPTING, claimed_until__lt=now, handed_over_at=None)
    with transaction.atomic():
        # A machine cut off the network may leave a transaction open that holds some of them: the next look finds those.
        free = list(lapsed.select_for_update(skip_locked=True).values_list("pk", flat=True))
        return _give_back(sql.numbered(lapsed, owner.pk, free))


def _give_back(held: QuerySet[Delivery]) -> int:
    return held.filter(attempts=0).update(state=State.QUEUED) + held.update(state=State.DEFERRED)
