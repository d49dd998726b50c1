"""How mail leaves, as the command line sets it up."""

from tests.cli.conftest import Goodterms
from tests.servers.listmonk import TOKEN, USER, Listmonk
from tests.servers.mail import MailServer
from tests.servers.provider import Provider


def test_a_server_is_kept_once_it_answered(network: Goodterms, update: str, mail_server: MailServer) -> None:
    refused = network("mail", "server", "smtp://127.0.0.1:1", "--password", "")
    assert refused.status == 1
    assert "can't be reached" in refused.said["error"]
    assert network("mail", "show").said["server"] == ""
    assert network("mail", "server", mail_server.url, "--password", "").said["server"] == mail_server.url
    assert network("mail", "try").status == 0
    assert network("send", update).said["accepted"] == 3
    assert network("mail", "forget", "server").said["server"] == ""
    assert network("send", update).status == 1


def test_a_provider_is_kept_once_it_took_a_mail_to_the_owner(
    network: Goodterms, update: str, provider: Provider
) -> None:
    provider.script = lambda _to: (401, {"ErrorCode": 10, "Message": "Bad or missing token"})
    refused = network("mail", "provider", "postmark", "--key", "made-up", "--url", provider.url)
    assert refused.status == 1
    assert "Bad or missing token" in refused.said["error"]
    assert network("mail", "show").said["provider"] == ""

    provider.script = lambda _to: None
    assert network("mail", "provider", "postmark", "--key", "made-up", "--url", provider.url).status == 0
    assert network("mail", "show").said["provider"] == "postmark"
    assert network("send", update).said["accepted"] == 3
    assert provider.got[0]["to"] == "olga@owner.test"
    assert len(provider.got) == 4
    assert network("mail", "forget", "provider").said["provider"] == ""


def test_a_list_is_the_owners_own(network: Goodterms, listmonk: Listmonk) -> None:
    address = f"listmonk+http://127.0.0.1:{listmonk.port}/{listmonk.new_list(type_='public')}"
    assert network("list", "check").status == 1
    assert network("mail", "list", address, "--user", USER, "--password", "wrong").status == 1
    kept = network("mail", "list", address, "--user", USER, "--password", TOKEN)
    assert kept.said["list"] == address
    assert "is not set up for this yet" in kept.messages
    assert network("list", "check", "--mend").status == 0
    assert network("mail", "forget", "list").said["list"] == ""


def test_what_happens_by_itself_is_the_owners_word(network: Goodterms) -> None:
    assert network("mail", "habits").said["welcomes"] is False
    said = network("mail", "habits", "--welcome", "yes", "--flag", "$Goodterms").said
    assert (said["welcomes"], said["confirms_exits"], said["read_flag"]) == (True, False, "$Goodterms")
    said = network("mail", "habits", "--welcome", "no", GOODTERMS_WELCOME="hourly", GOODTERMS_CONFIRM_EXITS="yes").said
    assert (said["welcomes"], said["confirms_exits"]) == (False, True)
    assert network("mail", "habits", "--welcome", "default", GOODTERMS_WELCOME="hourly").said["welcomes"] is True


def test_what_the_host_has_fixed_is_not_kept(network: Goodterms, mail_server: MailServer) -> None:
    ran = network("mail", "server", mail_server.url, "--password", "", GOODTERMS_FIXED="mail")
    assert ran.status == 1
    assert "has fixed the mail for everybody" in ran.said["error"]
