"""Forecasts of stored updates on the owner's own people and history."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import numpy as np

from goodterms.accounts.models import Owner
from goodterms.delivery.queries import facts_of, newest_ways, served
from goodterms.forecast import priors
from goodterms.forecast.faults import ForecastHolds
from goodterms.forecast.model import BASES, DRAWS, Drawn, History, People, Plan, Point, Seen, draw
from goodterms.forecast.observed import heard_of
from goodterms.forecast.priors import Outcome
from goodterms.forecast.rules import Driver, Gate, drivers_of, gate_of, most_to_send
from goodterms.ledger.queries.entries import moments_by_person, owner_entries
from goodterms.ledger.rules.bearing import Basis
from goodterms.ledger.rules.kinds import Kind, Purpose, Vehicle
from goodterms.people.models import Person
from goodterms.people.queries import counts_by_domain
from goodterms.policy.queries.audiences import sendable_bases
from goodterms.policy.queries.decisions import Question
from goodterms.policy.rules import Rulebook
from goodterms.review.checks.spam import spamminess
from goodterms.review.draft import draft_of
from goodterms.review.rules import find_purpose
from goodterms.ties.queries import all_ties
from goodterms.ties.rules import NO_DATA
from goodterms.updates.models import Update

_SENT = frozenset({Kind.UPDATE_ACCEPTED, Kind.UPDATE_CONFIRMED})
_EXITS = frozenset({Kind.STOPPED, Kind.LEFT})
WATCHED = _SENT | _EXITS | {Kind.COMPLAINED, Kind.ADDRESS_BOUNCED}
"""The entries that the owner's own history is made of."""
_DRAWS_BEFORE_SENDING = 1_000
LONG_AGO = timedelta(days=5 * 365)
_MONTH = timedelta(days=30.4)
_UNKNOWN_MONTHS = 24.0
Moments = list[tuple[int, Kind, datetime]]


@dataclass(frozen=True, kw_only=True)
class Forecast:
    """What sending an update is likely to bring."""

    people: int
    outcomes: Mapping[Outcome, Drawn]
    drivers: list[Driver]
    gate: Gate
    careful: Point | None
    """The most that can be sent with care; None: nobody."""
    keep: list[int]
    """The persons to keep back then."""
    heard: float
    """The part of complaints that the owner would hear of, from 0 to 1."""


def forecast(
    owner: Owner,
    update: Update,
    vehicle: Vehicle,
    *,
    rulebook: Rulebook,
    now: datetime,
    seed: int = 0,
    draws: int = DRAWS,
) -> Forecast:
    """Forecast what sending an update by a vehicle brings, to those whom the decision lets have it."""
    question = Question(facts=facts_of(update), vehicle=vehicle, rulebook=rulebook, now=now)
    bases = sendable_bases(owner, question, served=served(owner, update))
    moments = moments_by_person(owner, WATCHED, since=now - LONG_AGO)
    people, numbers = people_of(owner, bases, moments, now=now)
    plan = plan_of(update, vehicle, moments, now=now)
    history = history_of(bases, moments, heard_by_person(owner, rulebook), now=now)
    possible = [outcome for outcome in Outcome if not (outcome is Outcome.BOUNCE and vehicle is Vehicle.LINKEDIN)]
    outcomes = {outcome: draw(outcome, people, plan, history, seed=seed, draws=draws) for outcome in possible}
    complaints = outcomes[Outcome.COMPLAINT]
    careful = most_to_send(complaints)
    return Forecast(
        people=len(people),
        outcomes=outcomes,
        drivers=drivers_of(people, plan),
        gate=gate_of(complaints),
        careful=careful,
        keep=[numbers[place] for place in complaints.order[careful.send if careful else 0 :]],
        heard=_heard_by(owner, vehicle, rulebook),
    )


