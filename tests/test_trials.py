"""What is set for mail is tried as it is used."""

from pathlib import Path
from urllib.parse import quote

import pytest

from goodterms.accounts.mail import set_mail_account
from goodterms.accounts.office import Office
from goodterms.trials import try_all
from tests.delivery.network import NOW, Network
from tests.mailings.workshop import office_of
from tests.servers.dovecot import PASSWORD, USER, Dovecot
from tests.servers.mail import MailServer
from tests.servers.tokens import Tokens

pytestmark = pytest.mark.django_db


@pytest.fixture
def office(data_folder: Path) -> Office:
    return office_of(Network(data_folder))


def tried(office: Office) -> list[tuple[str, str]]:
    """Give what was tried and what was wrong with it."""
    return [(one.what, one.fault) for one in try_all(office, now=NOW)]


@pytest.mark.once
def test_a_mailbox_that_wants_a_token_is_tried_with_it(
    office: Office, dovecot_server: Dovecot, tokens: Tokens, monkeypatch: pytest.MonkeyPatch
) -> None:
    """XOAUTH2, as Gmail and Microsoft 365 want it: the address has no password, a command prints the token."""
    tokens.good = {"in-date": USER}
    monkeypatch.setenv("GOODTERMS_IMAP_URL", f"imap://{quote(USER, safe='')}@localhost:{dovecot_server.port}")
    monkeypatch.setenv("GOODTERMS_IMAP_TOKEN_COMMAND", "echo in-date")
    assert tried(office) == [("The mailbox", "")]
    monkeypatch.setenv("GOODTERMS_IMAP_TOKEN_COMMAND", "echo out-of-date")
    ((what, fault),) = tried(office)
    assert what == "The mailbox"
    assert "access token is not taken" in fault


@pytest.mark.once
def test_the_installations_token_opens_nothing_that_an_owner_names(
    office: Office, dovecot_server: Dovecot, tokens: Tokens, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where an owner writes the very address of the installation's mailbox, which others' answers may be in."""
    tokens.good = {"in-date": USER}
    common = f"imap://{quote(USER, safe='')}@localhost:{dovecot_server.port}"
    monkeypatch.setenv("GOODTERMS_IMAP_URL", common)
    monkeypatch.setenv("GOODTERMS_IMAP_TOKEN_COMMAND", "echo in-date")
    set_mail_account(office, imap=common, now=NOW)
    ((_, fault),) = tried(office)
    assert "needs a user, a password and a host" in fault


@pytest.mark.once
def test_what_the_installation_has_set_may_be_inside_and_what_an_owner_sets_may_not(
    office: Office, dovecot_server: Dovecot, mail_server: MailServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    mailbox = f"imap://{quote(USER, safe='')}:{quote(PASSWORD, safe='')}@localhost:{dovecot_server.port}"
    monkeypatch.setenv("GOODTERMS_SMTP_URL", mail_server.url)
    monkeypatch.setenv("GOODTERMS_IMAP_URL", mailbox)
    assert tried(office) == [("Sending", ""), ("The mailbox", "")]
    set_mail_account(office, imap=mailbox, now=NOW)
    (sending, (_, fault)) = tried(office)
    assert sending == ("Sending", "")
    assert "lies in a private network" in fault
    set_mail_account(office, imap=mailbox, may_be_inside=True, now=NOW)
    assert tried(office) == [("Sending", ""), ("The mailbox", "")]
