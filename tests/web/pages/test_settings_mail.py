"""Settings of how mail leaves: tried before they are kept, sealed, the owner's alone."""

import sys
from pathlib import Path

import pytest
from django.test import Client
from pytest_django.fixtures import Settings

from tests.cli.conftest import Goodterms
from tests.servers.listmonk import TOKEN, USER, Listmonk
from tests.servers.mail import MailServer
from tests.servers.provider import Provider

_SERVERS = {"smtp_server": "", "imap_server": "", "user": "", "password": "", "unsubscribe": ""}


def test_mail_servers_are_kept_once_they_were_reached(
    network: Goodterms, visitor: Client, mail_server: MailServer, data_folder: Path
) -> None:
    assert "no way out yet" in visitor.get("/settings/mail/").content.decode()
    refused = visitor.post("/settings/mail/servers/", _SERVERS | {"smtp_server": "smtp://127.0.0.1:1"})
    assert "can&#x27;t be reached" in refused.content.decode()
    assert network("send", "1", "--vehicle", "email").status == 1
    wanted = _SERVERS | {"smtp_server": mail_server.url, "unsubscribe": "out@owner.test"}
    tried = visitor.post("/settings/mail/servers/", wanted | {"try": "yes"})
    assert "the server answered and let you in" in tried.content.decode()
    assert network("mail", "show").said["server"] == ""
    assert visitor.post("/settings/mail/servers/", wanted)["Location"] == "/settings/mail/"
    assert network("mail", "show").said["unsubscribe"] == "out@owner.test"
    from goodterms.accounts.models import MailAccount  # noqa: PLC0415 -- needs Django set up

    assert "127.0.0.1" not in MailAccount.objects.get().smtp
    assert "Sending: the server answered" in visitor.post("/settings/mail/try/").content.decode()
    visitor.post("/settings/mail/forget/", {"what": "servers"})
    assert network("mail", "show").said["server"] == ""


def test_a_password_is_never_shown_again_and_stays_where_nothing_else_changed(
    network: Goodterms, visitor: Client, start_mail_server: "type[MailServer]"
) -> None:
    server = start_mail_server(login=("olga", "geheim-17"))
    address = f"smtp://127.0.0.1:{server.url.rpartition(':')[2]}"
    wanted = _SERVERS | {"smtp_server": address, "user": "olga", "password": "geheim-17"}
    for path, change in (("/settings/mail/servers/", {"try": "yes"}), ("/settings/mail/servers/", {})):
        assert "geheim-17" not in visitor.post(path, wanted | change).content.decode()
    page = visitor.get("/settings/mail/servers/").content.decode()
    assert address in page
    assert "geheim-17" not in page
    again = wanted | {"password": "", "unsubscribe": "out@owner.test"}
    assert visitor.post("/settings/mail/servers/", again).status_code == 302
    other = again | {"user": "otto"}
    assert "has no password" in visitor.post("/settings/mail/servers/", other).content.decode()


def test_nothing_entered_is_nothing_kept(network: Goodterms, visitor: Client) -> None:
    assert visitor.post("/settings/mail/servers/", _SERVERS).status_code == 422
    assert visitor.post("/settings/mail/provider/", {"key": ""}).status_code == 422
    assert visitor.post("/settings/mail/list/", {"name": ""}).status_code == 422


def test_a_provider_says_what_is_wrong_and_is_kept_once_it_took_a_mail(
    network: Goodterms, visitor: Client, provider: Provider
) -> None:
    wanted = {"name": "postmark", "key": "made-up-key", "url": provider.url}
    provider.script = lambda _to: (401, {"ErrorCode": 10, "Message": "Bad or missing token"})
    refused = visitor.post("/settings/mail/provider/", wanted).content.decode()
    assert "Bad or missing token" in refused
    assert "made-up-key" not in refused
    provider.script = lambda _to: None
    assert visitor.post("/settings/mail/provider/", wanted)["Location"] == "/settings/mail/"
    page = visitor.get("/settings/mail/").content.decode()
    assert "postmark, through its API" in page
    assert "made-up-key" not in page
    assert "which signs it" in visitor.get("/settings/signing/").content.decode()
    assert provider.got[0]["to"] == "olga@owner.test"
    visitor.post("/settings/mail/forget/", {"what": "provider"})
    assert network("mail", "show").said["provider"] == ""