def _heard_by(owner: Owner, vehicle: Vehicle, rulebook: Rulebook) -> float:
    """Give the part of complaints that is heard of by a vehicle, over all current addresses."""
    if vehicle is Vehicle.LINKEDIN:
        return heard_of(vehicle, "")
    domains = counts_by_domain(owner)
    heard = sum(count * heard_of(vehicle, f"@{domain}", rulebook.feedback_loops) for domain, count in domains.items())
    return heard / (sum(domains.values()) or 1) or heard_of(vehicle, "")


def make_sure_forecast_allows(
    owner: Owner, update: Update, vehicle: Vehicle, *, rulebook: Rulebook, now: datetime, is_careful: bool = False
) -> Forecast | None:
    """Give the forecast of what is still to be sent; raise ForecastHolds where it holds and the owner said nothing.

    A welcome message tells newcomers the terms and is not held: None. With `is_careful` only the careful part is meant.
    """
    if update.kind == Update.Kind.WELCOME:
        return None
    found = forecast(owner, update, vehicle, rulebook=rulebook, now=now, draws=_DRAWS_BEFORE_SENDING)
    refuse_if_held(found, update, is_accepted=acceptance_of(owner, update) is not None, is_careful=is_careful)
    return found


def refuse_if_held(found: Forecast, update: Update, *, is_accepted: bool, is_careful: bool) -> None:
    """Raise ForecastHolds where a forecast holds an update that was not accepted, or has no careful part to send to."""
    if found.gate is Gate.HOLD and not is_careful and not is_accepted:
        raise ForecastHolds(_held(found), typed=_typed(found, update))
    if is_careful and found.people and found.careful is None:
        raise ForecastHolds(
            f"Nothing was sent: no part is small enough to be careful. {_KNOWINGLY}", typed=_accept(update)
        )


def acceptance_of(owner: Owner, update: Update) -> str | None:
    """Give why the owner sends an update to everybody although its forecast holds it, the newest word."""
    entries = owner_entries(owner, Kind.FORECAST_ACCEPTED)
    said = [str(entry.detail["text"]) for entry in entries if entry.detail["update"] == update.uid]
    return said[-1] if said else None


_KNOWINGLY = "To send to all knowingly, say why; it goes into the ledger."


def _held(found: Forecast) -> str:
    complaints = found.outcomes[Outcome.COMPLAINT]
    why = (
        f"Nothing was sent. The forecast holds it: of {found.people:,} people {complaints.expected:.1f} complaints are "
        f"expected (5 to 95 %: {complaints.low:.0f} to {complaints.high:.0f}), {complaints.prior_share:.0%} of that by "
        "judgement."
    )
    if found.careful is None:
        return f"{why} {_KNOWINGLY}"
    send, keep = found.careful.send, found.people - found.careful.send
    return (
        f"{why} Send to the safest {send:,} first and keep {keep:,} back until you have seen what comes. {_KNOWINGLY}"
    )


def _typed(found: Forecast, update: Update) -> str:
    careful = f"The safest first: goodterms send {update.pk} --careful. " if found.careful else ""
    return f"{careful}{_accept(update)}"


def _accept(update: Update) -> str:
    return f'Knowingly to all: goodterms update accept {update.pk} "..."'


def plan_of(update: Update, vehicle: Vehicle, moments: Moments, *, now: datetime) -> Plan:
    """Give what of an update moves the odds."""
    draft = draft_of(update.subject, update.body, Purpose(update.purpose))
    reads = "commercial" if update.purpose == Purpose.COMMERCIAL else find_purpose(draft).reads.value
    last = max((at for _, kind, at in moments if kind in _SENT), default=None)
    is_rare = last is not None and now - last > timedelta(days=45)
    return Plan(vehicle=vehicle, reads=reads, spamminess=spamminess(draft), is_rare=is_rare)


