"""The mailbox that an owner's answers come to, with all that reading it needs."""

from dataclasses import dataclass, replace

from goodterms.accounts.habits import habits_of
from goodterms.accounts.mail import mail_addresses, own_mail_addresses
from goodterms.accounts.office import Office
from goodterms.config import read_settings
from goodterms.feedback.actions.poll import AfterReading
from goodterms.feedback.imap.address import MailboxAddress, read_address


@dataclass(frozen=True, kw_only=True)
class Mailbox:
    """Where it is, how it is opened, and what becomes of mail that was read."""

    address: MailboxAddress
    token_command: str
    after: AfterReading


def mailbox_of(office: Office, *, or_common: bool = False) -> Mailbox:
    """Give the owner's mailbox; raises MailboxAddressFaulty where there is none.

    The installation's mailbox is nobody's in particular where it acts for several owners, and holds what concerns
    others: only `or_common`, whoever runs the installation, reads it for one of them.
    """
    settings = read_settings()
    common = settings["GOODTERMS_IMAP_URL"]
    found = mail_addresses(office)
    url = found.imap or (common if or_common else "")
    # The installation's access token is for its own mailbox, and for none that an owner names, be it the same one.
    command = "" if own_mail_addresses(office).imap else settings["GOODTERMS_IMAP_TOKEN_COMMAND"]
    habits = habits_of(office.owner)
    return Mailbox(
        address=replace(read_address(url, has_token=bool(command)), must_be_outside=found.imap_must_be_outside),
        token_command=command,
        after=AfterReading(flag=habits.read_flag, move_to=habits.read_folder),
    )
