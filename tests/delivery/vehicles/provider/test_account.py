"""Reading which provider sends."""

from typing import Any
from urllib.parse import urlsplit

import pytest

from goodterms.delivery.vehicles.provider.account import KINDS, ProviderFaulty, read_account


@pytest.mark.parametrize("provider", KINDS)
def test_every_provider_can_be_spoken_to(provider: str) -> None:
    parts = ["eu-west-1" if name == "region" else "made-up" for name in KINDS[provider].keys]
    account = read_account(provider, ":".join(parts))
    backend: Any = account.backend()
    backend.open()
    url = backend.client.meta.endpoint_url if provider == "amazon-ses" else backend.api_url
    assert urlsplit(url).hostname == account.host
    backend.close()
    assert "made-up" not in repr(account)


@pytest.mark.parametrize(
    ("provider", "key", "url", "says"),
    [
        ("pigeon", "secret", "", "must be one of"),
        ("postmark", "", "", "SERVER_TOKEN is needed"),
        ("mailjet", "secret", "", "API_KEY:SECRET_KEY is needed"),
        ("amazon-ses", "AKIA:secret", "", "ACCESS_KEY_ID:SECRET_ACCESS_KEY:REGION is needed"),
        ("mailgun", "secret", "http://api.eu.mailgun.example", "unprotected"),
        ("mailgun", "secret", "http://[", "is none"),
    ],
)
def test_what_can_not_be_used_is_refused_without_showing_the_key(provider: str, key: str, url: str, says: str) -> None:
    with pytest.raises(ProviderFaulty, match=says) as refused:
        read_account(provider, key, url)
    assert "secret" not in str(refused.value)
