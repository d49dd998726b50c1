"""Taking back copies that did not leave, each with its reason."""

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet

from goodterms import sql
from goodterms.accounts.models import Owner
from goodterms.delivery.models import Delivery
from goodterms.delivery.queries import led_to
from goodterms.policy.rules import Reason
from goodterms.policy.words import REASONS

State = Delivery.State


@transaction.atomic
def drop(owner: Owner, copies: QuerySet[Delivery], why: Mapping[int, Reason] | str, *, now: datetime) -> None:
    """Let copies of an owner's be as if they had never been planned; none of them leaves any more.

    Those to which something that came back leads are kept, as refused: a try before had left a trace, and what it says
    goes on to name its copy. `why` says for which reason, by the copy's number, or what happened to all of them.
    """
    # Held first: whatever begins to lead to one of them from here on waits, and then finds it gone.
    numbers = list(copies.order_by("pk").select_for_update(of=("self",)).values_list("pk", flat=True))
    for batch in sql.batches(numbers):
        kept, at = led_to(owner, batch), sql.moment(now)
        if kept:
            said = {number: why if isinstance(why, str) else REASONS[why[number]] for number in kept}
            rows = [(State.REFUSED.value, f"Not sent: {words}.", at, number) for number, words in sorted(said.items())]
            sql.update_rows(owner.pk, Delivery, _REFUSE, _REFUSED, rows)
        sql.delete_rows(sql.numbered(Delivery.objects.all(), owner.pk, set(batch) - kept))


_REFUSED = {"state": "text", "reply": "text", "finished_at": "timestamptz"}
_REFUSE = "state = v.state, reply = v.reply, finished_at = v.finished_at"
