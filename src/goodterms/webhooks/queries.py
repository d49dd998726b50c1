"""The webhooks of an owner."""

from datetime import datetime

from django.db.models import QuerySet

from goodterms.accounts.models import Owner
from goodterms.webhooks.models import Webhook


def webhooks_of(owner: Owner) -> QuerySet[Webhook]:
    """Give an owner's webhooks, oldest first."""
    return Webhook.objects.filter(owner=owner).order_by("id")


def due_webhooks(owner: Owner, *, now: datetime) -> QuerySet[Webhook]:
    """Give those that may be told something at this moment."""
    return webhooks_of(owner).filter(due_at__lte=now)
