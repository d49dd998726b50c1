"""Speaking to Amazon SES by the second version of its API, through django-anymail and boto3.

Whoever loads this needs boto3: the extra `amazon-ses`.
"""

from typing import Any

from anymail.backends.amazon_ses import BOTO_BASE_ERRORS, AmazonSESV2SendEmailPayload
from anymail.backends.amazon_ses import EmailBackend as AnymailBackend
from anymail.exceptions import AnymailInvalidAddress
from django.core.mail import EmailMessage

from goodterms.delivery.vehicles.provider.account import ProviderFaulty

# SendEmail knows no name by which it would tell a request that comes again (API reference of SES v2, read in November
# 2026), and botocore says most requests again after silence or an error of the server: somebody would get two copies.
_ONCE = {"total_max_attempts": 1, "mode": "standard"}


class _Payload(AmazonSESV2SendEmailPayload):  # type: ignore[misc]  # anymail has no types
    """One message; django-anymail 15.2 has no word yet for whether it is watched."""

    def set_recipients(self, recipient_type: str, emails: list[Any]) -> None:
        """Say whom it is for; raises AnymailInvalidAddress.

        Before the @ Amazon SES takes ASCII alone (API reference of SES v2, Destination, read in November 2026).
        """
        if not all(address.username.isascii() for address in emails):
            raise AnymailInvalidAddress("Amazon SES takes only ASCII before the @ of an address.")
        super().set_recipients(recipient_type, emails)

    def set_track_opens(self, track_opens: bool) -> None:
        """Say whether opens are watched, whatever the account's own settings say."""
        self._watch("OpenTrackingEnabled", track_opens)

    def set_track_clicks(self, track_clicks: bool) -> None:
        """Say whether clicks are watched, whatever the account's own settings say."""
        self._watch("ClickTrackingEnabled", track_clicks)

    def _watch(self, what: str, is_wanted: bool) -> None:
        tracking = self.params.setdefault("ConfigurationOverrides", {}).setdefault("Tracking", {})
        tracking[what] = "ENABLED" if is_wanted else "DISABLED"


class EmailBackend(AnymailBackend):  # type: ignore[misc]  # likewise
    """Speaks for one account in one region; keys and addresses that this machine has for Amazon's are not looked at."""

    def __init__(
        self, *, access_key_id: str, secret_access_key: str, region: str, timeout: float, api_url: str = ""
    ) -> None:
        config = {
            "connect_timeout": timeout,
            "read_timeout": timeout,
            "retries": _ONCE,
            "max_pool_connections": 1,
            "ignore_configured_endpoint_urls": True,
        }
        super().__init__(
            session_params={
                "aws_access_key_id": access_key_id,
                "aws_secret_access_key": secret_access_key,
                "region_name": region,
            },
            client_params={"config": config, "endpoint_url": api_url or None},
        )

    def open(self) -> bool:
        """Make the client; raises ProviderFaulty where Amazon's own settings on this machine don't let it be made."""
        try:
            return bool(super().open())
        except (*BOTO_BASE_ERRORS, ValueError) as fault:
            raise ProviderFaulty(f"Nothing that speaks to Amazon SES can be made: {fault}. Nothing was sent.") from None

    def build_message_payload(self, message: EmailMessage, defaults: dict[str, Any]) -> _Payload:
        """Give what is asked of the API for a message; raises AnymailInvalidAddress."""
        return _Payload(message, defaults, self)
