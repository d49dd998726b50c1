"""A visit: who asks for a page, for which owner, and when; every page of the owner's begins with one."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property, wraps
from typing import Any, Protocol, cast

from django.contrib import messages
from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseForbidden, HttpResponseNotAllowed
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme

from goodterms import doors
from goodterms.accounts.actions import LAPTOP, note_audit
from goodterms.accounts.models import Membership
from goodterms.accounts.office import Office
from goodterms.people.models import Person
from goodterms.people.queries import root_id
from goodterms.policy.rules import Rulebook

Answer = HttpResponse | FileResponse
_NUMBER = re.compile(r"[0-9]{1,18}")
VIEWER, HELPER, OWNER = Membership.Role


@dataclass(frozen=True, kw_only=True)
class Visit:
    """A request by somebody who may see this owner's pages."""

    request: HttpRequest
    office: Office
    membership: Membership
    now: datetime

    @cached_property
    def rulebook(self) -> Rulebook:
        """The rulebook by which the owner's updates go out."""
        return doors.rulebook_of(self.office)

    @property
    def is_owner(self) -> bool:
        """Whether the visitor may do everything."""
        return self.membership.may(OWNER)

    @property
    def is_helper(self) -> bool:
        """Whether the visitor may do more than look."""
        return self.membership.may(HELPER)

    @property
    def is_fragment(self) -> bool:
        """Whether htmx asks, and a part of the page is enough."""
        return bool(self.request.htmx) and not self.request.htmx.boosted  # type: ignore[attr-defined]

    def show(self, template: str, *, status: int = 200, **context: Any) -> HttpResponse:
        """Give a page made from a template of `web/`."""
        return render(self.request, f"web/{template}", {"visit": self, **context}, status=status)

    def say(self, message: str) -> None:
        """Tell the visitor something on the next page they see."""
        messages.success(self.request, message)

    def warn(self, message: str) -> None:
        """Tell the visitor on the next page they see that something was not done."""
        messages.warning(self.request, message)

    def back_to(self, name: str) -> str:
        """Give where the form that was posted wants to go on, within these pages; else the page of that name."""
        wanted = self.request.POST.get("next", "")
        allowed = url_has_allowed_host_and_scheme(wanted, {self.request.get_host()})
        return wanted if wanted.startswith("/") and allowed else reverse(name)

    def person(self, number: int) -> Person:
        """Give one of the owner's people, merged ones resolved; 404 for anybody else's."""
        found = get_object_or_404(Person, owner=self.office.owner, pk=number)
        return get_object_or_404(Person, owner=self.office.owner, pk=root_id(found))

    def person_given(self, written: str) -> Person | None:
        """Give whom a number in a form or an address names; None where it is no number, 404 where it is nobody's."""
        number = number_in(written)
        return None if number is None else self.person(number)


def number_in(written: str) -> int | None:
    """Give the number that a form or an address names; None where it is none. Not every digit is one: ² is not."""
    return int(written) if _NUMBER.fullmatch(written) else None


class Page(Protocol):
    """A view; parts of the address come by name."""

    role: str
    writes: bool

    def __call__(self, request: HttpRequest, **parts: Any) -> Answer:
        """Answer."""


def page(role: str = VIEWER, *, writes: bool = False) -> Callable[[Callable[..., Answer]], Page]:
    """Make a function the page for members with at least this role.

    A page that `writes` is asked by POST alone; any other by GET and POST, where POST needs at least a helper. The
    decorated view carries `role` and `writes`, by which a test walks every address as each role.
    """

    def decorate(function: Callable[..., Answer]) -> Page:
        @wraps(function)
        def view(request: HttpRequest, **parts: Any) -> Answer:
            if request.method not in ({"POST"} if writes else {"GET", "HEAD", "POST"}):
                return HttpResponseNotAllowed(["POST"] if writes else ["GET", "POST"])
            membership = membership_of(request)
            if membership is None:
                return redirect("start" if request.user.is_authenticated else "enter")
            needed = HELPER if request.method == "POST" and role == VIEWER else role
            if not membership.may(needed):
                return HttpResponseForbidden(_not_allowed(request, membership))
            visit = _visit(request, membership)
            if request.method == "POST":
                _audit(visit)
            return function(visit, **parts)

        made = cast("Page", view)
        made.role, made.writes = role, writes
        return made

    return decorate


def membership_of(request: HttpRequest) -> Membership | None:
    """Give the membership under which the signed-in user works: the one chosen in the session, or the first."""
    if not request.user.is_authenticated:
        return None
    found = Membership.objects.filter(user=request.user).select_related("owner").order_by("since", "id")
    chosen = request.session.get("owner")
    return (found.filter(owner=chosen).first() if chosen else None) or found.first()


def _visit(request: HttpRequest, membership: Membership) -> Visit:
    office = doors.open_office(membership.owner, tell=lambda sentence: messages.warning(request, sentence))
    visit = Visit(request=request, office=office, membership=membership, now=doors.now())
    request.visit = visit  # type: ignore[attr-defined]
    return visit


def _audit(visit: Visit) -> None:
    """Write down what others than the person at this machine do; it is kept also where it then fails."""
    match = visit.request.resolver_match
    if match is not None and visit.membership.user.username != LAPTOP:
        note_audit(visit.membership, what=match.url_name or "", about=visit.request.path, now=visit.now)


def _not_allowed(request: HttpRequest, membership: Membership) -> bytes:
    context = {
        "title": "Not for you",
        "message": f"You are a {membership.role} here, and this is for others. Nothing was done. Ask the owner.",
    }
    return render(request, "web/message.html", context).content
