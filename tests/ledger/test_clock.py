"""A clock that is put back must not make an honest ledger look tampered with."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from goodterms.accounts.actions import make_owner
from goodterms.accounts.keys import read_keys
from goodterms.accounts.office import Office
from goodterms.evidence.actions import prove
from goodterms.evidence.rules.verify import verify_dossier
from goodterms.exits.actions.take import exit_by_name
from goodterms.ledger.actions.seal import seal
from goodterms.ledger.queries.verify import verify_ledger
from goodterms.ledger.rules.heads import public_key_of
from goodterms.ledger.rules.kinds import Actor, Kind

NOW = datetime(2026, 11, 1, tzinfo=UTC)


@pytest.mark.django_db
def test_what_is_recorded_after_the_clock_was_put_back_still_verifies(data_folder: Path) -> None:
    owner, _ = make_owner(
        data_folder, name="Olga", email="olga@owner.test", profile="", strategy="connection_opt_in", now=NOW
    )
    office = Office(owner=owner, keys=read_keys(data_folder / "keys"), folder=data_folder)
    earlier = NOW - timedelta(days=3)
    exit_by_name(office, "bob@birch.example", Kind.STOPPED, at=NOW, now=NOW, actor=Actor.OWNER)
    seal(owner, office.keys, now=NOW)

    bob = exit_by_name(office, "bob@birch.example", Kind.LEFT, at=earlier, now=earlier, actor=Actor.OWNER)
    seal(owner, office.keys, now=earlier)

    assert verify_ledger(owner, [public_key_of(office.keys.seal)]).faults == ()
    assert verify_dossier(prove(owner, office.keys, bob, now=earlier).json).findings == ()
