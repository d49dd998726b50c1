"""Reading which provider sends, and making what speaks to it."""

from dataclasses import dataclass, field
from importlib import import_module
from typing import Any, cast
from urllib.parse import urlsplit

from django.core.mail.backends.base import BaseEmailBackend

from goodterms.config import SettingsFaulty


@dataclass(frozen=True, kw_only=True)
class _Kind:
    """How django-anymail calls a provider's keys, and where its API is (django-anymail 15.2)."""

    keys: tuple[str, ...]
    host: str


KINDS: dict[str, _Kind] = {
    "brevo": _Kind(keys=("api_key",), host="api.brevo.com"),
    "mailersend": _Kind(keys=("api_token",), host="api.mailersend.com"),
    "mailgun": _Kind(keys=("api_key",), host="api.mailgun.net"),
    "mailjet": _Kind(keys=("api_key", "secret_key"), host="api.mailjet.com"),
    "mandrill": _Kind(keys=("api_key",), host="mandrillapp.com"),
    "postmark": _Kind(keys=("server_token",), host="api.postmarkapp.com"),
    "resend": _Kind(keys=("api_key",), host="api.resend.com"),
    "sparkpost": _Kind(keys=("api_key",), host="api.sparkpost.com"),
}


class ProviderFaulty(SettingsFaulty):
    """The account at a provider can't be used; the message says why, and never shows the key."""


@dataclass(frozen=True, kw_only=True)
class Account:
    """An account at a provider."""

    provider: str
    keys: dict[str, str] = field(repr=False)
    url: str = ""
    """Where its API is, where it is not where django-anymail looks for it."""
    answer_seconds: float = 60
    must_be_outside: bool = False
    """Whether its API may not lie in this machine's own network, wherever its name leads by now."""

    @property
    def host(self) -> str:
        """The host of the API."""
        return urlsplit(self.url).hostname or KINDS[self.provider].host

    @property
    def is_loopback(self) -> bool:
        """Whether the API is on this machine."""
        return self.host in {"localhost", "127.0.0.1", "::1"}

    def backend(self) -> BaseEmailBackend:
        """Make what speaks to the API: one connection, for one thread."""
        options: dict[str, Any] = {**self.keys, "timeout": self.answer_seconds}
        if self.url:
            options["api_url"] = self.url
        made = import_module(f"anymail.backends.{self.provider}").EmailBackend(**options)
        if self.must_be_outside:
            from goodterms.delivery.vehicles.provider.outside import kept_outside  # noqa: PLC0415 -- as anymail itself

            made.session = kept_outside(made.create_session())
        return cast(BaseEmailBackend, made)


def read_account(provider: str, key: str, url: str = "") -> Account:
    """Read an account as GOODTERMS_PROVIDER, _KEY and _URL take it; raises ProviderFaulty."""
    kind = KINDS.get(provider.strip().lower())
    if kind is None:
        raise ProviderFaulty(f"The provider is '{provider}'; it must be one of {', '.join(KINDS)}. Nothing was sent.")
    keys = key.strip().split(":", len(kind.keys) - 1)
    if len(keys) < len(kind.keys) or not all(keys):
        form = ":".join(name.upper() for name in kind.keys)
        raise ProviderFaulty(f"The provider's key is missing or not whole: {form} is needed. Nothing was sent.")
    account = Account(provider=provider.strip().lower(), keys=dict(zip(kind.keys, keys, strict=True)), url=url.strip())
    try:
        is_loopback = account.is_loopback
    except ValueError as fault:
        raise ProviderFaulty(f"The address of the provider's API is none: {fault}. Nothing was sent.") from None
    if account.url and not (account.url.startswith("https://") or is_loopback):
        raise ProviderFaulty(
            "The address of the provider's API is no https address: the key and the mail would travel unprotected. "
            "Nothing was sent."
        )
    return account
