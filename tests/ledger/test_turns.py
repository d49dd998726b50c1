"""Two that write of the same people at once, each in its own order: none is ended by the database for it.

In each test somebody else holds a person until both have come as far as they can.
"""

import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import closing
from pathlib import Path

import pytest
from django.db import connection, transaction

from goodterms import sql
from goodterms.delivery.actions.reconcile import reconcile_journal
from goodterms.delivery.actions.settle import Settled, held_by, settle
from goodterms.delivery.claimed import claimed_of
from goodterms.delivery.journal import Journal
from goodterms.delivery.models import Delivery
from goodterms.delivery.rules.records import Intent, Outcome
from goodterms.delivery.rules.replies import Result
from goodterms.erasure.actions import erase
from goodterms.exits.actions.burst import exits_by_link
from goodterms.exits.actions.reconcile import reconcile
from goodterms.exits.actions.suppress import written
from goodterms.exits.actions.take import take_exit
from goodterms.exits.file import append_lines
from goodterms.exits.models import Suppression
from goodterms.ledger.models import Standing
from goodterms.ledger.rules.bearing import Bearing, Exit
from goodterms.ledger.rules.kinds import Kind
from goodterms.lib.canonical import sha256_hex
from goodterms.lib.tokens import Act, Token, make_token
from goodterms.people.models import Person
from goodterms.sync.actions.undo import undo
from goodterms.sync.rules import Report
from goodterms.terms.actions import put_in_force
from goodterms.terms.rules import Place
from goodterms.updates.models import Update
from tests.sync.actions.desk import BEGINNING, Desk, message, row

WELCOME = "Thank you for connecting. You get my personal updates now and then."
_WAITING = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
_DONE_WITHIN = 30

pytestmark = pytest.mark.postgresql


def named(slug: str, *, company: str = "Acme") -> str:
    return row(slug, f"{slug.title()} Ash", email=f"{slug}@people.test", company=company)


class World(Desk):
    """An owner with Alice, Bob and Zoe, whose numbers rise in this order, and with copies that a run has claimed."""

    def __post_init__(self) -> None:
        super().__post_init__()
        self.read(named("alice"), named("bob"), named("zoe"))
        self.welcome("alice", "bob", "zoe")
        # Whoever leaves has the other two held with them: so each act writes of all three.
        Person.objects.update(name_key="one name")
        self.claimed = self.claim("News", run="run")

    def claim(self, subject: str, *, run: str) -> dict[str, Delivery]:
        update = Update.objects.create(
            owner=self.office.owner, uid=sha256_hex(subject.encode())[:32], kind="update", purpose="networking",
            subject=subject, topics=[], body="Hello", footer="", sha256=sha256_hex(subject.encode()),
            created_at=self.now,
        )  # fmt: skip
        return {
            slug: Delivery.objects.create(
                owner=self.office.owner, update=update, person=self.person(slug), vehicle="email",
                address=f"{slug}@people.test", address_key=sha256_hex(slug.encode()), state="attempting",
                message_id=f"<{slug}.{subject}@owner.test>", due_at=self.now, claimed_by=run,
            )
            for slug in ("alice", "bob", "zoe")
        }  # fmt: skip

    def archive(self, *messages: str) -> Path:
        """Write an archive by which Zoe has another job, and Alice and Bob said something."""
        self.tick(days=9)
        return self.write(named("alice"), named("bob"), named("zoe", company="Bolt"), messages=messages)


def said(text: str) -> list[str]:
    return [message(slug, f"{slug.title()} Ash", text, "2026-02-05 10:00:00") for slug in ("alice", "bob")]


def read_archive(world: World) -> Callable[[], object]:
    path = world.archive(*said("please stop sending me these updates"))
    return lambda: world.read_path(path)


def take_archive_back(world: World) -> Callable[[], object]:
    world.read_path(world.archive(*said("how are you?")))
    return lambda: undo(world.office, now=world.now)


def change_terms(world: World) -> Callable[[], object]:
    told = [
        f"c-{slug},Olga Owner,https://www.linkedin.com/in/olga-owner,{slug.title()} Ash,"
        f"https://www.linkedin.com/in/{slug},2026-02-05 10:00:00 UTC,,{WELCOME},SENT"
        for slug in ("alice", "bob")
    ]
    world.read_path(world.archive(*told))
    owner = world.office.owner
    return lambda: put_in_force(owner, Place.WELCOME, WELCOME, from_at=BEGINNING, until_at=None, now=world.now)


def leave(world: World) -> Callable[[], object]:
    zoe = world.person("zoe")
    return lambda: take_exit(world.office, zoe, Kind.LEFT, at=world.now, now=world.now)


def erase_zoe(world: World) -> Callable[[], object]:
    zoe = world.person("zoe")
    return lambda: erase(world.office, zoe, now=world.now)


