"""The owner's explanations, which stand in the ledger."""

from datetime import datetime

from django.db import transaction

from goodterms.accounts.models import Owner
from goodterms.ledger.actions.append import append
from goodterms.ledger.rules.facts import Fact
from goodterms.ledger.rules.kinds import Actor, Kind
from goodterms.lib.faults import Fault
from goodterms.review.queries import review_of
from goodterms.updates.models import Update


class ExplanationEmpty(Fault, ValueError):
    """Nothing was said."""


@transaction.atomic
def explain(owner: Owner, update: Update, text: str, *, now: datetime) -> None:
    """Keep in the ledger why an update that does not read so is networking, beside what was found in it."""
    if not text.strip():
        raise ExplanationEmpty("The explanation is empty. Nothing was kept; say in a sentence why it is networking.")
    found = review_of(update)
    detail = {"update": update.uid, "text": text.strip(), "reads": found.purpose.reads.value}
    fact = Fact(kind=Kind.UPDATE_EXPLAINED, occurred_at=now, actor=Actor.OWNER, detail=detail)
    append(owner, [fact], now=now)
