"""Resolving by hand what no machine can know."""

from datetime import datetime

from goodterms.accounts.models import Owner
from goodterms.delivery.actions.settle import Settled, facts_of
from goodterms.delivery.claimed import claimed_of
from goodterms.delivery.models import Delivery
from goodterms.delivery.rules.replies import Result
from goodterms.ledger.actions.append import append
from goodterms.ledger.rules.kinds import Actor
from goodterms.ledger.turns import alone
from goodterms.lib.faults import Fault

State = Delivery.State
_RESULTS = {State.ACCEPTED: Result.ACCEPTED, State.REFUSED: Result.REFUSED, State.QUEUED: Result.RETURNED}


class DeliveryNotUnknown(Fault):
    """Only a copy whose fate is unknown can be resolved, and only as arrived, not arrived, or to be sent again."""


@alone
def resolve(owner: Owner, delivery: Delivery, as_state: State, *, now: datetime) -> Delivery:
    """Settle an unknown copy on the owner's word: accepted (it arrived), refused (it did not; leave it) or queued.

    Queued sends it again, under the same Message-ID; the owner should know that it did not arrive.
    """
    result = _RESULTS.get(as_state)
    if result is None:
        choices = ", ".join(state.value for state in _RESULTS)
        raise DeliveryNotUnknown(
            f"A copy can't be resolved as {as_state.value}; it can as {choices}. Nothing was done."
        )
    changed = Delivery.objects.filter(pk=delivery.pk, owner=owner, state=State.UNKNOWN).update(
        state=as_state, due_at=now, finished_at=None if as_state is State.QUEUED else delivery.finished_at or now
    )
    if not changed:
        raise DeliveryNotUnknown(
            f"Copy {delivery.message_id} is not unknown (any more), so there is nothing to resolve. Nothing was done."
        )
    resolved = Delivery.objects.select_related("person", "update").get(pk=delivery.pk)
    told = Settled(copy=claimed_of(resolved), result=result, at=delivery.finished_at or now)
    if resolved.person.erased_at is None:
        append(owner, facts_of(told, actor=Actor.OWNER), now=now)
    return resolved
