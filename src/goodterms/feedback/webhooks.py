"""What mail providers report over the web, by django-anymail: events about copies, and mail that came in.

Mount `urlpatterns` below a prefix of your choice and call `connect` once. Anymail checks that a request is the
provider's own: by the shared secret (ANYMAIL's WEBHOOK_SECRET, HTTP basic authentication) and, where a provider signs,
its signature. Without a secret anymail would take everything, so then nothing is taken here. A fault while obeying
becomes an error to the provider, which brings the event again; the same one again changes nothing.
"""

import json
import re
from collections.abc import Callable
from datetime import datetime
from functools import wraps
from typing import Any

import requests
from anymail.exceptions import AnymailAPIError, AnymailConfigurationError
from anymail.signals import inbound, tracking
from anymail.urls import urlpatterns as anymail_urls
from anymail.webhooks.amazon_ses import AmazonSESInboundWebhookView, AmazonSESTrackingWebhookView
from anymail.webhooks.base import AnymailBaseWebhookView
from django.conf import settings
from django.core.exceptions import SuspiciousOperation
from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest, HttpResponseNotFound
from django.urls import URLPattern, path

from goodterms.accounts.models import Owner
from goodterms.accounts.office import Office
from goodterms.delivery.models import Delivery
from goodterms.feedback.actions.events import take_event
from goodterms.feedback.actions.read import read_mail
from goodterms.feedback.rules.events import ProviderEvent
from goodterms.lib.addresses import normalise_email
from goodterms.lib.canonical import canonical_json, sha256_hex
from goodterms.lib.tokens import tokens_in
from goodterms.people.queries import named_email

OfficeOf = Callable[[Owner], Office]
_ADDRESS = re.compile(r"[^\s<>()\[\],;:\"]+@[^\s<>()\[\],;:\"]+")
_KINDS = ("Type", "SuppressionReason", "event", "type", "severity")
"""Fields in which providers say themselves what an event is."""
_CONFIRMING = re.compile(r"https://sns\.[a-z0-9-]+\.amazonaws\.com(\.cn)?/\?Action=ConfirmSubscription&[!-~]+")
_SECONDS = 10


class WebhookOpen(SuspiciousOperation):
    """There is no secret that a provider could show: nothing is taken (an answer of status 400)."""


class SubscriptionStrange(SuspiciousOperation):
    """What would confirm a subscription leads elsewhere than to Amazon: it is left alone (an answer of status 400)."""


class _SesView(AnymailBaseWebhookView):  # type: ignore[misc]  # anymail has no types
    """Takes what Amazon's SNS hands over by itself; no client of Amazon's is needed."""

    def __init__(self, **kwargs: Any) -> None:
        self.session_params: dict[str, Any] = {}
        self.client_params: dict[str, Any] = {}
        AnymailBaseWebhookView.__init__(self, **kwargs)

    def auto_confirm_sns_subscription(self, sns_message: dict[str, Any]) -> None:
        """Confirm that Amazon is to report here, by visiting the address that it gives for that.

        It gives it to nobody else (SNS developer guide, "HTTP/HTTPS subscription confirmation JSON format", read in
        November 2026). Whoever asks has shown the secret; only Amazon's own address is visited all the same. Raises
        SubscriptionStrange, or what requests raises: then Amazon asks again.
        """
        if not self.basic_auth:
            raise WebhookOpen("No secret for providers is set, so anybody could write this. Nothing was confirmed.")
        address = str(sns_message.get("SubscribeURL", ""))
        if not _CONFIRMING.fullmatch(address):
            raise SubscriptionStrange("The address that confirms the subscription is not Amazon's. Nothing was done.")
        requests.get(address, timeout=_SECONDS, allow_redirects=False).raise_for_status()


class SesTrackingView(_SesView, AmazonSESTrackingWebhookView):  # type: ignore[misc]  # likewise
    """Events from Amazon SES."""


class SesInboundView(_SesView, AmazonSESInboundWebhookView):  # type: ignore[misc]  # likewise
    """Mail from Amazon SES, where the notification holds it whole."""


