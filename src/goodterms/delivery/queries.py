"""Where the copies of updates are."""

from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from datetime import datetime
from typing import Any

from django.db.models import Count, Exists, Max, Min, OuterRef, Q, QuerySet, Value
from django.db.models.functions import StrIndex, Substr

from goodterms import sql
from goodterms.accounts.models import Owner
from goodterms.delivery.claimed import Claimed
from goodterms.delivery.models import Delivery
from goodterms.delivery.paces import receiver_of
from goodterms.ledger.rules.kinds import Vehicle
from goodterms.lib.faults import Fault
from goodterms.lib.tokens import Act, Token
from goodterms.people.models import Identity, Person, StrayNumber
from goodterms.people.queries import group_of
from goodterms.policy.queries.audiences import recipients
from goodterms.policy.queries.decisions import Question, decisions_for
from goodterms.policy.rules import Reason, Rulebook, UpdateFacts, Verdict
from goodterms.review.checks.repeated import says_the_same
from goodterms.review.queries import deciding_purpose
from goodterms.updates.models import Update

State = Delivery.State
WAITING = (State.QUEUED, State.DEFERRED)
_MOST_BEFORE = 200
"""So many updates are looked back at for what was said before."""
FINISHED = (State.ACCEPTED, State.REFUSED, State.UNKNOWN)


class CopyUnknown(Fault):
    """No copy has that Message-ID."""


def facts_of(update: Update) -> UpdateFacts:
    """Give what of an update decides."""
    return UpdateFacts(purpose=deciding_purpose(update), is_welcome=update.kind == Update.Kind.WELCOME)


def served(owner: Owner, update: Update) -> QuerySet[Any, Any]:
    """Give the numbers of the persons who have a copy of an update, in whatever state, as a query.

    Whoever has a copy of another that says the same, or may have one or gets it, counts as served too; and whoever may
    have had one that only the journal knows of.
    """
    had = Q(update=update)
    if same := _saying_the_same(owner, update):
        had |= Q(update__in=same) & ~Q(state=State.REFUSED)
    copies = Delivery.objects.filter(had, owner=owner).values_list("person_id", flat=True)
    stray = _may_be_stray(owner, update)
    return copies if stray is None else Person.objects.filter(stray | Q(pk__in=copies)).values_list("pk", flat=True)


def _may_be_stray(owner: Owner, update: Update) -> Q | None:
    """Give who may be one to whom a copy went of which an older database, put back, knows neither number nor address.

    They came (again) after that copy left, were connected before it, and are nobody else whom the journal names.
    """
    strays = StrayNumber.objects.filter(owner=owner)
    known = Q(Exists(Person.objects.filter(owner=owner, uid=OuterRef("uid")))) | Q(
        Exists(Identity.objects.filter(owner=owner, key=OuterRef("key")))
    )
    times = strays.filter(update_sha256=update.sha256).exclude(known).aggregate(Min("left_at"), Max("left_at"))
    first, last = times["left_at__min"], times["left_at__max"]
    if last is None:
        return None
    is_earlier = Q(connected_on=None) | Q(connected_on__lte=last.date())
    return Q(owner=owner, created_at__gt=first) & is_earlier & ~Q(uid__in=strays.values("uid"))


def _saying_the_same(owner: Owner, update: Update) -> list[int]:
    """Give the numbers of the owner's other updates that say the same as this one; of a welcome message none."""
    if update.kind == Update.Kind.WELCOME:
        return []
    others = Update.objects.filter(owner=owner, kind=Update.Kind.UPDATE).exclude(pk=update.pk).order_by("-id")
    return [
        number for number, body in others.values_list("id", "body")[:_MOST_BEFORE] if says_the_same(update.body, body)
    ]


def texts_sent_before(owner: Owner, update: Update | None = None) -> list[str]:
    """Give the bodies of the other updates of which somebody has a copy or may have one, the newest first."""
    gone = Delivery.objects.filter(owner=owner, state__in=(State.ACCEPTED, State.UNKNOWN))
    gone = gone.exclude(update=update) if update else gone
    sent = Update.objects.filter(owner=owner, kind=Update.Kind.UPDATE, pk__in=gone.values("update"))
    return list(sent.order_by("-id").values_list("body", flat=True)[:_MOST_BEFORE])


def counts_by_state(owner: Owner, update: Update) -> dict[State, int]:
    """Count the copies of an update by state; states without copies are left out."""
    rows = Delivery.objects.filter(owner=owner, update=update).values_list("state")
    return {State(state): count for state, count in rows.annotate(count=Count("*")).order_by("state")}


