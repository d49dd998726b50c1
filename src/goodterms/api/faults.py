"""One shape for everything that is no success, whoever says it: this API, the library below it, or Django."""

import logging
from collections.abc import Callable
from functools import wraps
from http import HTTPStatus
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.csrf import csrf_exempt
from ninja import NinjaAPI
from ninja.errors import AuthenticationError, HttpError, ValidationError

from goodterms.api.door import NotThere, ScopeMissing
from goodterms.lib.faults import Fault

_log = logging.getLogger(__name__)
CODES = {
    400: "unreadable",
    401: "no_token",
    403: "scope_missing",
    404: "not_there",
    405: "method_not_allowed",
    413: "too_large",
    422: "refused",
    500: "broken",
}
_SEND_ONE = "Send a token that is valid: Authorization: Bearer gt_... Nothing was done."
_BROKEN = "Something went wrong that should not; the log has the details. What was begun was taken back."


def problem(status: int, message: str) -> JsonResponse:
    """Give the answer that something went wrong."""
    answer = JsonResponse({"error": {"code": CODES.get(status, "refused"), "message": message}}, status=status)
    if status == HTTPStatus.UNAUTHORIZED:
        answer["WWW-Authenticate"] = "Bearer"
    return answer


def answer_faults(api: NinjaAPI) -> None:
    """Let an API answer every exception in that shape."""
    by_kind: tuple[tuple[type[Exception], int], ...] = ((ScopeMissing, 403), (NotThere, 404), (Fault, 422))
    for kind, status in by_kind:
        api.add_exception_handler(kind, _with_status(status))
    api.add_exception_handler(AuthenticationError, lambda _request, _fault: problem(401, _SEND_ONE))
    api.add_exception_handler(Http404, lambda _request, _fault: problem(404, "There is no such thing."))
    api.add_exception_handler(ValidationError, _not_as_described)
    api.add_exception_handler(HttpError, _said_no)
    api.add_exception_handler(Exception, _broken)


def in_one_shape(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Give a view whose plain refusals, such as 405, are in that shape too."""

    @wraps(view)
    def answer(request: HttpRequest, *args: Any, **parts: Any) -> HttpResponse:
        made = view(request, *args, **parts)
        if made.status_code < 400 or made.get("Content-Type", "").startswith("application/json"):
            return made
        told = problem(made.status_code, f"{request.method} {request.path}: {made.reason_phrase}. Nothing was done.")
        if "Allow" in made:
            told["Allow"] = made["Allow"]
        return told

    return csrf_exempt(answer)  # tokens are no cookies: no browser sends them unasked


def nothing_here(request: HttpRequest, rest: str = "") -> HttpResponse:
    """Say that the API has nothing at an address."""
    return problem(404, f"The API has nothing at {request.path}; see docs/api.md.")


def _with_status(status: int) -> Callable[[HttpRequest, Any], HttpResponse]:
    return lambda _request, fault: problem(status, str(fault))


def _not_as_described(_request: HttpRequest, fault: Any) -> HttpResponse:
    wrong = [f"{'.'.join(str(part) for part in one['loc'][1:])}: {one['msg']}" for one in fault.errors]
    return problem(422, f"{'; '.join(wrong)}. Nothing was done.")


def _said_no(_request: HttpRequest, fault: Any) -> HttpResponse:
    return problem(fault.status_code, str(fault))


def _broken(request: HttpRequest, fault: Any) -> HttpResponse:
    _log.error("%s %s failed", request.method, request.path, exc_info=fault)
    return problem(500, _BROKEN)
