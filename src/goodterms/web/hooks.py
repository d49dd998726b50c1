"""Addresses at which mail providers report; what they report is obeyed from the first request on."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import path
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from goodterms import doors
from goodterms.accounts.models import Owner
from goodterms.accounts.office import Office
from goodterms.feedback.report_urls import provider_with_secret
from goodterms.feedback.reports import take_report
from goodterms.feedback.webhooks import connect
from goodterms.feedback.webhooks import urlpatterns as common

__all__ = ["urlpatterns"]


@csrf_exempt
@require_http_methods(["POST", "HEAD"])
def report(request: HttpRequest, owner: str, secret: str) -> HttpResponse:
    """Take what an owner's own provider reports; some look first whether anybody is there."""
    found = get_object_or_404(Owner, uid=owner)
    provider = provider_with_secret(doors.office_of(found), secret)
    if not provider:
        raise Http404
    if request.method == "POST":
        take_report(_office(found), provider, request, now=doors.now())
    return HttpResponse()


def _office(owner: Owner) -> Office:
    return doors.open_office(owner, tell=lambda _said: None)


connect(_office, doors.now)
urlpatterns = [*common, path("of/<str:owner>/<str:secret>/", report, name="provider-report")]
for _url in urlpatterns:
    # Anybody may knock; who comes in is for anymail to say.
    _url.callback.is_public = True  # type: ignore[attr-defined]  # as the mark of a public page
