"""What whoever watches a worker is told."""

from datetime import timedelta

import pytest

from goodterms.delivery.models import Delivery
from goodterms.ledger.rules.kinds import Vehicle
from goodterms.mailings.actions.ask import schedule
from goodterms.mailings.actions.carry import send_stint, tend
from goodterms.mailings.queries import progress_of
from goodterms.mailings.workers.telling import EVERY, Teller
from tests.delivery.network import Network
from tests.mailings.workshop import make_update, office_of, outfit_for
from tests.servers.mail import Fault, MailServer, Stage

pytestmark = pytest.mark.django_db


def test_it_is_told_how_far_a_mailing_is_how_fast_and_how_long_it_takes(
    network: Network, mail_server: MailServer
) -> None:
    network.add("alice", "bob", "carol")
    update = make_update(network)
    now = network.clock()
    schedule(office_of(network), update, now, now=now, asked_by="a test")
    mail_server.faults.append(Fault(Stage.RCPT, "450 4.2.0 Greylisted", receiver="carol@people.test"))
    said: list[str] = []
    outfit = outfit_for(network, mail_server.url, said=said)
    teller = Teller(outfit)

    (mailing,) = tend(office_of(network), outfit)
    teller.tell_where_due()
    assert said == [], "not at every look"
    network.clock.now += EVERY
    teller.tell_where_due()
    assert said == [f"Update {update.pk}, 'News': accepted 0, 3 left."]

    send_stint(office_of(network), mailing, outfit)
    network.clock.now += timedelta(seconds=40)
    teller.tell_where_due()
    assert said[1:] == [
        f"Update {update.pk}, 'News': accepted 2, deferred 1, 1 left, 0.0 a second, about 0:00:20 to go."
    ]
    network.clock.now += EVERY
    teller.tell_where_due()
    assert len(said) == 2, "nothing has changed"


def test_copies_by_hand_are_not_the_workers(network: Network, mail_server: MailServer) -> None:
    """Carol got the update by hand through LinkedIn; the mailing is of two."""
    _, _, carol = network.add("alice", "bob", "carol")
    update = make_update(network)
    now = network.clock()
    mailing = schedule(office_of(network), update, now, now=now, asked_by="a test")
    Delivery.objects.create(
        owner=network.owner,
        update=update,
        person=carol,
        vehicle=Vehicle.LINKEDIN,
        address_key="of carol",
        message_id="of carol",
        state=Delivery.State.ACCEPTED,
        due_at=now,
        finished_at=now,
    )
    tend(office_of(network), outfit_for(network, mail_server.url))
    found = progress_of(mailing, now=now)
    assert (found.accepted, found.left) == (0, 2)
