"""Copies are filled into the update's template, and are what they would be if each were made on its own."""

import pytest

from goodterms.delivery.claimed import claimed_of
from goodterms.delivery.copies import Copies
from goodterms.delivery.models import Delivery
from goodterms.updates.template import Template, TemplateImpossible
from tests.delivery.network import NOW, Network


@pytest.mark.parametrize("public_url", ["", "https://out.test"])
def test_a_copy_is_filled_and_has_the_bytes_of_one_made_on_its_own(network: Network, public_url: str) -> None:
    network.add("alice", "zoë")
    update = network.update("News for {{ first_name }}")
    update.body = "Dear {{ first_name }},\n\nI moved."
    network.plan(update)
    copies = Copies(update=update, token_key=network.keys.token, public_url=public_url)
    assert copies._message.__func__ is Template.message  # type: ignore[attr-defined]  # a bound method

    for delivery in Delivery.objects.select_related("person"):
        filled = copies.render(claimed_of(delivery), now=NOW)
        alone = Copies(update=update, token_key=network.keys.token, public_url=public_url)
        alone.__dict__["_message"] = alone._one_by_one
        assert alone.render(claimed_of(delivery), now=NOW) == filled


def test_an_update_that_cannot_be_a_template_is_made_copy_by_copy(
    network: Network, monkeypatch: pytest.MonkeyPatch
) -> None:
    def impossible(*_: object, **__: object) -> None:
        raise TemplateImpossible

    network.add("alice")
    update = network.update()
    network.plan(update)
    usual = Copies(update=update, token_key=network.keys.token).render(claimed_of(Delivery.objects.get()), now=NOW)
    monkeypatch.setattr(Template, "__init__", impossible)
    copies = Copies(update=update, token_key=network.keys.token)
    assert copies.render(claimed_of(Delivery.objects.get()), now=NOW) == usual


def test_a_template_that_gives_other_bytes_is_not_used(network: Network, monkeypatch: pytest.MonkeyPatch) -> None:
    network.add("alice")
    update = network.update()
    network.plan(update)
    usual = Copies(update=update, token_key=network.keys.token).render(claimed_of(Delivery.objects.get()), now=NOW)
    monkeypatch.setattr("goodterms.updates.template.PAGE", "<p>")
    copies = Copies(update=update, token_key=network.keys.token)
    assert copies.render(claimed_of(Delivery.objects.get()), now=NOW) == usual
