"""A program that calls the API, and the network that it calls about."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from django.test import Client

if TYPE_CHECKING:
    from tests.feedback.postman import Postman

Program = Callable[..., Any]


@pytest.fixture
def postman(db: None, data_folder: Path, monkeypatch: pytest.MonkeyPatch) -> "Postman":
    """An owner who writes to people; the API goes by their clock."""
    from tests.feedback.postman import Postman  # noqa: PLC0415 -- models can't be imported before Django is set up

    made = Postman(data_folder)
    monkeypatch.setattr("goodterms.doors.now", made.network.clock)
    return made


@pytest.fixture
def program(postman: "Postman") -> Program:
    """Give a function that makes a client with a token: `program("people:read")`; with all scopes where none is."""
    from goodterms.accounts.scopes import Scope  # noqa: PLC0415
    from goodterms.accounts.tokens import add_token  # noqa: PLC0415

    def make(*scopes: str, owner: Any = None) -> Client:
        wanted = [Scope(scope) for scope in scopes] or list(Scope)
        _, text = add_token(owner or postman.network.owner, "test", wanted, now=postman.network.clock())
        return Client(headers={"host": "localhost", "authorization": f"Bearer {text}"}, enforce_csrf_checks=True)

    return make
