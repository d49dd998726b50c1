"""Who is next at the desk, with their message; how the day stands; what the archive showed."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, F, QuerySet
from django.db.models.functions import Coalesce

from goodterms.accounts.models import Owner
from goodterms.delivery.copies import Copies
from goodterms.delivery.models import Delivery
from goodterms.delivery.queries import facts_of, served
from goodterms.desk.models import Skip
from goodterms.desk.rules import NEAR, Day, Seen, day_of, seen
from goodterms.ledger.rules.kinds import Vehicle
from goodterms.lib.addresses import profile_url
from goodterms.people.models import Person
from goodterms.people.queries import group_of
from goodterms.policy.queries.addresses import address_of
from goodterms.policy.queries.audiences import audience, sendable
from goodterms.policy.queries.decisions import Question, decision_for
from goodterms.policy.rules import Decision, Rulebook, Verdict
from goodterms.sync.queries import newest_export
from goodterms.ties.models import Exchange
from goodterms.ties.queries import with_ties
from goodterms.ties.rules import NO_DATA
from goodterms.updates.models import Update


@dataclass(frozen=True, kw_only=True)
class Queue:
    """Who waits for an update at the desk."""

    first: int | None
    """Who is next."""
    waiting: int
    """How many wait."""
    skipped: int
    """How many of those passed over might have it."""


@dataclass(frozen=True, kw_only=True)
class Ready:
    """One person's message, ready to be sent by hand."""

    person: Person
    decision: Decision
    profile: str
    """The address of their LinkedIn profile; empty where none is known."""
    text: str
    """Empty unless the decision is to send."""
    most_signs: int

    @property
    def is_too_long(self) -> bool:
        """Whether LinkedIn would not take it."""
        return len(self.text) > self.most_signs


@dataclass(frozen=True, kw_only=True)
class Marked:
    """A message marked as sent, and what the newest archive says of it."""

    delivery: Delivery
    seen: Seen


def question_of(update: Update, rulebook: Rulebook, *, now: datetime) -> Question:
    """Give what is asked about everybody at the desk."""
    return Question(facts=facts_of(update), vehicle=Vehicle.LINKEDIN, rulebook=rulebook, now=now)


def queue_of(owner: Owner, update: Update, rulebook: Rulebook, *, now: datetime) -> Queue:
    """Give who is next of those who may have an update by hand and have it not, those passed over left out.

    The strongest tie comes first; of equal ones whoever connected last.
    """
    question, copies = question_of(update, rulebook, now=now), served(owner, update)
    passed = Skip.objects.filter(owner=owner, update=update)
    waiting = sendable(owner, question, served=copies)
    # From the few: the rows passed over are looked up among those waiting, not the other way round.
    skipped = passed.filter(person__in=waiting).count() if passed.exists() else 0
    left = with_ties(waiting.exclude(pk__in=passed.values("person")), now=now)
    strongest = left.order_by(Coalesce("tie", NO_DATA).desc(), F("connected_on").desc(nulls_last=True), "id")
    return Queue(
        first=strongest.values_list("pk", flat=True).first(),
        waiting=audience(owner, question, served=copies).send - skipped,
        skipped=skipped,
    )


def message_for(copies: Copies, person: Person, rulebook: Rulebook, *, now: datetime) -> Ready:
    """Give a person's message, with the decision of this moment."""
    owner, update = copies.owner, copies.update
    decision = decision_for(owner, person.pk, question_of(update, rulebook, now=now), served=served(owner, update))
    identity = address_of(owner, person.pk, Vehicle.LINKEDIN)
    return Ready(
        person=person,
        decision=decision,
        profile=profile_url(identity.value) if identity else "",
        text=copies.message(person) if decision.verdict is Verdict.SEND else "",
        most_signs=rulebook.by_hand.most_signs,
    )


def today(owner: Owner, rulebook: Rulebook, *, now: datetime) -> Day:
    """Give how many messages left by hand in the last 24 hours, and how many more may."""
    lately = _by_hand(owner).filter(finished_at__gt=now - timedelta(days=1), finished_at__lte=now)
    sent = [at for at in lately.values_list("finished_at", flat=True) if at is not None]
    return day_of(sent, rulebook.by_hand, now=now)


def days(owner: Owner, *, now: datetime, many: int = 14) -> Mapping[str, int]:
    """Count the messages sent by hand on each of the last days (UTC), the newest first; days without are left out."""
    since = now - timedelta(days=many)
    rows = _by_hand(owner).filter(finished_at__gt=since).values_list("finished_at__date").annotate(count=Count("*"))
    return {f"{day:%Y-%m-%d}": count for day, count in rows.order_by("-finished_at__date")}


def sent_by_hand(owner: Owner, update: Update | None = None) -> QuerySet[Delivery]:
    """Give the messages marked as sent, the newest first."""
    rows = _by_hand(owner)
    rows = rows.filter(update=update) if update else rows
    return rows.select_related("person", "update").order_by("-finished_at", "-id")


def what_was_seen(owner: Owner, deliveries: list[Delivery]) -> list[Marked]:
    """Say of messages marked as sent what the newest archive shows of each."""
    export = newest_export(owner)
    groups = {delivery.pk: set(group_of(delivery.person_id)) for delivery in deliveries}
    persons = set().union(*groups.values())
    spoken = Exchange.objects.filter(owner=owner, kind=Exchange.Kind.MESSAGE, by_owner=True, person__in=persons)
    rows = list(spoken.values_list("person_id", "at", "recognised"))
    found = []
    for delivery in deliveries:
        theirs = [(at, mark) for person, at, mark in rows if person in groups[delivery.pk]]
        assert delivery.finished_at is not None
        what = seen(
            marked_at=delivery.finished_at,
            taken_at=export.taken_at if export else None,
            is_confirmed=any(_is_of(mark, at, delivery) for at, mark in theirs),
            spoke_at=[at for at, _ in theirs],
        )
        found.append(Marked(delivery=delivery, seen=what))
    return found


def mark_of(update: Update) -> str:
    """Give the word by which a message that holds an update is known among the exchanges."""
    return f"update {update.pk}"


def _is_of(mark: str, at: datetime, delivery: Delivery) -> bool:
    if delivery.update.kind == Update.Kind.WELCOME:
        return mark == "welcome" and delivery.finished_at is not None and abs(at - delivery.finished_at) <= NEAR
    return mark == mark_of(delivery.update)


def _by_hand(owner: Owner) -> QuerySet[Delivery]:
    return Delivery.objects.filter(owner=owner, vehicle=Vehicle.LINKEDIN, state=Delivery.State.ACCEPTED)
