"""The outfit of a worker: for the command that works, and for the pages, which work beside themselves on SQLite."""

import os
import socket
from collections.abc import Callable, Iterable
from datetime import timedelta

from goodterms.accounts.keys import KeysWrong
from goodterms.accounts.office import Office
from goodterms.accounts.queries import owners_numbered
from goodterms.config import SettingsFaulty, home, read_settings
from goodterms.doors import copies_of, now, office_of, paced_transport, rulebook_of, send_waiting_answers
from goodterms.mailings.chores import Chores
from goodterms.mailings.outfit import Outfit


def make_outfit(*, should_stop: Callable[[], bool], say: Callable[[str], None]) -> Outfit:
    """Give what a worker of this process works with; raises SettingsFaulty."""
    settings = read_settings()

    def offices(numbers: Iterable[int] | None) -> list[Office]:
        return _offices(numbers, say)

    return Outfit(
        folder=home(),
        clock=now,
        offices=offices,
        copies=copies_of,
        rulebook=rulebook_of,
        paced_transport=lambda office: paced_transport(office, should_stop=should_stop),
        chores=Chores(offices, rulebook=rulebook_of, answer=send_waiting_answers, clock=now, say=say),
        should_stop=should_stop,
        say=say,
        # The process's number, so that two on one machine can be told apart.
        worker=f"{socket.gethostname()[:12]}-{os.getpid()}",
        lease=_lease(settings["GOODTERMS_LEASE_SECONDS"]),
    )


def _lease(text: str) -> timedelta | None:
    if not text:
        return None
    if not text.isdigit() or not int(text):
        raise SettingsFaulty(f"GOODTERMS_LEASE_SECONDS is '{text}'; it must be a number of seconds. Nothing was done.")
    return timedelta(seconds=int(text))


def _offices(numbers: Iterable[int] | None, say: Callable[[str], None]) -> list[Office]:
    """Give the owners whose keys are here; of the others this machine could not recognise who left."""
    offices = []
    for owner in owners_numbered(numbers, email=read_settings()["GOODTERMS_OWNER"]):
        try:
            offices.append(office_of(owner))
        except KeysWrong as fault:
            say(f"{owner}: {fault}")
    return offices
