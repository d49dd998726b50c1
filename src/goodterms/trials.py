"""Trying servers, providers and lists before they are kept, and saying what is wrong with them."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit

from goodterms.accounts.mail import (
    MailAddresses,
    ProviderKey,
    list_server_address,
    mail_addresses,
    own_list_server,
    own_mail_addresses,
)
from goodterms.accounts.models import Owner
from goodterms.accounts.office import Office
from goodterms.delivery.actions.try_out import send_trial
from goodterms.delivery.vehicles.list_server.address import read_list_server
from goodterms.delivery.ways import provider_way, server_way
from goodterms.feedback.imap.address import read_address
from goodterms.feedback.imap.session import open_mailbox
from goodterms.feedback.mailbox import mailbox_of
from goodterms.lib.faults import Fault
from goodterms.lib.networks import leads_inside


class InsideAddress(Fault):
    """On a server that others share, an owner named a host that only the server itself may reach."""


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
    wanted = (("Sending", addresses.smtp, _reach_server), ("The mailbox", addresses.imap, _reach_mailbox))
    return [_try(what, url, reach, _LET_IN, may_be_inside) for what, url, reach in wanted if url]


def try_provider(owner: Owner, provider: ProviderKey, *, may_be_inside: bool, now: datetime) -> Tried:
    """Send the owner a line through a provider: its API tells in no other way whether it takes mail."""

    def send(_url: str) -> None:
        send_trial(owner, provider_way(provider).transport(1), now=now)

    said = f"it took a short mail to {owner.email}. See that it arrives."
    return _try("The provider", provider.url, send, said, may_be_inside)


def try_list(owner: Owner, url: str, *, may_be_inside: bool) -> Tried:
    """Ask a list server whether the list is set up as it must be; what is not is said, and is no fault."""
    flaws: list[str] = []

    def ask(address: str) -> None:
        flaws.extend(read_list_server(address).flaws(owner.email))

    tried = _try("The list", url, ask, "it answered, and is set up as it must be.", may_be_inside)
    if not flaws:
        return tried
    return Tried(what=tried.what, said=f"it answered, and is not set up for this yet: {'; '.join(flaws)}.")


def try_list_of(office: Office, *, may_be_inside: bool) -> Tried:
    """Ask the list that an owner's posts go to; where the installation has set it, it may lie anywhere."""
    allowed = may_be_inside or not own_list_server(office)
    return try_list(office.owner, list_server_address(office), may_be_inside=allowed)


def try_all(office: Office, *, may_be_inside: bool, now: datetime) -> list[Tried]:
    """Try all that is set for an owner; what the installation has set may lie anywhere."""
    found, own = mail_addresses(office), own_mail_addresses(office)
    tried = []
    if found.provider:
        allowed = may_be_inside or not own.provider
        tried.append(try_provider(office.owner, found.provider, may_be_inside=allowed, now=now))
    elif found.smtp:
        tried.append(_try("Sending", found.smtp, _reach_server, _LET_IN, may_be_inside or not own.smtp))
    if found.imap:
        allowed = may_be_inside or not own.imap
        tried.append(_try("The mailbox", found.imap, lambda _url: _reach_mailbox_of(office), _LET_IN, allowed))
    return [*tried, try_list_of(office, may_be_inside=may_be_inside)] if list_server_address(office) else tried


def _reach_server(url: str) -> None:
    transport = server_way(url).transport(1)
    transport.open()
    transport.close()


def _reach_mailbox(url: str) -> None:
    with open_mailbox(read_address(url)):
        pass


def _reach_mailbox_of(office: Office) -> None:
    box = mailbox_of(office)
    with open_mailbox(box.address, token_command=box.token_command):
        pass


def _try(what: str, url: str, reach: Callable[[str], None], said: str, may_be_inside: bool) -> Tried:
    try:
        if not may_be_inside:
            _make_sure_it_is_outside(url)
        reach(url)
    except Fault as fault:
        return Tried(what=what, said="", fault=str(fault))
    return Tried(what=what, said=said)


def _make_sure_it_is_outside(url: str) -> None:
    try:
        host = urlsplit(url).hostname
    except ValueError:
        return  # whoever reads it says so
    if host and leads_inside(host):
        raise InsideAddress(
            f"{host} is this machine or lies in a private network, and on a server an owner's mail goes by servers "
            "that others can reach too. Whoever runs this installation can set this one for everybody."
        )
