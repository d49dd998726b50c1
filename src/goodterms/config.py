"""Every setting: its name, what it does and what it is by default.

Each is read from the environment first and then from goodterms.toml in the data folder, under the same name.
"""

import os
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import platformdirs

from goodterms.lib.faults import Fault


@dataclass(frozen=True, kw_only=True)
class Setting:
    """One thing that can be set."""

    name: str
    help: str
    default: str = ""
    secret: bool = False


SETTINGS = (
    Setting(
        name="GOODTERMS_HOME",
        help="The data folder (environment only).",
        default="the platform's data folder",
    ),
    Setting(
        name="GOODTERMS_DATABASE_URL",
        help="Where the database is: sqlite:///path or postgresql://user:password@host:port/name.",
        default="goodterms.sqlite3 in the data folder",
        secret=True,
    ),
    Setting(
        name="GOODTERMS_SMTP_URL",
        help="The mail server that sends: smtp://, smtp+starttls:// or smtps:// with user, password, host and port.",
        secret=True,
    ),
    Setting(
        name="GOODTERMS_PACE",
        help="How fast copies leave: a pace's name (see docs/sending.md), unlimited, or a TOML file of your own.",
        default="recognised by the mail server's name",
    ),
    Setting(
        name="GOODTERMS_DKIM_SELECTOR",
        help="The selector under which the keys are published that sign mail (DKIM); empty: the mail server signs.",
    ),
    Setting(
        name="GOODTERMS_DKIM_DOMAIN",
        help="The domain that signs.",
        default="the domain of the owner's address",
    ),
    Setting(
        name="GOODTERMS_DKIM_KEYS",
        help="A PEM file with an RSA key, an Ed25519 key, or one of each.",
        default="keys/dkim.pem in the data folder",
    ),
    Setting(
        name="GOODTERMS_IMAP_URL",
        help="The mailbox that answers come to: imaps:// or imap+starttls:// with user, password, host and port.",
        secret=True,
    ),
    Setting(
        name="GOODTERMS_IMAP_TOKEN_COMMAND",
        help="A command that prints an access token (OAuth 2.0) for the mailbox, where it takes no password.",
    ),
    Setting(
        name="GOODTERMS_IMAP_FLAG",
        help="A flag to set on mail that was read, such as $Goodterms; empty: the mailbox is left as it is.",
    ),
    Setting(
        name="GOODTERMS_IMAP_MOVE_TO",
        help="A folder of the mailbox to move mail to that was read, such as Goodterms; empty: it stays.",
    ),
    Setting(
        name="GOODTERMS_AUTHSERV_ID",
        help="The name (authserv-id, RFC 8601) under which your own mail server says whether mail is authentic; empty: "
        "a reply alone asks for no updates, only a signed link does.",
    ),
    Setting(
        name="GOODTERMS_CONFIRM_EXITS",
        help="Write yes to let each exit that came by mail be confirmed by one short answer.",
        default="no",
    ),
    Setting(
        name="GOODTERMS_WEBHOOK_SECRET",
        help="user:password that your mail provider gives with each event it reports over the web; empty: none is "
        "taken.",
        secret=True,
    ),
    Setting(
        name="GOODTERMS_MAILGUN_SIGNING_KEY",
        help="The key by which Mailgun signs what it reports over the web.",
        secret=True,
    ),
    Setting(name="GOODTERMS_OWNER", help="The e-mail address of the owner to act for, where there are several."),
    Setting(
        name="GOODTERMS_PUBLIC_URL",
        help="The https address under which this installation's public pages answer; empty: ways out go by e-mail.",
    ),
    Setting(
        name="GOODTERMS_UNSUBSCRIBE_ADDRESS",
        help="The address that takes unsubscribe mails.",
        default="the owner's own address",
    ),
    Setting(
        name="GOODTERMS_RULEBOOK",
        help="A TOML file whose values replace those of the rulebook that comes with Goodterms.",
    ),
    Setting(
        name="GOODTERMS_SPAMASSASSIN",
        help="Where SpamAssassin's spamd answers, host:port, to be asked in reviews; empty: it is not asked.",
    ),
    Setting(
        name="GOODTERMS_RSPAMD",
        help="Where rspamd's worker answers, host:port, to be asked in reviews; empty: it is not asked.",
    ),
    Setting(
        name="GOODTERMS_PROVIDER",
        help="A provider to send by through its API in place of a mail server, such as postmark; see docs/sending.md.",
    ),
    Setting(
        name="GOODTERMS_PROVIDER_KEY",
        help="The key of the account at the provider; where it has two or three, all with colons between them.",
        secret=True,
    ),
    Setting(
        name="GOODTERMS_PROVIDER_URL",
        help="Where the provider's API is, where its accounts lie in a region or a network of their own.",
        default="the provider's usual address",
    ),
    Setting(
        name="GOODTERMS_LIST_SERVER",
        help="The list that posts go to: mailman+https:// or listmonk+https:// with user, password, host and list.",
        secret=True,
    ),
    Setting(
        name="GOODTERMS_FIXED",
        help="What owners may not choose for themselves, with commas: mail, list, signing, pace. These settings count "
        "for all of them then.",
        default="nothing",
    ),
    Setting(
        name="GOODTERMS_WELCOME",
        help="Whether the workers send the welcome message to new connections who show an address: hourly or never.",
        default="never",
    ),
    Setting(
        name="GOODTERMS_LEASE_SECONDS",
        help="After how long the others take over what a lost machine had claimed and not begun to send (PostgreSQL).",
        default="300",
    ),
)
_NAMES = {setting.name for setting in SETTINGS}


class SettingsFaulty(Fault):
    """The settings can't be used; the message says which, where and what to write instead."""


def home(environ: Mapping[str, str] = os.environ) -> Path:
    """Give the data folder: GOODTERMS_HOME or the platform's."""
    return Path(environ.get("GOODTERMS_HOME") or platformdirs.user_data_dir("goodterms", appauthor=False)).expanduser()


def read_settings(environ: Mapping[str, str] = os.environ) -> dict[str, str]:
    """Give every setting's value, the environment before the file; unset ones are empty."""
    path = home(environ) / "goodterms.toml"
    written = _read_file(path) if path.is_file() else {}
    return {name: environ.get(name) or written.get(name, "") for name in _NAMES}


def _read_file(path: Path) -> dict[str, str]:
    try:
        values = tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as fault:
        raise SettingsFaulty(f"{path} can't be read as TOML: {fault}. Nothing was done; mend the file.") from None
    for name, value in values.items():
        if name not in _NAMES:
            raise SettingsFaulty(f"{path}: there is no setting {name}. The settings are listed in docs/settings.md.")
        if not isinstance(value, str):
            raise SettingsFaulty(f'{path}: {name} must be a text in quotes, like {name} = "...".')
    return values