def people_of(owner: Owner, bases: Mapping[int, Basis], moments: Moments, *, now: datetime) -> tuple[People, list[int]]:
    """Give what is known of people, and their numbers in the same order."""
    ties = all_ties(owner, now=now)
    recent = Counter(person for person, kind, at in moments if kind in _SENT and now - at < timedelta(days=30))
    reached = {person: at for person, kind, at in moments if kind in _SENT}
    connected = dict(Person.objects.filter(owner=owner).values_list("id", "connected_on"))
    listed = _months(_last_export_at(owner, now), now)
    numbers = list(bases)
    silence, proven = [], []
    for person in numbers:
        tie = ties.get(person)
        since = _months(connected.get(person), now)
        spoken = _months(tie.last_at, now) if tie and tie.last_at else since
        silence.append(spoken)
        proven.append(min(_months(reached.get(person), now), listed))
    people = People(
        basis=np.array([BASES.index(bases[person]) for person in numbers], dtype=np.int8),
        tie=np.array([ties[person].strength if person in ties else NO_DATA for person in numbers], dtype=np.float32),
        silence=np.array(silence, dtype=np.float32),
        recent=np.array([recent[person] for person in numbers], dtype=np.float32),
        proven=np.array(proven, dtype=np.float32),
    )
    return people, numbers


def heard_by_person(owner: Owner, rulebook: Rulebook) -> dict[int, float]:
    """Give the part of complaints that the owner hears of, for everybody who has had a copy by their newest one."""
    found: dict[tuple[str, str], float] = {}
    shares = {}
    for person, vehicle, domain in newest_ways(owner):
        way = (vehicle, domain)
        if way not in found:
            found[way] = heard_of(Vehicle(vehicle), f"@{domain}", rulebook.feedback_loops)
        shares[person] = found[way]
    return shares


def history_of(bases: Mapping[int, Basis], moments: Moments, heard: Mapping[int, float], *, now: datetime) -> History:
    """Give what the owner's own history says; people whose basis is no longer known count as under the terms.

    `heard` is the part of complaints that is heard of, by person; from others it comes by hand through LinkedIn.
    """
    copies: Counter[Basis] = Counter()
    audible: Counter[Basis] = Counter()
    complaints: Counter[Basis] = Counter()
    hits: Counter[Kind] = Counter()
    by_hand = heard_of(Vehicle.LINKEDIN, "")
    for person, kind, at in moments:
        weight = 2 ** -(max(now - at, timedelta()) / timedelta(days=priors.HALF_LIFE_DAYS))
        basis = bases.get(person, Basis.UNDER_TERMS)
        if kind is Kind.UPDATE_ACCEPTED:
            copies[basis] += weight  # type: ignore[assignment]  # Counter's values are not only whole numbers
            audible[basis] += weight * heard.get(person, by_hand)  # type: ignore[assignment]
        elif kind is Kind.COMPLAINED:
            complaints[basis] += weight  # type: ignore[assignment]
        hits[kind] += weight  # type: ignore[assignment]
    total = float(sum(copies.values()))
    return History(
        complaints={
            basis: Seen(float(copies[basis]), float(complaints[basis]), float(audible[basis] / (copies[basis] or 1)))
            for basis in copies | complaints
        },
        exits=Seen(total, float(sum(hits[kind] for kind in _EXITS))),
        bounces=Seen(total, float(hits[Kind.ADDRESS_BOUNCED])),
    )


def _last_export_at(owner: Owner, now: datetime) -> datetime | None:
    """Give when an export last listed addresses: members keep theirs up to date there, as far as they do."""
    read = owner_entries(owner, Kind.EXPORT_IMPORTED)
    return max((entry.occurred_at for entry in read if entry.occurred_at <= now), default=None)


def _months(since: date | datetime | None, now: datetime) -> float:
    if since is None:
        return _UNKNOWN_MONTHS
    passed = now - since if isinstance(since, datetime) else timedelta(days=(now.date() - since).days)
    return max(passed / _MONTH, 0.0)
