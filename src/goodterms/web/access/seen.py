"""Noting when a session was last used, once a minute: a page that is only looked at should not wait for a writer."""

import time
from collections.abc import Callable

from allauth.usersessions.models import UserSession
from django.http import HttpRequest, HttpResponse

_A_MINUTE = 60.0
_MOST_KNOWN = 10_000


class SeenNowAndThen:
    """Notes each session once a minute, where allauth's own middleware does so for each request."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._get_response = get_response
        self._noted: dict[str, float] = {}

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer, and note the session first where it is time."""
        if request.session.session_key and request.user.is_authenticated and self._is_time(request.session.session_key):
            UserSession.objects.create_from_request(request)
        return self._get_response(request)

    def _is_time(self, key: str) -> bool:
        now = time.monotonic()
        if now - self._noted.get(key, float("-inf")) < _A_MINUTE:
            return False
        if len(self._noted) >= _MOST_KNOWN:
            self._noted.clear()
        self._noted[key] = now
        return True
