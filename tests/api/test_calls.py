"""Each call does its one thing for its own owner, and answers in one shape whatever happens."""

import json
from datetime import timedelta
from io import BytesIO
from typing import Any

import pytest
from django.core.handlers.asgi import ASGIRequest
from django.db.models.functions import Lower
from django.test import Client
from django.urls import resolve

from goodterms.accounts.actions import make_owner
from goodterms.accounts.models import ApiToken
from goodterms.accounts.scopes import Scope
from goodterms.accounts.tokens import add_token, revoke_token
from goodterms.api.v1 import MOST_MAIL, api
from goodterms.evidence.rules.verify import verify_dossier
from goodterms.ledger.models import Entry
from goodterms.ledger.rules.kinds import Kind
from goodterms.people.models import Person
from tests.api.conftest import Program
from tests.delivery.network import BEFORE, RULEBOOK
from tests.feedback.postman import Postman, answer

V1 = "/api/v1"
DRAFT = "---\nsubject: News\n---\nHello {{ first_name }}!\n"
# Each call with the scope that it needs; {n} is the number of somebody or something that is there.
CALLS: dict[tuple[str, str], tuple[Scope, dict[str, Any]]] = {
    ("get", "/people"): (Scope.PEOPLE, {}),
    ("get", "/people/{n}"): (Scope.PEOPLE, {}),
    ("get", "/people/{n}/standing"): (Scope.PEOPLE, {}),
    ("post", "/people/{n}/proof"): (Scope.PROOFS, {}),
    ("post", "/exits"): (Scope.EXITS, {"data": {"person": "{n}", "exit": "stop"}, "content_type": "application/json"}),
    ("get", "/updates"): (Scope.UPDATES_READ, {}),
    ("post", "/updates"): (Scope.UPDATES_WRITE, {"data": {"text": DRAFT}, "content_type": "application/json"}),
    ("get", "/updates/{n}"): (Scope.UPDATES_READ, {}),
    ("get", "/deliveries"): (Scope.DELIVERIES, {}),
    ("post", "/feedback"): (Scope.FEEDBACK, {"data": answer("Thanks!"), "content_type": "message/rfc822"}),
}


def ask(client: Client, call: tuple[str, str], n: int) -> Any:
    method, path = call
    more = json.loads(json.dumps(CALLS[call][1], default=bytes.decode).replace("{n}", str(n)))
    return getattr(client, method)(V1 + path.format(n=n), **more)


def is_fault(answered: Any, code: str) -> bool:
    told = answered.json()
    return set(told) == {"error"} and set(told["error"]) == {"code", "message"} and told["error"]["code"] == code


def test_every_call_is_in_the_walk() -> None:
    described = {
        (method, path.removeprefix(V1).replace("{number}", "{n}"))
        for path, calls in api.get_openapi_schema()["paths"].items()
        for method in calls
    }
    assert described == set(CALLS)


@pytest.mark.parametrize("call", CALLS, ids=" ".join)
def test_a_call_wants_its_own_scope_and_no_other_will_do(
    postman: Postman, program: Program, call: tuple[str, str]
) -> None:
    bob, copy = postman.add_and_send("bob")
    needed = CALLS[call][0]
    number = copy.update_id if "updates" in call[1] else bob.pk

    assert ask(program(needed), call, number).status_code in {200, 201}
    before = Entry.objects.count()
    refused = ask(program(*set(Scope) - {needed}), call, number)
    assert refused.status_code == 403
    assert is_fault(refused, "scope_missing")
    for header in ({}, {"authorization": "Bearer gt_none"}, {"authorization": "Basic Zm9vOmJhcg=="}):
        stranger = Client(headers={"host": "localhost", **header})
        assert is_fault(ask(stranger, call, number), "no_token")
    assert Entry.objects.count() == before


