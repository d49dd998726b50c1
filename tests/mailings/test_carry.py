"""Mailings: what the owner asks, and what workers make of it."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from datetime import timedelta

import pytest
from django.db import connection

from goodterms.delivery.models import Delivery
from goodterms.delivery.rules.pacing import Caps, Pace
from goodterms.delivery.rules.replies import Reply, Step
from goodterms.delivery.vehicles.transport import Answered, Letter
from goodterms.ledger.models import Seal
from goodterms.mailings.actions.ask import MailingElsewhere, cancel, pause, resume, schedule
from goodterms.mailings.actions.carry import send_stint, tend
from goodterms.mailings.models import Mailing
from goodterms.mailings.outfit import Outfit
from goodterms.mailings.queries import MailingUnknown, mailing_of, owners_to_tend
from goodterms.policy.rulebook import read_rulebook
from goodterms.review.queries import DraftRefused
from goodterms.updates.models import Update
from tests.delivery.network import Network
from tests.mailings.workshop import make_update, office_of, outfit_for
from tests.servers.mail import Fault, MailServer, Stage

pytestmark = pytest.mark.django_db


class Spy:
    """A transport that accepts everything, and does something after a number of letters."""

    def __init__(self, window: int, after: int = 0, act: Callable[[], object] = lambda: None) -> None:
        self.window, self._after, self._act = window, after, act
        self.carried: list[str] = []

    def open(self) -> None: ...

    def close(self) -> None: ...

    def carry(self, letters: Iterable[Letter]) -> Iterator[list[Answered]]:
        for letter in letters:
            self.carried.append(letter.to)
            if len(self.carried) == self._after:
                self._act()
            yield [(letter, Reply(code=250, text="", step=Step.END))]


def asked(network: Network, update: Update, *, later: timedelta = timedelta(0)) -> Mailing:
    now = network.clock()
    return schedule(office_of(network), update, now + later, now=now, asked_by="a test")


def work(network: Network, outfit: Outfit, turns: int = 9) -> None:
    """Look and send until nothing is due."""
    for _ in range(turns):
        to_send = tend(office_of(network), outfit)
        if not to_send:
            return
        for mailing in to_send:
            send_stint(office_of(network), mailing, outfit)


def state(update: Update) -> str:
    return Mailing.objects.get(update=update).state


def test_what_is_left_to_the_workers_is_sent_to_everybody_sealed_and_done(
    network: Network, mail_server: MailServer
) -> None:
    network.add("alice", "bob")
    update = make_update(network)
    mailing = asked(network, update)
    assert (mailing.state, mailing.asked_by) == ("scheduled", "a test")

    work(network, outfit_for(network, mail_server.url))

    assert sorted(mail_server.receivers()) == ["alice@people.test", "bob@people.test"]
    mailing.refresh_from_db()
    assert (mailing.state, mailing.note, mailing.failures) == ("done", "", 0)
    assert mailing.finished_at is not None
    assert Seal.objects.filter(owner=network.owner).exists()


def test_nothing_leaves_before_its_time(network: Network, mail_server: MailServer) -> None:
    network.add("alice")
    update = make_update(network)
    asked(network, update, later=timedelta(hours=2))
    outfit = outfit_for(network, mail_server.url)

    work(network, outfit)
    assert mail_server.receivers() == []
    assert owners_to_tend(now=network.clock()) == []

    network.clock.now += timedelta(hours=2)
    assert owners_to_tend(now=network.clock()) == [network.owner.pk]
    work(network, outfit)
    assert mail_server.receivers() == ["alice@people.test"]


def test_asked_again_before_its_time_it_gets_the_new_one(network: Network) -> None:
    update = make_update(network)
    asked(network, update, later=timedelta(hours=2))
    again = asked(network, update, later=timedelta(hours=5))

    assert Mailing.objects.count() == 1
    assert again.due_at - network.clock.now > timedelta(hours=4)


def test_asked_again_when_it_is_done_it_goes_to_whoever_came_since(network: Network, mail_server: MailServer) -> None:
    network.add("alice")
    update = make_update(network)
    outfit = outfit_for(network, mail_server.url)
    asked(network, update)
    work(network, outfit)
    network.add("bob")

    asked(network, update)
    work(network, outfit)

    assert sorted(mail_server.receivers()) == ["alice@people.test", "bob@people.test"]
    assert state(update) == "done"


def test_what_must_be_mended_first_is_refused_at_once(network: Network) -> None:
    update = make_update(network)
    update.body = "Buy my course now, 50 % off: https://shop.example"
    update.save()

    with pytest.raises(DraftRefused):
        asked(network, update)
    assert not Mailing.objects.exists()


@pytest.mark.parametrize("window", [1, 4, 16])
def test_after_a_pause_at_most_one_window_still_leaves_and_it_goes_on_when_told(network: Network, window: int) -> None:
    network.add(*(f"p{number:02}" for number in range(40)))
    update = make_update(network)
    asked(network, update)
    spy = Spy(window, after=5, act=lambda: pause(office_of(network), update))
    outfit = outfit_for(network, "", transport=spy)

    work(network, outfit)
    assert 5 <= len(spy.carried) <= 5 + window
    assert state(update) == "paused"
    assert Delivery.objects.filter(state="queued").count() == 40 - len(spy.carried)

    resume(office_of(network), update)
    work(network, outfit)
    assert len(spy.carried) == len(set(spy.carried)) == 40
    assert state(update) == "done"


@pytest.mark.parametrize("window", [1, 4, 16])
def test_after_a_cancel_at_most_one_window_still_leaves_and_what_waited_is_taken_back(
    network: Network, window: int
) -> None:
    network.add(*(f"p{number:02}" for number in range(40)))
    update = make_update(network)
    asked(network, update)
    spy = Spy(window, after=5, act=lambda: cancel(office_of(network), update))
    outfit = outfit_for(network, "", transport=spy)

    work(network, outfit)
    work(network, outfit)

    assert 5 <= len(spy.carried) <= 5 + window
    assert state(update) == "cancelled"
    assert Mailing.objects.get().finished_at is not None
    assert Delivery.objects.count() == len(spy.carried), "what was accepted stays, the rest is as if never planned"


def test_a_cancelled_mailing_waits_for_the_copies_that_a_worker_still_holds(network: Network) -> None:
    network.add("alice", "bob")
    update = make_update(network)
    asked(network, update)
    outfit = outfit_for(network, "", transport=Spy(1))
    tend(office_of(network), outfit)
    Delivery.objects.filter(person__first_name="Bob").update(
        state="attempting", claimed_by="another", claimed_until=network.clock.now + timedelta(minutes=5)
    )

    cancel(office_of(network), update)
    work(network, outfit)
    assert Mailing.objects.get().finished_at is None
    assert network.states(update) == {"bob": "attempting"}

    Delivery.objects.update(state="queued")
    work(network, outfit)
    assert Mailing.objects.get().finished_at is not None
    assert network.states(update) == {}


def test_a_copy_that_something_came_back_about_stays_refused_when_its_mailing_is_called_off(network: Network) -> None:
    network.add("alice", "bob")
    update = make_update(network)
    asked(network, update)
    outfit = outfit_for(network, "", transport=Spy(1))
    tend(office_of(network), outfit)
    network.comes_back(Delivery.objects.get(person__first_name="Bob"))

    cancel(office_of(network), update)
    work(network, outfit)
    connection.check_constraints()

    assert Mailing.objects.get().finished_at is not None
    assert network.states(update) == {"bob": "refused"}
    assert Delivery.objects.get().reply == "Not sent: the mailing was called off."


@pytest.mark.parametrize(
    ("before", "acts"),
    [
        ("sending", [schedule]),
        ("paused", [schedule, pause]),
        ("done", [pause, resume, cancel]),
        ("cancelled", [pause, resume, cancel]),
        ("scheduled", [resume]),
        ("sending", [resume]),
    ],
)
def test_what_makes_no_sense_is_refused_and_changes_nothing(
    network: Network, before: str, acts: list[Callable[..., object]]
) -> None:
    update = make_update(network)
    asked(network, update)
    Mailing.objects.update(state=before)

    for act in acts:
        with pytest.raises(MailingElsewhere, match=f"it is '{before}'"):
            asked(network, update) if act is schedule else act(office_of(network), update)
    assert state(update) == before


def test_an_update_never_left_to_the_workers_can_not_be_paused(network: Network) -> None:
    with pytest.raises(MailingUnknown, match="never handed to the workers"):
        pause(office_of(network), make_update(network))


def test_a_server_that_does_not_want_the_sender_stops_it_until_the_owner_has_seen_to_it(
    network: Network, mail_server: MailServer
) -> None:
    network.add("alice", "bob")
    update = make_update(network)
    asked(network, update)
    mail_server.faults.append(Fault(Stage.MAIL, "550 5.7.1 Sender blocked"))
    said: list[str] = []
    outfit = outfit_for(network, mail_server.url, said=said)

    work(network, outfit)
    assert state(update) == "stopped"
    assert "5.7.1" in mailing_of(network.owner, update).note
    assert "5.7.1" in said[0]

    mail_server.faults.clear()
    resume(office_of(network), update)
    network.clock.now += timedelta(hours=1)
    work(network, outfit)
    assert sorted(mail_server.receivers()) == ["alice@people.test", "bob@people.test"]
    assert (state(update), mailing_of(network.owner, update).note) == ("done", "")


def test_a_server_out_of_reach_is_tried_again_after_growing_pauses(network: Network) -> None:
    network.add("alice")
    update = make_update(network)
    asked(network, update)
    outfit = outfit_for(network, "smtp://127.0.0.1:9")

    work(network, outfit)
    first = mailing_of(network.owner, update)
    assert (first.state, first.failures) == ("sending", 1)
    assert first.next_at is not None
    assert tend(office_of(network), outfit) == []

    network.clock.now = first.next_at
    work(network, outfit)
    second = mailing_of(network.owner, update)
    assert second.failures == 2
    assert second.next_at is not None
    assert second.next_at - network.clock.now > timedelta(seconds=50)


def test_copies_refused_for_now_keep_it_open_until_they_are_settled(network: Network, mail_server: MailServer) -> None:
    network.add("alice", "bob")
    update = make_update(network)
    asked(network, update)
    mail_server.faults.append(Fault(Stage.RCPT, "450 4.2.0 Greylisted", receiver="bob@people.test"))
    outfit = outfit_for(network, mail_server.url)

    work(network, outfit)
    assert state(update) == "sending"
    assert network.states(update) == {"alice": "accepted", "bob": "deferred"}

    mail_server.faults.clear()
    network.clock.now += timedelta(hours=1)
    work(network, outfit)
    assert state(update) == "done"
    assert network.states(update) == {"alice": "accepted", "bob": "accepted"}


def test_a_worker_told_to_end_leaves_the_rest_to_the_others(network: Network) -> None:
    network.add(*(f"p{number:02}" for number in range(10)))
    update = make_update(network)
    asked(network, update)
    spy = Spy(1)
    ending = outfit_for(network, "", transport=spy, should_stop=lambda: len(spy.carried) >= 4)
    (mailing,) = tend(office_of(network), ending)
    send_stint(office_of(network), mailing, ending)
    assert len(spy.carried) == 4
    assert state(update) == "sending"

    other = Spy(1)
    work(network, outfit_for(network, "", transport=other))
    assert sorted(spy.carried + other.carried) == [f"p{number:02}@people.test" for number in range(10)]
    assert state(update) == "done"


def test_the_pace_of_the_mail_account_holds_for_all_workers_together(network: Network) -> None:
    network.add(*(f"p{number:02}" for number in range(7)))
    update = make_update(network)
    asked(network, update)
    pace = Pace(name="p", account=Caps(hour=3))
    one, other = Spy(2), Spy(2)

    work(network, outfit_for(network, "", transport=one, pace=pace))
    work(network, outfit_for(network, "", transport=other, pace=pace))
    waiting = mailing_of(network.owner, update)
    assert (len(one.carried), len(other.carried)) == (3, 0)
    assert waiting.next_at is not None
    assert waiting.next_at - network.clock.now > timedelta(minutes=30)
    assert "hour" in waiting.note

    for _ in range(3):
        next_at = mailing_of(network.owner, update).next_at
        network.clock.now = max(network.clock.now, next_at or network.clock.now)
        work(network, outfit_for(network, "", transport=other, pace=pace))
    assert sorted(one.carried + other.carried) == [f"p{number:02}@people.test" for number in range(7)]
    assert state(update) == "done"


def test_with_care_only_the_safest_part_gets_it_and_to_go_on_adds_nobody(network: Network) -> None:
    """Of 120 connections from before the terms too many complaints are expected for one careful sending."""
    network.add(*(f"p{number:03}" for number in range(120)), opted_in=False)
    update = make_update(network)
    spy = Spy(8, 8, lambda: pause(office_of(network), update))
    outfit = replace(outfit_for(network, "", transport=spy), rulebook=lambda _office: read_rulebook("", "opt_out_list"))
    now = network.clock()
    schedule(office_of(network), update, now, now=now, asked_by="a test", is_careful=True)

    work(network, outfit)
    assert state(update) == "paused"
    careful = Delivery.objects.filter(update=update).count()
    assert 8 < careful < 120

    resume(office_of(network), update)
    work(network, outfit)
    assert state(update) == "done"
    assert len(spy.carried) == careful == Delivery.objects.filter(update=update).count()

    now = network.clock()
    schedule(office_of(network), update, now, now=now, asked_by="a test", is_careful=True)
    work(network, outfit)
    assert careful < len(spy.carried) == len(set(spy.carried)) <= 120
