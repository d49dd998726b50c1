"""Bringing the database and the journal together at the start: after a crash, and after a restore.

What the journal has and the database lacks is written into the database, so that nobody gets a second copy even
where an older database was put back. Doing it again changes nothing. Files of runs that are still at work, here or in
another process, are left alone.
"""

from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from django.db import transaction
from django.db.models import Q

from goodterms import sql
from goodterms.accounts.models import Owner
from goodterms.delivery.actions.claim import release, release_lapsed
from goodterms.delivery.actions.settle import Settled, mark_journal, settle
from goodterms.delivery.claimed import claimed_of
from goodterms.delivery.journal import dead_run, file_of, read_journal
from goodterms.delivery.models import Delivery, JournalMark
from goodterms.delivery.rules.records import Intent, Told, told_by
from goodterms.delivery.rules.replies import Result
from goodterms.delivery.rules.retries import next_try
from goodterms.exits.actions.strangers import Stray, note_strays
from goodterms.ledger.turns import take_turn
from goodterms.people.models import Person
from goodterms.people.queries import group_of, persons_by_key, root_id
from goodterms.updates.models import Update

State = Delivery.State
_NO_ANSWER = "The run broke off before an answer was heard."
_NO_JOURNAL = "The journal of the run that held this copy is not here, so nobody can say whether it left."
_SHARED = "The address had its copy under another person."
_HAD = (Result.ACCEPTED, Result.REFUSED, Result.UNKNOWN)


@dataclass(frozen=True, kw_only=True)
class Reconciled:
    """What bringing database and journal together changed."""

    accepted: int = 0
    deferred: int = 0
    refused: int = 0
    unknown: int = 0
    returned: int = 0
    released: int = 0
    """Copies that a run had claimed and not tried; they wait again."""
    unplaced: int = 0
    """Copies of updates or to persons that this database does not know (yet); they are looked at again each time."""


def reconcile_journal(owner: Owner, folder: Path, *, now: datetime) -> Reconciled:
    """Take in what the journal in the data folder's `journal` folder has and the database lacks."""
    files = folder / owner.uid
    counts: Counter[str] = Counter()
    # The locks are held until after the commit: whoever looks next sees what was done.
    with ExitStack() as locks, transaction.atomic():
        for run, offset in _runs_to_look_at(owner, files):
            if locks.enter_context(dead_run(file_of(files, run))):
                take_turn(owner)
                counts += _Taking(owner, run, folder.parent, now).take_in(file_of(files, run), offset)
        counts["released"] += release_lapsed(owner, now=now)
        counts["unknown"] += _give_up_lost(owner, files, now)
    return Reconciled(**counts)


def _runs_to_look_at(owner: Owner, files: Path) -> Iterator[tuple[str, int]]:
    """Give the runs whose file has grown beyond its mark, or who hold copies, in the order in which they began."""
    marks = dict(JournalMark.objects.filter(owner=owner).values_list("file", "offset"))
    sizes = {path.stem: path.stat().st_size for path in files.glob("*.jsonl")} if files.is_dir() else {}
    held = Delivery.objects.filter(owner=owner, state=State.ATTEMPTING).values_list("claimed_by", flat=True)
    holding = set(held.distinct())
    for run in sorted(set(sizes) | holding):
        if run in holding or sizes[run] != marks.get(run, 0):
            yield run, marks.get(run, 0)


def _give_up_lost(owner: Owner, files: Path, now: datetime) -> int:
    """Leave open what may have left by runs whose journal is not on this machine, once their lease is over."""
    lost = Delivery.objects.filter(owner=owner, state=State.ATTEMPTING, claimed_until__lt=now)
    runs = set(lost.values_list("claimed_by", flat=True).distinct())
    missing = [run for run in runs if not file_of(files, run).exists()]
    # A run that was only slow may be settling some of them: those are left to it.
    free = list(lost.filter(claimed_by__in=missing).select_for_update(skip_locked=True).values_list("pk", flat=True))
    return lost.filter(pk__in=sql.listed(free)).update(state=State.UNKNOWN, finished_at=now, reply=_NO_JOURNAL)


