"""Version 1 of the API: what a program may see and do for an owner."""

from typing import Annotated, Any

import orjson
from django.http import HttpRequest, HttpResponse
from ninja import NinjaAPI, Path, Status
from ninja.errors import HttpError
from ninja.openapi.docs import DocsBase

from goodterms.accounts.scopes import Scope
from goodterms.api import shapes
from goodterms.api.door import Bearer, NotThere, call_of
from goodterms.api.faults import answer_faults
from goodterms.delivery.models import Delivery
from goodterms.evidence.actions import prove
from goodterms.exits.actions.take import exit_by_name
from goodterms.feedback.actions.read import count_read, read_mail
from goodterms.ledger.rules.facts import Scope as ExitScope
from goodterms.ledger.rules.kinds import Actor, Kind, Purpose, Vehicle
from goodterms.people.queries import search_people
from goodterms.policy.queries.decisions import Question, decision_entries, decision_for, standing_written
from goodterms.policy.queries.states import STATES, in_state
from goodterms.policy.rules import UpdateFacts
from goodterms.terms.queries import text_in_force
from goodterms.terms.rules import Place
from goodterms.updates.actions import add_update
from goodterms.updates.models import Update
from goodterms.updates.queries import list_updates

MOST_MAIL = 2_000_000
"""Bytes of a message that is handed in."""
State = Delivery.State
_EXITS = {shapes.ExitKind.STOP: Kind.STOPPED, shapes.ExitKind.LEAVE: Kind.LEFT}
_Number = Annotated[int, Path(ge=1, le=shapes.HIGHEST)]
_REFUSALS = dict.fromkeys((400, 401, 403, 404, 413, 422), shapes.Fault)


class _NoPage(DocsBase):
    """No page for people: docs/api.md is one, and pages of the library want scripts in them."""

    def render_page(self, request: HttpRequest, api: NinjaAPI, **_: Any) -> HttpResponse:
        """Give nothing."""
        return HttpResponse(status=404)


api = NinjaAPI(title="Goodterms", version="1", docs=_NoPage(), docs_url=None, urls_namespace="api-v1")
answer_faults(api)


@api.get("/people", auth=Bearer(Scope.PEOPLE), response={200: shapes.People, **_REFUSALS})
def people(request: HttpRequest, paging: shapes.Paging, q: shapes.Text = "", state: shapes.Text = "") -> Any:
    """List people by name, found by words and filtered by a state."""
    call = call_of(request)
    if state and state not in STATES:
        raise HttpError(422, f"There is no state '{state}': {', '.join(sorted(STATES))}. Nothing was done.")
    found = search_people(call.office.owner, q[:200])
    if state:
        found = found.filter(in_state(call.office.owner, state, call.rulebook, now=call.now))
    return paging.cut(found)


@api.get("/people/{number}", auth=Bearer(Scope.PEOPLE), response={200: shapes.PersonOut, **_REFUSALS})
def person(request: HttpRequest, number: _Number) -> Any:
    """Give one person; of two that were joined, the one that is left."""
    return call_of(request).person(number)


@api.get("/people/{number}/standing", auth=Bearer(Scope.PEOPLE), response={200: shapes.StandingOut, **_REFUSALS})
def standing(
    request: HttpRequest, number: _Number, vehicle: Vehicle = Vehicle.EMAIL, purpose: Purpose = Purpose.NETWORKING
) -> Any:
    """Say whether a person may get an update by a vehicle now, why, and by which entries."""
    call = call_of(request)
    one = call.person(number)
    owner = call.office.owner
    question = Question(facts=UpdateFacts(purpose=purpose), vehicle=vehicle, rulebook=call.rulebook, now=call.now)
    decision = decision_for(owner, one.pk, question)
    written = standing_written(owner, one.pk)
    return {
        "person": one.pk,
        "vehicle": vehicle,
        "purpose": purpose,
        "verdict": decision.verdict,
        "reason": decision.reason,
        "basis": written.get("bearing", "|||none").split("|")[3],
        "entries": decision_entries(owner, decision),
        "standing": written,
    }


