"""Obeying mail that came back and automatic answers: they concern the address, never the person.

Only what is authentic counts: a token of ours in it must name a copy that was sent. A forged one changes nothing.
"""

from datetime import datetime, timedelta

from goodterms.accounts.models import Owner
from goodterms.accounts.office import Office
from goodterms.delivery.models import Delivery
from goodterms.feedback.models import Feedback
from goodterms.feedback.parsers.absence import Absence
from goodterms.feedback.parsers.delivery_report import Returned, Weight
from goodterms.feedback.parsers.message import Incoming
from goodterms.ledger.actions.append import append
from goodterms.ledger.rules.facts import Fact, Scope
from goodterms.ledger.rules.kinds import Actor, HoldReason, Kind, Purpose, Vehicle
from goodterms.lib.addresses import normalise_email
from goodterms.people.queries import named_email, root_id
from goodterms.policy.queries.addresses import address_of

_FAILING_SENDS = 3
_FAILING_TIME = timedelta(days=14)
_NOTHING_READ = Returned(address="", weight=Weight.SOFT)
_UNDONE = (Delivery.State.QUEUED, Delivery.State.ATTEMPTING)


def obey_return(office: Office, row: Feedback, incoming: Incoming, *, now: datetime) -> None:
    """Stop an address that takes no mail, and hold a person whose address has failed for weeks."""
    delivery = copy_named_by(office.owner, incoming)
    row.delivery = delivery
    if incoming.is_bounce:
        returned = _for(delivery, incoming.returned)
        row.kind = returned.weight.value
        row.detail = _told(returned)
        row.save()
        if delivery and returned.weight is Weight.HARD:
            stop_address(office, delivery, row, said=returned.said, status=returned.status, now=now)
        elif delivery and returned.weight is Weight.SOFT:
            count_failure(office, delivery, row, now=now)
    elif incoming.absence:
        row.detail = _written(incoming.absence)
        row.save()
        if delivery and incoming.absence.closes_address and _is_from(office, delivery, incoming):
            stop_address(office, delivery, row, said=f"automatic answer: {incoming.absence.kind}", status="", now=now)


def copy_named_by(owner: Owner, incoming: Incoming) -> Delivery | None:
    """Give the copy that left and that a token in a mail names, or None."""
    for found in incoming.tokens:
        token = found.token
        if token.owner_number not in {None, owner.pk} or token.update_uid is None:
            continue
        copies = Delivery.objects.filter(
            owner=owner, update__uid=token.update_uid, person__uid=token.person_uid, vehicle=Vehicle.EMAIL
        )
        copy = copies.exclude(state__in=_UNDONE).select_related("person", "update").first()
        if copy and not copy.person.erased_at:
            return copy
    return None


def _for(delivery: Delivery | None, returned: tuple[Returned, ...]) -> Returned:
    """Give what a report says of our copy; a forwarded one names an address that is not ours."""
    ours = delivery.address.lower() if delivery else ""
    named = (one for one in returned if ours and ours in {one.address, one.original})
    return next(named, next(iter(returned), _NOTHING_READ))


def _told(returned: Returned) -> dict[str, str]:
    return {"address": returned.address, "status": returned.status, "said": returned.said[:500]}


def _written(absence: Absence) -> dict[str, str]:
    until = absence.until_on.isoformat() if absence.until_on else ""
    return {"until": until, "address": absence.address}


def _is_from(office: Office, delivery: Delivery, incoming: Incoming) -> bool:
    address = normalise_email(incoming.from_address)
    return bool(address) and named_email(office.keys.identity, address or "").key == delivery.address_key


def stop_address(office: Office, delivery: Delivery, row: Feedback, *, said: str, status: str, now: datetime) -> None:
    """Stop the address of a copy for good, unless the person has another one by now."""
    person = root_id(delivery.person)
    current = address_of(office.owner, person, Vehicle.EMAIL)
    if current is None or current.key != delivery.address_key:
        return  # they have another address by now, which nothing was said of
    update = delivery.update
    fact = Fact(
        kind=Kind.ADDRESS_BOUNCED,
        occurred_at=_after(delivery, row.received_at, now),
        actor=Actor.SYSTEM,
        person=person,
        scope=Scope(vehicles=frozenset({Vehicle.EMAIL}), purposes=frozenset({Purpose(update.purpose)})),
        detail={
            "address_key": delivery.address_key,
            "message_id": delivery.message_id,
            "reply": _without_addresses(said, delivery),
            "status": status,
            "update": update.uid,
            "vehicle": delivery.vehicle,
        },
        evidence=(row.sha256,),
    )
    append(office.owner, [fact], now=now)


def _after(delivery: Delivery, at: datetime, now: datetime) -> datetime:
    """Give the moment of a return: never before its copy left, whatever date was written into it."""
    left_at = delivery.finished_at or delivery.first_tried_at
    return at if left_at is None or at >= left_at else now


def _without_addresses(said: str, delivery: Delivery) -> str:
    return said.replace(delivery.address, "(the address)")[:500] if delivery.address else said[:500]


def count_failure(office: Office, delivery: Delivery, row: Feedback, *, now: datetime) -> None:
    """Hold a person once three copies have come back over two weeks, none of them for good."""
    person = root_id(delivery.person)
    soft = Feedback.objects.filter(owner=office.owner, kind=Weight.SOFT, delivery__address_key=delivery.address_key)
    open_ = soft.filter(detail__counted__isnull=True)
    times = {one.delivery_id: one.received_at for one in open_}
    if len(times) < _FAILING_SENDS or max(times.values()) - min(times.values()) < _FAILING_TIME:
        return
    for one in open_:
        one.detail = {**one.detail, "counted": True}
        one.save(update_fields=["detail"])
    fact = Fact(
        kind=Kind.HELD,
        occurred_at=row.received_at,
        actor=Actor.SYSTEM,
        person=person,
        detail={"reason": str(HoldReason.ADDRESS_FAILING), "copies": len(times)},
        evidence=(row.sha256,),
    )
    append(office.owner, [fact], now=now)