@pytest.mark.parametrize("call", [call for call in CALLS if "{n}" in call[1]], ids=" ".join)
def test_what_is_another_owners_is_not_there(postman: Postman, program: Program, call: tuple[str, str]) -> None:
    bob, copy = postman.add_and_send("bob")
    other, _ = make_owner(
        postman.folder, name="Olga", email="olga@owner.test", profile="", strategy=RULEBOOK.strategy, now=BEFORE
    )
    number = copy.update_id if "updates" in call[1] else bob.pk
    refused = ask(program(owner=other), call, number)
    assert refused.status_code == 404
    assert is_fault(refused, "not_there")


def test_lists_hold_nothing_of_another_owner(postman: Postman, program: Program) -> None:
    postman.add_and_send("bob")
    other, _ = make_owner(
        postman.folder, name="Olga", email="olga@owner.test", profile="", strategy=RULEBOOK.strategy, now=BEFORE
    )
    for path in ("/people", "/updates", "/deliveries"):
        assert program(owner=other).get(V1 + path).json() == {"items": [], "count": 0, "page": 1, "size": 50}


def test_a_token_that_has_ended_opens_nothing(postman: Postman, program: Program) -> None:
    now = postman.network.clock()
    owner = postman.network.owner
    made, text = add_token(owner, "short", [Scope.PEOPLE], expires_at=now + timedelta(hours=1), now=now)
    client = Client(headers={"host": "localhost", "authorization": f"Bearer {text}"})
    assert client.get(f"{V1}/people").status_code == 200
    made.refresh_from_db()
    assert made.last_used_at is not None
    postman.network.clock.now += timedelta(hours=2)
    assert client.get(f"{V1}/people").status_code == 401

    revoked = program("people:read")
    revoke_token(owner, ApiToken.objects.latest("id").pk, now=now)
    assert revoked.get(f"{V1}/people").status_code == 401


def test_people_are_found_by_words_and_state_page_by_page(postman: Postman, program: Program) -> None:
    anna, bert, carl = postman.network.add("anna", "bert", "carl")
    Person.objects.update(folded=Lower("first_name"))
    postman.network.stop(bert)
    client = program("people:read")
    assert [one["name"] for one in client.get(f"{V1}/people?q=ann").json()["items"]] == ["Anna"]
    assert [one["number"] for one in client.get(f"{V1}/people?state=stopped").json()["items"]] == [bert.pk]
    second = client.get(f"{V1}/people?size=2&page=2").json()
    assert (second["count"], [one["number"] for one in second["items"]]) == (3, [carl.pk])
    assert client.get(f"{V1}/people/{anna.pk}").json()["name"] == "Anna"
    assert is_fault(client.get(f"{V1}/people?state=asleep"), "refused")


def test_standing_says_why(postman: Postman, program: Program) -> None:
    (bob,) = postman.network.add("bob")
    told = program("people:read").get(f"{V1}/people/{bob.pk}/standing").json()
    assert (told["verdict"], told["reason"], told["basis"]) == ("send", "opted_in", "confirmed_opt_in")
    assert [entry["kind"] for entry in told["entries"]] == ["opt_in_confirmed"]


def test_an_exit_holds_at_once_also_of_somebody_unknown(postman: Postman, program: Program) -> None:
    postman.network.add("bob")
    client = program()
    for person in ("bob@people.test", "somebody@else.test"):
        taken = client.post(f"{V1}/exits", {"person": person, "exit": "leave"}, content_type="application/json")
        assert taken.status_code == 201
        number = taken.json()["person"]
        assert client.get(f"{V1}/people/{number}/standing").json()["reason"] == "left"
    assert Entry.objects.filter(kind=Kind.LEFT).count() == 2
    assert is_fault(
        client.post(f"{V1}/exits", {"person": "?", "exit": "stop"}, content_type="application/json"), "refused"
    )


