"""Bringing database and journal together after a crash, and after an older database was put back."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from goodterms.accounts.office import Office
from goodterms.delivery.actions.claim import LEASE, claim, hand_over
from goodterms.delivery.actions.reconcile import Reconciled, reconcile_journal
from goodterms.delivery.actions.run import run
from goodterms.delivery.actions.settle import settle
from goodterms.delivery.journal import Journal, read_journal
from goodterms.delivery.models import Delivery, JournalMark
from goodterms.delivery.rules.outcomes import RunOutcome
from goodterms.delivery.rules.records import Intent, Outcome, write_record
from goodterms.delivery.rules.replies import Result
from goodterms.exits.actions.strangers import exit_of_stranger
from goodterms.exits.models import Suppression
from goodterms.exits.queries import suppressed_elsewhere
from goodterms.ledger.queries.entries import entries_of
from goodterms.ledger.rules.kinds import Kind
from goodterms.people.models import StrayNumber
from goodterms.updates.models import Update
from tests.delivery.network import NOW, Network, State
from tests.servers.mail import MailServer


def planned(network: Network, *names: str) -> Update:
    network.add(*names)
    update = network.update()
    network.plan(update)
    return update


def journal_folder(network: Network) -> Path:
    return network.folder / "journal"


def reconcile(network: Network) -> Reconciled:
    return reconcile_journal(network.owner, journal_folder(network), now=network.clock())


def intent_of(copy: Delivery) -> Intent:
    return Intent(
        message_id=copy.message_id,
        owner=copy.owner.uid,
        update=copy.update.uid,
        update_sha256=copy.update.sha256,
        kind=copy.update.kind,
        person=copy.person.uid,
        address_key=copy.address_key,
        vehicle=copy.vehicle,
        copy_sha256="cc",
        at=NOW,
    )


def outcome_of(copy: Delivery, result: Result, *, stops_address: bool = False) -> Outcome:
    reply = "550 5.1.1 Unknown" if result is Result.REFUSED else "250 OK"
    return Outcome(message_id=copy.message_id, result=result, stops_address=stops_address, reply=reply, at=NOW)


def crashed(network: Network, update: Update, write: Callable[[Journal, list[Delivery]], None]) -> None:
    """Leave behind what a worker does that claims everything, writes into its journal and dies."""
    with Journal(journal_folder(network) / network.owner.uid, "20261102T090000-dead") as journal:
        copies = claim(network.owner, update, journal.run, limit=16, due_by=network.clock.now, now=network.clock())
        write(journal, list(Delivery.objects.filter(pk__in=[copy.pk for copy in copies]).order_by("due_at", "id")))


def test_what_was_claimed_and_never_tried_waits_again(network: Network) -> None:
    update = planned(network, "alice", "bob")
    crashed(network, update, lambda _journal, _copies: None)

    assert reconcile(network) == Reconciled(released=2)
    assert network.states(update) == {"alice": "queued", "bob": "queued"}


def test_an_intent_without_an_outcome_is_unknown(network: Network) -> None:
    update = planned(network, "alice", "bob")
    crashed(network, update, lambda journal, copies: journal.intend([intent_of(copies[0])]))

    assert reconcile(network) == Reconciled(unknown=1, released=1)
    assert network.states(update) == {"alice": "unknown", "bob": "queued"}
    assert Delivery.objects.get(state="unknown").reply == "The run broke off before an answer was heard."


@pytest.mark.parametrize(
    ("result", "state", "kinds"),
    [
        (Result.ACCEPTED, "accepted", [Kind.UPDATE_ACCEPTED]),
        (Result.REFUSED, "refused", [Kind.ADDRESS_BOUNCED]),
        (Result.DEFERRED, "deferred", []),
        (Result.UNKNOWN, "unknown", []),
        (Result.RETURNED, "queued", []),
    ],
)
def test_an_outcome_that_the_database_lacks_is_written_with_its_ledger_entry(
    network: Network, result: Result, state: str, kinds: list[Kind]
) -> None:
    update = planned(network, "alice")
    copy = Delivery.objects.get()

    def write(journal: Journal, copies: list[Delivery]) -> None:
        journal.intend([intent_of(copies[0])])
        journal.conclude([outcome_of(copies[0], result, stops_address=result is Result.REFUSED)])

    crashed(network, update, write)

    assert reconcile(network) == Reconciled(**{result.value: 1})
    assert network.states(update) == {"alice": state}
    assert [entry.kind for entry in network.told(copy.person, Kind.UPDATE_ACCEPTED, Kind.ADDRESS_BOUNCED)] == kinds
    if state == "deferred":
        assert Delivery.objects.get().due_at == NOW + timedelta(minutes=30)


def test_doing_it_again_changes_nothing(network: Network) -> None:
    update = planned(network, "alice", "bob", "carol")

    def write(journal: Journal, copies: list[Delivery]) -> None:
        journal.intend([intent_of(copy) for copy in copies[:2]])
        journal.conclude([outcome_of(copies[0], Result.ACCEPTED)])

    crashed(network, update, write)
    reconcile(network)
    before = list(Delivery.objects.order_by("id").values())

    assert reconcile(network) == Reconciled()
    JournalMark.objects.all().delete()
    assert reconcile(network) == Reconciled()
    assert list(Delivery.objects.order_by("id").values()) == before
    assert len(network.told(Delivery.objects.get(state="accepted").person, Kind.UPDATE_ACCEPTED)) == 1


def test_a_run_that_is_at_work_is_left_alone(network: Network) -> None:
    update = planned(network, "alice")
    with Journal(journal_folder(network) / network.owner.uid, "20261102T090000-alive") as journal:
        (copy,) = claim(network.owner, update, journal.run, limit=1, due_by=NOW, now=NOW)
        hand_over(network.owner, journal.run, [copy.pk], now=NOW)
        journal.intend([intent_of(Delivery.objects.get(pk=copy.pk))])
        network.clock.now += LEASE * 2

        assert reconcile(network) == Reconciled()
    assert reconcile(network) == Reconciled(unknown=1)


def test_a_run_whose_journal_is_elsewhere_keeps_its_copies_for_its_lease_and_then_nobody_resends_them(
    network: Network,
) -> None:
    update = planned(network, "alice")
    (copy,) = claim(network.owner, update, "20261102T090000-elsewhere", limit=1, due_by=NOW, now=NOW)
    hand_over(network.owner, "20261102T090000-elsewhere", [copy.pk], now=NOW)

    assert reconcile(network) == Reconciled()
    network.clock.now += LEASE
    assert reconcile(network) == Reconciled(unknown=1)


@pytest.mark.parametrize("damage", [b"\0\0\n", b"not json\n"])
def test_where_the_journal_is_damaged_nothing_is_taken_for_unsent(network: Network, damage: bytes) -> None:
    update = planned(network, "alice", "bob")
    crashed(network, update, lambda journal, copies: journal.intend([intent_of(copies[0])]))
    (path,) = (journal_folder(network) / network.owner.uid).iterdir()
    with path.open("ab") as file:
        file.write(damage)

    assert reconcile(network) == Reconciled(unknown=2)
    assert network.states(update) == {"alice": "unknown", "bob": "unknown"}


def test_a_torn_last_line_loses_nothing(network: Network) -> None:
    update = planned(network, "alice", "bob")
    crashed(network, update, lambda journal, copies: journal.intend([intent_of(copies[0])]))
    (path,) = (journal_folder(network) / network.owner.uid).iterdir()
    with path.open("ab") as file:
        file.write(write_record(intent_of(Delivery.objects.get(person__first_name="Bob")))[:-9])

    assert reconcile(network) == Reconciled(unknown=1, released=1)
    assert network.states(update) == {"alice": "unknown", "bob": "queued"}


# After an older database was put back


def forget(network: Network) -> None:
    """Put an older database back: one from before the update was planned."""
    Delivery.objects.filter(owner=network.owner).delete()
    JournalMark.objects.filter(owner=network.owner).delete()


def send(network: Network, update: Update, server: MailServer) -> RunOutcome:
    network.plan(update, now=network.clock())
    return run(network.owner, update, network.means_for(server.url))


def test_after_a_restore_nobody_gets_it_twice(network: Network, mail_server: MailServer) -> None:
    update = planned(network, "alice", "bob")
    send(network, update, mail_server)
    forget(network)

    assert reconcile(network) == Reconciled(accepted=2)
    network.add("carol")
    send(network, update, mail_server)

    assert sorted(mail_server.receivers()) == ["alice@people.test", "bob@people.test", "carol@people.test"]
    assert network.states(update) == {"alice": "accepted", "bob": "accepted", "carol": "accepted"}


def test_what_the_restored_database_still_has_queued_is_recognised(network: Network, mail_server: MailServer) -> None:
    update = planned(network, "alice", "bob")
    send(network, update, mail_server)
    Delivery.objects.update(state="queued", attempts=0, finished_at=None, claimed_by="", reply="")
    JournalMark.objects.all().delete()

    assert run(network.owner, update, network.means_for(mail_server.url)) == RunOutcome()
    assert len(mail_server.received) == 2
    assert network.states(update) == {"alice": "accepted", "bob": "accepted"}


def test_the_same_text_added_again_after_a_restore_is_the_same_update(
    network: Network, mail_server: MailServer
) -> None:
    update = planned(network, "alice")
    send(network, update, mail_server)
    forget(network)
    update.delete()

    assert reconcile(network) == Reconciled(unplaced=1)
    again = network.update()
    assert again.uid != update.uid
    network.plan(again, now=network.clock())

    assert run(network.owner, again, network.means_for(mail_server.url)) == RunOutcome()
    assert len(mail_server.received) == 1
    assert network.states(again) == {"alice": "accepted"}


def test_an_address_that_had_its_copy_gets_none_under_another_person(network: Network, mail_server: MailServer) -> None:
    update = planned(network, "alice")
    send(network, update, mail_server)
    forget(network)
    copy_of = Delivery.objects.filter(owner=network.owner)
    network.add("alicia", address="alice@people.test")
    (alice, alicia) = network.owner.person_set.order_by("id")
    alice.identities.all().delete()
    network.plan(update, now=network.clock())

    assert copy_of.get(person=alicia).state == "queued"
    reconcile(network)

    assert network.states(update) == {"alicia": "unknown"}
    assert [entry for entry in entries_of(network.owner, [alicia.pk]) if entry.kind is Kind.UPDATE_ACCEPTED] == []


def test_an_unknown_copy_stays_unknown_after_a_restore(network: Network) -> None:
    update = planned(network, "alice")
    crashed(network, update, lambda journal, copies: journal.intend([intent_of(copies[0])]))
    reconcile(network)
    forget(network)

    assert reconcile(network) == Reconciled(unknown=1)
    assert network.states(update) == {"alice": "unknown"}


def test_what_was_deferred_before_a_restore_is_simply_planned_again(network: Network) -> None:
    update = planned(network, "alice")

    def write(journal: Journal, copies: list[Delivery]) -> None:
        journal.intend([intent_of(copies[0])])
        journal.conclude([outcome_of(copies[0], Result.DEFERRED)])

    crashed(network, update, write)
    forget(network)

    assert reconcile(network) == Reconciled()
    assert network.plan(update).queued == 1


def test_a_later_run_overrules_an_earlier_one(network: Network) -> None:
    update = planned(network, "alice")
    copy = Delivery.objects.get()
    folder = journal_folder(network) / network.owner.uid
    for run_name, result in (("20261102T0900-a", Result.DEFERRED), ("20261102T0930-b", Result.ACCEPTED)):
        with Journal(folder, run_name) as journal:
            journal.intend([replace(intent_of(copy), at=NOW)])
            journal.conclude([outcome_of(copy, result)])

    reconcile(network)

    assert network.states(update) == {"alice": "accepted"}


def test_the_outcome_of_a_copy_resolved_by_hand_is_left_to_the_owner(network: Network) -> None:
    update = planned(network, "alice")
    crashed(network, update, lambda journal, copies: journal.intend([intent_of(copies[0])]))
    reconcile(network)
    Delivery.objects.update(state=State.REFUSED)
    JournalMark.objects.all().delete()

    assert reconcile(network) == Reconciled()
    assert network.states(update) == {"alice": "refused"}


def test_a_run_that_fails_to_write_its_outcomes_is_made_good_at_the_next_start(
    network: Network, mail_server: MailServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    update = planned(network, "alice", "bob")

    def fail(*_: object, **__: object) -> None:
        raise RuntimeError

    with monkeypatch.context() as patched, suppress(RuntimeError):
        patched.setattr("goodterms.delivery.actions.run.settle", fail)
        run(network.owner, update, network.means_for(mail_server.url))
    assert network.states(update) == {"alice": "attempting", "bob": "attempting"}

    assert run(network.owner, update, network.means_for(mail_server.url)) == RunOutcome()
    assert network.states(update) == {"alice": "accepted", "bob": "accepted"}
    assert len(mail_server.received) == 2
    (path, *_) = (journal_folder(network) / network.owner.uid).iterdir()
    assert len(read_journal(path).records) == 4


def test_where_writing_fails_once_and_then_works_nothing_is_taken_for_unsent(
    network: Network, mail_server: MailServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    update = planned(network, *(f"p{number:02}" for number in range(20)))
    left = [1]

    def fail_once(*given: object, **named: object) -> object:
        if left:
            left.clear()
            raise RuntimeError
        return settle(*given, **named)  # type: ignore[arg-type]  # passed on

    with monkeypatch.context() as patched, suppress(RuntimeError):
        patched.setattr("goodterms.delivery.actions.run.settle", fail_once)
        run(network.owner, update, network.means_for(mail_server.url))
    network.clock.now += timedelta(seconds=2)
    run(network.owner, update, network.means_for(mail_server.url))

    received = mail_server.receivers()
    assert len(set(received)) == len(received), "nobody has two copies"
    states = network.states(update)
    assert set(states.values()) <= {"accepted", "unknown"}, "what was under way then is unknown"
    assert {f"{name}@people.test" for name, state in states.items() if state == "accepted"} <= set(received)


def test_the_journal_tells_the_address_of_whom_only_it_knows_and_an_exit_of_theirs_covers_it(network: Network) -> None:
    """Alice left by a link; the database knows her neither by number nor by name, and somebody else by her address."""
    update = planned(network, "alice")
    copy = Delivery.objects.get()
    stranger = replace(intent_of(copy), person=77, message_id="<stranger@owner.test>")
    crashed(network, update, lambda journal, _copies: journal.intend([stranger]))
    office = Office(owner=network.owner, keys=network.keys, folder=network.folder)
    exit_of_stranger(office, 77, Kind.LEFT, at=NOW, now=NOW)
    reconcile(network)

    assert list(StrayNumber.objects.values_list("uid", "key")) == [(77, copy.address_key)]
    assert Suppression.objects.filter(key=copy.address_key, kind="email", exit="leave").exists()
    assert suppressed_elsewhere(network.owner) == {copy.person_id}
