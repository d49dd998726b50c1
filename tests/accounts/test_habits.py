"""What happens by itself; and whose word is trusted that a mail is authentic, on which a way back in depends."""

from pathlib import Path

import pytest

from goodterms.accounts.actions import make_owner
from goodterms.accounts.habits import habits_of, set_habits
from goodterms.accounts.mail import forget_mail_account, mail_addresses, set_mail_account
from goodterms.accounts.office import Office
from goodterms.feedback.imap.address import MailboxAddressFaulty
from goodterms.feedback.mailbox import mailbox_of
from tests.delivery.network import NOW, Network
from tests.mailings.workshop import office_of

pytestmark = pytest.mark.django_db
OWN, COMMON = "imaps://ann:s3cret@imap.owner.test", "imaps://all@imap.host.test"


@pytest.fixture
def office(data_folder: Path, monkeypatch: pytest.MonkeyPatch) -> Office:
    monkeypatch.setenv("GOODTERMS_IMAP_URL", COMMON)
    monkeypatch.setenv("GOODTERMS_IMAP_TOKEN_COMMAND", "print-the-token")
    monkeypatch.setenv("GOODTERMS_AUTHSERV_ID", "mx.host.test")
    return office_of(Network(data_folder))


def test_the_installations_server_vouches_for_its_own_mailbox_alone(office: Office) -> None:
    assert habits_of(office.owner).authserv_id == "mx.host.test"
    set_mail_account(office, imap=OWN, now=NOW)
    assert habits_of(office.owner).authserv_id == ""
    texts = {"authserv_id": "mx.owner.test", "read_flag": "", "read_folder": "Read"}
    set_habits(office.owner, **texts, confirms_exits=None, welcomes=None, now=NOW)
    assert habits_of(office.owner).authserv_id == "mx.owner.test"
    assert mailbox_of(office).after.move_to == "Read"


@pytest.mark.parametrize(
    ("other", "vouches"),
    [
        ("imaps://ann:n3w@imap.owner.test", "mx.owner.test"),
        ("imaps://ann:s3cret@imap.other.test", ""),
        ("", ""),
        (None, ""),
    ],
)
def test_a_server_that_vouched_does_so_in_no_other_mailbox(office: Office, other: str | None, vouches: str) -> None:
    """Else whoever writes its name into a mail to the new mailbox could say yes for somebody who left."""
    texts = {"authserv_id": "mx.owner.test", "read_flag": "$Read", "read_folder": ""}
    set_mail_account(office, imap=OWN, now=NOW)
    set_habits(office.owner, **texts, confirms_exits=None, welcomes=None, now=NOW)
    if other is None:
        forget_mail_account(office.owner, now=NOW)
    else:
        set_mail_account(office, imap=other, now=NOW)
    set_mail_account(office, imap=other or "imaps://ann:s3cret@imap.other.test", now=NOW)
    found = habits_of(office.owner)
    assert (found.authserv_id, found.read_flag) == (vouches, "$Read")


def test_the_installations_token_goes_to_its_own_mailbox_alone(office: Office) -> None:
    assert mailbox_of(office).token_command == "print-the-token"
    set_mail_account(office, imap=OWN, now=NOW)
    assert mailbox_of(office).token_command == ""
    assert mailbox_of(office, or_common=True).address.host == "imap.owner.test"
    set_mail_account(office, imap=COMMON, now=NOW)
    with pytest.raises(MailboxAddressFaulty, match="needs a user, a password and a host"):
        mailbox_of(office)


def test_the_installations_mailbox_is_nobodys_among_several_owners(office: Office, data_folder: Path) -> None:
    make_owner(data_folder, name="Ben", email="ben@owner.test", profile="", strategy="connection_opt_in", now=NOW)
    assert mail_addresses(office).imap == ""
    with pytest.raises(MailboxAddressFaulty, match="No mailbox to read is set"):
        mailbox_of(office)
    assert mailbox_of(office, or_common=True).address.host == "imap.host.test"