def counts_by_update(owner: Owner, updates: Collection[int]) -> dict[int, Counter[str]]:
    """Count the copies of some updates by state, all in one query."""
    rows = Delivery.objects.filter(owner=owner, update__in=updates).values_list("update_id", "state")
    found: dict[int, Counter[str]] = {}
    for update, state, count in rows.annotate(count=Count("*")).order_by("update_id", "state"):
        found.setdefault(update, Counter())[state] = count
    return found


def copies_in(owner: Owner, update: Update, states: Collection[State]) -> QuerySet[Delivery]:
    """Give the copies of an update in some states, the last settled first."""
    rows = Delivery.objects.filter(owner=owner, update=update, state__in=states)
    return rows.select_related("person").order_by("-finished_at", "-id")


def who_has(owner: Owner, update: Update) -> QuerySet[Delivery]:
    """Give the copies that a mail server accepted or the owner sent by hand, in that order."""
    rows = Delivery.objects.filter(owner=owner, update=update, state=State.ACCEPTED)
    return rows.select_related("person").order_by("finished_at", "id")


def unknown_copies(owner: Owner, update: Update | None = None) -> QuerySet[Delivery]:
    """Give the copies of which nobody can say whether they arrived, for the owner to resolve; oldest first."""
    rows = Delivery.objects.filter(owner=owner, state=State.UNKNOWN)
    rows = rows.filter(update=update) if update else rows
    return rows.select_related("person", "update").order_by("finished_at", "id")


def copy_named(owner: Owner, message_id: str) -> Delivery:
    """Give the copy with a Message-ID, angle brackets or not; raise CopyUnknown where there is none."""
    bare = message_id.strip().strip("<>")
    found = Delivery.objects.filter(owner=owner, message_id__in=[bare, f"<{bare}>"]).first()
    if found is None:
        raise CopyUnknown(f"There is no copy with the Message-ID {message_id}. Nothing was done.")
    return found


def copy_by_link(owner: Owner, token: Token) -> Delivery | None:
    """Give the copy that a signed way out stands in, where it may have reached its receiver."""
    if token.act not in {Act.STOP, Act.LEAVE}:
        return None
    gone = Delivery.objects.filter(owner=owner, state__in=(State.ATTEMPTING, State.ACCEPTED, State.UNKNOWN))
    found = gone.filter(update__uid=token.update_uid, person__uid=token.person_uid, person__erased_at=None)
    return found.select_related("update__owner", "person").first()


def copies_of(owner: Owner, person: int) -> QuerySet[Delivery]:
    """Give everything that was to go to a person, and to those merged into them, oldest first."""
    rows = Delivery.objects.filter(owner=owner, person__in=group_of(person))
    return rows.select_related("update").order_by("id")


def newest_ways(owner: Owner) -> Iterator[tuple[int, str, str]]:
    """Give person, vehicle and domain of address of each copy that arrived, oldest first: the last of a person counts.

    By hand through LinkedIn the domain is empty.
    """
    rows = Delivery.objects.filter(owner=owner, state=State.ACCEPTED).order_by("id")
    domain = Substr("address", StrIndex("address", Value("@")) + 1)
    yield from rows.values_list("person_id", "vehicle", domain).iterator(chunk_size=5_000)


def led_to(owner: Owner, copies: Collection[int]) -> set[int]:
    """Give the numbers of those among some copies that other rows lead to, whatever these are about."""
    found: set[int] = set()
    for link in Delivery._meta.related_objects:  # noqa: SLF001 -- Django's documented way
        rows = link.related_model._default_manager.filter(owner=owner)  # noqa: SLF001
        leading = rows.filter(**{f"{link.field.name}__in": sql.listed(copies)})
        found.update(leading.values_list(link.field.attname, flat=True))
    return found


def is_due(owner: Owner, update: Update, *, by: datetime) -> bool:
    """Say whether a copy by e-mail is due at this moment."""
    return _waiting(owner, update).filter(due_at__lte=by).exists()


def next_due_at(owner: Owner, update: Update) -> datetime | None:
    """Give the moment at which the next copy by e-mail is due, or None where none waits."""
    found: datetime | None = _waiting(owner, update).aggregate(first=Min("due_at"))["first"]
    return found


def count_waiting(owner: Owner, update: Update) -> int:
    """Count the copies by e-mail that wait, now or for later."""
    return _waiting(owner, update).count()


