"""Keeping count of what is asked for on public pages, for all processes that serve them.

Who asks is kept as a keyed hash alone, and no longer than it counts.
"""

from datetime import datetime

from django.db import transaction

from goodterms.accounts.models import Owner
from goodterms.accounts.office import Office
from goodterms.feedback.models import Asking
from goodterms.feedback.rules.allowances import Allowance, asked_again
from goodterms.lib.keyed import keyed_hash


@transaction.atomic
def take_allowance(office: Office, allowance: Allowance, who: str, *, now: datetime) -> bool:
    """Say whether somebody may have something once more, and count it if so.

    Several that ask at once are looked at one after the other: the row is held until the transaction ends.
    """
    owner, key = office.owner, keyed_hash(office.keys.identity, "asking", allowance.what, who)
    forget_askings(owner, now=now)
    mine = Asking.objects.filter(owner=owner, what=allowance.what, key=key)
    held = Asking.objects.select_for_update()
    row, _ = held.get_or_create(owner=owner, what=allowance.what, key=key, defaults={"ends_at": now + allowance.period})
    found = asked_again(allowance, row.moments, now)
    if found.is_granted:
        mine.update(moments=list(found.moments), ends_at=now + allowance.period)
    return found.is_granted


def forget_askings(owner: Owner, *, now: datetime) -> None:
    """Delete what counts no more."""
    Asking.objects.filter(owner=owner, ends_at__lte=now).delete()