@api.post("/people/{number}/proof", auth=Bearer(Scope.PROOFS), response={200: dict[str, Any], **_REFUSALS})
def proof(request: HttpRequest, number: _Number) -> HttpResponse:
    """Seal the ledger and give the dossier of a person, as `goodterms verify` checks it."""
    call = call_of(request)
    made = prove(call.office.owner, call.office.keys, call.person(number), now=call.now)
    return HttpResponse(made.json, content_type="application/json")


@api.post("/exits", auth=Bearer(Scope.EXITS), response={201: shapes.ExitOut, **_REFUSALS})
def record_exit(request: HttpRequest, wanted: shapes.ExitIn) -> Any:
    """Record that somebody wants out. It holds at once and for ever, under any name they have."""
    call = call_of(request)
    vehicles = wanted.vehicles if wanted.exit is shapes.ExitKind.STOP else []
    one = exit_by_name(
        call.office,
        wanted.person,
        _EXITS[wanted.exit],
        at=shapes.in_utc(wanted.at) if wanted.at else call.now,
        now=call.now,
        actor=Actor.OWNER,
        scope=ExitScope(vehicles=frozenset(vehicles)),
        detail={"channel": "api", "token": call.token.name, **({"heard": wanted.heard} if wanted.heard else {})},
    )
    return Status(201, {"person": one.pk, "exit": wanted.exit, "vehicles": vehicles})


@api.get("/updates", auth=Bearer(Scope.UPDATES_READ), response={200: shapes.Updates, **_REFUSALS})
def updates(request: HttpRequest, paging: shapes.Paging) -> Any:
    """List updates, the newest first."""
    return paging.cut(list_updates(call_of(request).office.owner))


@api.post("/updates", auth=Bearer(Scope.UPDATES_WRITE), response={201: shapes.UpdateOut, **_REFUSALS})
def new_update(request: HttpRequest, wanted: shapes.UpdateIn) -> Any:
    """Add an update. The same text again gives the same update; sending stays with the owner."""
    call = call_of(request)
    terms = text_in_force(call.office.owner, Place.UPDATE, call.now)
    return Status(201, add_update(call.office.owner, wanted.text, "text", terms=terms, now=call.now))


@api.get("/updates/{number}", auth=Bearer(Scope.UPDATES_READ), response={200: shapes.UpdateOut, **_REFUSALS})
def update(request: HttpRequest, number: _Number) -> Any:
    """Give one update."""
    found = Update.objects.filter(owner=call_of(request).office.owner, pk=number).first()
    if found is None:
        raise NotThere(f"There is no update {number}.")
    return found


@api.get("/deliveries", auth=Bearer(Scope.DELIVERIES), response={200: shapes.Deliveries, **_REFUSALS})
def deliveries(
    request: HttpRequest,
    paging: shapes.Paging,
    update: shapes.Number | None = None,
    person: shapes.Number | None = None,
    state: State | None = None,
) -> Any:
    """List the copies of updates, the oldest first, by update, person and state."""
    wanted = {"update": update, "person": person, "state": state}
    rows = Delivery.objects.filter(owner=call_of(request).office.owner).order_by("id")
    return paging.cut(rows.filter(**{name: value for name, value in wanted.items() if value is not None}))


@api.post(
    "/feedback",
    auth=Bearer(Scope.FEEDBACK),
    response={200: shapes.FeedbackOut, **_REFUSALS},
    openapi_extra={"requestBody": {"required": True, "content": {"message/rfc822": {"schema": {"type": "string"}}}}},
)
def feedback(request: HttpRequest) -> Any:
    """Hand in one raw message that came back (RFC 5322), and obey it. The same message again changes nothing."""
    call = call_of(request)
    raw = request.read(MOST_MAIL + 1)  # not all programs say how long it is
    if len(raw) > MOST_MAIL:
        raise HttpError(413, f"A message has at most {MOST_MAIL:,} bytes. Nothing was done.")
    if not raw.strip():
        raise HttpError(422, "The body holds no message. Nothing was done.")
    return count_read(read_mail(call.office, [raw], now=call.now))


def schema() -> bytes:
    """Give the OpenAPI description as a file."""
    return orjson.dumps(api.get_openapi_schema(), option=orjson.OPT_INDENT_2 | orjson.OPT_NON_STR_KEYS)
