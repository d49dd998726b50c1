"""Settings: what is kept, what is tried first, and what is never shown."""

import io
import re
import zipfile
from contextlib import closing

from django.test import Client
from pytest_django.fixtures import Settings

from tests.cli.conftest import Goodterms


def test_the_strategy_is_chosen_by_what_it_does(network: Goodterms, visitor: Client) -> None:
    page = visitor.get("/settings/strategy/").content.decode()
    assert "before the terms" in page
    assert "waits for you" in page
    assert "connection_opt_in" not in re.sub(r"<[^>]*>", "", page), "names for programs are for programs"
    visitor.post("/settings/strategy/", {"strategy": "opt_in_list"})
    assert network("strategy").said["strategy"] == "opt_in_list"


def test_everything_comes_in_one_file(network: Goodterms, visitor: Client) -> None:
    answer = visitor.post("/settings/data/backup/")
    archive = zipfile.ZipFile(io.BytesIO(answer.getvalue()))
    assert "tables/entry.jsonl" in archive.namelist()


def test_the_installations_keys_are_no_owners_among_several(
    network: Goodterms, visitor: Client, settings: Settings
) -> None:
    """With them one could sign links in another's name, and open their passwords."""
    network("init", "--name", "Ben", "--email", "ben@owner.test")
    with closing(visitor.post("/settings/data/backup/")) as own:
        assert own.status_code == 200, "on one's own machine they are one's own"
    settings.ON_LAPTOP = False
    assert "Download it" not in visitor.get("/settings/data/", secure=True).content.decode()
    refused = visitor.post("/settings/data/backup/", secure=True)
    assert refused.status_code == 422
    assert "several owners with the same keys" in refused.content.decode()


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
