"""How mail leaves: as the owner chose, else as the installation's settings say; nothing secret is kept in clear."""

from pathlib import Path

import pytest

from goodterms.accounts.choices import ChoiceFixed
from goodterms.accounts.mail import (
    ProviderKey,
    forget_mail_account,
    forget_provider,
    list_must_be_outside,
    list_server_address,
    mail_addresses,
    set_list_server,
    set_mail_account,
    set_provider,
    with_password,
    without_password,
)
from goodterms.accounts.models import MailAccount
from goodterms.accounts.office import Office
from goodterms.config import SettingsFaulty
from tests.delivery.network import NOW, Network
from tests.mailings.workshop import office_of

pytestmark = pytest.mark.django_db
POSTMARK = ProviderKey(name="postmark", key="made-up-key")
SERVER = "smtps://ann:s3cret@smtp.owner.test:465"
LIST = "mailman+https://rest:s3cret@lists.owner.test/updates"


@pytest.fixture
def office(data_folder: Path) -> Office:
    return office_of(Network(data_folder))


def _keep_server(office: Office, smtp: str = SERVER) -> None:
    set_mail_account(office, smtp=smtp, imap="", unsubscribe="", now=NOW)


def test_the_last_way_that_was_chosen_counts(office: Office) -> None:
    _keep_server(office)
    set_provider(office, POSTMARK, now=NOW)
    found = mail_addresses(office)
    assert (found.smtp, found.provider) == ("", POSTMARK)
    _keep_server(office)
    found = mail_addresses(office)
    assert (found.smtp, found.provider) == (SERVER, None)
    forget_mail_account(office.owner, now=NOW)
    assert not mail_addresses(office).can_send


def test_a_mailbox_of_ones_own_leaves_the_provider_in_its_place(office: Office) -> None:
    set_provider(office, POSTMARK, now=NOW)
    set_mail_account(office, smtp="", imap="imaps://ann:s3cret@imap.owner.test", unsubscribe="", now=NOW)
    assert mail_addresses(office).provider == POSTMARK
    forget_provider(office.owner, now=NOW)
    assert mail_addresses(office).provider is None
    assert mail_addresses(office).imap.endswith("@imap.owner.test")


def test_what_the_owner_chose_goes_before_the_settings(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GOODTERMS_PROVIDER", "mailgun")
    monkeypatch.setenv("GOODTERMS_PROVIDER_KEY", "common")
    found = mail_addresses(office).provider
    assert found is not None
    assert (found.name, found.key) == ("mailgun", "common")
    _keep_server(office)
    assert mail_addresses(office).provider is None


def test_no_secret_is_kept_or_shown_in_clear(office: Office) -> None:
    _keep_server(office)
    set_list_server(office, LIST, now=NOW)
    assert "s3cret" not in str(MailAccount.objects.values())
    assert "s3cret" not in repr(mail_addresses(office))
    set_provider(office, POSTMARK, now=NOW)
    assert "made-up-key" not in str(MailAccount.objects.values())
    assert "made-up-key" not in repr(mail_addresses(office))


def test_what_the_host_has_fixed_is_the_same_for_all(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    _keep_server(office)
    set_list_server(office, LIST, now=NOW)
    monkeypatch.setenv("GOODTERMS_SMTP_URL", "smtp://127.0.0.1:2525")
    monkeypatch.setenv("GOODTERMS_FIXED", "mail, list")
    assert mail_addresses(office).smtp == "smtp://127.0.0.1:2525"
    assert list_server_address(office) == ""
    with pytest.raises(ChoiceFixed, match="has fixed the mail for everybody"):
        set_provider(office, POSTMARK, now=NOW)
    monkeypatch.setenv("GOODTERMS_FIXED", "mail,colour")
    with pytest.raises(SettingsFaulty, match="GOODTERMS_FIXED names colour"):
        mail_addresses(office)


def test_the_installations_list_is_nobodys_among_several_owners(
    office: Office, data_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from goodterms.accounts.actions import make_owner  # noqa: PLC0415 -- needs Django set up

    monkeypatch.setenv("GOODTERMS_LIST_SERVER", LIST)
    assert list_server_address(office) == LIST
    make_owner(data_folder, name="Ben", email="ben@owner.test", profile="", strategy="connection_opt_in", now=NOW)
    assert list_server_address(office) == ""
    set_list_server(office, LIST, now=NOW)
    assert list_server_address(office) == LIST


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        (SERVER, ("smtps://smtp.owner.test:465", "ann")),
        ("smtp://127.0.0.1:2525", ("smtp://127.0.0.1:2525", "")),
        (
            with_password("smtps://smtp.owner.test", "ann@owner.test", "a/b@c"),
            ("smtps://smtp.owner.test", "ann@owner.test"),
        ),
        ("smtps://ann:a/b@smtp.owner.test:465", ("smtps://smtp.owner.test:465", "ann")),
        ("smtps://ann@owner.test:a/b@smtp.owner.test", ("smtps://smtp.owner.test", "ann@owner.test")),
        (
            "mailman+https://rest:s3cret@lists.owner.test/news@lists.owner.test",
            ("mailman+https://lists.owner.test/news@lists.owner.test", "rest"),
        ),
        ("", ("", "")),
    ],
)
def test_of_a_server_is_shown_what_is_no_secret(url: str, shown: tuple[str, str]) -> None:
    assert without_password(url) == shown


def test_what_whoever_runs_the_installation_chose_may_lie_inside_and_nothing_else_of_an_owners(office: Office) -> None:
    def outside() -> tuple[bool, bool, bool]:
        found = mail_addresses(office)
        return found.smtp_must_be_outside, found.imap_must_be_outside, list_must_be_outside(office)

    assert outside() == (False, False, False), "what the settings say may lie anywhere"
    inside = "imaps://ann:s3cret@localhost"
    set_mail_account(office, imap=inside, may_be_inside=True, now=NOW)
    set_list_server(office, LIST, may_be_inside=True, now=NOW)
    assert outside() == (False, False, False)
    set_mail_account(office, smtp="smtps://ann:s3cret@localhost", now=NOW)
    assert outside() == (True, False, False)
    set_mail_account(office, imap=inside, now=NOW)
    set_list_server(office, LIST, now=NOW)
    assert outside() == (True, True, True)


@pytest.mark.parametrize("may_be_inside", [True, False])
def test_a_provider_may_lie_inside_where_whoever_runs_the_installation_chose_it(
    office: Office, *, may_be_inside: bool
) -> None:
    set_provider(office, POSTMARK, may_be_inside=may_be_inside, now=NOW)

    provider = mail_addresses(office).provider
    assert provider
    assert provider.must_be_outside is not may_be_inside
