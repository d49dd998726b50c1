"""Reading who wrote to whom out of an export: invitations, messages, recommendations, endorsements."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from django.db.models.functions import Coalesce

from goodterms import sql
from goodterms.accounts.office import Office
from goodterms.artefacts.actions import assign_artefacts, keep_artefacts
from goodterms.lib.canonical import sha256_hex
from goodterms.lib.names import fold_name, fold_text
from goodterms.people.models import Identity, Person
from goodterms.people.queries import named_profile
from goodterms.people.rules import name_key
from goodterms.sync.exports.clocks import Told
from goodterms.sync.exports.invitations import INVITATIONS, InvitationRow
from goodterms.sync.exports.messages import MESSAGES, MessageRow
from goodterms.sync.exports.praise import (
    ENDORSEMENTS_GIVEN,
    ENDORSEMENTS_RECEIVED,
    RECOMMENDATIONS_GIVEN,
    RECOMMENDATIONS_RECEIVED,
    EndorsementRow,
    RecommendationRow,
)
from goodterms.sync.exports.reader import Export
from goodterms.ties.actions import Exchanged, keep_exchanges
from goodterms.ties.models import Exchange


class Row(Protocol):
    """Any row of an export."""

    line: int
    raw: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Said:
    """What one row says: the other person as the row names them, and what was exchanged."""

    slug: str
    name: str
    kind: Exchange.Kind
    by_owner: bool
    told: Told
    text: str
    about: str = ""
    """What tells two rows of one moment apart."""


Reader = Callable[[Any, str, str], Iterator[Said]]


def apply_exchanges(office: Office, export: Export, number: int, *, now: datetime) -> dict[str, int]:
    """Keep every exchange with somebody known; give the rows read of each kind of table."""
    owner_slug = office.owner.profile or _owner_slug(export)
    owner_name = fold_name(office.owner.name)
    counts: Counter[str] = Counter()
    for layout, read in _READERS:
        for batch in sql.batches(export.rows_of(layout)):
            counts[layout.kind.value] += len(batch)
            said = [list(read(row, owner_slug, owner_name)) for row in batch]
            keep_exchanges(office.owner, _kept(office, layout.kind.value, batch, said, number), now=now)
    return dict(counts)


def _kept(office: Office, kind: str, rows: Sequence[Row], said: Sequence[list[Said]], export: int) -> list[Exchanged]:
    """Give the exchanges of some rows with those who are known; the rows are kept as artefacts."""
    persons = _Persons(office, [one for several in said for one in several])
    contents = [row.raw.encode("utf-8", "surrogateescape") for row in rows]
    hashes = [sha256_hex(content) for content in contents]
    # Rows about nobody known are no evidence for anything; they are not kept.
    concerned = [[(persons.of(one), one) for one in several if persons.of(one)] for several in said]
    wanted = {digest: content for digest, content, found in zip(hashes, contents, concerned, strict=True) if found}
    artefacts = keep_artefacts(office.owner, kind, wanted)
    exchanges = [
        _exchange(person, one, export=export, artefact=artefacts[digest])
        for digest, found in zip(hashes, concerned, strict=True)
        for person, one in found
        if person is not None
    ]
    assign_artefacts(
        office.owner, ((exchange.person, exchange.artefact) for exchange in exchanges if exchange.artefact)
    )
    return exchanges


def _exchange(person: int, said: Said, *, export: int, artefact: int) -> Exchanged:
    parts = (
        said.kind.value,
        str(person),
        said.told.at.isoformat(),
        str(said.by_owner),
        said.about,
        fold_text(said.text),
    )
    return Exchanged(
        person=person,
        kind=said.kind,
        by_owner=said.by_owner,
        at=said.told.at,
        clock=said.told.rule.value,
        text=said.text,
        export=export,
        artefact=artefact,
        key=sha256_hex("\0".join(parts).encode("utf-8", "surrogatepass")),
    )


class _Persons:
    """The persons that a batch names: by profile, else by a name that only one has."""

    def __init__(self, office: Office, said: Iterable[Said]) -> None:
        self._key = office.keys.identity
        said = list(said)
        self._by_slug = _by_slug(office, {named_profile(self._key, one.slug).key for one in said if one.slug})
        self._by_name = _by_name(office, {name_key(self._key, one.name, "") for one in said if not one.slug})

    def of(self, said: Said) -> int | None:
        if said.slug:
            return self._by_slug.get(named_profile(self._key, said.slug).key)
        return self._by_name.get(name_key(self._key, said.name, ""))


def _by_slug(office: Office, keys: set[str]) -> dict[str, int]:
    found: dict[str, int] = {}
    for batch in sql.batches(keys):
        rows = Identity.objects.filter(owner=office.owner, key__in=batch)
        found |= dict(rows.values_list("key", Coalesce("person__merged_into_id", "person_id")))
    return found


def _by_name(office: Office, keys: set[str]) -> dict[str, int]:
    holders: dict[str, set[int]] = {}
    for batch in sql.batches(keys):
        rows = Person.objects.filter(owner=office.owner, name_key__in=batch, erased_at=None)
        for key, root in rows.values_list("name_key", Coalesce("merged_into_id", "id")):
            holders.setdefault(key, set()).add(root)
    return {key: persons.pop() for key, persons in holders.items() if len(persons) == 1}


def _owner_slug(export: Export) -> str:
    """Tell the owner's own profile: the one that takes part in most conversations."""
    seen: Counter[str] = Counter()
    for row in export.rows_of(MESSAGES):
        seen.update({row.sender_slug, *row.recipient_slugs} - {None})  # type: ignore[arg-type]
    return seen.most_common(1)[0][0] if seen else ""


