"""Sending an update from beginning to end: whom it may go to, the copies, the run, the seal."""

from collections import Counter
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from goodterms.accounts.office import Office
from goodterms.delivery.actions.pacing import Pacer
from goodterms.delivery.actions.plan import Plan, plan
from goodterms.delivery.actions.reconcile import reconcile_journal
from goodterms.delivery.actions.run import run
from goodterms.delivery.copies import Copies
from goodterms.delivery.means import Means
from goodterms.delivery.queries import count_waiting
from goodterms.delivery.rules.outcomes import RunOutcome
from goodterms.delivery.vehicles.transport import RunStopped, Transport
from goodterms.exits.actions.reconcile import reconcile
from goodterms.ledger.actions.seal import seal
from goodterms.ledger.rules.kinds import Vehicle
from goodterms.policy.rules import Rulebook
from goodterms.review.queries import make_sure_it_may_go


@dataclass(frozen=True, kw_only=True)
class Sent:
    """What sending an update did."""

    plan: Plan
    outcome: RunOutcome

    @property
    def skipped(self) -> Mapping[str, int]:
        """How many did not get it in this run, by reason."""
        counts: Counter[str] = Counter()
        for part in (self.plan.hold, self.plan.refuse, self.outcome.skipped):
            counts.update({reason.value: count for reason, count in part.items()})
        return dict(sorted(counts.items()))


def send(  # noqa: PLR0913 -- the door gives what only a door knows: clock, settings, signals, progress
    office: Office,
    copies: Copies,
    transport: Transport,
    *,
    rulebook: Rulebook,
    clock: Callable[[], datetime],
    worker: str,
    pacer: Pacer,
    without: Collection[int] = (),
    planned: Callable[[int], None] = lambda _waiting: None,
    progress: Callable[[RunOutcome], None] = lambda _outcome: None,
    should_stop: Callable[[], bool] = lambda: False,
) -> Sent:
    """Send an update by e-mail to everybody who may have it and has it not.

    Those in `without` are kept back this time. Sending again sends only what is still owed. Raises RunStopped where the
    server refuses the sender; what was accepted until then stays so, and DraftRefused where the text must be mended or
    explained first.
    """
    owner, update = office.owner, copies.update
    # The start of a command compares numbers only; before anything leaves, every line counts.
    reconcile(office, now=clock())
    # Before copies are planned: the journal knows of some that an older database, put back, has forgotten.
    reconcile_journal(owner, office.folder / "journal", now=clock())
    make_sure_it_may_go(owner, update)
    made = plan(
        owner,
        update,
        Vehicle.EMAIL,
        now=clock(),
        rulebook=rulebook,
        message_id=copies.message_id,
        without=without,
    )
    means = Means(
        transport=transport,
        render=lambda copy: copies.render(copy, now=clock()),
        rulebook=rulebook,
        clock=clock,
        folder=office.folder,
        worker=worker,
        pacer=pacer,
    )
    planned(count_waiting(owner, update))
    try:
        outcome = run(owner, update, means, progress=progress, should_stop=should_stop)
    except RunStopped as stop:
        stop.sent = Sent(plan=made, outcome=stop.outcome)
        raise
    finally:
        seal(owner, office.keys, now=clock())
    return Sent(plan=made, outcome=outcome)
