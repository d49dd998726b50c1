"""An owner's own signing keys: sealed, published before they sign, one at a time."""

from collections.abc import Iterator
from pathlib import Path

import dns.resolver
import pytest

from goodterms import doors
from goodterms.accounts.choices import ChoiceFixed
from goodterms.accounts.mail import ProviderKey, set_provider
from goodterms.accounts.office import Office
from goodterms.updates.models import SigningKey
from goodterms.updates.records import Seen
from goodterms.updates.signing import SigningKeyFaulty, new_keys
from goodterms.updates.signing_keys import (
    NotPublished,
    SigningKeyUnusable,
    add_signing_key,
    check_signing_key,
    remove_signing_key,
    signer_for,
    signer_with,
    switch_off,
    switch_on,
)
from tests.delivery.network import NOW, Network
from tests.mailings.workshop import office_of
from tests.servers.dns import ask_only, running_dns

pytestmark = pytest.mark.django_db
Zone = dict[str, list[str]]


@pytest.fixture
def office(data_folder: Path) -> Office:
    return office_of(Network(data_folder))


@pytest.fixture
def zone(monkeypatch: pytest.MonkeyPatch) -> Iterator[Zone]:
    """What the DNS shows."""
    texts: Zone = {}
    with running_dns(texts) as resolver:
        ask_only(monkeypatch, resolver)
        yield texts


def publish(zone: Zone, office: Office, key: SigningKey) -> None:
    zone.update({name: [text] for name, text in signer_with(office, key).records()})


def test_a_key_signs_once_it_is_published_and_one_alone_does(office: Office, zone: Zone) -> None:
    first = add_signing_key(office, "gt1", now=NOW)
    assert signer_for(office) is None
    assert [look.seen for look in check_signing_key(office, first, now=NOW)] == [Seen.MISSING] * 2
    with pytest.raises(NotPublished, match=r"gt1._domainkey.owner.test \(missing\)"):
        switch_on(office, first, is_knowing=True, now=NOW)
    publish(zone, office, first)
    switch_on(office, first, now=NOW)
    signer = doors.signer_of(office)
    assert signer is not None
    assert (signer.selector, signer.domain, signer.kinds) == ("gt1", "owner.test", ("rsa", "ed25519"))

    second = add_signing_key(office, "gt2", ed25519=False, now=NOW)
    publish(zone, office, second)
    switch_on(office, second, now=NOW)
    assert SigningKey.objects.get(is_on=True).selector == "gt2"
    with pytest.raises(SigningKeyUnusable, match="switch it off first"):
        remove_signing_key(office.owner, second)
    switch_off(office.owner)
    assert doors.signer_of(office) is None
    remove_signing_key(office.owner, second)
    assert SigningKey.objects.get().seen_at == NOW


def test_half_of_a_key_published_is_not_enough(office: Office, zone: Zone) -> None:
    key = add_signing_key(office, "gt1", now=NOW)
    publish(zone, office, key)
    del zone["gt1-ed25519._domainkey.owner.test"]
    with pytest.raises(NotPublished, match="gt1-ed25519"):
        switch_on(office, key, now=NOW)
    assert SigningKey.objects.get().seen_at is None


def test_where_nobody_answers_the_owner_says_that_they_know(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    ask_only(monkeypatch, dns.resolver.Resolver(configure=False))  # it knows no server
    key = add_signing_key(office, "gt1", rsa=False, now=NOW)
    with pytest.raises(NotPublished, match="silent"):
        switch_on(office, key, now=NOW)
    switch_on(office, key, is_knowing=True, now=NOW)
    assert signer_for(office) is not None


def test_keys_are_sealed_and_may_be_brought(office: Office) -> None:
    key = add_signing_key(office, "mine", domain="mail.owner.test", pem=new_keys(rsa=False).decode(), now=NOW)
    assert "PRIVATE" not in key.keys
    assert signer_with(office, key).records()[0][0] == "mine-ed25519._domainkey.mail.owner.test"


@pytest.mark.parametrize(
    ("selector", "domain", "pem", "fault"),
    [
        ("a b", "", "", SigningKeyUnusable),
        ("x" * 55, "", "", SigningKeyUnusable),
        ("gt", "other.test", "", SigningKeyUnusable),
        ("gt", "test", "", SigningKeyUnusable),
        ("gt", "", "no key", SigningKeyFaulty),
    ],
)
def test_what_is_no_key_is_not_kept(
    office: Office, selector: str, domain: str, pem: str, fault: type[Exception]
) -> None:
    with pytest.raises(fault, match="Nothing was done"):
        add_signing_key(office, selector, domain=domain, pem=pem, now=NOW)
    assert not SigningKey.objects.exists()


def test_a_selector_is_taken_once(office: Office) -> None:
    add_signing_key(office, "gt1", rsa=False, now=NOW)
    with pytest.raises(SigningKeyUnusable, match="already"):
        add_signing_key(office, "GT1", rsa=False, now=NOW)


def test_what_the_host_fixed_or_a_provider_signs_is_not_signed_by_ones_own_key(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    add_signing_key(office, "gt1", rsa=False, now=NOW)
    SigningKey.objects.update(is_on=True)
    set_provider(office, ProviderKey(name="postmark", key="made-up"), now=NOW)
    assert doors.signer_of(office) is None
    assert signer_for(office) is not None
    monkeypatch.setenv("GOODTERMS_FIXED", "signing")
    assert signer_for(office) is None
    with pytest.raises(ChoiceFixed):
        add_signing_key(office, "gt2", rsa=False, now=NOW)
