"""What the owner does at the desk: say that a message was sent, that it was not, pass over, and what archives show."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from django.db import IntegrityError, transaction
from django.db.models import QuerySet

from goodterms import sql
from goodterms.accounts.models import Owner
from goodterms.accounts.office import Office
from goodterms.delivery.actions.settle import Settled, facts_of
from goodterms.delivery.claimed import claimed_of
from goodterms.delivery.copies import Copies
from goodterms.delivery.models import Delivery
from goodterms.delivery.queries import led_to
from goodterms.delivery.rules.replies import Result
from goodterms.desk.models import Skip
from goodterms.desk.queries import mark_of, message_for, what_was_seen
from goodterms.desk.rules import Seen
from goodterms.ledger.actions.append import append
from goodterms.ledger.queries.entries import entries_of, undone_exports
from goodterms.ledger.rules.facts import Entry, Fact, Scope
from goodterms.ledger.rules.kinds import Actor, Kind, Purpose, Vehicle
from goodterms.ledger.rules.standing import standing_of
from goodterms.ledger.turns import alone, turn_of
from goodterms.lib.canonical import sha256_hex
from goodterms.lib.faults import Fault
from goodterms.lib.keyed import keyed_hash
from goodterms.lib.moments import write_moment
from goodterms.people.models import Person
from goodterms.people.queries import group_of, root_id
from goodterms.policy.queries.addresses import address_of
from goodterms.policy.rules import Rulebook, Verdict
from goodterms.policy.words import REASONS
from goodterms.terms.rules import holds_wording
from goodterms.ties.models import Exchange
from goodterms.updates.models import Update
from goodterms.updates.queries import compiled

State = Delivery.State
_PARTS = {Kind.WELCOME_SENT: "welcome", Kind.UPDATE_ACCEPTED: "last_update"}
"""What of a standing an entry of a message by hand changes."""


class NotToBeSent(Fault):
    """The decision of this moment is against sending."""


class NotToBeTakenBack(Fault):
    """What was sent by hand can't be called unsent (any more)."""


def mark_sent(office: Office, copies: Copies, person: Person, rulebook: Rulebook, *, now: datetime) -> Delivery:
    """Record the owner's word that they sent a person their copy by hand; raises NotToBeSent.

    The one decision is asked once more: it is the last moment at which somebody who left can be told from the others.
    """
    owner, update = office.owner, copies.update
    with turn_of(owner):
        ready = message_for(copies, person, rulebook, now=now)
        if ready.decision.verdict is not Verdict.SEND:
            raise NotToBeSent(
                f"{person} is not to be written to: {REASONS[ready.decision.reason]}. Nothing was recorded. If your "
                "message has left already, the next archive will show it."
            )
        identity = address_of(owner, person.pk, Vehicle.LINKEDIN)
        delivery = _keep(
            copies,
            person,
            key=identity.key if identity else keyed_hash(office.keys.identity, "person", str(person.uid)),
            sha256=sha256_hex(ready.text.encode("utf-8", "replace")),
            at=now,
        )
        if delivery is None:
            raise NotToBeSent(f"{person} has a copy of '{update}' already. Nothing was recorded.")
        told = Settled(copy=claimed_of(delivery), result=Result.ACCEPTED, at=now, copy_sha256=delivery.copy_sha256)
        append(owner, facts_of(told, actor=Actor.OWNER), now=now)
        Skip.objects.filter(owner=owner, update=update, person=person).delete()
    return delivery


def _keep(copies: Copies, person: Person, *, key: str, sha256: str, at: datetime) -> Delivery | None:
    try:
        with transaction.atomic():
            return Delivery.objects.create(
                owner=copies.owner,
                update=copies.update,
                person=person,
                vehicle=Vehicle.LINKEDIN,
                address_key=key,
                message_id=copies.message_id(person.uid),
                state=State.ACCEPTED,
                attempts=1,
                due_at=at,
                first_tried_at=at,
                finished_at=at,
                copy_sha256=sha256,
            )
    except IntegrityError:
        return None  # another window was quicker


@alone
def mark_not_sent(owner: Owner, delivery: Delivery, *, now: datetime) -> None:
    """Record the owner's word that what they had marked as sent did not leave; they may be written to again.

    The ledger forgets nothing, so this is an entry of its own, which puts the standing back to what it was before.
    Raises NotToBeTakenBack where an archive shows the message, or where a mail server had it.
    """
    mine = Delivery.objects.filter(pk=delivery.pk, owner=owner, vehicle=Vehicle.LINKEDIN, state=State.ACCEPTED)
    found = mine.select_related("update", "person").select_for_update().first()
    if found is None:
        raise NotToBeTakenBack("This message was not marked as sent by hand. Nothing was changed.")
    if what_was_seen(owner, [found])[0].seen is Seen.CONFIRMED:
        raise NotToBeTakenBack("Your newest archive shows that this message was sent. Nothing was changed.")
    if led_to(owner, [found.pk]):
        raise NotToBeTakenBack("Something came back about this message, so it was sent. Nothing was changed.")
    entries = entries_of(owner, group_of(root_id(found.person)))
    wrong = [e for e in entries if e.kind in _PARTS and e.detail.get("message_id") == found.message_id]
    append(owner, [_taken_back(owner, entries, entry, now) for entry in wrong[-1:]], now=now)
    sql.delete_rows(mine)