def bring_exits_back(world: World) -> Callable[[], object]:
    with transaction.atomic():  # as a database put back from before it
        leave(world)()
        lines = [written(world.office.owner, row) for row in Suppression.objects.all()]
        transaction.set_rollback(True)
    append_lines(world.office.folder, lines)
    return lambda: reconcile(world.office, now=world.now)


def take_journal_in(world: World) -> Callable[[], object]:
    copies = world.claim("Older news", run="20260202T090000-dead")
    folder = world.office.folder / "journal"
    with Journal(folder / world.office.owner.uid, "20260202T090000-dead") as journal:
        for slug in ("zoe", "alice", "bob"):
            copy = copies[slug]
            journal.intend([
                Intent(
                    message_id=copy.message_id, owner=world.office.owner.uid, update=copy.update.uid,
                    update_sha256=copy.update.sha256, kind="update", person=copy.person.uid,
                    address_key=copy.address_key, vehicle="email", copy_sha256="", at=world.now,
                )
            ])  # fmt: skip
            journal.conclude([
                Outcome(
                    message_id=copy.message_id, result=Result.ACCEPTED, stops_address=False, reply="", at=world.now
                )
            ])  # fmt: skip
    return lambda: reconcile_journal(world.office.owner, folder, now=world.now)


ACTS = {
    "an archive is read": (read_archive, "alice"),
    "an archive is taken back": (take_archive_back, "alice"),
    "terms are put in force": (change_terms, "alice"),
    "somebody leaves": (leave, "alice"),
    "somebody is erased": (erase_zoe, "zoe"),
    "lost exits are found": (bring_exits_back, "alice"),
    "a journal is taken in": (take_journal_in, "alice"),
}


def settle_batch(world: World) -> None:
    """Settle copies of Bob's and Zoe's, as a run does."""
    copies = [world.claimed[slug] for slug in ("bob", "zoe")]
    told = [Settled(copy=claimed_of(copy), result=Result.ACCEPTED, at=world.now) for copy in copies]
    settle(world.office.owner, told, held_by("run"), now=world.now)


def click(world: World) -> None:
    """Take Bob's and Zoe's exits, as they come in by one click."""
    numbers = [world.person(slug).uid for slug in ("bob", "zoe")]
    tokens = [
        Token(owner_number=world.office.owner.pk, person_uid=number, update_uid="ab" * 16, act=Act.STOP)
        for number in numbers
    ]
    links = [make_token(world.office.keys.token, token) for token in tokens]
    assert exits_by_link(world.office, links, now=world.now) == [True, True]


@pytest.fixture
def aside() -> Iterator[Callable[[Callable[[], object]], Future[object]]]:
    """Begin acts on connections of their own; give each once it waits for somebody's lock, or is done."""

    def go(act: Callable[[], object]) -> object:
        with closing(connection):
            return act()

    def begin(act: Callable[[], object]) -> Future[object]:
        before = waiting()
        future = pool.submit(go, act)
        while not future.done() and waiting() == before:
            time.sleep(0.01)
        return future

    with ThreadPoolExecutor(2) as pool:
        yield begin


def waiting() -> int:
    sql.fetch("SELECT pg_stat_clear_snapshot()")
    return int(sql.fetch(_WAITING)[0][0])


@pytest.mark.parametrize("other", [settle_batch, click])
@pytest.mark.parametrize("what", ACTS)
@pytest.mark.usefixtures("committed_db")
def test_neither_is_ended_by_the_other(
    what: str,
    other: Callable[[World], object],
    data_folder: Path,
    aside: Callable[[Callable[[], object]], Future[object]],
) -> None:
    prepare, held = ACTS[what]
    world = World(data_folder)
    act = prepare(world)

    with transaction.atomic():
        Person.objects.select_for_update(no_key=True).get(pk=world.person(held).pk)
        both = [aside(act), aside(lambda: other(world))]
    wait(both, timeout=_DONE_WITHIN)

    assert [future.exception(timeout=0) for future in both] == [None, None]
    if other is settle_batch:
        states = Delivery.objects.filter(update__subject="News", person__slug__in=["bob", "zoe", ""])
        assert set(states.values_list("state", flat=True)) == {"accepted"}
    else:
        bob = Standing.objects.get(person__first_name="Bob")
        assert Bearing.decode(bob.bearing).exit is Exit.STOPPED


@pytest.mark.usefixtures("committed_db")
def test_an_archive_given_twice_at_once_is_read_once(
    data_folder: Path, aside: Callable[[Callable[[], object]], Future[object]]
) -> None:
    world = World(data_folder)
    read = read_archive(world)

    with transaction.atomic():
        Person.objects.select_for_update(no_key=True).get(pk=world.person("zoe").pk)
        both = [aside(read), aside(read)]
    wait(both, timeout=_DONE_WITHIN)

    reports = [future.result(timeout=0) for future in both]
    assert [isinstance(report, Report) and report.already_known for report in reports] == [False, True]
