"""What keeps statements quick and on one shard: copies, standings and entries are looked for with their owner."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection

from goodterms import sql
from goodterms.accounts.office import Office
from goodterms.delivery.actions.claim import release
from goodterms.delivery.actions.reconcile import reconcile_journal
from goodterms.delivery.actions.run import run
from goodterms.delivery.models import Delivery
from goodterms.delivery.queries import WAITING
from goodterms.erasure.actions import erase
from goodterms.ledger.actions.project import rebuild
from goodterms.ledger.actions.seal import seal
from goodterms.ledger.queries.verify import verify_ledger
from goodterms.ledger.rules.heads import public_key_of
from goodterms.postgresql.schema import FOUND_BY_OWNER
from tests.delivery.network import Network
from tests.servers.mail import Fault, MailServer, Stage

pytestmark = pytest.mark.django_db


def without_owner(statement: str) -> bool:
    """Say whether a statement looks for rows of such a table by something else than their owner."""
    looked_for = re.sub(r"^\s*SELECT.*? FROM ", "", statement, count=1, flags=re.DOTALL)
    concerns = any(re.search(rf"\b{table}\b", statement) for table in FOUND_BY_OWNER)
    return concerns and not statement.lstrip().startswith(("INSERT", "LOCK")) and "owner_id" not in looked_for


def test_nothing_of_a_mailing_or_the_ledger_is_looked_for_without_its_owner(
    network: Network, mail_server: MailServer
) -> None:
    asked: list[str] = []

    def note(execute: Callable[..., Any], statement: str, *arguments: Any) -> Any:
        asked.extend(statement.split("; "))  # some are said in one breath
        return execute(statement, *arguments)

    with connection.execute_wrapper(note):
        alice, bob, _ = network.add("alice", "bob", "carol")
        mail_server.faults.append(Fault(Stage.RCPT, "450 4.2.0 Later", times=1))
        update = network.update()
        network.plan(update)
        run(network.owner, update, network.means_for(mail_server.url))
        network.stop(bob)
        office = Office(owner=network.owner, keys=network.keys, folder=network.folder)
        reconcile_journal(network.owner, network.folder, now=network.clock())
        erase(office, alice, now=network.clock())
        release(network.owner, "nobody")
        sql.delete_rows(Delivery.objects.filter(owner=network.owner, update=update, state__in=WAITING))
        seal(network.owner, network.keys, now=network.clock())
        verify_ledger(network.owner, {public_key_of(network.keys.seal)})
        rebuild(network.owner)

    assert sum("goodterms_delivery" in statement for statement in asked) > 5
    assert [statement for statement in asked if without_owner(statement)] == []
