"""A copy that a run holds: what it takes to decide on it, make it, hand it over and write down what became of it.

Plain values instead of rows of the ORM, which cost more than everything else that is done for a copy.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from goodterms import sql
from goodterms.delivery.models import Delivery
from goodterms.people.models import Person
from goodterms.updates.models import Update


@dataclass(slots=True, kw_only=True)  # frozen it would cost four times as much to make
class Claimed:
    """One copy, its update, and the person whom it is for."""

    pk: int
    update: Update
    vehicle: str
    address: str
    address_key: str
    message_id: str
    attempts: int
    first_tried_at: datetime | None
    claimed_until: datetime | None
    copy_sha256: str
    """Of the bytes that left before, where any did."""
    person_id: int
    root_id: int
    """The person, or whom they were merged into."""
    person_uid: int
    first_name: str
    last_name: str
    company: str
    position: str
    connected_on: date | None

    @property
    def name(self) -> str:
        """The person's full name."""
        return f"{self.first_name} {self.last_name}".strip()


_DELIVERY, _PERSON = Delivery._meta.db_table, Person._meta.db_table  # noqa: SLF001 -- Django's documented way
_SELECT = f"""
    SELECT d.id, d.vehicle, d.address, d.address_key, d.message_id, d.attempts, d.first_tried_at, d.claimed_until,
      d.copy_sha256, p.id, COALESCE(p.merged_into_id, p.id), p.uid, p.first_name, p.last_name, p.company, p.position,
      p.connected_on
    FROM "{_DELIVERY}" d JOIN "{_PERSON}" p ON p.owner_id = d.owner_id AND p.id = d.person_id
"""  # noqa: S608


def read_claimed(update: Update, numbers: Sequence[int]) -> list[Claimed]:
    """Give copies of an update by their numbers, those due first before the others."""
    where, values = sql.among(update.owner_id, "d.id", numbers)
    rows = sql.fetch(f"{_SELECT} WHERE {where} ORDER BY d.due_at, d.id", values)
    return [_claimed(update, row) for row in rows]


def claimed_of(delivery: Delivery) -> Claimed:
    """Give the same of a row at hand, its update and its person included."""
    person = delivery.person
    return Claimed(
        pk=delivery.pk,
        update=delivery.update,
        vehicle=delivery.vehicle,
        address=delivery.address,
        address_key=delivery.address_key,
        message_id=delivery.message_id,
        attempts=delivery.attempts,
        first_tried_at=delivery.first_tried_at,
        claimed_until=delivery.claimed_until,
        copy_sha256=delivery.copy_sha256,
        person_id=person.pk,
        root_id=person.merged_into_id or person.pk,
        person_uid=person.uid,
        first_name=person.first_name,
        last_name=person.last_name,
        company=person.company,
        position=person.position,
        connected_on=person.connected_on,
    )


def _claimed(update: Update, row: Sequence[Any]) -> Claimed:
    (
        pk, vehicle, address, address_key, message_id, attempts, first_tried_at, claimed_until, copy_sha256, person_id,
        root_id, person_uid, first_name, last_name, company, position, connected_on,
    ) = row  # fmt: skip
    return Claimed(
        pk=pk, update=update, vehicle=vehicle, address=address, address_key=address_key, message_id=message_id,
        attempts=attempts, first_tried_at=sql.read_moment(first_tried_at),
        claimed_until=sql.read_moment(claimed_until), copy_sha256=copy_sha256, person_id=person_id, root_id=root_id,
        person_uid=person_uid, first_name=first_name, last_name=last_name, company=company, position=position,
        connected_on=sql.read_date(connected_on),
    )  # fmt: skip
