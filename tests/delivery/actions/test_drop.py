"""Taking back copies: nobody who left is written to, and nothing that came back loses its copy."""

from datetime import timedelta

from django.db import connection

from goodterms.delivery.actions.run import run
from goodterms.delivery.models import Delivery
from goodterms.delivery.rules.outcomes import RunOutcome
from goodterms.feedback.models import Feedback
from goodterms.policy.rules import Reason
from goodterms.updates.models import Update
from tests.delivery.network import Network
from tests.servers.mail import Fault, MailServer, Stage

LATER = timedelta(minutes=31)


def deferred(network: Network, mail_server: MailServer) -> Update:
    """Let copies be refused for now."""
    update = network.update()
    network.plan(update)
    mail_server.faults = [Fault(Stage.RCPT, "450 4.2.1 Busy")]
    run(network.owner, update, network.means_for(mail_server.url))
    assert set(network.states(update).values()) == {"deferred"}
    mail_server.faults = []
    return update


def test_of_somebody_who_left_while_their_copy_waited_for_another_try_it_stays_refused_where_something_came_back(
    network: Network, mail_server: MailServer
) -> None:
    alice, bob, _carol = network.add("alice", "bob", "carol")
    update = deferred(network, mail_server)
    network.comes_back(Delivery.objects.get(person=alice))
    network.stop(alice, bob)
    network.clock.now += LATER

    outcome = run(network.owner, update, network.means_for(mail_server.url))
    connection.check_constraints()

    assert mail_server.receivers() == ["carol@people.test"]
    assert (outcome.accepted, outcome.skipped) == (1, {Reason.STOPPED: 2})
    assert network.states(update) == {"alice": "refused", "carol": "accepted"}
    kept = Delivery.objects.get(person=alice)
    assert kept.reply == "Not sent: asked for no more updates."
    assert kept.finished_at is not None
    assert Feedback.objects.get().delivery == kept


def test_nobody_whose_copy_stayed_refused_is_planned_or_tried_again(network: Network, mail_server: MailServer) -> None:
    (alice,) = network.add("alice")
    update = deferred(network, mail_server)
    network.comes_back(Delivery.objects.get())
    network.stop(alice)
    means = network.means_for(mail_server.url)
    network.clock.now += LATER
    run(network.owner, update, means)

    network.clock.now += timedelta(days=2)
    assert network.plan(update, now=network.clock.now).queued == 0
    assert run(network.owner, update, means) == RunOutcome()
    assert mail_server.receivers() == []
