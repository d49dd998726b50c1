"""A fault that a person can mend is shown as it is, on a page or in the part of the page that asked."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from goodterms.lib.faults import Fault


class FaultPages:
    """Middleware that turns a Fault into a page with its message (status 422)."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Pass the request on."""
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """Show a Fault; leave everything else to Django."""
        if not isinstance(exception, Fault):
            return None
        if not getattr(request, "htmx", False):
            context = {"title": "That did not work", "message": str(exception)}
            return render(request, "web/message.html", context, status=422)
        response = render(request, "web/parts/fault.html", {"message": str(exception)}, status=422)
        response["HX-Retarget"] = "#messages"
        response["HX-Reswap"] = "innerHTML"
        return response
