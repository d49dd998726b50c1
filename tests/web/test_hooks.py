"""Providers reach their addresses, and nobody else is heard there."""

import pytest
from django.test import Client, override_settings

from goodterms.delivery.vehicles.provider.account import KINDS, title_of
from tests.cli.conftest import Goodterms
from tests.feedback.providers import SECRET, basic, postmark


@pytest.mark.parametrize(("secret", "status", "exits"), [(SECRET, 200, 1), ("a:b", 400, 0)])
def test_a_provider_with_the_secret_is_heard(network: Goodterms, secret: str, status: int, exits: int) -> None:
    from goodterms import doors  # noqa: PLC0415 -- needs Django set up
    from goodterms.accounts.queries import the_owner  # noqa: PLC0415
    from goodterms.ledger.models import Entry  # noqa: PLC0415
    from goodterms.lib.tokens import Act, Token, make_token  # noqa: PLC0415
    from goodterms.people.models import Person  # noqa: PLC0415

    office = doors.open_office(the_owner(), tell=lambda _said: None)
    person = Person.objects.order_by("id")[0]
    token = Token(owner_number=office.owner.pk, person_uid=person.uid, act=Act.COPY)
    post = postmark("complaint", to="x@people.test", message_id=make_token(office.keys.token, token))
    with override_settings(ANYMAIL={"WEBHOOK_SECRET": SECRET}):
        made = Client(headers={"host": "localhost"}).post(
            f"/hooks/{post.path}",
            post.body,
            content_type="application/json",
            headers={"Authorization": basic(secret)},
        )

    assert made.status_code == status
    assert Entry.objects.filter(kind="complained", person=person).count() == exits


def test_an_owners_own_provider_is_heard_at_its_own_address_alone(
    network: Goodterms, visitor: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    from goodterms import doors  # noqa: PLC0415 -- needs Django set up
    from goodterms.accounts.mail import ProviderKey, set_provider  # noqa: PLC0415
    from goodterms.accounts.queries import the_owner  # noqa: PLC0415
    from goodterms.ledger.models import Entry  # noqa: PLC0415

    office = doors.open_office(the_owner(), tell=lambda _said: None)
    set_provider(office, ProviderKey(name="postmark", key="made-up"), now=doors.now())
    assert "nobody can reach this installation" in visitor.get("/settings/mail/").content.decode()
    monkeypatch.setenv("GOODTERMS_PUBLIC_URL", "https://terms.example")
    page = visitor.get("/settings/mail/").content.decode()
    path = page.partition('id="reports-path" class="long">https://terms.example')[2].partition("<")[0]
    whole = page.partition('id="reports" class="long">https://')[2].partition("<")[0]
    login, _, rest = whole.partition("@terms.example")
    post = postmark("complaint", to="alice@arden.example")

    def bring(where: str, **login: str) -> int:
        provider = Client(headers={"host": "localhost"}, enforce_csrf_checks=True)
        headers = {"Authorization": basic(login["of"])} if login else {}
        return provider.post(where, post.body, content_type="application/json", headers=headers).status_code

    assert bring(f"{path[:-3]}xx/") == 404
    assert login.partition(":")[2] not in rest, "no log of requests shows the password"
    assert [bring(rest), bring(rest, of="reports:wrong"), bring(rest, of="reports:")] == [401, 401, 401]
    assert Entry.objects.filter(kind="complained").count() == 0
    assert bring(rest, of=login) == 200
    assert Entry.objects.filter(kind="complained").count() == 1
    assert bring(path) == 200, "the address that a provider was given before is heard as well"
    assert Entry.objects.filter(kind="complained").count() == 1
    assert bring(path) == 200
    assert Entry.objects.filter(kind="complained").count() == 1
    set_provider(office, ProviderKey(name="mailgun", key="made-up"), now=doors.now())
    assert [bring(path), bring(rest, of=login)] == [404, 401]


@pytest.mark.parametrize("method", ["head", "post"])
def test_whoever_only_knocks_changes_nothing(network: Goodterms, monkeypatch: pytest.MonkeyPatch, method: str) -> None:
    """Opening an owner's office ends doubts that have waited for a week."""
    from goodterms import doors  # noqa: PLC0415 -- needs Django set up
    from goodterms.accounts.mail import ProviderKey, set_provider  # noqa: PLC0415
    from goodterms.accounts.queries import the_owner  # noqa: PLC0415

    office = doors.office_of(the_owner())
    set_provider(office, ProviderKey(name="postmark", key="made-up"), now=doors.now())
    opened: list[str] = []
    monkeypatch.setattr(doors, "open_office", lambda owner, **_: opened.append(owner.email))
    knock = getattr(Client(headers={"host": "localhost"}), method)
    assert knock(f"/hooks/of/{office.owner.uid}/not-the-secret/").status_code == 404
    assert opened == []


@pytest.mark.parametrize("provider", KINDS)
def test_what_any_provider_reports_can_be_read(provider: str) -> None:
    from goodterms.feedback.reports import view_of  # noqa: PLC0415 -- needs Django set up

    assert view_of(provider).esp_name.lower() == title_of(provider).lower()