def test_amazon_ses_is_offered_beside_the_others(
    network: Goodterms, visitor: Client, provider: Provider, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = visitor.get("/settings/mail/provider/").content.decode()
    assert "Amazon SES, with its access key id, secret access key and region" in page
    wanted = {"name": "amazon-ses", "key": "AKIAMADEUP:made-up-secret:eu-west-1", "url": provider.url}
    with monkeypatch.context() as without:
        without.setitem(sys.modules, "boto3", None)
        refused = visitor.post("/settings/mail/provider/", wanted).content.decode()
        assert "goodterms[amazon-ses]" in refused
    assert network("mail", "show").said["provider"] == ""
    assert visitor.post("/settings/mail/provider/", wanted)["Location"] == "/settings/mail/"
    assert "amazon-ses, through its API" in visitor.get("/settings/mail/").content.decode()
    assert provider.got[0]["to"] == "olga@owner.test"
    assert network("mail", "try").status == 0
    assert len(provider.got) == 2


def test_a_list_says_what_is_wrong_with_it_and_is_set_right(
    network: Goodterms, visitor: Client, listmonk: Listmonk
) -> None:
    number = listmonk.new_list(type_="public")
    wanted = {"kind": "listmonk", "server": f"http://127.0.0.1:{listmonk.port}", "name": str(number), "user": USER}
    assert "The list:" in visitor.post("/settings/mail/list/", wanted | {"password": "wrong"}).content.decode()
    assert network("mail", "show").said["list"] == ""
    kept = visitor.post("/settings/mail/list/", wanted | {"password": TOKEN}, follow=True).content.decode()
    assert "is not set up for this yet" in kept
    assert TOKEN not in visitor.get("/settings/mail/list/").content.decode()
    assert "is set up as it must be" in visitor.post("/settings/mail/list/mend/").content.decode()
    visitor.post("/settings/mail/forget/", {"what": "list"})
    assert network("mail", "show").said["list"] == ""


def test_on_a_server_nobody_has_it_knock_at_its_own_doors(
    network: Goodterms, visitor: Client, mail_server: MailServer, settings: Settings
) -> None:
    settings.ON_LAPTOP = False
    answer = visitor.post("/settings/mail/servers/", _SERVERS | {"smtp_server": mail_server.url})
    assert "lies in a private network" in answer.content.decode()
    assert network("mail", "show").said["server"] == ""


def test_what_the_host_has_fixed_is_told_and_not_taken(
    network: Goodterms, visitor: Client, mail_server: MailServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GOODTERMS_SMTP_URL", mail_server.url)
    monkeypatch.setenv("GOODTERMS_FIXED", "mail,list,signing,pace")
    for place in ("mail", "signing", "pace"):
        assert "Whoever runs this installation has fixed" in visitor.get(f"/settings/{place}/").content.decode()
    answer = visitor.post("/settings/mail/servers/", _SERVERS | {"smtp_server": mail_server.url})
    assert answer.status_code == 422
    assert "has fixed the mail for everybody" in answer.content.decode()


def test_what_happens_by_itself_is_chosen(network: Goodterms, visitor: Client) -> None:
    assert "Welcomes wait for you" in visitor.get("/settings/mail/").content.decode()
    wanted = {"confirms_exits": "yes", "welcomes": "", "read_flag": "$Goodterms", "read_folder": "", "authserv_id": ""}
    assert visitor.post("/settings/mail/habits/", wanted)["Location"] == "/settings/mail/"
    assert "Each exit by mail is confirmed" in visitor.get("/settings/mail/").content.decode()
    assert "$Goodterms" in visitor.get("/settings/mail/habits/").content.decode()
    assert visitor.post("/settings/mail/habits/", wanted | {"welcomes": "often"}).status_code == 422