class _Taking:
    """Taking in the file of one run that has ended."""

    def __init__(self, owner: Owner, run: str, folder: Path, now: datetime) -> None:
        self._owner = owner
        self._folder = folder
        self._run = run
        self._now = now
        self._counts: Counter[str] = Counter()

    def take_in(self, path: Path, offset: int) -> Counter[str]:
        """Take in everything behind the offset; give how many copies it changed, by what became of them."""
        reading = read_journal(path, offset)
        told_of = told_by(reading.records)
        note_strays(self._owner, self._folder, (_stray(told.intent) for told in told_of if told.intent))
        placed = [self._place(told) for told in told_of]
        if reading.is_whole:
            self._counts["released"] += release(self._owner, self._run)
        else:
            held = Delivery.objects.filter(owner=self._owner, claimed_by=self._run, state=State.ATTEMPTING)
            self._counts["unknown"] += held.update(state=State.UNKNOWN, finished_at=self._now, reply=_NO_JOURNAL)
        self._counts["unplaced"] += placed.count(False)
        if all(placed):
            mark_journal(self._owner, self._run, reading.end)
        return self._counts

    def _place(self, told: Told) -> bool:
        """Write what the journal tells of one copy; say whether this database has a place for it."""
        intent = told.intent
        update = self._update(intent) if intent else None
        rows = self._rows(told, update)
        if not rows and intent and told.result in _HAD:
            created = self._create(intent, update)
            if created is None:
                return False
            rows = [created]
        for row in rows:
            self._settle(row, told)
        return True

    def _rows(self, told: Told, update: Update | None) -> list[Delivery]:
        wanted = Q(message_id=told.message_id)
        if told.intent and update:
            person = Person.objects.filter(owner=self._owner, uid=told.intent.person).first()
            group = group_of(root_id(person)) if person else []
            wanted |= Q(update=update) & (Q(address_key=told.intent.address_key) | Q(person__in=group))
        rows = Delivery.objects.filter(wanted, owner=self._owner)
        return list(rows.select_related("person", "update").order_by("id"))

    def _update(self, intent: Intent) -> Update | None:
        updates = Update.objects.filter(owner=self._owner)
        # The same text, added again after a restore, is the same update.
        same_text = updates.filter(kind=intent.kind, sha256=intent.update_sha256)
        return updates.filter(uid=intent.update).first() or same_text.first()

    def _create(self, intent: Intent, update: Update | None) -> Delivery | None:
        person = Person.objects.filter(owner=self._owner, uid=intent.person).first()
        found = [person] if person else persons_by_key(self._owner, intent.address_key)
        if update is None or not found:
            return None
        root = Person.objects.get(owner=self._owner, pk=root_id(found[0]))
        address = root.identities.filter(key=intent.address_key).values_list("value", flat=True).first()
        return Delivery.objects.create(
            owner=self._owner,
            update=update,
            person=root,
            vehicle=intent.vehicle,
            address=address or "",
            address_key=intent.address_key,
            message_id=intent.message_id,
            state=State.ATTEMPTING,
            due_at=intent.at,
            claimed_by=self._run,
        )

    def _settle(self, row: Delivery, told: Told) -> None:
        one = self._settled(row, told)
        open_states = [State.QUEUED, State.DEFERRED] if told.result in _HAD else []
        if told.result in {Result.ACCEPTED, Result.REFUSED}:
            open_states.append(State.UNKNOWN)
        where = Q(state__in=open_states) | Q(state=State.ATTEMPTING, claimed_by=self._run)
        if settle(self._owner, [one], where, now=self._now):
            self._counts[one.result.value] += 1

    def _settled(self, row: Delivery, told: Told) -> Settled:
        intent, outcome = told.intent, told.outcome
        at = outcome.at if outcome else intent.at if intent else self._now
        if intent and row.message_id != intent.message_id and row.address_key == intent.address_key:
            uids = Person.objects.filter(owner=self._owner, pk__in=group_of(root_id(row.person))).values_list(
                "uid", flat=True
            )
            if intent.person not in uids:
                return Settled(copy=claimed_of(row), result=Result.UNKNOWN, at=at, reply=_SHARED)
        due_at = next_try(row.attempts + 1, first_tried_at=row.first_tried_at or at, now=at)
        return Settled(
            copy=claimed_of(row),
            result=told.result,
            at=at,
            reply=outcome.reply if outcome else _NO_ANSWER,
            copy_sha256=intent.copy_sha256 if intent else "",
            stops_address=outcome.stops_address if outcome else False,
            due_at=due_at or at,
        )


def _stray(intent: Intent) -> Stray:
    return Stray(uid=intent.person, key=intent.address_key, update_sha256=intent.update_sha256, left_at=intent.at)
