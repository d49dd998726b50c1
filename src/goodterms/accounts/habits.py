"""What is done with mail that comes back, and with newcomers: as the owner chose, else as the settings say."""

from dataclasses import dataclass
from datetime import datetime

from goodterms.accounts.choices import Choice, make_sure_it_is_open
from goodterms.accounts.mail import own_account
from goodterms.accounts.models import MailAccount, Owner
from goodterms.config import SettingsFaulty, read_settings

_YES = {"yes", "true", "1"}
_WELCOMES = {"": False, "never": False, "hourly": True}


@dataclass(frozen=True, kw_only=True)
class Habits:
    """What happens by itself."""

    authserv_id: str
    """The name under which the owner's own mail server says whether mail is authentic (RFC 8601)."""
    read_flag: str
    """A flag to set on mail that was read; empty: none."""
    read_folder: str
    """A folder to move mail to that was read; empty: it stays."""
    confirms_exits: bool
    """Whether an exit that came by mail is confirmed by one short answer."""
    welcomes: bool
    """Whether the workers send the welcome message to new connections who show an address."""


def habits_of(owner: Owner) -> Habits:
    """Give what happens by itself for an owner; raises SettingsFaulty."""
    own, settings = own_account(owner), read_settings()
    return Habits(
        # Another server's mailbox may hold mail in which anybody wrote the name that the installation's server uses.
        authserv_id=own.authserv_id if own.imap else settings["GOODTERMS_AUTHSERV_ID"],
        read_flag=own.read_flag or settings["GOODTERMS_IMAP_FLAG"],
        read_folder=own.read_folder or settings["GOODTERMS_IMAP_MOVE_TO"],
        confirms_exits=_confirms(settings["GOODTERMS_CONFIRM_EXITS"])
        if own.confirms_exits is None
        else own.confirms_exits,
        welcomes=common_welcomes() if own.welcomes is None else own.welcomes,
    )


def set_habits(
    owner: Owner,
    *,
    authserv_id: str,
    read_flag: str,
    read_folder: str,
    confirms_exits: bool | None,
    welcomes: bool | None,
    now: datetime,
) -> None:
    """Keep what an owner wants to happen by itself; None and an empty text mean what the settings say."""
    make_sure_it_is_open(Choice.MAIL)
    kept = {
        "authserv_id": authserv_id.strip(),
        "read_flag": read_flag.strip(),
        "read_folder": read_folder.strip(),
        "confirms_exits": confirms_exits,
        "welcomes": welcomes,
    }
    MailAccount.objects.update_or_create(owner=owner, defaults={**kept, "changed_at": now})


def common_welcomes() -> bool:
    """Say what GOODTERMS_WELCOME says; raises SettingsFaulty."""
    written = read_settings()["GOODTERMS_WELCOME"]
    if written not in _WELCOMES:
        raise SettingsFaulty(f"GOODTERMS_WELCOME is '{written}'; it must be hourly or never. Nothing was done.")
    return _WELCOMES[written]


def _confirms(written: str) -> bool:
    return written.strip().lower() in _YES
