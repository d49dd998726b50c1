"""Providers reach their addresses, and nobody else is heard there."""

import pytest
from django.test import Client, override_settings

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
