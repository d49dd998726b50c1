"""Putting terms in force, and recognising them in what was exchanged."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from functools import partial

from django.db import transaction

from goodterms.accounts.models import Owner
from goodterms.ledger.actions.append import append
from goodterms.ledger.rules.facts import Fact
from goodterms.ledger.rules.kinds import Actor, Kind
from goodterms.ledger.turns import alone
from goodterms.lib.canonical import sha256_hex
from goodterms.lib.faults import Fault
from goodterms.lib.moments import write_moment
from goodterms.terms.models import Wording
from goodterms.terms.rules import Place, holds_wording
from goodterms.ties.models import Exchange

_INVITATION_LIFE = timedelta(days=366)
"""How long before it was accepted an invitation can have been written; the export forgets them after some 180 days."""


class WordingFaulty(Fault):
    """A wording can't be put in force."""


@alone
def put_in_force(
    owner: Owner, place: Place, text: str, *, from_at: datetime, until_at: datetime | None, now: datetime
) -> Wording:
    """Record that a wording stood in a place from a moment on, and find it in what was exchanged."""
    if not text.strip():
        raise WordingFaulty(
            "The wording is empty. Nothing was changed; say the words.", typed="--text or --text-file has them."
        )
    if until_at is not None and until_at <= from_at:
        raise WordingFaulty("The wording ends before it begins. Nothing was changed.")
    wording = Wording.objects.create(
        owner=owner, place=place, text=text.strip(), from_at=from_at, until_at=until_at, created_at=now
    )
    _tell(wording, now=now)
    if place in {Place.INVITATION, Place.WELCOME}:
        recognise(owner, now=now)
    return wording


@alone
def take_away(wording: Wording, *, until_at: datetime, now: datetime) -> Wording:
    """Record until when a wording stood: connections made later rest on it no more.

    The ledger keeps what it was told first; what it is told now counts. Raises WordingFaulty where the wording was
    taken away before, or did not stand yet.
    """
    if wording.until_at is not None:
        raise WordingFaulty(f"This wording was taken away on {wording.until_at:%Y-%m-%d}. Nothing was changed.")
    if until_at <= wording.from_at or until_at > now:
        raise WordingFaulty(
            f"It was put up on {wording.from_at:%Y-%m-%d}, so the end lies between that and now. Nothing was changed."
        )
    wording.until_at = until_at
    wording.save(update_fields=["until_at"])
    _tell(wording, now=now)
    return wording


def _tell(wording: Wording, *, now: datetime) -> None:
    detail = {
        "place": wording.place,
        "text": wording.text,
        "sha256": sha256_hex(wording.text.encode()),
        "until": write_moment(wording.until_at) if wording.until_at else None,
        "wording": wording.pk,
    }
    fact = Fact(kind=Kind.TERMS_IN_FORCE, occurred_at=wording.from_at, actor=Actor.OWNER, detail=detail)
    append(wording.owner, [fact], now=now)


@transaction.atomic
def mark_welcomed(owner: Owner, person: int, *, at: datetime, now: datetime) -> None:
    """Record the owner's word that they sent the welcome message by hand."""
    detail = {"by_hand": True}
    fact = Fact(kind=Kind.WELCOME_SENT, occurred_at=min(at, now), actor=Actor.OWNER, person=person, detail=detail)
    append(owner, [fact], now=now)


def recognise(owner: Owner, *, now: datetime) -> None:
    """Tell the ledger of invitations, and of welcome messages and notes that hold the terms, not told of before."""
    found = list(_recognised(owner))
    append(owner, (fact for _, _, fact in found), now=now)
    for mark in {mark for _, mark, _ in found}:
        numbers = [number for number, other, _ in found if other == mark]
        for start in range(0, len(numbers), 2_000):
            Exchange.objects.filter(owner=owner, pk__in=numbers[start : start + 2_000]).update(recognised=mark)


def _recognised(owner: Owner) -> Iterator[tuple[int, str, Fact]]:
    wordings = list(Wording.objects.filter(owner=owner).order_by("from_at", "id"))
    welcomes = [wording for wording in wordings if wording.place == Place.WELCOME]
    notes = [wording for wording in wordings if wording.place == Place.INVITATION]
    for exchange in _unrecognised(owner):
        if exchange.kind == Exchange.Kind.INVITATION:
            yield from _in_invitation(exchange, notes)
        else:
            yield from _in_message(exchange, welcomes, notes)


def _unrecognised(owner: Owner) -> Iterator[Exchange]:
    waiting = Exchange.objects.filter(owner=owner).order_by("at", "id").select_related("person", "artefact")
    invitations = waiting.filter(kind=Exchange.Kind.INVITATION, recognised__in=["", "invitation"])
    messages = waiting.filter(kind=Exchange.Kind.MESSAGE, by_owner=True, recognised="")
    yield from invitations.defer("artefact__content").iterator(chunk_size=2_000)
    yield from messages.defer("artefact__content").iterator(chunk_size=2_000)


def _in_invitation(exchange: Exchange, notes: Sequence[Wording]) -> Iterator[tuple[int, str, Fact]]:
    stood = _first_held(exchange, notes, since=exchange.at) if exchange.by_owner else None
    mark = "terms" if stood else "invitation"
    if mark != exchange.recognised:
        detail = {
            "by": "owner" if exchange.by_owner else "person",
            "clock": exchange.clock,
            "note": bool(exchange.text),
            "terms": stood.pk if stood else None,
        }
        yield exchange.pk, mark, _fact(exchange, Kind.INVITATION_SEEN, detail)


def _in_message(
    exchange: Exchange, welcomes: Sequence[Wording], notes: Sequence[Wording]
) -> Iterator[tuple[int, str, Fact]]:
    made_on = exchange.person.connected_on
    welcome = _first_held(exchange, welcomes, since=exchange.at)
    if welcome and (made_on is None or exchange.at.date() >= made_on):
        yield exchange.pk, "welcome", _fact(exchange, Kind.WELCOME_CONFIRMED, {"wording": welcome.pk})
    elif exchange.at.date() == made_on:
        # An accepted invitation's note is listed as a message of the moment of acceptance.
        note = _first_held(exchange, notes, since=exchange.at - _INVITATION_LIFE)
        if note:
            detail = {"by": "owner", "clock": exchange.clock, "note": True, "terms": note.pk}
            yield exchange.pk, "terms", _fact(exchange, Kind.INVITATION_SEEN, detail)


def _first_held(exchange: Exchange, wordings: Sequence[Wording], *, since: datetime) -> Wording | None:
    stood = (w for w in wordings if w.from_at <= exchange.at and (w.until_at is None or w.until_at > since))
    holds = partial(holds_wording, exchange.text)
    return next((wording for wording in stood if holds(wording.text)), None)


def _fact(exchange: Exchange, kind: Kind, detail: Mapping[str, object]) -> Fact:
    return Fact(
        kind=kind,
        occurred_at=exchange.at,
        actor=Actor.OWNER if exchange.by_owner else Actor.PERSON,
        person=exchange.person_id,
        detail=detail,
        evidence=(exchange.artefact.sha256,) if exchange.artefact else (),
        source=exchange.export,
    )
