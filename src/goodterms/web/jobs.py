"""Long work beside the pages: a page starts it, others show how far it is, and one takes its result.

Work runs in a thread of this process and ends with it; what it does must be whole at each moment, as every action is.
"""

import logging
import uuid
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from threading import Event, Lock
from typing import Any

from django.db import close_old_connections

from goodterms.lib.faults import Fault

_KEPT = 50
_log = logging.getLogger(__name__)


@dataclass
class Job:
    """Something that takes longer than a page may."""

    owner: int
    """The number of the owner it is done for; nobody else sees it."""
    title: str
    key: str = ""
    """What it is about, where only one at a time may be at it."""
    uid: str = field(default_factory=lambda: uuid.uuid4().hex)
    step: str = ""
    """What is being done now."""
    done: int = 0
    total: int = 0
    """How many there are to do; 0 where that is not known yet."""
    so_far: Any = None
    """What it has done until now, where it tells."""
    result: Any = None
    fault: str = ""
    """Why it ended without a result."""
    is_over: bool = False
    stop: Event = field(default_factory=Event)
    """Set to ask it to end in order."""

    def tell(self, step: str) -> None:
        """Say what is being done now."""
        self.step = step


class Jobs:
    """The jobs of this process, the newest first."""

    def __init__(self) -> None:
        self._jobs: dict[str, Job] = {}
        self._lock = Lock()
        self._threads = ThreadPoolExecutor(max_workers=4, thread_name_prefix="job")

    def start(self, owner: int, title: str, work: Callable[[Job], Any], *, key: str = "") -> Job:
        """Begin `work` in a thread and give its job; where one with that key is at work already, give that."""
        job = Job(owner=owner, title=title, key=key)
        with self._lock:
            at_work = self._at_work(owner, key)
            if at_work is not None:
                return at_work
            self._jobs[job.uid] = job
            for uid in [uid for uid, old in self._jobs.items() if old.is_over][:-_KEPT]:
                del self._jobs[uid]
        self._threads.submit(self._run, job, work)
        return job

    def find(self, owner: int, uid: str) -> Job | None:
        """Give an owner's job; None where it is not theirs or its process has ended."""
        job = self._jobs.get(uid)
        return job if job is not None and job.owner == owner else None

    def latest(self, owner: int, key: str) -> Job | None:
        """Give the owner's newest job with a key, at work or over; None where there was none."""
        return next((job for job in reversed(self._jobs.values()) if (job.owner, job.key) == (owner, key)), None)

    def drain(self) -> None:
        """Ask every job to end in order, and wait until all have."""
        for job in list(self._jobs.values()):
            job.stop.set()
        self._threads.shutdown(wait=True, cancel_futures=True)

    def _at_work(self, owner: int, key: str) -> Job | None:
        found = self.latest(owner, key) if key else None
        return found if found is not None and not found.is_over else None

    @staticmethod
    def _run(job: Job, work: Callable[[Job], Any]) -> None:
        try:
            job.result = work(job)
        except Fault as fault:
            job.fault = str(fault)
        except Exception:
            _log.exception("The work '%s' failed", job.title)
            job.fault = "Something went wrong that should not; the log has the details. What was begun was taken back."
        finally:
            close_old_connections()
            job.is_over = True


JOBS = Jobs()
