"""Planning an update: one row for each copy that is to leave."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from tempfile import TemporaryFile
from typing import Any

import orjson
from django.db import transaction

from goodterms import sql
from goodterms.accounts.models import Owner
from goodterms.delivery.models import Delivery
from goodterms.delivery.queries import facts_of, served
from goodterms.ledger.rules.kinds import Vehicle
from goodterms.policy.queries.audiences import Recipient, audience, recipients
from goodterms.policy.queries.decisions import Question
from goodterms.policy.rules import Reason, Rulebook
from goodterms.updates.models import Update

_COLUMNS = (
    "owner_id",
    "update_id",
    "person_id",
    "vehicle",
    "address",
    "address_key",
    "message_id",
    "state",
    "attempts",
    "due_at",
    "claimed_by",
    "reply",
    "copy_sha256",
)


@dataclass(frozen=True, kw_only=True)
class Plan:
    """What planning an update did."""

    queued: int
    """Copies that wait now and did not before."""
    hold: Mapping[Reason, int]
    refuse: Mapping[Reason, int]


@transaction.atomic
def plan(
    owner: Owner,
    update: Update,
    vehicle: Vehicle,
    *,
    now: datetime,
    rulebook: Rulebook,
    message_id: Callable[[int], str],
    without: Collection[int] = (),
) -> Plan:
    """Queue a copy for everybody whom the decision lets have one; planning again adds only who came since.

    `message_id` names the copy of the person with a uid. Those in `without` are kept back: no copy is queued for them
    this time. Two persons with one address get one copy:
    the database refuses the second.
    """
    question = Question(facts=facts_of(update), vehicle=vehicle, rulebook=rulebook, now=now)
    copies = served(owner, update)
    found = audience(owner, question, served=copies)
    before = copies.count()
    left_out = set(without)
    wanted = (person for person in recipients(owner, question, served=copies) if person.person not in left_out)
    # Read to the end first: the rows written would change the query that is being read. Onto the disk, for they may be
    # millions.
    with _kept(wanted) as people:
        rows = _rows(update, vehicle, ((person, message_id(person.person_uid)) for person in people), now)
        for batch in sql.batches(rows):
            sql.insert_rows(Delivery, _COLUMNS, batch, on_conflict="DO NOTHING")
    queued = copies.count() - before
    if sql.is_postgresql() and sql.is_many(Delivery, queued):
        # Or it takes the mailing for empty, and looks through all of it.
        sql.look_at_rows(Delivery)
    return Plan(queued=queued, hold=found.hold, refuse=found.refuse)


@contextmanager
def _kept(people: Iterable[Recipient]) -> Iterator[Iterator[Recipient]]:
    """Write people into a file that has no name, and give them again from there."""
    with TemporaryFile() as file:
        for person in people:
            file.write(orjson.dumps([person.person, person.person_uid, person.address, person.address_key]) + b"\n")
        file.seek(0)
        yield (
            Recipient(person=number, person_uid=uid, address=address, address_key=key)
            for number, uid, address, key in map(orjson.loads, file)
        )


def _rows(
    update: Update, vehicle: Vehicle, copies: Iterable[tuple[Recipient, str]], now: datetime
) -> Iterator[tuple[Any, ...]]:
    due_at = sql.moment(now)
    for person, message_id in copies:
        yield (
            update.owner_id,
            update.pk,
            person.person,
            vehicle.value,
            person.address,
            person.address_key,
            message_id,
            Delivery.State.QUEUED.value,
            0,
            due_at,
            "",
            "",
            "",
        )
