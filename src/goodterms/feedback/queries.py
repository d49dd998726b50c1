"""What waits for the owner: doubts, people who want the connection broken, complaints to answer."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from goodterms.accounts.models import Owner
from goodterms.delivery.models import Delivery
from goodterms.feedback.models import Complaint, Feedback, OptIn
from goodterms.feedback.parsers.classify import Signal
from goodterms.feedback.parsers.message import read_message
from goodterms.feedback.rules.choices import PersonsChoice
from goodterms.feedback.rules.complaints import CaseFacts, Sending
from goodterms.ledger.queries.entries import profile_terms
from goodterms.ledger.queries.standings import persons_bearing, standings_of
from goodterms.ledger.rules.bearing import Basis, Bearing, Exit, bearing_of
from goodterms.ledger.rules.kinds import Purpose, Vehicle
from goodterms.ledger.rules.standing import Connection, Standing
from goodterms.lib.addresses import profile_url
from goodterms.lib.faults import Fault
from goodterms.people.models import Person
from goodterms.people.queries import group_of, root_id
from goodterms.policy.queries.addresses import address_of, addresses_of
from goodterms.policy.queries.states import bearings
from goodterms.sync.queries import newest_export
from goodterms.updates.models import Update

_YEAR = timedelta(days=365)
_LEFT = frozenset({Exit.LEFT, Exit.COMPLAINED})


class NoSuchComplaint(Fault):
    """No complaint has that number."""


@dataclass(frozen=True, kw_only=True)
class Leaver:
    """Somebody who wants the connection broken."""

    person: int
    left_at: datetime
    waits_for_export: bool
    """The owner has broken it; the next export will show."""


@dataclass(frozen=True, kw_only=True)
class NamedLeaver(Leaver):
    """One of them as lists show them."""

    name: str
    profile: str


@dataclass(frozen=True, kw_only=True)
class Page:
    """What a person's own page shows them of themselves."""

    person: Person
    name: str
    address: str
    """Where mail to them goes now; empty where none is known. Show it shortened: links are passed on."""
    profile: str
    """The address of their LinkedIn profile; empty where none is known."""
    choice: PersonsChoice | None
    """What they get now; None where it follows from the connection and they chose nothing yet."""
    offers: bool
    """Whether they said yes to commercial updates."""
    waits_for: str
    """The address from which a yes is not confirmed yet; empty where there is none."""
    is_closed: bool
    """Whether they complained: then only the ways out are left."""


def page_of(owner: Owner, person: Person) -> Page:
    """Give what a person's page shows."""
    standing = standings_of(owner.pk, [person.pk]).get(person.pk, Standing())
    bearing = bearing_of(standing, profile_terms(owner))
    mail, profile = (address_of(owner, person.pk, vehicle) for vehicle in (Vehicle.EMAIL, Vehicle.LINKEDIN))
    given = OptIn.objects.filter(owner=owner, person=person).order_by("-given_at", "-id").first()
    return Page(
        person=person,
        name=person.name,
        address=mail.value if mail else "",
        profile=profile_url(profile.value) if profile else "",
        choice=_choice_in(bearing),
        offers=bearing.basis is Basis.CONFIRMED_OPT_IN and _is_open(bearing, Purpose.COMMERCIAL),
        waits_for=given.address if given and given.confirmed_at is None else "",
        is_closed=bearing.exit in {Exit.COMPLAINED, Exit.ERASED},
    )


_BY_EXIT = {
    Exit.STOPPED: PersonsChoice.NOTHING,
    Exit.LEFT: PersonsChoice.DISCONNECT,
    Exit.COMPLAINED: PersonsChoice.NOTHING,
    Exit.ERASED: PersonsChoice.NOTHING,
}


def _choice_in(bearing: Bearing) -> PersonsChoice | None:
    """Say what somebody has chosen, as far as their bearing shows it."""
    if bearing.exit is not Exit.NONE:
        return _BY_EXIT[bearing.exit]
    if bearing.fewer:
        return PersonsChoice.FEWER
    ways = [vehicle for vehicle in (Vehicle.EMAIL, Vehicle.LINKEDIN) if _is_open(bearing, Purpose.NETWORKING, vehicle)]
    return PersonsChoice(ways[0]) if len(ways) == 1 else None


def _is_open(bearing: Bearing, purpose: Purpose, vehicle: Vehicle | None = None) -> bool:
    wanted = [vehicle] if vehicle else list(Vehicle)
    return any(not any(stop.covers(one, purpose) for stop in bearing.stops) for one in wanted)


def pending_items(owner: Owner) -> QuerySet[Feedback]:
    """Give what waits for the owner, oldest first."""
    return Feedback.objects.filter(owner=owner, decided_at=None).select_related("person").order_by("read_at", "id")


def count_doubts(owner: Owner) -> int:
    """Count what becomes an exit unless the owner looks at it."""
    return Feedback.objects.filter(owner=owner, decided_at=None, signal=Signal.UNSURE).count()


def came_back(owner: Owner, signal: str = "") -> QuerySet[Feedback]:
    """Give what came back, or that of one signal, the newest first."""
    found = Feedback.objects.filter(owner=owner).select_related("person", "delivery__update")
    return (found.filter(signal=signal) if signal else found).order_by("-received_at", "-id")


