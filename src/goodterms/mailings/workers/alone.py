"""The one worker process of a data folder on SQLite; and one that ends when nothing is due, on either database."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from datetime import timedelta
from pathlib import Path

from goodterms import sql
from goodterms.lib.faults import Fault
from goodterms.lib.locks import lock_file
from goodterms.mailings.actions.carry import send_stint, tend
from goodterms.mailings.outfit import Outfit
from goodterms.mailings.queries import owners_to_tend
from goodterms.mailings.workers.telling import Teller

_LOOK_SECONDS = 1.0
_CHORES_EVERY = timedelta(minutes=1)


class AlreadyAtWork(Fault):
    """Another process works on the same data folder."""


def work_alone(outfit: Outfit, *, once: bool, sleep: Callable[[float], None] = time.sleep) -> None:
    """Send what is due until somebody wants an end, or once; raises AlreadyAtWork."""
    teller = Teller(outfit)
    chores_at = outfit.clock()
    with nullcontext() if sql.is_postgresql() else _only_one(outfit.folder):
        while not outfit.should_stop():
            if outfit.clock() >= chores_at:
                outfit.chores()
                chores_at = outfit.clock() + _CHORES_EVERY
            has_sent = _turn(outfit, teller)
            if once and not has_sent:
                return
            if not has_sent and not outfit.should_stop():
                sleep(_LOOK_SECONDS)


def _turn(outfit: Outfit, teller: Teller) -> bool:
    """Send a stint of everything that is due; say whether there was anything."""
    has_sent = False
    for office in outfit.offices(owners_to_tend(now=outfit.clock())):
        for mailing in tend(office, outfit):
            if outfit.should_stop():
                return True
            send_stint(office, mailing, outfit, progress=lambda _outcome: teller.tell_where_due())
            has_sent = True
    return has_sent


@contextmanager
def _only_one(folder: Path) -> Iterator[None]:
    with lock_file(folder / "work.lock") as is_mine:
        if not is_mine:
            raise AlreadyAtWork(
                f"Another goodterms work is at work on {folder}. Nothing was done. On SQLite one process does all the "
                "work; for more of them, keep the database in PostgreSQL (GOODTERMS_DATABASE_URL)."
            )
        yield
