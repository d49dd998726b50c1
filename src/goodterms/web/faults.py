"""A fault that a person can mend is shown as it is, on a page or in the part of the page that asked."""

import logging
from collections.abc import Callable

from django.db import DataError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from goodterms.lib.faults import Fault

_log = logging.getLogger(__name__)
_NOT_HELD = (
    "Something in this can't be kept: a sign that no text holds, such as a NUL. What was begun was taken back; write "
    "it without that."
)


class FaultPages:
    """Middleware that turns a Fault, and what the database can't hold, into a page with its message (status 422)."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Pass the request on."""
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """Show a Fault; leave everything else to Django."""
        if isinstance(exception, DataError):
            _log.warning("%s %s: %s", request.method, request.path, exception)
        elif not isinstance(exception, Fault):
            return None
        message = str(exception) if isinstance(exception, Fault) else _NOT_HELD
        if not getattr(request, "htmx", False):
            context = {"title": "That did not work", "message": message}
            return render(request, "web/message.html", context, status=422)
        response = render(request, "web/parts/fault.html", {"message": message}, status=422)
        response["HX-Retarget"] = "#messages"
        response["HX-Reswap"] = "innerHTML"
        return response
