"""The address at which an owner's own provider reports: with a secret in it that only the provider is told."""

import hmac

from goodterms.accounts.mail import own_mail_addresses
from goodterms.accounts.office import Office
from goodterms.config import read_settings
from goodterms.lib.keyed import keyed_hash


def report_url(office: Office) -> str:
    """Give the address; empty without a provider of their own, or without a public address of the installation."""
    provider, public = own_mail_addresses(office).provider, read_settings()["GOODTERMS_PUBLIC_URL"].rstrip("/")
    if provider is None or not public:
        return ""
    return f"{public}/hooks/of/{office.owner.uid}/{_secret(office, provider.name)}/"


def provider_with_secret(office: Office, secret: str) -> str:
    """Name the owner's own provider, if the secret is the one that it was told; empty where it is not."""
    provider = own_mail_addresses(office).provider
    is_known = provider and hmac.compare_digest(secret.encode(), _secret(office, provider.name).encode())
    return provider.name if provider and is_known else ""


def _secret(office: Office, provider: str) -> str:
    return keyed_hash(office.keys.token, "provider reports", office.owner.uid, provider)[:40]