def _taken_back(owner: Owner, entries: Sequence[Entry], wrong: Entry, now: datetime) -> Fact:
    part = _PARTS[wrong.kind]
    before = standing_of((entry for entry in entries if entry.id < wrong.id), undone=undone_exports(owner))
    at = getattr(before, f"{part}_at")
    return Fact(
        kind=Kind.NOT_SENT,
        occurred_at=now,
        actor=Actor.OWNER,
        person=wrong.person,
        scope=wrong.scope,
        detail={
            "entry": wrong.id,
            "part": part,
            "before_entry": before.support.get(part),
            "before_at": write_moment(at) if at else None,
            "update": wrong.detail.get("update"),
        },
    )


def skip(owner: Owner, update: Update, person: Person, *, now: datetime) -> None:
    """Pass a person over for an update, until the owner looks at those passed over."""
    Skip.objects.get_or_create(owner=owner, update=update, person=person, defaults={"at": now})


def look_again(owner: Owner, update: Update) -> int:
    """Let everybody passed over for an update come again; give how many."""
    count, _ = Skip.objects.filter(owner=owner, update=update).delete()
    return count


@alone
def confirm_by_messages(owner: Owner, export: int, *, now: datetime) -> int:
    """Tell the ledger of updates found among an export's messages; give how many.

    Somebody who got one without its having been marked has a copy from now on, so that no second one follows.
    """
    updates = list(Update.objects.filter(owner=owner, kind=Update.Kind.UPDATE).order_by("-created_at", "-id"))
    messages = Exchange.objects.filter(
        owner=owner, export=export, kind=Exchange.Kind.MESSAGE, by_owner=True, recognised=""
    )
    if not updates or not messages.filter(at__gte=updates[-1].created_at).exists():
        return 0
    wordings = [(update, _wording(update)) for update in updates]
    found = list(_found(messages.filter(at__gte=updates[-1].created_at), wordings))
    for message, update in found:
        _note_copy(owner, message, update)
        Exchange.objects.filter(owner=message.owner_id, pk=message.pk).update(recognised=mark_of(update))
    append(owner, [_confirmed(message, update) for message, update in found], now=now)
    return len(found)


def _wording(update: Update) -> str:
    parts = compiled(update).text.parts
    return "".join(part if isinstance(part, str) else "{{ field }}" for part in parts)


def _found(messages: QuerySet[Exchange], wordings: Sequence[tuple[Update, str]]) -> Iterator[tuple[Exchange, Update]]:
    for message in messages.select_related("person", "artefact").order_by("at", "id").iterator(chunk_size=1_000):
        held = (u for u, wording in wordings if u.created_at <= message.at and holds_wording(message.text, wording))
        update = next(held, None)
        if update is not None:
            yield message, update


def _note_copy(owner: Owner, message: Exchange, update: Update) -> None:
    person = Person.objects.get(owner=message.owner_id, pk=root_id(message.person))
    has_copy = Delivery.objects.filter(owner=owner, update=update, person__in=group_of(person.pk)).exists()
    if has_copy or person.erased_at is not None:
        return
    identity = address_of(owner, person.pk, Vehicle.LINKEDIN)
    Delivery.objects.bulk_create(
        [
            Delivery(
                owner=owner,
                update=update,
                person=person,
                vehicle=Vehicle.LINKEDIN,
                address_key=identity.key if identity else message.key,
                message_id=f"<message-{message.key[:40]}@linkedin>",
                state=State.ACCEPTED,
                attempts=1,
                due_at=message.at,
                first_tried_at=message.at,
                finished_at=message.at,
                copy_sha256=sha256_hex(message.text.encode("utf-8", "replace")),
            )
        ],
        ignore_conflicts=True,
    )


def _confirmed(message: Exchange, update: Update) -> Fact:
    return Fact(
        kind=Kind.UPDATE_CONFIRMED,
        occurred_at=message.at,
        actor=Actor.OWNER,
        person=root_id(message.person),
        scope=Scope(vehicles=frozenset({Vehicle.LINKEDIN}), purposes=frozenset({Purpose(update.purpose)})),
        detail={"update": update.uid, "update_sha256": update.sha256, "vehicle": Vehicle.LINKEDIN.value},
        evidence=(message.artefact.sha256,) if message.artefact else (),
        source=message.export,
    )
