"""Reading which provider sends, and making what speaks to it."""

import re
from dataclasses import dataclass, field
from importlib import import_module
from importlib.util import find_spec
from typing import Any, cast
from urllib.parse import urlsplit

from django.core.mail.backends.base import BaseEmailBackend

from goodterms.config import SettingsFaulty


@dataclass(frozen=True, kw_only=True)
class _Kind:
    """How django-anymail calls a provider's keys, and where its API is (django-anymail 15.2)."""

    keys: tuple[str, ...]
    host: str
    """May have keys in braces."""
    module: str = ""
    """What speaks to it, where that is not anymail's own backend."""
    title: str = ""
    """Its name as people know it, where that is more than a capital letter."""
    needs: str = ""
    """A package beside anymail; the extra of the provider's name brings it."""


KINDS: dict[str, _Kind] = {
    "amazon-ses": _Kind(
        keys=("access_key_id", "secret_access_key", "region"),
        host="email.{region}.amazonaws.com",
        module="goodterms.delivery.vehicles.provider.amazon",
        title="Amazon SES",
        needs="boto3",
    ),
    "brevo": _Kind(keys=("api_key",), host="api.brevo.com"),
    "mailersend": _Kind(keys=("api_token",), host="api.mailersend.com"),
    "mailgun": _Kind(keys=("api_key",), host="api.mailgun.net"),
    "mailjet": _Kind(keys=("api_key", "secret_key"), host="api.mailjet.com"),
    "mandrill": _Kind(keys=("api_key",), host="mandrillapp.com"),
    "postmark": _Kind(keys=("server_token",), host="api.postmarkapp.com"),
    "resend": _Kind(keys=("api_key",), host="api.resend.com"),
    "sparkpost": _Kind(keys=("api_key",), host="api.sparkpost.com"),
}


# A part of the API's host, so nothing that could make it another: us-east-1, us-gov-west-1.
_REGION = re.compile(r"[a-z]{2,}(-[a-z0-9]+){2,}")


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
        return urlsplit(self.url).hostname or KINDS[self.provider].host.format(**self.keys)

    @property
    def is_loopback(self) -> bool:
        """Whether the API is on this machine."""
        return self.host in {"localhost", "127.0.0.1", "::1"}

    def backend(self) -> BaseEmailBackend:
        """Make what speaks to the API: one connection, for one thread."""
        options: dict[str, Any] = {**self.keys, "timeout": self.answer_seconds}
        if self.url:
            options["api_url"] = self.url
        module = KINDS[self.provider].module or f"anymail.backends.{anymail_name(self.provider)}"
        made = import_module(module).EmailBackend(**options)
        if self.must_be_outside and self.url:
            _keep_outside(made)
        return cast(BaseEmailBackend, made)


def _keep_outside(backend: Any) -> None:
    """Let what speaks to an API connect to nothing inside; raises ProviderFaulty where that can't be made sure of."""
    from goodterms.delivery.vehicles.provider.outside import kept_outside  # noqa: PLC0415 -- loaded when anymail is

    if not hasattr(backend, "create_session"):
        raise ProviderFaulty(
            "On a server that others share, this provider is asked at its usual address alone. Nothing was sent. Leave "
            "the address of its API empty; whoever runs this installation can set one."
        )
    backend.session = kept_outside(backend.create_session())


def title_of(provider: str) -> str:
    """Give a provider's name as people know it."""
    return KINDS[provider].title or provider.title()


def anymail_name(provider: str) -> str:
    """Give a provider's name at anymail, which the addresses for reports to an installation have too."""
    return provider.replace("-", "_")


def read_account(provider: str, key: str, url: str = "") -> Account:
    """Read an account as GOODTERMS_PROVIDER, _KEY and _URL take it; raises ProviderFaulty."""
    name = provider.strip().lower().replace("_", "-")
    if name not in KINDS:
        raise ProviderFaulty(f"The provider is '{provider}'; it must be one of {', '.join(KINDS)}. Nothing was sent.")
    account = Account(provider=name, keys=_read_keys(name, key), url=url.strip())
    _make_sure_it_is_protected(account)
    _make_sure_nothing_is_missing(name)
    return account


def _read_keys(provider: str, key: str) -> dict[str, str]:
    names = KINDS[provider].keys
    keys = key.strip().split(":", len(names) - 1)
    if len(keys) < len(names) or not all(keys):
        form = ":".join(name.upper() for name in names)
        raise ProviderFaulty(f"The provider's key is missing or not whole: {form} is needed. Nothing was sent.")
    found = dict(zip(names, keys, strict=True))
    if "region" in found and not _REGION.fullmatch(found["region"]):
        raise ProviderFaulty(
            "The provider's key does not end in a region, such as :eu-west-1, the one in which the sender's address or "
            "domain was verified. Nothing was sent."
        )
    return found


def _make_sure_it_is_protected(account: Account) -> None:
    try:
        is_loopback = account.is_loopback
    except ValueError as fault:
        raise ProviderFaulty(f"The address of the provider's API is none: {fault}. Nothing was sent.") from None
    if account.url and not (account.url.startswith("https://") or is_loopback):
        raise ProviderFaulty(
            "The address of the provider's API is no https address: the key and the mail would travel unprotected. "
            "Nothing was sent."
        )


def _make_sure_nothing_is_missing(provider: str) -> None:
    package = KINDS[provider].needs
    if package and find_spec(package) is None:
        raise ProviderFaulty(
            f"{title_of(provider)} is spoken to by the package {package}, which is large and was not installed here. "
            f"Nothing was sent. Whoever runs this installation adds it with: pip install 'goodterms[{provider}]'; in a "
            f"checkout with: script/setup {provider}"
        )
