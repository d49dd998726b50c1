"""Everything of the owner's goes to another machine by the pages alone, and nothing is put over what is there."""

import io

from django.test import Client

from tests.cli.conftest import Goodterms
from tests.cli.network import ALICE, BOB


def test_everything_comes_back_where_nothing_is_kept(network: Goodterms, visitor: Client) -> None:
    from goodterms.accounts.models import Owner  # noqa: PLC0415 -- needs Django set up

    assert network("exit", ALICE.email, "--stop").status == 0
    file = visitor.post("/settings/data/backup/").getvalue()
    assert visitor.post("/begin/restore/", {"file": _named(file)})["Location"] == "/", "not over what is there"
    wanted = {"address": "olga@owner.test", "keeps_exits": "on"}
    assert visitor.post("/settings/data/destroy/", wanted)["Location"] == "/enter/"
    assert not Owner.objects.exists()

    fresh = _at_this_machine()
    assert "You used Goodterms on another machine" in fresh.get("/begin/").content.decode()
    assert fresh.post("/begin/restore/").status_code == 422
    refused = fresh.post("/begin/restore/", {"file": _named(b"no zip")})
    assert refused.status_code == 422
    assert "is no backup" in refused.content.decode()
    assert not Owner.objects.exists()

    page = fresh.post("/begin/restore/", {"file": _named(file)}, follow=True).content.decode()
    assert "Everything of Olga is back" in page
    assert network("why", ALICE.email).said["reason"] == "stopped"
    assert network("why", BOB.email).said["verdict"] == "send"
    assert fresh.get("/people/").status_code == 200


def test_nobody_restores_without_signing_in(goodterms: Goodterms) -> None:
    stranger = Client(headers={"host": "localhost"})
    assert stranger.post("/begin/restore/", {"file": _named(b"")})["Location"] == "/enter/"
    assert stranger.get("/begin/restore/").status_code == 405


def _at_this_machine() -> Client:
    from goodterms import doors  # noqa: PLC0415 -- needs Django set up
    from goodterms.accounts.actions import the_laptops_user  # noqa: PLC0415

    client = Client(headers={"host": "localhost"})
    client.force_login(the_laptops_user(now=doors.now()), backend="django.contrib.auth.backends.ModelBackend")
    return client


def _named(content: bytes) -> io.BytesIO:
    file = io.BytesIO(content)
    file.name = "goodterms.zip"
    return file