def replies_since_update(owner: Owner, update: Update) -> QuerySet[Feedback]:
    """Give the replies, newest first, that came since the last other update and were taken for no way out.

    Nobody's reading of words is perfect: the owner should have seen them before people are written to again.
    """
    copies = Delivery.objects.filter(owner=owner, update=OuterRef("pk"), state=Delivery.State.ACCEPTED)
    others = Update.objects.filter(owner=owner, kind=Update.Kind.UPDATE).exclude(pk=update.pk).filter(Exists(copies))
    last = others.order_by("-created_at").values_list("created_at", flat=True).first()
    found = came_back(owner, Signal.REPLY)
    return found.filter(read_at__gte=last) if last else found


def counts_by_signal(owner: Owner) -> dict[str, int]:
    """Count what came back by signal."""
    rows = Feedback.objects.filter(owner=owner).values_list("signal").annotate(count=Count("*"))
    return dict(rows.order_by("signal"))


def whole_words(row: Feedback) -> str:
    """Give all that a message says, as text, where it was kept; else the words that were noted."""
    raw = bytes(row.artefact.content or b"") if row.artefact else b""
    if not raw or row.artefact is None or row.artefact.kind != "mail":
        return row.words
    return read_message(raw, lambda _text: ()).text


def leavers(owner: Owner) -> list[Leaver]:
    """Give those whose connection is to be broken and is not shown as broken, oldest first."""
    wanted = [found for found in bearings(owner) if found.exit in _LEFT and found.connection is not Connection.ABSENT]
    export = newest_export(owner)
    standings = standings_of(owner.pk, persons_bearing(owner, wanted))
    found = _still_connected(standings, export.taken_at if export else None)
    return sorted(found, key=lambda leaver: (leaver.left_at, leaver.person))


def _still_connected(standings: dict[int, Standing], taken_at: datetime | None) -> Iterator[Leaver]:
    for number, standing in standings.items():
        if standing.left_at is None or standing.connection is Connection.ABSENT:
            continue
        gone_at = standing.connection_at if standing.connection is Connection.GONE else None
        if gone_at is None or taken_at is None or taken_at < gone_at:
            yield Leaver(person=number, left_at=standing.left_at, waits_for_export=gone_at is not None)


def with_names(owner: Owner, found: Sequence[Leaver]) -> list[NamedLeaver]:
    """Give leavers with their names and profiles, in the same order."""
    numbers = [one.person for one in found]
    persons = Person.objects.filter(owner=owner).in_bulk(numbers)
    profiles = addresses_of(owner, numbers, Vehicle.LINKEDIN)
    return [
        NamedLeaver(
            **vars(one),
            name=persons[one.person].name,
            profile=profile_url(profiles[one.person][0]) if one.person in profiles else "",
        )
        for one in found
    ]


def complaints(owner: Owner, *, unanswered: bool = False) -> QuerySet[Complaint]:
    """Give the complaints, oldest first."""
    found = Complaint.objects.filter(owner=owner).select_related("person").order_by("received_at", "id")
    return found.filter(replied_at=None) if unanswered else found


def complaint_numbered(owner: Owner, number: int) -> Complaint:
    """Give a complaint by its number; raise NoSuchComplaint."""
    found = Complaint.objects.filter(owner=owner, pk=number).select_related("person", "delivery__update").first()
    if found is None:
        raise NoSuchComplaint(
            f"There is no complaint {number}. Nothing was done.", typed="See: goodterms complaint list"
        )
    return found


def case_facts(complaint: Complaint) -> CaseFacts:
    """Gather what a reply to a complaint says."""
    owner, person = complaint.owner, complaint.person
    copies = _copies(owner, person, complaint.received_at)
    return CaseFacts(
        ticket=complaint.ticket,
        received_at=complaint.received_at,
        obeyed_at=complaint.opened_at,
        person=person.pk if person else None,
        connected_on=_connected_on(person),
        sendings=tuple(_sending(copy) for copy in copies),
        complained_of=complaint.delivery.message_id if complaint.delivery else "",
        copies_of_that=_count_copies(complaint),
        cause=complaint.cause,
        owner_name=owner.name,
        owner_address=owner.email,
    )


def _copies(owner: Owner, person: Person | None, at: datetime) -> list[Delivery]:
    if person is None:
        return []
    left = Q(state=Delivery.State.ACCEPTED, finished_at__gt=at - _YEAR)
    copies = Delivery.objects.filter(left, owner=owner, person__in=group_of(root_id(person)))
    return list(copies.select_related("update").order_by("finished_at", "id"))


def _sending(copy: Delivery) -> Sending:
    assert copy.finished_at is not None
    return Sending(at=copy.finished_at, subject=copy.update.subject, message_id=copy.message_id)


def _connected_on(person: Person | None) -> date | None:
    if person is None:
        return None
    number = root_id(person)
    standing = standings_of(person.owner_id, [number]).get(number)
    return standing.connected_on if standing else None


def _count_copies(complaint: Complaint) -> int:
    if complaint.delivery is None:
        return 0
    return Delivery.objects.filter(
        owner=complaint.owner, update=complaint.delivery.update, state=Delivery.State.ACCEPTED
    ).count()
