"""What the owner decides about a forecast, which stands in the ledger."""

from datetime import datetime

from django.db import transaction

from goodterms.accounts.models import Owner
from goodterms.forecast.queries import Forecast
from goodterms.ledger.actions.append import append
from goodterms.ledger.rules.facts import Fact
from goodterms.ledger.rules.kinds import Actor, Kind
from goodterms.lib.faults import Fault
from goodterms.updates.models import Update


class AcceptanceEmpty(Fault, ValueError):
    """Nothing was said."""


@transaction.atomic
def accept_forecast(owner: Owner, update: Update, found: Forecast, text: str, *, now: datetime) -> None:
    """Keep in the ledger why the owner sends an update to everybody, beside what the forecast said then."""
    if not text.strip():
        raise AcceptanceEmpty("The reason is empty. Nothing was kept; say in a sentence why it goes to all of them.")
    complaints = next(iter(found.outcomes.values()))
    detail = {
        "update": update.uid,
        "text": text.strip(),
        "gate": found.gate.value,
        "people": found.people,
        "expected": f"{complaints.expected:.2f}",
    }
    append(owner, [Fact(kind=Kind.FORECAST_ACCEPTED, occurred_at=now, actor=Actor.OWNER, detail=detail)], now=now)
