"""What goes in and out, as programs see it."""

from datetime import UTC, date, datetime
from enum import StrEnum
from typing import Annotated, Any

from django.db.models import QuerySet
from ninja import Field, Query, Schema
from pydantic import AfterValidator

from goodterms.ledger.rules.kinds import Purpose, Vehicle
from goodterms.policy.rules import Reason, Verdict

MOST_A_PAGE = 200
HIGHEST = 2**53 - 1
"""The highest number that every program reads as it was written (RFC 8259 section 6)."""


def _storable(text: str) -> str:
    if "\0" in text:
        raise ValueError("holds a NUL, which no database takes")
    text.encode()  # a lone surrogate raises UnicodeEncodeError, a ValueError
    return text


def in_utc(moment: datetime) -> datetime:
    """Give a moment in UTC; one without a zone is taken for UTC."""
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)


class ExitKind(StrEnum):
    """Which way out."""

    STOP = "stop"
    """No updates; they stay connected."""
    LEAVE = "leave"
    """They want the connection broken."""


Text = Annotated[str, AfterValidator(_storable)]
Number = Annotated[int, Field(ge=1, le=HIGHEST)]


class Problem(Schema):
    """What went wrong."""

    code: str
    """For programs: one of few words."""
    message: str
    """For people: what happened, what was left unchanged, what to do."""


class Fault(Schema):
    """The one shape of every answer that is no success."""

    error: Problem


class PageQuery(Schema):
    """Which page of a list."""

    page: int = Field(1, ge=1, le=1_000_000)
    size: int = Field(50, ge=1, le=MOST_A_PAGE)

    def cut(self, found: QuerySet[Any]) -> dict[str, Any]:
        """Give the page, and how much there is."""
        start = (self.page - 1) * self.size
        return {
            "items": list(found[start : start + self.size]),
            "count": found.count(),
            "page": self.page,
            "size": self.size,
        }


Paging = Query[PageQuery]


class Page(Schema):
    """A part of a list."""

    count: int
    """How many there are on all pages."""
    page: int
    size: int


class PersonOut(Schema):
    """A person."""

    number: int = Field(validation_alias="pk")
    name: str
    company: str
    position: str
    profile: str = Field(validation_alias="slug")
    """The last part of the profile's address."""
    email: str
    connected_on: date | None
    erased_at: datetime | None


class People(Page):
    """People, by name."""

    items: list[PersonOut]


class EntryOut(Schema):
    """An entry of the ledger."""

    id: int
    kind: str
    occurred_at: datetime
    recorded_at: datetime
    actor: str


class StandingOut(Schema):
    """Whether a person may get an update by a vehicle now, why, and what that rests on."""

    person: int
    vehicle: Vehicle
    purpose: Purpose
    verdict: Verdict
    reason: Reason
    basis: str
    entries: list[EntryOut]
    standing: dict[str, Any]
    """What the ledger says of the person."""


class ExitIn(Schema):
    """An exit that somebody took elsewhere."""

    person: Text = Field(min_length=1, max_length=400)
    """An e-mail address, a profile address, a slug or a number; also of somebody no export has shown."""
    exit: ExitKind
    vehicles: list[Vehicle] = []
    """Only by these (with stop); none means all."""
    at: datetime | None = None
    """When they said so; now, if left out."""
    heard: Text = Field("", max_length=2_000)
    """Their words, and where they were heard."""


class ExitOut(Schema):
    """An exit that was recorded."""

    person: int
    exit: ExitKind
    vehicles: list[Vehicle]


class UpdateIn(Schema):
    """A new update."""

    text: Text = Field(min_length=1, max_length=500_000)
    """Markdown with front matter (subject, purpose, topics) and merge fields."""


class UpdateOut(Schema):
    """An update."""

    number: int = Field(validation_alias="pk")
    uid: str
    kind: str
    subject: str
    purpose: str
    topics: list[str]
    body: str
    created_at: datetime


class Updates(Page):
    """Updates, the newest first."""

    items: list[UpdateOut]


class DeliveryOut(Schema):
    """One person's copy of an update."""

    number: int = Field(validation_alias="pk")
    update: int = Field(validation_alias="update_id")
    person: int = Field(validation_alias="person_id")
    vehicle: str
    state: str
    attempts: int
    due_at: datetime
    finished_at: datetime | None
    reply: str


class Deliveries(Page):
    """Copies, the oldest first."""

    items: list[DeliveryOut]


class FeedbackOut(Schema):
    """What a message was read as: how many of each."""

    read: int
    new: int
    exits: int
    complaints: int
    bounces: int
    auto: int
    opt_ins: int
    replies: int
    pending: int
    ignored: int
