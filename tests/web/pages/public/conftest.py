"""Links that stand in mails, and whoever opens them."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from django.test import Client

from goodterms.lib.tokens import Act, Token, make_token

if TYPE_CHECKING:
    from goodterms.people.models import Person
    from tests.feedback.postman import Postman

Link = Callable[..., str]
UPDATE = "0123456789abcdef" * 2


@pytest.fixture
def postman(db: None, data_folder: Path, monkeypatch: pytest.MonkeyPatch) -> "Postman":
    """An owner who writes to people; the pages go by their clock."""
    from tests.feedback.postman import Postman  # noqa: PLC0415 -- models can't be imported before Django is set up

    made = Postman(data_folder)
    monkeypatch.setattr("goodterms.doors.now", made.network.clock)
    return made


@pytest.fixture
def bob(postman: "Postman") -> "Person":
    """Somebody who gets mail, beside somebody else."""
    bob, _ = postman.network.add("bob", "alice")
    return bob


@pytest.fixture
def link(postman: "Postman", bob: "Person") -> Link:
    """Give a function that signs a link of Bob's, or of whoever is named: `link("stop")`."""

    def sign(act: str, person: "Person" = bob, update: str = UPDATE) -> str:
        named = None if act == Act.CHOOSE else update
        token = Token(owner_number=postman.network.owner.pk, person_uid=person.uid, update_uid=named, act=Act(act))
        return f"/x/{make_token(postman.network.keys.token, token)}"

    return sign


@pytest.fixture
def anybody() -> Client:
    """A client that is not signed in."""
    return Client(headers={"host": "localhost"}, enforce_csrf_checks=True)
