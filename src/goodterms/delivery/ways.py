"""How an owner's mail leaves: by a mail server or by a provider's API, behind one face."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace

from goodterms.accounts.mail import MailAddresses, ProviderKey
from goodterms.delivery.vehicles.email.engine.pool import Limits
from goodterms.delivery.vehicles.email.server import read_server
from goodterms.delivery.vehicles.email.transport import SmtpTransport
from goodterms.delivery.vehicles.provider.account import Account, read_account
from goodterms.delivery.vehicles.transport import Transport


@dataclass(frozen=True, kw_only=True)
class Way:
    """One way out; nothing is opened by having it."""

    name: str
    """As it may be shown: without passwords and keys."""
    host: str
    user: str
    """Who signs in, where it is known: with the host it tells this account from every other."""
    is_loopback: bool
    """Whether the next stop is on this machine."""
    signs: bool
    """Whether it signs what it takes anew, so that a signature of ours would be lost."""
    transport: Callable[[int], Transport] = field(repr=False)
    """Makes what carries letters, given the most connections at a time."""


def read_way(addresses: MailAddresses) -> Way:
    """Give the way that an owner's mail leaves by; raises ServerFaulty or ProviderFaulty where there is none."""
    if addresses.provider:
        return provider_way(addresses.provider)
    return server_way(addresses.smtp, must_be_outside=addresses.smtp_must_be_outside)


def server_way(url: str, *, must_be_outside: bool = False) -> Way:
    """Give the way by a mail server; raises ServerFaulty."""
    server = replace(read_server(url), must_be_outside=must_be_outside)
    return Way(
        name=str(server),
        host=server.host,
        user=server.user,
        is_loopback=server.is_loopback,
        signs=False,
        transport=lambda connections: SmtpTransport(server, limits=Limits(connections=connections)),
    )


def provider_way(provider: ProviderKey) -> Way:
    """Give the way by a provider's API; raises ProviderFaulty."""
    account = read_account(provider.name, provider.key, provider.url)
    account = replace(account, must_be_outside=provider.must_be_outside)
    return Way(
        name=f"{account.provider} ({account.host})",
        host=account.host,
        user=account.provider,
        is_loopback=account.is_loopback,
        signs=True,
        transport=lambda _connections: _by_provider(account),
    )


def _by_provider(account: Account) -> Transport:
    # Loading it, and requests with it, takes longer than most commands; few send by a provider.
    from goodterms.delivery.vehicles.provider.transport import ProviderTransport  # noqa: PLC0415

    return ProviderTransport(account.backend)
