"""Making the owner, and finding the one to act for."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from goodterms.accounts.actions import OwnerFaulty, choose_strategy, make_owner
from goodterms.accounts.models import Owner
from goodterms.accounts.queries import OwnerUnclear, the_owner

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 2, 2, 9, tzinfo=UTC)


def make(folder: Path, *, email: str = "Olga@Owner.test", name: str = "Olga", profile: str = "") -> tuple[Owner, bool]:
    return make_owner(folder, name=name, email=email, profile=profile, strategy="posts_only", now=NOW)


def test_an_owner_is_made_once_and_completed_afterwards(tmp_path: Path) -> None:
    owner, is_new = make(tmp_path)
    again, is_new_again = make(tmp_path, name="", profile="https://www.linkedin.com/in/Olga-%C3%96/")

    assert (is_new, is_new_again, again.pk, again.uid) == (True, False, owner.pk, owner.uid)
    assert (again.name, again.profile, again.email) == ("Olga", "olga-ö", "Olga@owner.test")


@pytest.mark.parametrize(
    ("given", "message"),
    [({"email": "olga"}, "is no e-mail address"), ({"profile": "https://x.test/in/o"}, "no LinkedIn profile")],
)
def test_what_is_no_address_makes_no_owner_and_no_keys(tmp_path: Path, given: dict[str, str], message: str) -> None:
    with pytest.raises(OwnerFaulty, match=message):
        make(tmp_path, **given)
    assert not Owner.objects.exists()
    assert list(tmp_path.iterdir()) == []


def test_the_only_owner_is_the_one_to_act_for(tmp_path: Path) -> None:
    with pytest.raises(OwnerUnclear, match="There is no owner yet") as raised:
        the_owner()
    assert "goodterms init" in raised.value.typed
    owner, _ = make(tmp_path)
    assert the_owner() == owner == the_owner("Olga@owner.test")

    other, _ = make(tmp_path, email="other@owner.test")
    with pytest.raises(OwnerUnclear, match=r"several owners"):
        the_owner()
    assert the_owner("other@owner.test") == other
    with pytest.raises(OwnerUnclear, match="no owner nobody@"):
        the_owner("nobody@owner.test")


def test_the_strategy_is_the_owners_choice(tmp_path: Path) -> None:
    owner, _ = make(tmp_path)
    choose_strategy(owner, "opt_in_list")
    assert the_owner().strategy == "opt_in_list"
