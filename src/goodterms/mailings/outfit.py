"""What a worker works with: what only the door that starts it knows."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from goodterms.accounts.office import Office
from goodterms.delivery.actions.pacing import Pacer
from goodterms.delivery.copies import Copies
from goodterms.delivery.vehicles.transport import Transport
from goodterms.policy.rules import Rulebook
from goodterms.updates.models import Update


@dataclass(frozen=True, kw_only=True)
class Outfit:
    """Clock, settings and voice of a worker process."""

    folder: Path
    """The data folder of this machine."""
    clock: Callable[[], datetime]
    offices: Callable[[Iterable[int] | None], list[Office]]
    """Gives the offices of the owners with these numbers; of all that this installation acts for, where none are."""
    copies: Callable[[Office, Update], Copies]
    rulebook: Callable[[Office], Rulebook]
    paced_transport: Callable[[Office], tuple[Transport, Pacer]]
    """Gives what carries an owner's mail, and what keeps the pace of the account that it leaves by."""
    chores: Callable[[], None]
    """What is done every minute beside sending."""
    should_stop: Callable[[], bool]
    say: Callable[[str], None]
    """Tells whoever watches the process."""
    worker: str = "work"
    """A name for the journal's files."""
    lease: timedelta | None = None
    """How long a claim holds, where it is not as usual."""
    stint: timedelta = timedelta(seconds=60)
    """After so long a worker looks whether another mailing waits for its turn."""
