"""Nothing leaves that says it is networking and reads otherwise, unless the owner said why."""

from datetime import timedelta

import pytest

from goodterms.accounts.models import Owner
from goodterms.ledger.queries.entries import owner_entries
from goodterms.ledger.rules.kinds import Kind, Purpose
from goodterms.review.actions import ExplanationEmpty, explain
from goodterms.review.queries import DraftRefused, deciding_purpose, explanation_of, make_sure_it_may_go
from goodterms.updates.actions import add_update, add_welcome
from goodterms.updates.models import Update
from tests.ledger.made import NOON, make_owner

pytestmark = pytest.mark.django_db
NEWS = (
    "I moved to Leeds in May and I am happy there. I thank you for your long letter about the bridge. "
    "My daughter began school and I began to run. How are you, and what keeps you busy these days?"
)
MIXED = f"{NEWS} You can buy my book for $9."


def added(owner: Owner, body: str, purpose: str = "networking") -> Update:
    text = f"---\nsubject: A word from Leeds\npurpose: {purpose}\n---\n{body}\n"
    return add_update(owner, text, "a.md", terms="Connected.", now=NOON)


def test_networking_goes() -> None:
    owner = make_owner()
    make_sure_it_may_go(owner, added(owner, NEWS))


def test_mixed_goes_once_it_is_explained_and_the_ledger_has_it() -> None:
    owner = make_owner()
    update = added(owner, MIXED)
    with pytest.raises(DraftRefused, match="say why it is networking"):
        make_sure_it_may_go(owner, update)

    explain(owner, update, "The book is free for friends.", now=NOON + timedelta(1))

    make_sure_it_may_go(owner, update)
    assert explanation_of(owner, update) == "The book is free for friends."
    assert owner_entries(owner, Kind.UPDATE_EXPLAINED)[0].detail["reads"] == "mixed"
    assert deciding_purpose(update) is Purpose.NETWORKING


def test_an_explanation_is_for_one_update() -> None:
    owner = make_owner()
    explain(owner, added(owner, MIXED), "So it is.", now=NOON)
    with pytest.raises(DraftRefused):
        make_sure_it_may_go(owner, added(owner, f"{MIXED} Yours"))


def test_commercial_is_decided_as_commercial_whatever_is_explained() -> None:
    owner = make_owner()
    owner.postal_address = "1 Quay"
    update = added(owner, "Order now and get 20% off everything in our shop.")
    explain(owner, update, "It is only news.", now=NOON)
    make_sure_it_may_go(owner, update)
    assert deciding_purpose(update) is Purpose.COMMERCIAL


def test_what_is_declared_commercial_stays_so() -> None:
    assert deciding_purpose(added(make_owner(), NEWS, "commercial")) is Purpose.COMMERCIAL


def test_an_empty_explanation_explains_nothing() -> None:
    owner = make_owner()
    with pytest.raises(ExplanationEmpty):
        explain(owner, added(owner, MIXED), " ", now=NOON)


def test_the_same_text_is_not_sent_twice() -> None:
    owner = make_owner()
    with pytest.raises(DraftRefused, match=r"repeated\.same"):
        make_sure_it_may_go(owner, added(owner, NEWS), earlier=[f"{NEWS} Yours"])


def test_a_welcome_message_is_what_its_kind_says() -> None:
    owner = make_owner()
    welcome = add_welcome(owner, "Thank you, {{ first_name }}.", terms="Connected.", now=NOON)
    make_sure_it_may_go(owner, welcome)
    assert deciding_purpose(welcome) is Purpose.NETWORKING
