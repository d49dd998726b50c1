"""Trying servers, providers and lists before they are kept, and saying what is wrong with them."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime

from goodterms.accounts.mail import (
    MailAddresses,
    ProviderKey,
    list_must_be_outside,
    list_server_address,
    mail_addresses,
)
from goodterms.accounts.models import Owner
from goodterms.accounts.office import Office
from goodterms.delivery.actions.try_out import send_trial
from goodterms.delivery.vehicles.list_server.address import read_list_server
from goodterms.delivery.ways import Way, provider_way, read_way, server_way
from goodterms.feedback.imap.address import read_address
from goodterms.feedback.imap.session import open_mailbox
from goodterms.feedback.mailbox import mailbox_of
from goodterms.lib.faults import Fault


@dataclass(frozen=True, kw_only=True)
class Tried:
    """What a trial gave."""

    what: str
    said: str
    fault: str = ""


_LET_IN = "the server answered and let you in."


def try_servers(addresses: MailAddresses, *, may_be_inside: bool) -> list[Tried]:
    """Reach the servers for sending and for reading, those that there are, and sign in.

    Where owners share a machine, its own doors and its network are not theirs to knock at: `may_be_inside` is false.
    """
    found, outside = [], not may_be_inside
    if addresses.smtp:
        found.append(_try("Sending", lambda: _reach(server_way(addresses.smtp, must_be_outside=outside)), _LET_IN))
    if addresses.imap:
        found.append(_try("The mailbox", lambda: _open(addresses.imap, outside), _LET_IN))
    return found


def try_provider(owner: Owner, provider: ProviderKey, *, may_be_inside: bool, now: datetime) -> Tried:
    """Send the owner a line through a provider: its API tells in no other way whether it takes mail."""
    looked_at = replace(provider, must_be_outside=not may_be_inside)
    said = f"it took a short mail to {owner.email}. See that it arrives."
    return _try("The provider", lambda: send_trial(owner, provider_way(looked_at).transport(1), now=now), said)


def try_list(owner: Owner, url: str, *, may_be_inside: bool) -> Tried:
    """Ask a list server whether the list is set up as it must be; what is not is said, and is no fault."""
    flaws: list[str] = []

    def ask() -> None:
        flaws.extend(read_list_server(url, must_be_outside=not may_be_inside).flaws(owner.email))

    tried = _try("The list", ask, "it answered, and is set up as it must be.")
    if not flaws:
        return tried
    return Tried(what=tried.what, said=f"it answered, and is not set up for this yet: {'; '.join(flaws)}.")


def try_list_of(office: Office) -> Tried:
    """Ask the list that an owner's posts go to."""
    return try_list(office.owner, list_server_address(office), may_be_inside=not list_must_be_outside(office))


def try_all(office: Office, *, now: datetime) -> list[Tried]:
    """Try all that is set for an owner, as it is used."""
    found = mail_addresses(office)
    tried = []
    if found.provider:
        allowed = not found.provider.must_be_outside
        tried.append(try_provider(office.owner, found.provider, may_be_inside=allowed, now=now))
    elif found.smtp:
        tried.append(_try("Sending", lambda: _reach(read_way(found)), _LET_IN))
    if found.imap:
        tried.append(_try("The mailbox", lambda: _open_mailbox_of(office), _LET_IN))
    return [*tried, try_list_of(office)] if list_server_address(office) else tried


def _reach(way: Way) -> None:
    transport = way.transport(1)
    transport.open()
    transport.close()


def _open(url: str, must_be_outside: bool) -> None:
    with open_mailbox(replace(read_address(url), must_be_outside=must_be_outside)):
        pass


def _open_mailbox_of(office: Office) -> None:
    box = mailbox_of(office)
    with open_mailbox(box.address, token_command=box.token_command):
        pass


def _try(what: str, reach: Callable[[], None], said: str) -> Tried:
    try:
        reach()
    except Fault as fault:
        return Tried(what=what, said="", fault=str(fault))
    return Tried(what=what, said=said)
