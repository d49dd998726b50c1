"""Settings: what is kept, what is tried first, and what is never shown."""

import io
import zipfile
from pathlib import Path

from django.test import Client

from tests.cli.conftest import Goodterms
from tests.servers.mail import MailServer

_MAIL = {"smtp_server": "", "imap_server": "", "user": "", "password": "", "unsubscribe": ""}


def test_mail_servers_are_kept_once_they_were_reached(
    network: Goodterms, visitor: Client, mail_server: MailServer, data_folder: Path
) -> None:
    refused = visitor.post("/settings/mail/", _MAIL | {"smtp_server": "smtp://127.0.0.1:1"})
    assert "can&#x27;t be reached" in refused.content.decode()
    assert network("send", "1", "--vehicle", "email").status == 1
    kept = visitor.post("/settings/mail/", _MAIL | {"smtp_server": mail_server.url, "unsubscribe": "out@owner.test"})
    assert kept["Location"] == "/settings/"
    from goodterms import doors  # noqa: PLC0415 -- needs Django set up
    from goodterms.accounts.mail import mail_addresses  # noqa: PLC0415
    from goodterms.accounts.models import MailAccount  # noqa: PLC0415
    from goodterms.accounts.queries import the_owner  # noqa: PLC0415

    found = mail_addresses(doors.open_office(the_owner(), tell=print))
    assert (found.smtp, found.unsubscribe) == (mail_server.url, "out@owner.test")
    assert "127.0.0.1" not in MailAccount.objects.get().smtp
    visitor.post("/settings/mail/forget/")
    assert MailAccount.objects.get().smtp == ""


def test_a_password_is_never_shown_again(network: Goodterms, visitor: Client) -> None:
    answer = visitor.post(
        "/settings/mail/try/", _MAIL | {"smtp_server": "smtp://127.0.0.1:1", "user": "olga", "password": "geheim-17"}
    )
    assert "geheim-17" not in answer.content.decode()


def test_the_strategy_is_chosen_by_what_it_does(network: Goodterms, visitor: Client) -> None:
    assert "connected before terms" in visitor.get("/settings/strategy/").content.decode()
    visitor.post("/settings/strategy/", {"strategy": "opt_in_list"})
    assert network("strategy").said["strategy"] == "opt_in_list"


def test_everything_comes_in_one_file(network: Goodterms, visitor: Client) -> None:
    answer = visitor.post("/settings/data/backup/")
    archive = zipfile.ZipFile(io.BytesIO(answer.getvalue()))
    assert "tables/entry.jsonl" in archive.namelist()


def test_everything_is_destroyed_by_whoever_writes_their_address_alone(network: Goodterms, visitor: Client) -> None:
    assert visitor.post("/settings/data/destroy/", {"address": "somebody@else.test"}).status_code == 422
    assert network("status").status == 0
    assert visitor.post("/settings/data/destroy/", {"address": "olga@owner.test"})["Location"] == "/enter/"
    assert network("status").status == 1


def test_a_token_is_shown_once_and_ended(network: Goodterms, visitor: Client) -> None:
    made = visitor.post("/settings/programs/add/", {"name": "mirror", "scopes": ["people:read"]}).content.decode()
    text = made.partition('<code id="secret">')[2].partition("<")[0]
    key = {"authorization": f"Bearer {text}"}
    assert visitor.get("/api/v1/people", headers=key).status_code == 200
    assert text not in visitor.get("/settings/programs/").content.decode()
    (token,) = network("token", "list").said["tokens"]
    visitor.post(f"/settings/programs/{token['number']}/revoke/")
    assert visitor.get("/api/v1/people", headers=key).status_code == 401


def test_an_address_is_told_until_it_is_told_no_more(network: Goodterms, visitor: Client) -> None:
    visitor.post("/settings/programs/tell/", {"url": "https://mirror.example/hook"})
    (webhook,) = network("webhook", "list").said["webhooks"]
    visitor.post(f"/settings/programs/{webhook['webhook']}/hush/")
    assert network("webhook", "list").said["webhooks"] == []


def test_the_pace_is_told_once_there_is_a_server(network: Goodterms, visitor: Client, mail_server: MailServer) -> None:
    assert "No way out is set yet" in visitor.get("/settings/pace/").content.decode()
    visitor.post("/settings/mail/", _MAIL | {"smtp_server": mail_server.url})
    assert "own-server" in visitor.get("/settings/pace/").content.decode()
