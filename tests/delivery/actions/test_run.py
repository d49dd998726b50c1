"""Sending: what happens to each copy, and what the ledger gets to know."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing
from datetime import timedelta
from email import message_from_bytes

import pytest

from goodterms.delivery.actions.claim import LEASE
from goodterms.delivery.actions.run import run
from goodterms.delivery.journal import read_journal
from goodterms.delivery.models import Delivery, JournalMark
from goodterms.delivery.rules.outcomes import RunOutcome
from goodterms.delivery.rules.replies import Reply, Result, Step
from goodterms.delivery.vehicles.transport import Answered, Letter, MessageRefused, SenderRefused, ServerUnreachable
from goodterms.ledger.rules.kinds import Kind
from goodterms.lib.canonical import sha256_hex
from goodterms.people.models import Identity, Person
from goodterms.policy.rules import Reason
from goodterms.updates.models import Update
from tests.delivery.network import NOW, ONE_BY_ONE, Network
from tests.servers.mail import Fault, MailServer, Stage


def planned(network: Network, **options: str) -> Update:
    update = network.update(**options)
    network.plan(update)
    return update


def counts(outcome: RunOutcome) -> dict[str, int]:
    return {result.value: count for result in Result if (count := getattr(outcome, result.value))}


def test_everybody_gets_their_copy_once_however_often_it_is_sent(network: Network, mail_server: MailServer) -> None:
    network.add("alice", "bob", "carol")
    update = planned(network)

    first = run(network.owner, update, network.means_for(mail_server.url))
    again = run(network.owner, update, network.means_for(mail_server.url))

    assert counts(first) == {"accepted": 3}
    assert first.seconds > 0
    assert again == RunOutcome()
    assert sorted(mail_server.receivers()) == ["alice@people.test", "bob@people.test", "carol@people.test"]
    assert set(network.states(update).values()) == {"accepted"}


def test_the_ledger_has_what_was_accepted_with_the_hash_of_the_copy(network: Network, mail_server: MailServer) -> None:
    (alice,) = network.add("alice")
    update = planned(network)

    run(network.owner, update, network.means_for(mail_server.url))

    (entry,) = network.told(alice, Kind.UPDATE_ACCEPTED, Kind.WELCOME_SENT)
    (mail,) = mail_server.received
    assert entry.kind is Kind.UPDATE_ACCEPTED
    assert entry.detail == {
        "copy_sha256": sha256_hex(mail.content),
        "message_id": message_from_bytes(mail.content)["Message-ID"],
        "reply": "250 2.0.0 kept as 1",
        "update": update.uid,
        "update_sha256": update.sha256,
        "vehicle": "email",
    }
    copy = Delivery.objects.get()
    assert (copy.attempts, copy.reply, copy.finished_at) == (1, "250 2.0.0 kept as 1", entry.occurred_at)


def test_a_welcome_message_is_recorded_as_one(network: Network, mail_server: MailServer) -> None:
    (alice,) = network.add("alice")

    run(network.owner, planned(network, kind="welcome"), network.means_for(mail_server.url))

    assert [entry.kind for entry in network.told(alice, Kind.UPDATE_ACCEPTED, Kind.WELCOME_SENT)] == [Kind.WELCOME_SENT]


def test_an_exit_taken_after_planning_is_obeyed_and_leaves_no_trace_of_a_copy(
    network: Network, mail_server: MailServer
) -> None:
    alice, _bob = network.add("alice", "bob")
    update = planned(network)
    network.stop(alice)

    outcome = run(network.owner, update, network.means_for(mail_server.url))

    assert counts(outcome) == {"accepted": 1}
    assert outcome.skipped == {Reason.STOPPED: 1}
    assert mail_server.receivers() == ["bob@people.test"]
    assert network.states(update) == {"bob": "accepted"}


def test_an_exit_taken_while_the_run_is_at_work_is_obeyed(network: Network, mail_server: MailServer) -> None:
    people = network.add(*"abcde")
    update = planned(network)
    transport = network.means_for(mail_server.url, ONE_BY_ONE).transport
    spy = Interrupting(transport.carry, after=2, act=lambda: network.stop(*people[2:]))

    with closing(transport):
        outcome = run(network.owner, update, network.means(spy))

    assert counts(outcome) == {"accepted": 2}
    assert outcome.skipped == {Reason.STOPPED: 3}
    assert mail_server.receivers() == ["a@people.test", "b@people.test"]


@pytest.mark.parametrize("window", [1, 4, 16])
def test_after_an_exit_at_most_one_window_of_copies_can_still_leave(network: Network, window: int) -> None:
    people = network.add(*(f"p{number:02}" for number in range(40)))
    update = planned(network)
    carried: list[str] = []

    def carry(letters: Iterable[Letter]) -> Iterator[Sequence[Answered]]:
        for letter in letters:
            carried.append(letter.to)
            yield [(letter, Reply(code=250, text="", step=Step.END))]

    transport = Interrupting(carry, after=5, act=lambda: network.stop(*people))
    transport.window = window
    run(network.owner, update, network.means(transport))

    assert len(carried) < 5 + window


class Interrupting:
    """A transport during whose work something happens."""

    window = 1

    def __init__(
        self,
        carry: Callable[[Iterable[Letter]], Iterator[Sequence[Answered]]],
        *,
        after: int,
        act: Callable[[], object],
    ) -> None:
        self._carry, self._left, self._act = carry, after, act

    def open(self) -> None:
        pass

    def carry(self, letters: Iterable[Letter]) -> Iterator[Sequence[Answered]]:
        for answered in self._carry(letters):
            yield answered
            self._left -= 1
            if self._left == 0:
                self._act()

    def close(self) -> None:
        pass


def accept_all(letters: Iterable[Letter]) -> Iterator[Sequence[Answered]]:
    for letter in letters:
        yield [(letter, Reply(code=250, text="2.0.0 OK", step=Step.END))]


def test_an_address_that_is_no_longer_theirs_gets_nothing(network: Network, mail_server: MailServer) -> None:
    (alice,) = network.add("alice")
    update = planned(network)
    Identity.objects.filter(person=alice).update(is_current=False)

    outcome = run(network.owner, update, network.means_for(mail_server.url))

    assert outcome.skipped == {Reason.ADDRESS_WITHDRAWN: 1}
    assert mail_server.received == []
    assert network.states(update) == {}


def test_an_address_that_does_not_exist_is_stopped_and_the_others_get_theirs(
    network: Network, mail_server: MailServer
) -> None:
    alice, _bob = network.add("alice", "bob")
    update = planned(network)
    mail_server.faults = [Fault(Stage.RCPT, "550 5.1.1 <alice@people.test> unknown", receiver="alice@people.test")]

    outcome = run(network.owner, update, network.means_for(mail_server.url))

    assert counts(outcome) == {"accepted": 1, "refused": 1}
    (entry,) = network.told(alice, Kind.ADDRESS_BOUNCED)
    assert (entry.detail["status"], entry.detail["reply"]) == ("5.1.1", "550 5.1.1 <(address)> unknown")
    again = network.plan(network.update("Next"), now=NOW + timedelta(days=90))
    assert again.refuse == {Reason.ADDRESS_BOUNCED: 1}


def test_a_refusal_that_is_not_about_the_address_for_good_stops_no_address(
    network: Network, mail_server: MailServer
) -> None:
    (alice,) = network.add("alice")
    update = planned(network)
    mail_server.faults = [Fault(Stage.RCPT, "550 mailbox unavailable")]

    assert counts(run(network.owner, update, network.means_for(mail_server.url))) == {"refused": 1}
    assert network.told(alice, Kind.ADDRESS_BOUNCED) == []


def test_a_copy_refused_for_now_waits_longer_each_time_and_is_given_up_after_five_days(
    network: Network, mail_server: MailServer
) -> None:
    network.add("alice")
    update = planned(network)
    mail_server.faults = [Fault(Stage.RCPT, "450 4.2.1 Busy")]
    means = network.means_for(mail_server.url)

    assert counts(run(network.owner, update, means)) == {"deferred": 1}
    assert run(network.owner, update, means) == RunOutcome()
    tries = 1
    while Delivery.objects.get().state == "deferred":
        network.clock.now = Delivery.objects.get().due_at
        run(network.owner, update, means)
        tries += 1

    copy = Delivery.objects.get()
    assert (copy.state, copy.attempts, tries) == ("refused", 19, 19)
    assert network.clock.now - NOW < timedelta(days=5)


def test_a_copy_refused_for_now_arrives_later(network: Network, mail_server: MailServer) -> None:
    network.add("alice")
    update = planned(network)
    mail_server.faults = [Fault(Stage.RCPT, "450 4.2.1 Busy", times=1)]
    means = network.means_for(mail_server.url)

    run(network.owner, update, means)
    network.clock.now += timedelta(minutes=31)

    assert counts(run(network.owner, update, means)) == {"accepted": 1}
    assert Delivery.objects.get().attempts == 2


@pytest.mark.parametrize("closes", [True, False])
def test_without_an_answer_to_the_final_dot_a_copy_is_unknown_and_never_sent_again(
    network: Network, mail_server: MailServer, closes: bool
) -> None:
    alice, _bob = network.add("alice", "bob")
    update = planned(network)
    mail_server.faults = [Fault(Stage.CONTENT, receiver="alice@people.test", closes=closes, keeps=True)]
    means = network.means_for(mail_server.url)

    assert counts(run(network.owner, update, means)) == {"accepted": 1, "unknown": 1}
    network.clock.now += timedelta(days=2)
    assert run(network.owner, update, means) == RunOutcome()

    assert network.states(update) == {"alice": "unknown", "bob": "accepted"}
    assert sorted(mail_server.receivers()) == ["alice@people.test", "bob@people.test"]
    assert network.told(alice, Kind.UPDATE_ACCEPTED) == []


def test_a_connection_lost_before_the_final_dot_leaves_the_copy_waiting(
    network: Network, mail_server: MailServer
) -> None:
    network.add("alice", "bob")
    update = planned(network)
    mail_server.faults = [Fault(Stage.RCPT, receiver="alice@people.test", closes=True, times=1)]
    means = network.means_for(mail_server.url)

    assert counts(run(network.owner, update, means)) == {"accepted": 1, "returned": 1}
    network.clock.now += timedelta(seconds=2)
    assert counts(run(network.owner, update, means)) == {"accepted": 1}
    assert sorted(mail_server.receivers()) == ["alice@people.test", "bob@people.test"]


@pytest.mark.parametrize(
    "fault",
    [
        Fault(Stage.MAIL, "550 5.7.1 Not from you", times=1),
        Fault(Stage.CONTENT, "550 5.7.26 DMARC", times=1),
        Fault(Stage.RCPT, "554 5.7.1 Blocked for spam", times=1),
    ],
)
def test_a_refused_sender_stops_the_run_at_once_and_nobody_is_blamed(
    network: Network, mail_server: MailServer, fault: Fault
) -> None:
    people = network.add("alice", "bob", "carol")
    update = planned(network)
    mail_server.faults = [fault]

    with pytest.raises(SenderRefused, match=r"does not want this mail from ann@owner.test: 55.*3 wait") as caught:
        run(network.owner, update, network.means_for(mail_server.url))

    assert counts(caught.value.outcome) == {"deferred": 1}
    assert network.states(update) == {"alice": "deferred", "bob": "queued", "carol": "queued"}
    assert [network.told(person, Kind.ADDRESS_BOUNCED) for person in people] == [[], [], []]


def test_what_was_accepted_before_the_sender_was_refused_stays_so(network: Network, mail_server: MailServer) -> None:
    network.add("alice", "bob", "carol")
    update = planned(network)
    mail_server.faults = [Fault(Stage.CONTENT, "550 5.7.1 Enough", receiver="bob@people.test")]

    with pytest.raises(SenderRefused, match="1 copies were accepted and stay so; 2 wait"):
        run(network.owner, update, network.means_for(mail_server.url, ONE_BY_ONE))

    assert network.states(update) == {"alice": "accepted", "bob": "deferred", "carol": "queued"}


def test_three_failures_of_the_server_in_a_row_end_the_run(network: Network, mail_server: MailServer) -> None:
    network.add(*"abcdef")
    update = planned(network)
    mail_server.faults = [Fault(Stage.CONTENT, "451 4.3.0 Trouble")]

    with pytest.raises(ServerUnreachable, match=r"451 4\.3\.0 Trouble"):
        run(network.owner, update, network.means_for(mail_server.url))

    assert sorted(network.states(update).values()) == ["deferred"] * 3 + ["queued"] * 3


def test_a_message_too_big_for_the_server_is_tried_once(network: Network, mail_server: MailServer) -> None:
    network.add("alice", "bob")
    update = planned(network)
    mail_server.faults = [Fault(Stage.CONTENT, "552 5.3.4 Too big")]

    with pytest.raises(MessageRefused, match="Write the update anew"):
        run(network.owner, update, network.means_for(mail_server.url))
    assert network.states(update) == {"alice": "refused", "bob": "queued"}


def test_a_server_out_of_reach_leaves_everything_as_it_was(network: Network) -> None:
    network.add("alice")
    update = planned(network)
    before = Delivery.objects.values().get()

    with pytest.raises(ServerUnreachable, match="can't be reached"):
        run(network.owner, update, network.means_for("smtp://127.0.0.1:1"))
    assert Delivery.objects.values().get() == before


def test_asked_to_stop_it_finishes_what_is_under_way_and_the_others_wait(network: Network) -> None:
    network.add(*"abcdefghijklmnopqrstuvwxyz")
    update = planned(network)
    stopping: list[bool] = []
    transport = Interrupting(accept_all, after=3, act=lambda: stopping.append(True))

    outcome = run(network.owner, update, network.means(transport), should_stop=lambda: bool(stopping))

    assert counts(outcome) == {"accepted": 3}
    assert sorted(network.states(update).values()) == ["accepted"] * 3 + ["queued"] * 23


def break_off() -> None:
    raise KeyboardInterrupt


def test_broken_off_by_force_it_still_writes_down_what_it_knows(network: Network) -> None:
    network.add(*"abcde")
    update = planned(network)

    def carry(letters: Iterable[Letter]) -> Iterator[Sequence[Answered]]:
        yield from accept_all([next(iter(letters))])
        next(iter(letters))
        break_off()

    with pytest.raises(KeyboardInterrupt):
        run(network.owner, update, network.means(Interrupting(carry, after=0, act=break_off)))

    assert sorted(network.states(update).values()) == ["accepted", *["queued"] * 3, "unknown"]


def test_a_transport_with_a_window_has_its_intents_written_before_it_gets_them(network: Network) -> None:
    network.add(*"abcdefg")
    update = planned(network)
    seen: list[int] = []

    def carry(letters: Iterable[Letter]) -> Iterator[Sequence[Answered]]:
        for letter in letters:
            (path,) = (network.folder / "journal" / network.owner.uid).iterdir()
            seen.append(sum(record.message_id == letter.message_id for record in read_journal(path).records))
            yield [(letter, Reply(code=250, text="", step=Step.END))]

    transport = Interrupting(carry, after=0, act=break_off)
    transport.window = 4

    assert counts(run(network.owner, update, network.means(transport))) == {"accepted": 7}
    assert seen == [1] * 7


def test_progress_is_told_after_each_batch(network: Network) -> None:
    network.add(*(f"p{n:02}" for n in range(20)))
    told: list[RunOutcome] = []

    run(
        network.owner,
        planned(network),
        network.means(Interrupting(accept_all, after=0, act=break_off)),
        progress=told.append,
    )

    assert [outcome.accepted for outcome in told] == [16, 20]


def test_the_database_knows_how_far_it_has_taken_the_journal_in(network: Network, mail_server: MailServer) -> None:
    network.add("alice", "bob")

    run(network.owner, planned(network), network.means_for(mail_server.url))

    mark = JournalMark.objects.get()
    path = network.folder / "journal" / network.owner.uid / f"{mark.file}.jsonl"
    assert mark.offset == path.stat().st_size
    assert len(read_journal(path).records) == 4
    assert b"people.test" not in path.read_bytes()


def test_a_claim_that_ran_out_while_the_machine_slept_is_given_up(network: Network) -> None:
    network.add("alice", "bob", "carol")
    update = planned(network)
    transport = Interrupting(accept_all, after=1, act=lambda: sleep(network))

    outcome = run(network.owner, update, network.means(transport))

    assert counts(outcome) == {"accepted": 3}
    assert outcome.seconds > LEASE.total_seconds()
    assert set(network.states(update).values()) == {"accepted"}


def sleep(network: Network) -> None:
    network.clock.now += LEASE


def test_of_somebody_erased_while_their_copy_was_under_way_the_ledger_takes_in_nothing(network: Network) -> None:
    (alice,) = network.add("alice")
    update = planned(network)
    transport = Interrupting(
        accept_all, after=1, act=lambda: Person.objects.filter(pk=alice.pk).update(erased_at=network.clock())
    )

    assert counts(run(network.owner, update, network.means(transport))) == {"accepted": 1}
    assert network.told(alice, Kind.UPDATE_ACCEPTED) == []
