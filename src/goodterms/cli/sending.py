"""Showing a run at work: what became of how many copies, how fast, and when it will be done."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime

from rich.progress import Progress, TaskID

from goodterms.accounts.office import Office
from goodterms.cli.context import now
from goodterms.cli.output import MESSAGES, clean, progress
from goodterms.cli.pace import clock_words
from goodterms.delivery.actions.pacing import Pacer
from goodterms.delivery.queries import waiting_by_receiver
from goodterms.delivery.rules.outcomes import RunOutcome
from goodterms.delivery.rules.pacing import Pace
from goodterms.delivery.words import wait_words
from goodterms.updates.models import Update

_LONG_SECONDS = 60


@contextmanager
def show_sending(office: Office, update: Update, pacer: Pacer) -> Iterator["Shown"]:
    """Show a run on the terminal while it is at work; where nobody looks, only its long waits are told."""
    with progress() as bar:
        yield Shown(office=office, update=update, pacer=pacer, bar=bar, task=bar.add_task("sending", total=None))


@dataclass(kw_only=True)
class Shown:
    """A run as it is shown."""

    office: Office
    update: Update
    pacer: Pacer
    bar: Progress
    task: TaskID
    _waiting: int = field(default=0, init=False)
    _ends_at: datetime | None = field(default=None, init=False)

    def planned(self, waiting: int) -> None:
        """Show how many copies wait, and until when they will."""
        self._waiting = waiting
        if waiting and not self.pacer.pace.is_unlimited:
            counts = waiting_by_receiver(self.office.owner, self.update)
            self._ends_at = self.pacer.ends_at(counts, now=now())
        self.bar.update(self.task, total=waiting)
        self.went_on(RunOutcome())

    def went_on(self, outcome: RunOutcome) -> None:
        """Show how far it is."""
        text = progress_words(outcome, self._waiting, self._ends_at, now=now())
        self.bar.update(self.task, completed=outcome.tried, description=clean(text))
        wait = outcome.wait
        is_long = wait and (wait.until - now()).total_seconds() > _LONG_SECONDS
        if wait and is_long and not MESSAGES.is_terminal:
            MESSAGES.print(f"Waits until {clock_words(wait.until)}: {wait_words(wait)}.", soft_wrap=True)


def progress_words(outcome: RunOutcome, waiting: int, ends_at: datetime | None, *, now: datetime) -> str:
    """Say what became of how many copies, and how fast; or until when the run waits, and why."""
    told = count_words(outcome)
    if outcome.wait:
        return f"{told}; waits until {clock_words(outcome.wait.until)}: {wait_words(outcome.wait)}"
    if not outcome.tried or outcome.seconds <= 0:
        return told
    rate = outcome.tried / outcome.seconds
    left = max(waiting - outcome.tried, 0) / rate
    paced = (ends_at - now).total_seconds() if ends_at else 0
    return f"{told}; {rate_words(rate)}, {duration_words(max(left, paced))} left"


def count_words(outcome: RunOutcome) -> str:
    """Say what became of how many copies."""
    others = {"deferred": outcome.deferred, "refused": outcome.refused, "unknown": outcome.unknown}
    return ", ".join(
        (f"Accepted {outcome.accepted:,}", *(f"{word} {count:,}" for word, count in others.items() if count))
    )


def rate_words(rate: float) -> str:
    """Say how many copies leave, given for a second."""
    return f"{rate:,.0f} a second" if rate >= 1 else f"{rate * 60:,.1f} a minute"


def duration_words(seconds: float) -> str:
    """Say how long something takes."""
    if seconds < 100:
        return f"{seconds:.1f} s"
    for length, unit in ((86_400, "days"), (3_600, "h")):
        if seconds >= 1.5 * length:
            return f"{seconds / length:.1f} {unit}"
    return f"{seconds / 60:.0f} min"


def forecast_words(pace: Pace, ends_at: datetime | None, moment: datetime) -> str:
    """Say how long sending would take at a pace."""
    if ends_at is None:
        return f"The pace is '{pace.name}'."
    if ends_at <= moment:
        return f"At the pace '{pace.name}' they leave as fast as the mail server takes them."
    return f"At the pace '{pace.name}' the last leaves about {clock_words(ends_at)}."