def _read_invitation(row: InvitationRow, owner_slug: str, owner_name: str) -> Iterator[Said]:
    by_owner = row.is_outgoing
    if by_owner is None:
        by_owner = owner_slug == row.inviter_slug if owner_slug else owner_name == fold_name(row.sender)
    if row.sent is None:
        return
    slug, name = (row.invitee_slug, row.recipient) if by_owner else (row.inviter_slug, row.sender)
    yield Said(
        slug=slug or "", name=name, kind=Exchange.Kind.INVITATION, by_owner=by_owner, told=row.sent, text=row.note
    )


def _read_message(row: MessageRow, owner_slug: str, owner_name: str) -> Iterator[Said]:
    if row.sent is None or row.is_draft:
        return
    by_owner = row.is_outgoing
    if by_owner is None:
        by_owner = row.sender_slug == owner_slug if owner_slug else fold_name(row.sender) == owner_name
    if not by_owner:
        others = [(row.sender_slug or "", row.sender)]
    elif len(row.recipient_slugs or row.recipients) == 1:
        others = [((row.recipient_slugs or ("",))[0], ", ".join(row.recipients))]
    else:
        # A message to several is no word to each of them.
        others = []
    for slug, name in others:
        yield Said(
            slug=slug,
            name=name,
            kind=Exchange.Kind.MESSAGE,
            by_owner=by_owner,
            told=row.sent,
            text=row.text,
            about=row.conversation,
        )


def _read_recommendation(row: RecommendationRow, _slug: str, _name: str) -> Iterator[Said]:
    if row.created:
        name = f"{row.first_name} {row.last_name}"
        yield Said(
            slug="",
            name=name,
            kind=Exchange.Kind.RECOMMENDATION,
            by_owner=row.is_given,
            told=row.created,
            text=row.text,
        )


def _read_endorsement(row: EndorsementRow, _slug: str, _name: str) -> Iterator[Said]:
    if row.endorsed:
        name = f"{row.first_name} {row.last_name}"
        yield Said(
            slug=row.slug or "",
            name=name,
            kind=Exchange.Kind.ENDORSEMENT,
            by_owner=row.is_given,
            told=row.endorsed,
            text=row.skill,
        )


_READERS: tuple[tuple[Any, Reader], ...] = (
    (INVITATIONS, _read_invitation),
    (MESSAGES, _read_message),
    (RECOMMENDATIONS_GIVEN, _read_recommendation),
    (RECOMMENDATIONS_RECEIVED, _read_recommendation),
    (ENDORSEMENTS_GIVEN, _read_endorsement),
    (ENDORSEMENTS_RECEIVED, _read_endorsement),
)
