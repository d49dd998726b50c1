"""Work beside the pages, where this process is the only one: what was left to the workers is sent, the mailbox read.

On PostgreSQL `goodterms work` does it, in as many processes as one likes.
"""

import logging
from threading import Event, Thread

from django.db import close_old_connections

from goodterms import sql
from goodterms.exits.actions.reconcile import reconcile
from goodterms.lib.faults import Fault
from goodterms.mailings.workers.alone import AlreadyAtWork, work_alone
from goodterms.working import make_outfit

_TRY_AGAIN_SECONDS = 20.0
_log = logging.getLogger(__name__)


class Worker:
    """A thread that works until it is told to end."""

    def __init__(self) -> None:
        self._stop = Event()
        self._thread = Thread(target=self._work, name="worker")

    def start(self) -> None:
        """Begin, where there is work for this process."""
        if not sql.is_postgresql():
            self._thread.start()

    def drain(self) -> None:
        """End in order: what is under way is finished first."""
        self._stop.set()
        if self._thread.is_alive():
            self._thread.join()

    def _work(self) -> None:
        while not self._stop.is_set():
            try:
                outfit = make_outfit(should_stop=self._stop.is_set, say=_log.warning)
                for office in outfit.offices(None):
                    reconcile(office, now=outfit.clock())
                work_alone(outfit, once=False)
            except AlreadyAtWork:
                _log.info("Another process does the work of this data folder.")
            except Fault as fault:
                _log.warning("%s", fault)
            except Exception:
                _log.exception("The worker was broken off, and begins anew")
            finally:
                close_old_connections()
            self._stop.wait(_TRY_AGAIN_SECONDS)
