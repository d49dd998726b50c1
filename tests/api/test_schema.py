"""The API answers as its own description says, whatever it is asked: schemathesis tries."""

import os
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections
from hypothesis import HealthCheck, given, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
    unsupported_method,
)

if TYPE_CHECKING:
    from tests.feedback.postman import Postman

# How many calls are made up for each operation.
_EXAMPLES = 500 if os.environ.get("GOODTERMS_HYPOTHESIS") == "long" else 15
_CHECKS = [
    not_a_server_error,
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
    unsupported_method,
]


@schemathesis.serializer("message/rfc822")
def _written(_context: Any, value: Any) -> bytes:
    """Give what was made up as the bytes of a message."""
    return value.encode("utf-8", "surrogatepass") if isinstance(value, str) else bytes(value or b"")


_DESCRIBED = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", get_wsgi_application())
_OPERATIONS: list[Any] = [found.ok() for found in _DESCRIBED.get_all_operations()]  # type: ignore[union-attr]


@pytest.fixture(autouse=True)
def _one_connection(db: None) -> Iterator[None]:
    """Keep the connection whose work is rolled back, as Django's own test client does."""
    signals = (request_started, request_finished)
    for signal in signals:
        signal.disconnect(close_old_connections)
    yield
    for signal in signals:
        signal.connect(close_old_connections)


@pytest.fixture
def token(postman: "Postman") -> str:
    """A token for everything, and somebody to ask about."""
    from goodterms.accounts.scopes import Scope  # noqa: PLC0415 -- needs Django set up
    from goodterms.accounts.tokens import add_token  # noqa: PLC0415

    postman.add_and_send("bob")
    return add_token(postman.network.owner, "test", list(Scope), now=postman.network.clock())[1]


@pytest.mark.parametrize("operation", _OPERATIONS, ids=lambda operation: operation.label)
def test_every_call_answers_as_described(token: str, operation: Any) -> None:
    @given(case=operation.as_strategy())
    @settings(max_examples=_EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck), database=None)
    def try_out(case: Any) -> None:
        case.call_and_validate(headers={"Authorization": f"Bearer {token}"}, checks=_CHECKS)

    try_out()
