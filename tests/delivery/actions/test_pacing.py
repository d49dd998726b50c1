"""Keeping the pace of a mail account in runs, across runs, and among several at once."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, time, timedelta
from itertools import pairwise
from pathlib import Path

import pytest
from django.db import connection

from goodterms.delivery.actions.pacing import Pacer
from goodterms.delivery.actions.run import run
from goodterms.delivery.models import Delivery, Traffic
from goodterms.delivery.queries import waiting_by_receiver
from goodterms.delivery.rules.outcomes import RunOutcome
from goodterms.delivery.rules.pacing import Caps, Pace, Ramp, Why
from goodterms.delivery.rules.replies import Reply, Step
from goodterms.delivery.vehicles.transport import Answered, Letter, SenderRefused
from goodterms.updates.models import Update
from tests.delivery.network import NOW, Network
from tests.servers.mail import Fault, MailServer, Stage

PERSONAL = Pace(name="personal", account=Caps(day=5), gap_seconds=(20, 60), hours=(time(8), time(20)), connections=1)


class Hands:
    """A transport that takes what is given to it and remembers when."""

    window = 4

    def __init__(self, network: Network, answer: Callable[[int], str] = lambda _count: "250 2.0.0 OK") -> None:
        self.network, self.answer = network, answer
        self.left: list[tuple[str, datetime]] = []
        self.opened = 0

    def open(self) -> None:
        self.opened += 1

    def carry(self, letters: Iterable[Letter]) -> Iterator[list[Answered]]:
        for letter in letters:
            code, _, text = self.answer(len(self.left)).partition(" ")
            self.left.append((letter.to, self.network.clock.now))
            yield [(letter, Reply(code=int(code), text=text, step=Step.MAIL if code != "250" else Step.END))]

    def close(self) -> None:
        pass

    def gaps(self) -> list[int]:
        """The seconds between one and the next."""
        times = [at for _, at in self.left]
        return [round((after - before).total_seconds()) for before, after in pairwise(times)]


def pacer_of(network: Network, pace: Pace, dice: Callable[[], float] = lambda: 0.5) -> Pacer:
    def rest(until: datetime) -> None:
        assert until > network.clock.now
        network.clock.now = until

    return Pacer(owner=network.owner, account="ann smtp.test", pace=pace, zone=UTC, rest=rest, dice=dice)


def planned(network: Network, *names: str, count: int = 0) -> Update:
    network.add(*names, *(f"p{number:02}" for number in range(count)))
    update = network.update()
    network.plan(update)
    return update


def send(network: Network, update: Update, pace: Pace, hands: Hands) -> RunOutcome:
    return run(network.owner, update, network.means(hands, pacer=pacer_of(network, pace)))


def test_a_personal_mailbox_sends_one_by_one_and_ends_at_its_limit_saying_until_when(network: Network) -> None:
    update, hands = planned(network, count=8), Hands(network)

    outcome = send(network, update, PERSONAL, hands)

    assert (outcome.accepted, len(hands.left)) == (5, 5)
    assert hands.gaps() == [40, 40, 40, 40]
    assert hands.opened == 1
    assert outcome.wait
    assert outcome.wait.why is Why.DAY
    assert timedelta(hours=24) < outcome.wait.until - NOW < timedelta(hours=26)
    assert Counter(network.states(update).values()) == {"accepted": 5, "queued": 3}


def test_what_left_counts_for_the_next_run_too_and_for_every_update(network: Network) -> None:
    first, other = planned(network, count=4), network.update("Other")
    network.plan(other)
    send(network, first, PERSONAL, Hands(network))
    network.clock.now += timedelta(minutes=5)

    hands = Hands(network)
    outcome = send(network, other, PERSONAL, hands)
    assert (outcome.accepted, outcome.wait and outcome.wait.why) == (1, Why.DAY)

    again = send(network, other, PERSONAL, hands)
    assert (again.accepted, again.wait, hands.opened) == (0, outcome.wait, 1), "not even a connection"


def test_said_again_when_it_said_it_goes_on(network: Network) -> None:
    update, hands = planned(network, count=8), Hands(network)
    outcome = send(network, update, PERSONAL, hands)
    assert outcome.wait
    network.clock.now = outcome.wait.until

    assert send(network, update, PERSONAL, hands).accepted == 3
    assert set(network.states(update).values()) == {"accepted"}


def test_at_night_nothing_leaves_and_a_short_wait_is_waited_for(network: Network) -> None:
    update, hands = planned(network, count=1), Hands(network)
    network.clock.now = NOW.replace(hour=21)
    night = send(network, update, PERSONAL, hands)
    assert (night.accepted, night.wait and night.wait.why) == (0, Why.HOURS)

    network.clock.now = NOW.replace(day=3, hour=7, minute=30)
    assert send(network, update, PERSONAL, hands).accepted == 1
    assert hands.left[0][1] >= NOW.replace(day=3, hour=8)


@pytest.mark.parametrize(
    "pace",
    [
        Pace(name="p", account=Caps(minute=3)),
        Pace(name="p", account=Caps(minute=3, hour=9)),
        Pace(name="p", gap_seconds=(10, 50)),
        Pace(name="p", domain=Caps(minute=2)),
    ],
)
def test_a_run_ends_when_the_forecast_says(network: Network, pace: Pace) -> None:
    update, hands = planned(network, count=14), Hands(network)
    ends_at = pacer_of(network, pace).ends_at(waiting_by_receiver(network.owner, update), now=network.clock())

    assert send(network, update, pace, hands).accepted == 14
    assert abs((hands.left[-1][1] - ends_at).total_seconds()) < 6


def test_one_full_domain_does_not_hold_up_the_others(network: Network) -> None:
    for number in range(6):
        network.add(f"g{number}", address=f"g{number}@{'gmail.com' if number % 2 else 'googlemail.com'}")
    update, hands = planned(network, "alice", "bob"), Hands(network)

    outcome = send(network, update, Pace(name="p", domain=Caps(minute=2)), hands)

    assert outcome.accepted == 8
    first_minute = [to for to, at in hands.left if at < NOW + timedelta(seconds=30)]
    assert first_minute == ["g0@googlemail.com", "g1@gmail.com", "alice@people.test", "bob@people.test"]
    assert hands.gaps()[3:] == [65, 0, 65, 0]


def test_of_a_window_that_is_not_wholly_granted_the_others_wait_unharmed(network: Network) -> None:
    update, hands = planned(network, count=6), Hands(network)
    pace = Pace(name="p", account=Caps(day=3))

    assert send(network, update, pace, hands).accepted == 3
    waiting = Delivery.objects.filter(state="queued")
    assert [(copy.attempts, copy.first_tried_at) for copy in waiting] == [(0, None)] * 3


def test_asked_to_slow_down_it_pauses_longer_each_time_and_then_goes_on(network: Network) -> None:
    update = planned(network, count=8)
    answers = {1: "421 4.7.0 Too fast", 3: "451 4.7.1 Slow down"}
    hands = Hands(network, lambda count: answers.get(count, "250 2.0.0 OK"))
    hands.window = 1

    outcome = send(network, update, Pace(name="p", account=Caps(day=900)), hands)

    assert (outcome.accepted, outcome.deferred, outcome.wait) == (6, 2, None)
    assert hands.gaps() == [0, 60, 0, 60, 0, 0, 0]
    assert Traffic.objects.get().reply == "451 4.7.1 Slow down"


def test_a_server_that_never_lets_up_ends_the_run_with_a_time_and_no_blame(network: Network) -> None:
    update, hands = planned(network, count=20), Hands(network, lambda _count: "421 4.7.0 Not now")
    hands.window = 1

    outcome = send(network, update, Pace(name="p", account=Caps(day=900)), hands)

    assert hands.gaps() == [60, 120, 240, 480]
    assert outcome.wait
    assert round((outcome.wait.until - hands.left[-1][1]).total_seconds()) == 960
    assert Counter(network.states(update).values()) == {"deferred": 5, "queued": 15}


def test_over_its_daily_limit_the_account_is_left_alone(network: Network, mail_server: MailServer) -> None:
    update = planned(network, "alice", "bob", "carol")
    mail_server.faults = [Fault(Stage.MAIL, "550 5.4.5 Daily user sending limit exceeded")]
    means = network.means_for(mail_server.url)
    means = network.means(means.transport, pacer=pacer_of(network, Pace(name="p", account=Caps(day=900))))

    with pytest.raises(SenderRefused, match=r"5\.4\.5 Daily user sending limit exceeded.*3 wait"):
        run(network.owner, update, means)
    mail_server.faults = []
    outcome = run(network.owner, update, means)

    assert outcome.wait
    assert outcome.wait.why is Why.BACK_OFF
    assert means.pacer.asked() == "550 5.4.5 Daily user sending limit exceeded"
    assert (mail_server.received, outcome.accepted) == ([], 0)
    network.clock.now = outcome.wait.until + timedelta(minutes=30)
    assert run(network.owner, update, means).accepted == 3


def test_asked_to_stop_while_it_waits_it_ends(network: Network) -> None:
    update, hands = planned(network, count=3), Hands(network)
    pacer = pacer_of(network, PERSONAL)

    outcome = run(network.owner, update, network.means(hands, pacer=pacer), should_stop=lambda: len(hands.left) == 2)

    assert outcome.accepted == 2
    assert sorted(network.states(update).values()) == ["accepted", "accepted", "queued"]


def test_an_exit_taken_while_it_waits_is_obeyed(network: Network) -> None:
    people = network.add("alice", "bob")
    update = network.update()
    network.plan(update)
    hands = Hands(network)
    pacer = pacer_of(network, PERSONAL)
    rest = pacer.rest

    def stop_and_rest(until: datetime) -> None:
        network.stop(people[1])
        rest(until)

    pacer.rest = stop_and_rest

    assert run(network.owner, update, network.means(hands, pacer=pacer)).accepted == 1
    assert [to for to, _ in hands.left] == ["alice@people.test"]


def test_a_domain_that_nothing_left_to_for_days_is_forgotten(network: Network) -> None:
    pace = Pace(name="p", domain=Caps(minute=5), ramp=Ramp(first=50, factor=2, until=100))
    send(network, planned(network, "alice"), pace, Hands(network))
    assert {row.domain for row in Traffic.objects.all()} == {"", "people.test"}

    pacer_of(network, pace).forget(now=NOW + timedelta(days=3))
    assert {row.domain for row in Traffic.objects.all()} == {""}


def test_an_unlimited_run_writes_no_traffic(network: Network) -> None:
    send(network, planned(network, count=5), Pace(name="unlimited"), Hands(network))
    assert not Traffic.objects.exists()


def test_several_at_once_are_counted_together(committed_db: dict[str, str], data_folder: Path) -> None:
    network = Network(data_folder)
    pace = Pace(name="p", account=Caps(minute=25))

    def take(_number: int) -> int:
        try:
            pacer = Pacer(owner=network.owner, account="ann smtp.test", pace=pace)
            return sum(len(pacer.take(["people.test"] * 3, now=NOW).places) for _ in range(5))
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as threads:
        assert sum(threads.map(take, range(4))) == 25