def waiting_by_receiver(owner: Owner, update: Update) -> Counter[str]:
    """Count the copies by e-mail that wait, by who receives mail for them; see delivery.paces.receiver_of."""
    domain = Substr("address", StrIndex("address", Value("@")) + 1)
    rows = _waiting(owner, update).values(domain=domain).annotate(count=Count("*")).order_by("domain")
    counts: Counter[str] = Counter()
    for row in rows:
        counts[receiver_of(f"@{row['domain']}")] += row["count"]
    return counts


def new_by_receiver(owner: Owner, update: Update, rulebook: Rulebook, *, now: datetime) -> Counter[str]:
    """Count those who would be planned a copy by e-mail now and have none, by who receives mail for them."""
    question = Question(facts=facts_of(update), vehicle=Vehicle.EMAIL, rulebook=rulebook, now=now)
    return Counter(receiver_of(one.address) for one in recipients(owner, question, served=served(owner, update)))


def audience_by_receiver(owner: Owner, rulebook: Rulebook, *, now: datetime) -> Counter[str]:
    """Count those who may get a networking update by e-mail now, by who receives mail for them."""
    question = Question(facts=UpdateFacts(), vehicle=Vehicle.EMAIL, rulebook=rulebook, now=now)
    return Counter(receiver_of(one.address) for one in recipients(owner, question))


def reasons_against(owner: Owner, copies: Sequence[Claimed], question: Question) -> dict[int, Reason]:
    """Give the reason why planned copies must not leave at this moment, by their numbers; the others may leave.

    Asked for a whole window of copies at once, in three queries whatever its size.
    """
    decisions = decisions_for(owner, (copy.root_id for copy in copies), question)
    known = _looked_at(owner, copies)
    reasons: dict[int, Reason] = {}
    for copy in copies:
        decision = decisions[copy.root_id]
        is_joined, is_theirs = known[copy.pk]
        if decision.verdict is not Verdict.SEND:
            reasons[copy.pk] = decision.reason
        elif is_joined and _has_another_copy(owner, copy):
            reasons[copy.pk] = Reason.ALREADY_SENT
        elif not is_theirs and not (is_joined and _is_of_another_half(owner, copy)):
            reasons[copy.pk] = Reason.ADDRESS_WITHDRAWN
    return reasons


# Plain SQL, because it is asked for each window while letters leave.
_DELIVERY, _PERSON, _IDENTITY = (model._meta.db_table for model in (Delivery, Person, Identity))  # noqa: SLF001
_LOOK = f"""
    SELECT d.id,
      EXISTS (SELECT 1 FROM "{_PERSON}" p WHERE p.owner_id = d.owner_id
        AND p.merged_into_id = COALESCE(o.merged_into_id, o.id)),
      EXISTS (SELECT 1 FROM "{_IDENTITY}" i WHERE i.owner_id = d.owner_id
        AND i.person_id = COALESCE(o.merged_into_id, o.id) AND i.kind = '{Identity.Kind.EMAIL.value}'
        AND i.is_current AND i.value = d.address AND i.key = d.address_key)
    FROM "{_DELIVERY}" d JOIN "{_PERSON}" o ON o.owner_id = d.owner_id AND o.id = d.person_id
    WHERE
"""  # noqa: S608


def _looked_at(owner: Owner, copies: Sequence[Claimed]) -> dict[int, tuple[bool, bool]]:
    """Say of each copy whether others were joined with its person, and whether its address is that person's now."""
    where, values = sql.among(owner.pk, "d.id", (copy.pk for copy in copies))
    rows = sql.fetch(f"{_LOOK} {where}", values)
    return {number: (bool(joined), bool(theirs)) for number, joined, theirs in rows}


def _is_of_another_half(owner: Owner, copy: Claimed) -> bool:
    """Say whether an address is that of somebody who was merged into the person."""
    halves = Identity.objects.filter(owner=owner, person__in=group_of(copy.root_id), kind=Identity.Kind.EMAIL)
    return halves.filter(is_current=True, value=copy.address, key=copy.address_key).exists()


def _has_another_copy(owner: Owner, copy: Claimed) -> bool:
    """Say whether a person joined from two has the other half's copy, or gets it: of two that wait the first goes."""
    group = group_of(copy.root_id)
    if len(group) == 1:
        return False
    others = Delivery.objects.filter(owner=owner, update=copy.update, person__in=group).exclude(pk=copy.pk)
    return others.filter(Q(pk__lt=copy.pk) | Q(state__in=FINISHED)).exists()


def _waiting(owner: Owner, update: Update) -> QuerySet[Delivery]:
    return Delivery.objects.filter(owner=owner, update=update, vehicle=Vehicle.EMAIL, state__in=WAITING)
