"""Reading which provider sends."""

import pytest

from goodterms.delivery.vehicles.provider.account import KINDS, ProviderFaulty, read_account


@pytest.mark.parametrize("provider", KINDS)
def test_every_provider_can_be_spoken_to(provider: str) -> None:
    account = read_account(provider, ":".join("made-up" for _ in KINDS[provider].keys))
    backend = account.backend()
    assert account.host in backend.api_url  # type: ignore[attr-defined]
    assert "made-up" not in repr(account)


@pytest.mark.parametrize(
    ("provider", "key", "url", "says"),
    [
        ("pigeon", "secret", "", "must be one of"),
        ("postmark", "", "", "SERVER_TOKEN is needed"),
        ("mailjet", "secret", "", "API_KEY:SECRET_KEY is needed"),
        ("mailgun", "secret", "http://api.eu.mailgun.example", "unprotected"),
        ("mailgun", "secret", "http://[", "is none"),
    ],
)
def test_what_can_not_be_used_is_refused_without_showing_the_key(provider: str, key: str, url: str, says: str) -> None:
    with pytest.raises(ProviderFaulty, match=says) as refused:
        read_account(provider, key, url)
    assert "secret" not in str(refused.value).replace("SECRET_KEY", "")
