"""Sending what is planned of an update, once to each."""

from collections import Counter, deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction

from goodterms import sql
from goodterms.accounts.models import Owner
from goodterms.delivery.actions.claim import claim, hand_over, release
from goodterms.delivery.actions.drop import drop
from goodterms.delivery.actions.reconcile import reconcile_journal
from goodterms.delivery.actions.settle import Settled, held_by, mark_journal, settle
from goodterms.delivery.claimed import Claimed
from goodterms.delivery.journal import Journal, JournalUnwritable, run_name
from goodterms.delivery.means import Means
from goodterms.delivery.models import Delivery
from goodterms.delivery.paces import domains_of
from goodterms.delivery.queries import count_waiting, facts_of, is_due, reasons_against
from goodterms.delivery.rules.outcomes import RunOutcome
from goodterms.delivery.rules.pacing import Wait
from goodterms.delivery.rules.records import Intent, Outcome, without_addresses
from goodterms.delivery.rules.replies import About, Judgement, Reply, Result, Step, judge
from goodterms.delivery.rules.retries import next_try
from goodterms.delivery.vehicles.transport import (
    Answered,
    Letter,
    MessageRefused,
    RunStopped,
    SenderRefused,
    ServerUnreachable,
)
from goodterms.ledger.rules.kinds import Vehicle
from goodterms.lib.canonical import sha256_hex
from goodterms.lib.garbage import rare_collections
from goodterms.policy.queries.decisions import Question
from goodterms.policy.rules import Reason
from goodterms.updates.models import Update

BATCH = 16
"""The fewest copies claimed and settled at a time; four times the widest window so far where that is more."""
_MOST_A_BATCH = 1_000
_PATIENCE = 3
"""After so many failures in a row that are not about an address, nothing more is tried."""
_MOST_CLOSED = 50
"""So many receiving domains that may get nothing just now are left out one by one; beyond that, all wait."""
_HARMLESS = {About.NOBODY, About.ADDRESS}
_IDLE = timedelta(seconds=60)
"""Longer than this no connection is kept open that nothing leaves by."""


def run(
    owner: Owner,
    update: Update,
    means: Means,
    *,
    progress: Callable[[RunOutcome], None] = lambda _outcome: None,
    should_stop: Callable[[], bool] = lambda: False,
) -> RunOutcome:
    """Send every copy by e-mail that is due now; give how many went where, and what it ended for where copies wait.

    Raises RunStopped (with the outcome until then) where the server refuses the sender or the message, or can't be
    reached. Once `should_stop` says so, the copies under way are finished and the others wait.
    """
    reconcile_journal(owner, means.folder / "journal", now=means.clock())
    now = means.clock()
    if not is_due(owner, update, by=now):
        return RunOutcome()
    wait = means.pacer.room(now=now).wait
    if wait and means.pacer.is_too_long(wait, now=now):
        return RunOutcome(wait=wait)
    means.pacer.forget(now=now)
    name = run_name(means.worker, now=now)
    with Journal(means.folder / "journal" / owner.uid, name) as journal, rare_collections():
        work = _Run(owner, update, means, journal=journal, should_stop=should_stop)
        try:
            for outcome in work.stints():
                progress(outcome)
        except RunStopped as stop:
            stop.outcome = work.outcome()
            raise
        finally:
            means.transport.close()
    return work.outcome()


@dataclass(slots=True, kw_only=True)
class _Prepared:
    """A copy whose intent is in the journal."""

    copy: Claimed
    letter: Letter
    copy_sha256: str
    offset: int = 0
    """Where in the journal the lines begin among which its intent is."""
    is_handed_over: bool = False
    """Whether the transport has it."""


