"""The address at which an owner's own provider reports, and the secret that only the provider is told.

The secret is the password in the address (https://reports:secret@...), which comes as a header (RFC 7617) and so stands
in no log of requests; django-anymail's documentation gives most providers such addresses (docs/tips/securing_webhooks,
read in November 2026). For a provider that takes none, the secret may be a part of the path instead.
"""

import hmac
from dataclasses import dataclass

from goodterms.accounts.mail import own_mail_addresses
from goodterms.accounts.office import Office
from goodterms.config import read_settings
from goodterms.lib.keyed import keyed_hash


@dataclass(frozen=True, kw_only=True)
class ReportUrls:
    """Where the provider may report; whoever knows either can report in its name."""

    with_password: str
    with_path: str
    """For a provider that takes no password in an address."""


def report_urls(office: Office) -> ReportUrls | None:
    """Give the addresses; None without a provider of their own, or without a public address of the installation."""
    provider, public = own_mail_addresses(office).provider, read_settings()["GOODTERMS_PUBLIC_URL"].rstrip("/")
    if provider is None or not public:
        return None
    scheme, _, place = public.partition("://")
    secret, uid = _secret(office, provider.name), office.owner.uid
    return ReportUrls(
        with_password=f"{scheme}://reports:{secret}@{place}/hooks/of/{uid}/",
        with_path=f"{public}/hooks/of/{uid}/{secret}/",
    )


def provider_with_secret(office: Office, secret: str) -> str:
    """Name the owner's own provider, if the secret is the one that it was told; empty where it is not."""
    provider = own_mail_addresses(office).provider
    is_known = provider and hmac.compare_digest(secret.encode(), _secret(office, provider.name).encode())
    return provider.name if provider and is_known else ""


def _secret(office: Office, provider: str) -> str:
    return keyed_hash(office.keys.token, "provider reports", office.owner.uid, provider)[:40]