def _where_set_up(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Let a provider in where its secrets are set; else there is nothing at its address."""

    @wraps(view)
    def answer(request: HttpRequest, *args: Any, **options: Any) -> HttpResponse:
        if not _has_secret():
            return _nothing_here()
        try:
            return view(request, *args, **options)
        except AnymailConfigurationError:
            return _nothing_here()
        except (AnymailAPIError, json.JSONDecodeError):
            return HttpResponseBadRequest("This can't be read. Nothing was taken.", content_type="text/plain")

    return answer


def _nothing_here() -> HttpResponse:
    said = "This provider is not set up here. Nothing was taken."
    return HttpResponseNotFound(said, content_type="text/plain; charset=utf-8")


urlpatterns: list[URLPattern] = [
    URLPattern(url.pattern, _where_set_up(url.callback), name=url.name)
    for url in (
        path("amazon_ses/tracking/", SesTrackingView.as_view(), name="amazon_ses_tracking_webhook"),
        path("amazon_ses/inbound/", SesInboundView.as_view(), name="amazon_ses_inbound_webhook"),
        *(url for url in anymail_urls if "amazon_ses" not in str(url.name)),
    )
]


def connect(office_of: OfficeOf, clock: Callable[[], datetime]) -> None:
    """Obey events and mail from now on; `office_of` opens an owner's office as every door does."""

    def tracked(event: Any, esp_name: str, **_: Any) -> None:
        _make_sure_it_is_closed()
        made = provider_event(event, esp_name)
        for office in _offices_of_event(made, office_of):
            take_event(office, made, now=clock())

    def came_in(event: Any, **_: Any) -> None:
        _make_sure_it_is_closed()
        if event.message is not None:
            raw = raw_mail(event.message)
            for office in _offices_of_mail(raw, event.message, office_of):
                read_mail(office, [raw], now=clock())

    tracking.connect(tracked, weak=False, dispatch_uid="goodterms tracking")
    inbound.connect(came_in, weak=False, dispatch_uid="goodterms inbound")


def _make_sure_it_is_closed() -> None:
    if not _has_secret():
        raise WebhookOpen("No secret for providers is set, so anybody could write this. Nothing was taken.")


def _has_secret() -> bool:
    return bool(getattr(settings, "ANYMAIL", {}).get("WEBHOOK_SECRET"))


def provider_event(event: Any, provider: str) -> ProviderEvent:
    """Give anymail's event as plain values."""
    told = event.esp_event if isinstance(event.esp_event, dict) else dict(getattr(event.esp_event, "lists", dict)())
    return ProviderEvent(
        provider=provider,
        number=str(event.event_id or ""),
        kind=str(event.event_type),
        reason=str(event.reject_reason or ""),
        provider_kind=_provider_kind(told, str(event.description or "")),
        recipient=str(event.recipient or ""),
        message_id=str(event.message_id or ""),
        said=str(event.mta_response or event.description or ""),
        at=event.timestamp,
        content=canonical_json(_plain(told)),
    )


def _provider_kind(told: dict[str, Any], description: str) -> str:
    inner = told.get("event-data", told)
    named = [str(inner[name]) for name in _KINDS if isinstance(inner, dict) and isinstance(inner.get(name), str)]
    return " ".join([*named, description if told.get("mail") else ""]).strip()


def _plain(value: Any) -> Any:
    """Give a value as canonical JSON can have it: numbers with a fraction as text."""
    if isinstance(value, dict):
        return {str(key): _plain(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(inner) for inner in value]
    return value if value is None or isinstance(value, bool | int | str) else str(value)


def raw_mail(message: Any) -> bytes:
    """Give the bytes of a mail that came in, with its envelope above it as a mail server would write it."""
    lines = []
    if message.envelope_sender is not None and "Return-Path" not in message:
        lines.append(f"Return-Path: <{str(message.envelope_sender).strip('<>')}>")
    if message.envelope_recipient:
        lines.append(f"X-Envelope-To: <{str(message.envelope_recipient).strip('<>')}>")
    _fix_boundaries(message)
    head = "".join(f"{' '.join(line.split())}\r\n" for line in lines).encode("utf-8", "surrogateescape")
    return head + bytes(message.as_bytes())


def _fix_boundaries(message: Any) -> None:
    """Fix the boundaries of a mail that anymail put together from its parts: chosen anew each time, they would make
    the same mail another one."""
    texts = [str(part.get_payload()) for part in message.walk() if not part.is_multipart()]
    mark = sha256_hex("\0".join(texts).encode("utf-8", "replace"))[:32]
    for number, part in enumerate(message.walk()):
        if part.is_multipart() and part.get_content_maintype() == "multipart" and not part.get_boundary():
            part.set_boundary(f"=_{mark}_{number}")


def _offices_of_event(event: ProviderEvent, office_of: OfficeOf) -> list[Office]:
    """Give the offices that an event is for: whose token it holds, else who sent to its address."""
    text = event.content.decode("utf-8", "replace")
    owners, office = _owners_in(text, office_of)
    address = normalise_email(event.recipient)
    if not owners and office and address:
        key = named_email(office.keys.identity, address).key
        owners = set(Delivery.objects.filter(address_key=key).values_list("owner_id", flat=True).distinct())
    return _open(owners, office_of)


def _offices_of_mail(raw: bytes, message: Any, office_of: OfficeOf) -> list[Office]:
    """Give the offices that a mail is for: whose token it holds, else whose address; a lone office in any case."""
    owners, _ = _owners_in(raw.decode("utf-8", "replace"), office_of)
    everybody = dict(Owner.objects.values_list("pk", "email"))
    if not owners:
        receivers = addresses_of(message)
        owners = {pk for pk, email in everybody.items() if email.lower() in receivers}
    return _open(owners or (set(everybody) if len(everybody) == 1 else set()), office_of)


def addresses_of(message: Any) -> set[str]:
    """Give the addresses that a mail is to, each whole and in small letters, however the lines are written."""
    lines = [str(line) for name in ("To", "Cc", "Delivered-To") for line in message.get_all(name, ())]
    return set(_ADDRESS.findall(" ".join([*lines, str(message.envelope_recipient or "")]).lower()))


def _owners_in(text: str, office_of: OfficeOf) -> tuple[set[int], Office | None]:
    """Give the owners whose tokens stand in a text, and any office: they share the installation's keys."""
    first = Owner.objects.order_by("pk").first()
    if first is None:
        return set(), None
    office = office_of(first)
    numbers = {token.owner_number for token in tokens_in(office.keys.token, text)}
    return {number for number in numbers if number is not None}, office


def _open(owners: set[int], office_of: OfficeOf) -> list[Office]:
    return [office_of(owner) for owner in Owner.objects.filter(pk__in=owners).order_by("pk")]
