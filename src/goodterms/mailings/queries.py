"""How it stands with mailings."""

from collections.abc import Iterable
from datetime import datetime

from django.db.models import Count, Q, QuerySet

from goodterms.accounts.models import Owner
from goodterms.delivery.models import Delivery
from goodterms.ledger.rules.kinds import Vehicle
from goodterms.lib.faults import Fault
from goodterms.mailings.models import Mailing
from goodterms.mailings.rules import Progress
from goodterms.updates.models import Update

State = Mailing.State


class MailingUnknown(Fault):
    """The update was never set to be sent by the workers."""


def list_mailings(owner: Owner) -> QuerySet[Mailing]:
    """Give the owner's mailings, the one asked for last first."""
    return Mailing.objects.filter(owner=owner).select_related("update").order_by("-asked_at", "-id")


def find_mailing(owner: Owner, update: Update, vehicle: Vehicle = Vehicle.EMAIL) -> Mailing | None:
    """Give the mailing of an update, or None where it was never handed to the workers."""
    found = Mailing.objects.filter(owner=owner, update=update, vehicle=vehicle)
    return found.select_related("owner", "update").first()


def mailing_of(owner: Owner, update: Update, vehicle: Vehicle = Vehicle.EMAIL) -> Mailing:
    """Give the mailing of an update; raise MailingUnknown where there is none."""
    found = find_mailing(owner, update, vehicle)
    if found is None:
        raise MailingUnknown(
            f"Update {update.pk} was never handed to the workers. Nothing was done.",
            typed=f"To do so: goodterms send {update.pk} --later",
        )
    return found


def mailings_to_tend(owner: Owner, *, now: datetime) -> QuerySet[Mailing]:
    """Give the mailings with which something may have to be done at this moment, in the order they were due."""
    not_in_vain = Q(next_at=None) | Q(next_at__lte=now)
    wanted = Q(state__in=(State.SCHEDULED, State.SENDING), due_at__lte=now) & not_in_vain
    wanted |= Q(state=State.CANCELLED, finished_at=None)
    return Mailing.objects.filter(wanted, owner=owner).select_related("update").order_by("due_at", "id")


def owners_to_tend(*, now: datetime) -> list[int]:
    """Give the numbers of the owners with mailings to tend."""
    wanted = Q(state__in=(State.SCHEDULED, State.SENDING), due_at__lte=now)
    wanted |= Q(state=State.CANCELLED, finished_at=None)
    return sorted(set(Mailing.objects.filter(wanted).values_list("owner", flat=True).distinct()))


def is_wanted(mailing: Mailing) -> bool:
    """Say whether a mailing is still to be sent, as of this moment."""
    return Mailing.objects.filter(pk=mailing.pk, owner=mailing.owner_id, state=State.SENDING).exists()


def mailings_under_way(owners: Iterable[int]) -> QuerySet[Mailing]:
    """Give the mailings of some owners that are being sent."""
    found = Mailing.objects.filter(owner__in=list(owners), state=State.SENDING)
    return found.select_related("owner", "update").order_by("id")


def has_claims(mailing: Mailing) -> bool:
    """Say whether workers hold copies of it."""
    return copies_in(mailing).filter(state=Delivery.State.ATTEMPTING).exists()


def copies_in(mailing: Mailing) -> QuerySet[Delivery]:
    """Give the copies of a mailing: those of its update by its vehicle."""
    return Delivery.objects.filter(owner=mailing.owner_id, update=mailing.update_id, vehicle=mailing.vehicle)


def progress_of(mailing: Mailing, *, now: datetime) -> Progress:
    """Give how far a mailing is."""
    counts = copies_in(mailing).values_list("state").annotate(count=Count("*")).order_by("state")
    return Progress.of(dict(counts), now)


def rate_of(mailing: Mailing, *, now: datetime) -> float:
    """Give how many copies a second were settled since a mailing was begun last; 0 where it was not yet."""
    if mailing.begun_at is None or now <= mailing.begun_at:
        return 0.0
    settled = copies_in(mailing).filter(finished_at__gte=mailing.begun_at).count()
    return settled / (now - mailing.begun_at).total_seconds()
