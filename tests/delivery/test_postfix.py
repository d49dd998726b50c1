"""A mail server that people run takes an update and delivers it: what lies in the mailboxes is what should be there."""

import os
import ssl
from collections.abc import Iterator
from dataclasses import replace

import pytest

from goodterms.delivery.actions.run import run
from goodterms.delivery.copies import Copies
from goodterms.delivery.models import Delivery
from goodterms.delivery.vehicles.email.engine.pool import Limits
from goodterms.delivery.vehicles.email.server import read_server
from goodterms.delivery.vehicles.email.transport import SmtpTransport
from goodterms.ledger.rules.kinds import Kind
from goodterms.lib.canonical import sha256_hex
from tests.delivery.network import FAST, Network
from tests.servers.certificates import Certificates
from tests.servers.postfix import DOMAIN, Postfix, PostfixMissing, running_postfix

PEOPLE = 1_000
USERS = [f"p{number:04}" for number in range(PEOPLE)]
UNKNOWN = [f"nobody{number}" for number in range(5)]


@pytest.fixture
def postfix(certificates: Certificates) -> Iterator[Postfix]:
    try:
        with running_postfix(certificates, USERS) as server:
            yield server
    except PostfixMissing as fault:
        if os.environ.get("CI") == "true":
            raise
        pytest.skip(str(fault))


def as_sent(mail: bytes) -> bytes:
    """Give a mail without the fields that the server put before it, in the form in which it travelled."""
    return mail[mail.index(b"Date: ") :].replace(b"\n", b"\r\n")


@pytest.mark.slow
@pytest.mark.sqlite
@pytest.mark.parametrize(("count", "chunks"), [(PEOPLE, True), (100, False)], ids=["BDAT", "DATA"])
def test_each_mailbox_holds_the_one_copy_that_was_meant_for_it(
    network: Network, postfix: Postfix, certificates: Certificates, count: int, chunks: bool
) -> None:
    *people, leaver = network.add(*USERS[:count])
    unknown = network.add(*UNKNOWN)
    network.stop(leaver)
    update = network.update("News for {{ first_name }}")
    update.body = "Dear {{ first_name }},\n\nI moved.\n\n.\n\nYours, Ann 🙂\n"
    copies = Copies(update=update, token_key=network.keys.token)
    network.plan(update)
    limits = Limits(connections=8, depth=8, chunks=chunks)
    transport = SmtpTransport(
        read_server(postfix.url),
        tls=ssl.create_default_context(cafile=str(certificates.authority)),
        timeouts=replace(FAST, command=30, data_begin=30, data_end=30),
        limits=limits,
    )
    means = replace(network.means(transport), render=lambda copy: copies.render(copy, now=network.clock()))

    outcome = run(network.owner, update, means)
    postfix.wait_until_idle()

    assert (outcome.accepted, outcome.refused, outcome.unknown, outcome.deferred) == (count - 1, len(UNKNOWN), 0, 0)
    assert not outcome.skipped, "who left was not planned"
    held = postfix.mailboxes
    assert sorted(held) == USERS[: count - 1], "everybody but who left, and nobody else"
    assert {len(mails) for mails in held.values()} == {1}
    for copy in Delivery.objects.filter(state="accepted"):
        (mail,) = held[copy.address.removesuffix(f"@{DOMAIN}")]
        assert sha256_hex(as_sent(mail)) == copy.copy_sha256
    for person in unknown:
        assert len(network.told(person, Kind.ADDRESS_BOUNCED)) == 1
    assert len(network.told(people[0], Kind.UPDATE_ACCEPTED)) == 1
