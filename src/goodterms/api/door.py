"""Who calls, for which owner, and with which scope; every call of the API begins with it."""

import logging
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from django.http import HttpRequest
from ninja.security import HttpBearer

from goodterms import doors
from goodterms.accounts.models import ApiToken
from goodterms.accounts.office import Office
from goodterms.accounts.scopes import Scope
from goodterms.accounts.tokens import token_used
from goodterms.people.models import Person
from goodterms.people.queries import root_id
from goodterms.policy.rules import Rulebook

_log = logging.getLogger(__name__)


class ScopeMissing(Exception):
    """The token is genuine and does not allow this."""


class NotThere(Exception):
    """The owner has no such thing."""


@dataclass(frozen=True, kw_only=True)
class Call:
    """A call by a program that may make it."""

    office: Office
    token: ApiToken
    now: datetime

    @cached_property
    def rulebook(self) -> Rulebook:
        """The rulebook by which the owner's updates go out."""
        return doors.rulebook_of(self.office)

    def person(self, number: int) -> Person:
        """Give one of the owner's people, merged ones resolved; raise NotThere for anybody else's."""
        found = Person.objects.filter(owner=self.office.owner, pk=number).first()
        if found is None:
            raise NotThere(f"There is no person {number}.")
        return Person.objects.get(owner=found.owner_id, pk=root_id(found))


class Bearer(HttpBearer):
    """Asks for a token with a scope, in the header Authorization: Bearer."""

    openapi_name = "token"

    def __init__(self, scope: Scope) -> None:
        super().__init__()
        self.scope = scope

    def authenticate(self, request: HttpRequest, token: str) -> Call | None:
        """Give the call, or None where the token is none; raise ScopeMissing where it does not allow this."""
        now = doors.now()
        found = token_used(token, now=now)
        if found is None:
            return None
        if not found.allows(self.scope):
            raise ScopeMissing(f"This token does not allow {self.scope}: it has {found.scopes}. Nothing was done.")
        return Call(office=doors.open_office(found.owner, tell=_log.warning), token=found, now=now)


def call_of(request: HttpRequest) -> Call:
    """Give the call that a request makes; it was let in."""
    call: Call = request.auth  # type: ignore[attr-defined]
    return call
