"""Accounts on a server: nobody makes one unasked, guessing ends in a lock, a password is chosen once by invitation."""

import os
import subprocess
import sys

import pytest
from django.core.cache import cache
from django.test import Client
from pytest_django.fixtures import Settings

from tests.cli.conftest import Goodterms

_PASSWORD = "seven green looms"


@pytest.fixture
def server(settings: Settings) -> None:
    """The pages as a server has them."""
    settings.ON_LAPTOP = False
    cache.clear()


def _client() -> Client:
    return Client(headers={"host": "localhost"})


def _sign_in(client: Client, password: str) -> int:
    return client.post("/account/login/", {"login": "helga@member.test", "password": password}).status_code


@pytest.fixture
def helga(network: Goodterms, server: None) -> str:
    """A helper who was added on the command line."""
    added = network("user", "add", "helga@member.test", "--role", "helper", "--password", _PASSWORD)
    assert added.said == {"user": "helga@member.test", "role": "helper"}
    return "helga@member.test"


def test_a_user_signs_in_and_out(helga: str) -> None:
    client = _client()
    assert client.get("/people/")["Location"] == "/enter/"
    assert client.get("/enter/")["Location"] == "/account/login/"
    assert "Sign in" in client.get("/account/login/").content.decode()
    assert _sign_in(client, _PASSWORD) == 302
    assert client.get("/people/").status_code == 200
    assert client.get("/account/sessions/").status_code == 200
    client.post("/leave/")
    assert client.get("/people/").status_code == 302


def test_whoever_has_no_password_can_choose_one_on_a_server(helga: str) -> None:
    from goodterms.accounts.models import User  # noqa: PLC0415 -- needs Django set up

    user = User.objects.get(email=helga)
    user.set_unusable_password()
    user.save()
    client = _client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")

    assert client.get("/account/password/")["Location"] == "/account/password/set/"
    assert 'type="password"' in client.get("/account/password/set/").content.decode()
    client.post("/account/password/set/", {"password1": _PASSWORD, "password2": _PASSWORD})

    assert _sign_in(_client(), _PASSWORD) == 302


def test_the_person_at_this_machine_is_told_that_they_need_no_password(network: Goodterms, visitor: Client) -> None:
    for answer in (visitor.get("/account/password/", follow=True), visitor.post("/account/password/", follow=True)):
        assert answer.status_code == 200
        assert "there is no password to change" in answer.content.decode()


def test_guessing_is_locked_out_and_so_is_the_right_password_then(helga: str) -> None:
    client = _client()
    for _ in range(5):
        assert _sign_in(client, "wrong") == 200
    answer = client.post("/account/login/", {"login": helga, "password": _PASSWORD})
    assert "Too many failed" in answer.content.decode()
    assert client.get("/people/").status_code == 302


def test_nobody_makes_an_account_unasked(network: Goodterms, server: None) -> None:
    from goodterms.accounts.models import User  # noqa: PLC0415 -- needs Django set up

    _client().post("/account/signup/", {"email": "somebody@else.test", "password1": _PASSWORD})
    assert not User.objects.filter(email="somebody@else.test").exists()


def test_an_invitation_is_for_one_use(network: Goodterms, visitor: Client, server: None) -> None:
    page = visitor.post("/settings/members/", {"email": "ilse@member.test", "role": "viewer"}).content.decode()
    link = page.partition('<code id="link">http://localhost')[2].partition("<")[0]
    client = _client()
    assert client.get(link).status_code == 200
    assert client.post(link, {"new_password1": "short", "new_password2": "short"}).status_code == 200
    assert client.post(link, {"new_password1": _PASSWORD, "new_password2": _PASSWORD})["Location"] == "/"
    assert client.get("/people/").status_code == 200
    assert _client().get(link).status_code == 403


def test_no_owner_gets_a_link_by_which_to_act_with_another_owner(network: Goodterms, visitor: Client) -> None:
    """Neither for who works there already, nor for an account of their own that another owner is to let in."""
    from goodterms.accounts.models import Membership  # noqa: PLC0415 -- needs Django set up

    network("init", "--name", "Ben", "--email", "ben@owner.test")
    ben = {"GOODTERMS_OWNER": "ben@owner.test"}
    network("user", "add", "helga@member.test", "--role", "owner", "--password", _PASSWORD, **ben)

    refused = visitor.post("/settings/members/", {"email": "Helga@Member.test", "role": "viewer"})
    assert refused.status_code == 422
    assert "works for somebody else here already" in refused.content.decode()
    assert Membership.objects.filter(user__username="helga@member.test").count() == 1

    olga = {"GOODTERMS_OWNER": "olga@owner.test"}
    network("user", "add", "helga@member.test", "--role", "viewer", "--password", _PASSWORD, **olga)
    member = Membership.objects.get(user__username="helga@member.test", owner__email="olga@owner.test")
    again = visitor.post(f"/settings/members/{member.pk}/invite/")
    assert again.status_code == 422
    assert "/account/join/" not in again.content.decode()


def test_on_a_server_nobody_becomes_an_owner_by_their_address(network: Goodterms, helga: str) -> None:
    """Who is dismissed could else name another owner's address, and have that owner's network."""
    from goodterms.accounts.models import Membership, Owner  # noqa: PLC0415 -- needs Django set up

    network("user", "add", "ina@member.test", "--role", "owner", "--password", _PASSWORD)
    client = _client()
    _sign_in(client, _PASSWORD)
    network("user", "remove", helga)
    assert client.get("/", follow=True).status_code == 403
    assert client.post("/begin/", {"name": "Eve", "email": "olga@owner.test"}).status_code == 403
    assert not Membership.objects.filter(user__username=helga).exists()
    assert Owner.objects.get().name == "Olga"


def test_the_one_time_link_is_for_a_laptop_alone(network: Goodterms, server: None) -> None:
    from goodterms.web.access.links import LINKS  # noqa: PLC0415 -- needs Django set up

    link = f"/enter/{LINKS.issue()}/"
    assert _client().post(link)["Location"] == "/account/login/"


def test_a_password_that_is_easily_guessed_is_refused(network: Goodterms) -> None:
    answer = network("user", "add", "helga@member.test", "--role", "helper", "--password", "password12")
    assert answer.status == 1
    assert "Nothing was changed" in answer.messages


def test_the_last_owner_can_not_be_dismissed(network: Goodterms) -> None:
    network("user", "add", "helga@member.test", "--role", "owner", "--password", _PASSWORD)
    answer = network("user", "remove", "helga@member.test")
    assert answer.status == 1
    assert "Name another first" in answer.messages
    assert [row["user"] for row in network("user", "list").said["users"]] == ["helga@member.test"]


def test_a_server_is_set_up_as_django_wants_it(tmp_path: object) -> None:
    environ = {key: value for key, value in os.environ.items() if not key.startswith(("GOODTERMS_", "DJANGO_"))}
    environ |= {
        "GOODTERMS_HOME": str(tmp_path),
        "GOODTERMS_SERVE": "server",
        "GOODTERMS_PUBLIC_URL": "https://terms.example",
        "DJANGO_SETTINGS_MODULE": "goodterms.web.settings",
    }
    done = subprocess.run(
        [sys.executable, "-m", "django", "check", "--deploy", "--fail-level", "WARNING"],
        env=environ, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert (done.returncode, "no issues" in done.stdout) == (0, True), done.stdout + done.stderr
