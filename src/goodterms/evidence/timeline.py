"""Everything that happened between the owner and one person, in order, each thing with its proof."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from goodterms.accounts.models import Owner
from goodterms.delivery.models import Delivery
from goodterms.delivery.queries import copies_of
from goodterms.evidence.rules.story import ACTOR_WORDS, KIND_WORDS, details_of
from goodterms.ledger.models import Leaf, Seal
from goodterms.ledger.queries.entries import entries_of, undone_exports
from goodterms.ledger.rules.facts import Entry
from goodterms.ledger.rules.kinds import EXITS, Actor
from goodterms.people.queries import group_of
from goodterms.ties.models import Exchange

_TOLD_BY_THE_LEDGER = frozenset({Delivery.State.ACCEPTED})


@dataclass(frozen=True, kw_only=True)
class Proof:
    """Where an entry stands in the sealed tree."""

    leaf: int
    sealed_at: datetime
    size: int
    """How many entries the first seal above it covers."""


@dataclass(frozen=True, kw_only=True)
class Event:
    """One thing that happened."""

    at: datetime
    what: str
    who: str = ""
    text: str = ""
    """What was written, if anything was."""
    details: Sequence[tuple[str, str]] = ()
    evidence: Sequence[str] = ()
    is_exit: bool = False
    is_taken_back: bool = False
    """Whether an export told it that was taken back: then it does not count."""
    entry: int | None = None
    proof: Proof | None = None
    """None: not an entry of the ledger, or not sealed yet."""


def timeline(owner: Owner, person: int) -> list[Event]:
    """Give every entry, message and copy of a person and of those merged into them, the newest first."""
    group = group_of(person)
    entries = entries_of(owner, group)
    undone = undone_exports(owner)
    proofs = proofs_of(owner, [entry.id for entry in entries])
    told = [_event(entry, undone, proofs.get(entry.id)) for entry in entries]
    said = [_said(one) for one in Exchange.objects.filter(owner=owner, person__in=group)]
    copies = [_copy(one) for one in copies_of(owner, person) if one.state not in _TOLD_BY_THE_LEDGER]
    return sorted([*told, *said, *copies], key=lambda event: (event.at, event.entry or 0), reverse=True)


def proofs_of(owner: Owner, entries: Iterable[int]) -> dict[int, Proof]:
    """Give where entries stand in the sealed tree; those that no seal covers yet are left out."""
    leaves = Leaf.objects.filter(owner=owner, entry__in=list(entries)).values_list("entry_id", "index")
    seals = list(Seal.objects.filter(owner=owner).order_by("size").values_list("size", "sealed_at"))
    found = {}
    for entry, index in leaves:
        first = next(((size, at) for size, at in seals if size > index), None)
        if first:
            found[entry] = Proof(leaf=index, sealed_at=first[1], size=first[0])
    return found


def _event(entry: Entry, undone: frozenset[int], proof: Proof | None) -> Event:
    return Event(
        at=entry.occurred_at,
        what=KIND_WORDS.get(entry.kind, entry.kind.replace("_", " ")),
        who=ACTOR_WORDS[entry.actor],
        text=str(entry.detail.get("heard", "")),
        details=details_of(entry),
        evidence=entry.evidence,
        is_exit=entry.kind in EXITS,
        is_taken_back=entry.source in undone and entry.kind not in EXITS,
        entry=entry.id,
        proof=proof,
    )


def _said(exchange: Exchange) -> Event:
    who = Actor.OWNER if exchange.by_owner else Actor.PERSON
    what = Exchange.Kind(exchange.kind).label
    return Event(at=exchange.at, what=what[0].upper() + what[1:], who=ACTOR_WORDS[who], text=exchange.text)


def _copy(copy: Delivery) -> Event:
    what = f"Copy of “{copy.update.subject}”: {Delivery.State(copy.state).label}"
    reply = (("the mail server said", copy.reply),) if copy.reply else ()
    return Event(at=copy.finished_at or copy.first_tried_at or copy.due_at, what=what, details=reply)