class _Run:
    """One run: its claims, what is under way, and what became of it."""

    def __init__(
        self, owner: Owner, update: Update, means: Means, *, journal: Journal, should_stop: Callable[[], bool]
    ) -> None:
        self._owner = owner
        self._update = update
        self._means = means
        self._journal = journal
        self._should_stop = should_stop
        self._started_at = means.clock()
        self._under_way: dict[str, _Prepared] = {}
        self._settled: list[Settled] = []
        self._not_sent: dict[int, Reason] = {}
        self._results: Counter[Result] = Counter()
        self._skipped: Counter[Reason] = Counter()
        self._failures = 0
        self._widest = 1
        self._verdict: tuple[About, Reply] | None = None
        self._due_by = self._started_at
        self._held: deque[Claimed] = deque()
        """Claimed, and not decided on yet."""
        self._closed: dict[str, Wait] = {}
        """The receiving domains to which no more may leave for now."""
        self._wait: Wait | None = None
        self._is_open = False

    def stints(self) -> Iterator[RunOutcome]:
        """Send until nothing is due or the wait is too long; give the outcome so far each time that it changed.

        The pace of the mail account cuts the run into stints, with waits between them.
        """
        try:
            while True:
                yield from self._stint()
                if self._wait is None or self._is_over() or not self._means.goes_on():
                    break
                yield self.outcome()
                if self._means.pacer.is_too_long(self._wait, now=self._means.clock()):
                    break
                self._rest(self._wait)
        finally:
            self._end()
        yield self.outcome()
        if self._verdict:
            raise self._stop(*self._verdict)

    def outcome(self) -> RunOutcome:
        """Give how many copies went where until now."""
        seconds = (self._means.clock() - self._started_at).total_seconds()
        return RunOutcome.of(self._results, self._skipped, seconds, self._wait)

    def _stint(self) -> Iterator[RunOutcome]:
        self._wait = self._means.pacer.room(now=self._means.clock()).wait
        if self._wait:
            return
        if not self._is_open:
            self._means.transport.open()
            self._is_open = True
        for answered in self._means.transport.carry(self._letters()):
            self._hear(answered)
            if len(self._settled) + len(self._not_sent) >= self._batch:
                self._write_down()
                yield self.outcome()

    def _rest(self, wait: Wait) -> None:
        self._write_down()
        if wait.until - self._means.clock() > _IDLE:
            self._means.transport.close()
            self._is_open = False
        self._means.pacer.rest(wait.until)
        self._due_by = self._means.clock()

    @property
    def _batch(self) -> int:
        return min(max(BATCH, 4 * self._widest), _MOST_A_BATCH)

    def _is_over(self) -> bool:
        return self._verdict is not None or self._should_stop()

    def _window(self) -> list[Claimed]:
        """Give the copies to decide on next; none where nothing more may leave for now, or nothing is due.

        What becomes due during a stint is for a later one or the next run, so that a run ends.
        """
        now = self._means.clock()
        room = self._means.pacer.room(now=now)
        self._closed = {domain: wait for domain, wait in self._closed.items() if wait.until > now}
        if room.wait or len(self._closed) > _MOST_CLOSED:
            self._pause(room.wait)
            return []
        if not self._held:
            closed = [domain for receiver in self._closed for domain in domains_of(receiver)]
            limit = min(self._batch, room.copies)
            self._held.extend(
                claim(
                    self._owner,
                    self._update,
                    self._journal.run,
                    limit=limit,
                    due_by=self._due_by,
                    now=now,
                    closed=closed,
                    lease=self._means.lease,
                )
            )
        if not self._held and self._closed:
            self._pause(None)
        most = min(len(self._held), self._means.transport.window, room.copies)
        return [self._held.popleft() for _ in range(most)]

    def _pause(self, wait: Wait | None) -> None:
        """End the stint until copies may leave again, if any are due; no wait given, until a domain is open again."""
        release(self._owner, self._journal.run, only=[one.pk for one in self._held])
        self._held.clear()
        if is_due(self._owner, self._update, by=self._due_by):
            self._wait = wait or min(self._closed.values(), key=lambda wait: wait.until)

    def _letters(self) -> Iterator[Letter]:
        """Decide on a window of copies, write their intents and hand them over, at the moment they are asked for.

        So an exit that is committed stops every copy but those of the window that was decided on before: at most
        `window` letters can leave after it.
        """
        while not self._is_over() and self._means.goes_on() and (window := self._window()):
            self._widest = max(self._widest, len(window))
            prepared = self._still_held(self._prepared(window))
            offset = self._journal.size
            if prepared:
                now = self._means.clock()
                self._journal.intend(self._intent(copy, now) for copy in prepared)
            for copy in prepared:
                copy.offset = offset
                self._under_way[copy.letter.message_id] = copy
            for copy in prepared:
                if self._is_over():
                    return
                copy.is_handed_over = True
                yield copy.letter

    def _prepared(self, window: Sequence[Claimed]) -> list[_Prepared]:
        """Give the copies of a window that may leave now, rendered."""
        now = self._means.clock()
        held = [one for one in window if one.claimed_until is not None and one.claimed_until > now]
        if len(held) < len(window):
            # The machine slept: others may have taken them for lost, so they have to be claimed anew.
            release(self._owner, self._journal.run, only={one.pk for one in window} - {one.pk for one in held})
        question = Question(facts=facts_of(self._update), vehicle=Vehicle.EMAIL, rulebook=self._means.rulebook, now=now)
        reasons = reasons_against(self._owner, held, question)
        self._skipped.update(reasons.values())
        self._not_sent |= reasons
        return [self._prepare(one) for one in self._granted([one for one in held if one.pk not in reasons], now)]

    def _granted(self, copies: Sequence[Claimed], now: datetime) -> list[Claimed]:
        """Give those of some copies that the pace lets leave now; the others wait on."""
        if not copies:
            return []
        found = self._means.pacer.take([one.address for one in copies], now=now)
        self._closed |= found.closed
        granted = set(found.places)
        if len(granted) < len(copies):
            late = [one.pk for place, one in enumerate(copies) if place not in granted]
            release(self._owner, self._journal.run, only=late)
        return [copies[place] for place in found.places]

    def _still_held(self, prepared: list[_Prepared]) -> list[_Prepared]:
        numbers = [one.copy.pk for one in prepared]
        held = hand_over(self._owner, self._journal.run, numbers, now=self._means.clock())
        return [one for one in prepared if one.copy.pk in held]

    def _prepare(self, copy: Claimed) -> _Prepared:
        content, needs_smtputf8 = self._means.render(copy)
        letter = Letter(
            message_id=copy.message_id,
            envelope_from=self._means.envelope_from or self._owner.email,
            to=copy.address,
            content=content,
            needs_smtputf8=needs_smtputf8,
        )
        return _Prepared(copy=copy, letter=letter, copy_sha256=sha256_hex(content))

    def _intent(self, one: _Prepared, now: datetime) -> Intent:
        return Intent(
            message_id=one.letter.message_id,
            owner=self._owner.uid,
            update=self._update.uid,
            update_sha256=self._update.sha256,
            kind=self._update.kind,
            person=one.copy.person_uid,
            address_key=one.copy.address_key,
            vehicle=one.copy.vehicle,
            copy_sha256=one.copy_sha256,
            at=now,
        )

    def _hear(self, answered: Sequence[Answered]) -> None:
        now = self._means.clock()
        judged = [(self._under_way.pop(letter.message_id), reply, judge(reply)) for letter, reply in answered]
        self._conclude(judged, now)
        for one, reply, judgement in judged:
            paused = self._means.pacer.hear(reply, one.letter.to, now=now)
            is_trouble = judgement.about not in _HARMLESS and not paused
            self._failures = self._failures + 1 if is_trouble else 0
            if judgement.stops_run or self._failures >= _PATIENCE:
                self._verdict = self._verdict or (judgement.about, reply)

    def _conclude(self, judged: Iterable[tuple[_Prepared, Reply, Judgement]], now: datetime) -> None:
        """Write the answers into the journal, and keep them for the rows."""
        settled = [_settled(*one, now) for one in judged]
        self._settled += settled
        self._results.update([one.result for one in settled])
        self._journal.conclude(
            Outcome(
                message_id=one.copy.message_id,
                result=one.result,
                stops_address=one.stops_address,
                reply=one.reply,
                at=now,
            )
            for one in settled
        )

    def _write_down(self) -> None:
        """Settle in one transaction what is known by now."""
        run, now = self._journal.run, self._means.clock()
        with transaction.atomic():
            settle(self._owner, self._settled, held_by(run), now=now)
            if self._not_sent:
                held = sql.numbered(Delivery.objects.filter(held_by(run)), self._owner.pk, self._not_sent)
                drop(self._owner, held, self._not_sent, now=now)
            mark_journal(self._owner, run, self._taken_in())
        # Only now: where writing fails and then works at the end of the run, all of it must be there to be written.
        self._settled, self._not_sent = [], {}

    def _taken_in(self) -> int:
        """Give the offset in the journal before which nothing is open: later intents must be found after a crash."""
        oldest = next(iter(self._under_way.values()), None)
        return oldest.offset if oldest else self._journal.size

    def _end(self) -> None:
        """Settle everything and give back what was not tried."""
        self._conclude_broken_off()
        with transaction.atomic():
            self._write_down()
            release(self._owner, self._journal.run)

    def _conclude_broken_off(self) -> None:
        judged = []
        for copy in self._under_way.values():
            step = Step.END if copy.is_handed_over else Step.CONNECT
            reply = Reply(code=0, text="The run broke off before an answer was heard.", step=step)
            judged.append((copy, reply, judge(reply)))
        with suppress(JournalUnwritable):
            self._conclude(judged, self._means.clock())
        self._under_way.clear()

    def _stop(self, about: About, reply: Reply) -> RunStopped:
        waiting = count_waiting(self._owner, self._update)
        rest = f"{self._results[Result.ACCEPTED]} copies were accepted and stay so; {waiting} wait."
        answer = without_addresses(str(reply))
        if about is About.SENDER:
            return SenderRefused(
                f"The mail server does not want this mail from {self._owner.email}: {answer}. {rest} Mend what "
                "its words name (often a sending limit, or SPF, DKIM or DMARC of the domain), then start again."
            )
        if about is About.MESSAGE:
            return MessageRefused(
                f"The mail server does not take this message: {answer}. {rest} Write the update anew, smaller "
                "or plainer."
            )
        return ServerUnreachable(f"The mail server does not answer as it should: {answer}. {rest} Start again later.")


def _settled(one: _Prepared, reply: Reply, judgement: Judgement, now: datetime) -> Settled:
    """Give what becomes of a copy by an answer; what was refused for now is tried again, until the time is up."""
    delivery, result, due_at = one.copy, judgement.result, None
    if result is Result.DEFERRED:
        due_at = next_try(delivery.attempts + 1, first_tried_at=delivery.first_tried_at or now, now=now)
        result = Result.DEFERRED if due_at else Result.REFUSED
    return Settled(
        copy=delivery,
        result=result,
        at=now,
        reply=without_addresses(str(reply)),
        copy_sha256=one.copy_sha256,
        stops_address=judgement.stops_address,
        due_at=due_at,
    )
