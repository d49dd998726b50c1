"""What an owner's own provider reports of their copies.

The secret in the address stands in the place of the installation's own and of the provider's signature, whose key the
installation would have to know; what comes in by it concerns this owner's people alone.
"""

from datetime import datetime

from anymail.signals import AnymailTrackingEvent
from anymail.webhooks.base import AnymailBaseWebhookView
from django.http import HttpRequest

from goodterms.accounts.office import Office
from goodterms.delivery.vehicles.provider.account import anymail_name
from goodterms.feedback.actions.events import take_event
from goodterms.feedback.webhooks import provider_event, urlpatterns

_UNUSED = {"webhook_secret": "unused:unused"}
_MORE_UNUSED = {
    "mailersend": {"signing_secret": "unused"},
    "mailgun": {"webhook_signing_key": "unused"},
    "mandrill": {"webhook_key": "unused", "webhook_url": "https://unused.example"},
}
"""What anymail wants to have before it reads anything."""


def take_report(office: Office, provider: str, request: HttpRequest, *, now: datetime) -> None:
    """Obey what the owner's own provider reports, once `provider_with_secret` has named it.

    Raises whatever a body that can't be read makes anymail raise: the provider brings it again.
    """
    view = view_of(provider)
    for event in view.parse_events(request):
        if isinstance(event, AnymailTrackingEvent):
            take_event(office, provider_event(event, view.esp_name), now=now)


def view_of(provider: str) -> AnymailBaseWebhookView:
    """Give anymail's reader of what a provider posts."""
    (found,) = [url for url in urlpatterns if url.name == f"{anymail_name(provider)}_tracking_webhook"]
    view_class: type[AnymailBaseWebhookView] = getattr(found.callback, "view_class")  # noqa: B009 -- untyped in Django
    return view_class(**_UNUSED, **_MORE_UNUSED.get(provider, {}))
