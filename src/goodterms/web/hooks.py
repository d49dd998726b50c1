"""Addresses at which mail providers report; what they report is obeyed from the first request on."""

from goodterms import doors
from goodterms.accounts.models import Owner
from goodterms.accounts.office import Office
from goodterms.feedback.webhooks import connect, urlpatterns

__all__ = ["urlpatterns"]


def _office(owner: Owner) -> Office:
    return doors.open_office(owner, tell=lambda _said: None)


connect(_office, doors.now)
for _url in urlpatterns:
    # Anybody may knock; who comes in is for anymail to say.
    _url.callback.is_public = True  # type: ignore[attr-defined]  # as the mark of a public page
