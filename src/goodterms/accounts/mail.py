"""The mail servers of an owner, with their passwords sealed at rest."""

import tomllib
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path
from urllib.parse import quote

from goodterms.accounts.models import MailAccount, Owner
from goodterms.accounts.office import Office
from goodterms.accounts.sealing import open_text, seal_text
from goodterms.config import read_settings


@dataclass(frozen=True, kw_only=True)
class MailAddresses:
    """Where an owner's mail goes out and comes in; each with its password, empty where there is none."""

    smtp: str
    imap: str
    unsubscribe: str
    """The address that takes unsubscribe mails; empty: the owner's own."""


@dataclass(frozen=True, kw_only=True)
class Provider:
    """What is to be known of a mail provider to sign in there."""

    key: str
    name: str
    smtp: str
    """Scheme, host and port."""
    imap: str
    hint: str
    """What kind of password it wants, and where that is made."""
    source: str


@cache
def providers() -> tuple[Provider, ...]:
    """Give the providers that are known."""
    with Path(__file__).with_name("providers.toml").open("rb") as file:
        return tuple(Provider(key=key, **values) for key, values in tomllib.load(file).items())


def with_password(server: str, user: str, password: str) -> str:
    """Give the address of a server (scheme, host and port) with user and password in it."""
    scheme, _, place = server.partition("://")
    return f"{scheme}://{quote(user, safe='')}:{quote(password, safe='')}@{place}" if user else server


def mail_addresses(office: Office) -> MailAddresses:
    """Give where the owner's mail goes: their own account, else the installation's settings."""
    settings = read_settings()
    account = MailAccount.objects.filter(owner=office.owner).first()
    own = account or MailAccount()
    return MailAddresses(
        smtp=open_text(office, own.smtp) or settings["GOODTERMS_SMTP_URL"],
        imap=open_text(office, own.imap) or settings["GOODTERMS_IMAP_URL"],
        unsubscribe=own.unsubscribe_address or settings["GOODTERMS_UNSUBSCRIBE_ADDRESS"],
    )


def set_mail_account(office: Office, *, smtp: str, imap: str, unsubscribe: str, now: datetime) -> None:
    """Keep an owner's mail servers; an empty one means that of the settings."""
    MailAccount.objects.update_or_create(
        owner=office.owner,
        defaults={
            "smtp": seal_text(office, smtp),
            "imap": seal_text(office, imap),
            "unsubscribe_address": unsubscribe,
            "changed_at": now,
        },
    )


def forget_mail_account(owner: Owner) -> None:
    """Go back to the servers of the settings."""
    MailAccount.objects.filter(owner=owner).delete()