def test_a_message_that_came_back_is_obeyed_once(postman: Postman, program: Program) -> None:
    bob, copy = postman.add_and_send("bob")
    client = program()
    raw = answer("stop", to=copy.message_id)
    first = client.post(f"{V1}/feedback", raw, content_type="message/rfc822").json()
    again = client.post(f"{V1}/feedback", raw, content_type="message/rfc822").json()
    assert (first["exits"], first["new"], again["new"]) == (1, 1, 0)
    assert client.get(f"{V1}/people/{bob.pk}/standing").json()["reason"] == "stopped"
    large = client.post(f"{V1}/feedback", b"x" * (MOST_MAIL + 1), content_type="message/rfc822")
    assert is_fault(large, "too_large")
    assert is_fault(client.post(f"{V1}/feedback", b" ", content_type="message/rfc822"), "refused")


def test_a_message_of_untold_length_is_bounded_too(postman: Postman, program: Program) -> None:
    """As programs that send in chunks do (RFC 9112 section 7.1)."""
    token = program().defaults["HTTP_AUTHORIZATION"].encode()
    headers = [(b"host", b"localhost"), (b"authorization", token), (b"content-type", b"message/rfc822")]
    scope = {"type": "http", "method": "POST", "path": f"{V1}/feedback", "query_string": b"", "headers": headers}
    view = resolve(f"{V1}/feedback").func
    assert view(ASGIRequest(scope, BytesIO(b"x" * (MOST_MAIL + 1)))).status_code == 413
    assert view(ASGIRequest(scope, BytesIO(answer("Thanks!")))).status_code == 200


def test_a_proof_can_be_checked_by_anybody(postman: Postman, program: Program) -> None:
    (bob,) = postman.network.add("bob")
    assert verify_dossier(program().post(f"{V1}/people/{bob.pk}/proof").content).is_genuine


def test_the_same_update_is_added_once(postman: Postman, program: Program) -> None:
    client = program()
    made = [
        client.post(f"{V1}/updates", {"text": DRAFT}, content_type="application/json").json()["number"]
        for _ in range(2)
    ]
    assert made[0] == made[1]
    assert client.get(f"{V1}/updates/{made[0]}").json()["subject"] == "News"
    faulty = client.post(f"{V1}/updates", {"text": "no front matter"}, content_type="application/json")
    assert is_fault(faulty, "refused")


def test_copies_are_found_by_update_person_and_state(postman: Postman, program: Program) -> None:
    bob, copy = postman.add_and_send("bob")
    postman.add_and_send("carol")
    client = program("deliveries:read")
    for query in (f"person={bob.pk}", f"update={copy.update_id}"):
        (found,) = client.get(f"{V1}/deliveries?{query}").json()["items"]
        assert (found["number"], found["state"]) == (copy.pk, "accepted")
    assert client.get(f"{V1}/deliveries?state=queued").json()["count"] == 0


@pytest.mark.parametrize(
    ("method", "path", "status", "code"),
    [
        ("get", "/people/999999", 404, "not_there"),
        ("get", "/people/0", 422, "refused"),
        ("get", "/people/99999999999999999999999", 422, "refused"),
        ("get", "/people/x", 422, "refused"),
        ("get", "/people?size=1000", 422, "refused"),
        ("get", "/people?q=%00", 422, "refused"),
        ("delete", "/people", 405, "method_not_allowed"),
        ("get", "/nothing", 404, "not_there"),
        ("get", "/../v2", 404, "not_there"),
        ("post", "/exits", 400, "unreadable"),
    ],
)
def test_whatever_goes_wrong_has_one_shape(program: Program, method: str, path: str, status: int, code: str) -> None:
    answered = getattr(program(), method)(V1 + path)
    assert (answered.status_code, is_fault(answered, code)) == (status, True), answered.content


def test_a_body_that_is_no_json_has_that_shape_too(program: Program) -> None:
    assert is_fault(program().post(f"{V1}/exits", b"{", content_type="application/json"), "unreadable")


def test_a_list_costs_the_same_however_many_there_are(
    postman: Postman, program: Program, django_assert_max_num_queries: Any
) -> None:
    postman.network.add(*(f"person{number}" for number in range(30)))
    client = program()
    with django_assert_max_num_queries(14):
        assert client.get(f"{V1}/people?size=30").json()["count"] == 30
