"""Whoever opens a page by a signed link, and what every such page has in common.

These pages know no session and set no cookie. GET, HEAD and whatever else a link scanner tries change nothing; the
signed link itself stands against forged posts, so there is no CSRF token. The link must not travel on: no referrer is
sent, and nothing is stored on the way.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import wraps
from typing import Any, Protocol, cast

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import render
from django.utils import translation
from django.views.decorators.csrf import csrf_exempt

from goodterms import doors
from goodterms.accounts.keys import read_keys
from goodterms.accounts.models import Owner
from goodterms.accounts.office import Office
from goodterms.accounts.queries import OwnerUnclear, the_owner
from goodterms.config import home, read_settings
from goodterms.lib.tokens import Act, Token, read_token


class PublicPage(Protocol):
    """A view that anybody may ask for; `is_public` tells it from the owner's pages."""

    is_public: bool

    def __call__(self, request: HttpRequest, **parts: Any) -> HttpResponse:
        """Answer."""


@dataclass(frozen=True, kw_only=True)
class Holder:
    """Somebody with a link that was signed here."""

    request: HttpRequest
    office: Office
    token: Token
    link: str
    """The token as text."""
    now: datetime

    @property
    def is_own(self) -> bool:
        """Whether the link came to its holder alone; those in copies are passed on with the mail."""
        return self.token.act is Act.CHOOSE

    def show(self, template: str, *, status: int = 200, **context: Any) -> HttpResponse:
        """Give a page made from a template of `web/public/`."""
        return show(self.request, template, status=status, holder=self, owner=self.office.owner, **context)


def public(*methods: str) -> Callable[[Callable[..., HttpResponse]], PublicPage]:
    """Make a function a page that anybody may ask for by these methods; HEAD is answered as GET."""
    allowed = {*methods, "HEAD"} if "GET" in methods else set(methods)

    def decorate(function: Callable[..., HttpResponse]) -> PublicPage:
        @csrf_exempt
        @wraps(function)
        def view(request: HttpRequest, **parts: Any) -> HttpResponse:
            if request.method not in allowed:
                return HttpResponseNotAllowed(sorted(allowed))
            with translation.override(_language(request)):
                response = function(request, **parts)
            response["Referrer-Policy"] = "no-referrer"
            response["Cache-Control"] = "no-store"
            response["X-Robots-Tag"] = "noindex, nofollow"
            return response

        made = cast("PublicPage", view)
        made.is_public = True
        return made

    return decorate


def by_link(*methods: str) -> Callable[[Callable[..., HttpResponse]], PublicPage]:
    """Make a function the page of a signed link's holder; whoever comes with another link learns that it is none."""

    def decorate(function: Callable[..., HttpResponse]) -> PublicPage:
        @wraps(function)
        def view(request: HttpRequest, *, link: str, **parts: Any) -> HttpResponse:
            holder = holder_of(request, link)
            return function(holder, **parts) if holder else unknown(request)

        return public(*methods)(view)

    return decorate


def holder_of(request: HttpRequest, link: str) -> Holder | None:
    """Give whoever has this link; None where it was not signed here, or its owner is not here any more."""
    keys_folder = home() / "keys"
    token = read_token(read_keys(keys_folder).token, link) if keys_folder.is_dir() else None
    owner = _owner_of(token) if token else None
    if token is None or owner is None:
        return None
    return Holder(request=request, office=doors.office_of(owner), token=token, link=link, now=doors.now())


def public_url(request: HttpRequest) -> str:
    """Give where these pages are, for a link that is mailed: as the settings say, else as they were asked for."""
    return read_settings()["GOODTERMS_PUBLIC_URL"].rstrip("/") or request.build_absolute_uri("/").rstrip("/")


def unknown(request: HttpRequest) -> HttpResponse:
    """Say that a link is none of ours: nothing happened, and a reply always works."""
    return show(request, "unknown.html", status=404)


def show(request: HttpRequest, template: str, *, status: int = 200, **context: Any) -> HttpResponse:
    """Give a page made from a template of `web/public/`, in the language that is chosen."""
    chosen = request.GET.get("lang", "")
    kept = {"lang": chosen} if chosen in dict(settings.LANGUAGES) else {}
    shown = {"languages": settings.LANGUAGES, "language": translation.get_language(), **kept, **context}
    return render(request, f"web/public/{template}", shown, status=status)


def _owner_of(token: Token) -> Owner | None:
    if token.owner_number is not None:
        return Owner.objects.filter(pk=token.owner_number).first()
    try:
        return the_owner()
    except OwnerUnclear:
        return None


def _language(request: HttpRequest) -> str:
    chosen = request.GET.get("lang", "")
    return chosen if chosen in dict(settings.LANGUAGES) else translation.get_language_from_request(request)
