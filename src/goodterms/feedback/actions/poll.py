"""Reading the mailbox: everything new in it, once, and obeying it."""

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime

from django.db import DatabaseError

from goodterms import sql
from goodterms.accounts.office import Office
from goodterms.exits.actions.reconcile import reconcile_where_needed
from goodterms.exits.file import SuppressionsUnwritable
from goodterms.feedback.actions.pending import expire_pending
from goodterms.feedback.actions.read import read_mail
from goodterms.feedback.imap.address import MailboxAddress
from goodterms.feedback.imap.session import MailboxRefused, MailboxUnreachable, Session, open_mailbox
from goodterms.feedback.models import MailboxMark
from goodterms.lib.faults import Fault

_IDLE_SECONDS = 9 * 60
"""Servers may end a session after half an hour of silence (RFC 9051 section 5.4), and routers sooner."""
_FIRST_PAUSE, _LONGEST_PAUSE, _POLL_PAUSE = 5.0, 900.0, 60.0


class NotStored(Fault):
    """What was read can't be stored: the disk is full, or the database does not answer."""


@dataclass(frozen=True, kw_only=True)
class AfterReading:
    """What becomes of a mail in the mailbox once it was obeyed. Nothing is ever deleted."""

    flag: str = ""
    """A flag to set; none where it is empty."""
    move_to: str = ""
    """A folder to move it to; it stays where this is empty."""

    @property
    def writes(self) -> bool:
        """Whether the mailbox has to be opened for changes."""
        return bool(self.flag or self.move_to)


LEFT_AS_IT_IS = AfterReading()
_PASSING = (MailboxUnreachable, MailboxRefused, NotStored, SuppressionsUnwritable, DatabaseError)
"""What may be over by itself after a while."""


def poll(
    office: Office,
    address: MailboxAddress,
    *,
    token_command: str = "",
    after: AfterReading = LEFT_AS_IT_IS,
    clock: Callable[[], datetime],
) -> Counter[str]:
    """Read what is new in the mailbox; give how many were read, new, and of each signal.

    `renumbered` is 1 where the server has numbered its mail anew: then all of it is looked at again. Raises
    MailboxUnreachable, MailboxRefused, MailboxUnable and NotStored; what was read until then stays read.
    """
    with open_mailbox(address, token_command=token_command, writes=after.writes) as session:
        if after.move_to:
            session.prepare_folder(after.move_to)
        return _read_new(office, address, session, after=after, clock=clock)


def watch(  # noqa: PLR0913 -- the door gives what only a door knows
    office: Office,
    address: MailboxAddress,
    *,
    token_command: str = "",
    after: AfterReading = LEFT_AS_IT_IS,
    clock: Callable[[], datetime],
    pause: Callable[[float], None],
    should_stop: Callable[[], bool],
    heard: Callable[[Counter[str]], None],
    failed: Callable[[Fault, float], None],
) -> None:
    """Read the mailbox until somebody wants an end; told by IDLE where the server can, else asked every minute.

    A fault is told once, and tried again after growing pauses: nothing is lost by it, and nothing read twice.
    """
    pauses = growing_pauses()
    told = ""
    while not should_stop():
        try:
            reconcile_where_needed(office, now=clock())
            with open_mailbox(address, token_command=token_command, writes=after.writes) as session:
                if after.move_to:
                    session.prepare_folder(after.move_to)
                while not should_stop():
                    counts = _read_new(office, address, session, after=after, clock=clock)
                    expire_pending(office, now=clock())
                    pauses, told = growing_pauses(), ""
                    if counts["read"] or counts["renumbered"]:
                        heard(counts)
                    session.wait(_IDLE_SECONDS, should_stop)
                    if not session.can_wait and not should_stop():
                        pause(_POLL_PAUSE)
        except _PASSING as fault:
            sql.renew_connection()
            seconds = next(pauses)
            shown = fault if isinstance(fault, Fault) else _not_stored(fault)
            if str(shown) != told:
                failed(shown, seconds)
                told = str(shown)
            pause(seconds)


def growing_pauses() -> Iterator[float]:
    """Give seconds to wait after each failure in a row: twice as long each time, a quarter of an hour at most."""
    seconds = _FIRST_PAUSE
    while True:
        yield seconds
        seconds = min(2 * seconds, _LONGEST_PAUSE)


def _read_new(
    office: Office, address: MailboxAddress, session: Session, *, after: AfterReading, clock: Callable[[], datetime]
) -> Counter[str]:
    counts: Counter[str] = Counter()
    mark = MailboxMark.objects.filter(owner=office.owner, mailbox=str(address)[:300]).first()
    is_known = mark is not None and mark.uid_validity == session.uid_validity
    if mark is not None and not is_known:
        counts["renumbered"] = 1
        _mark(office, address, session.uid_validity, 0)
    # Where the server has numbered its mail anew, no number says any more what was read.
    for fetched in session.newer_than(mark.last_uid if mark and is_known else 0):
        try:
            counts.update(read_mail(office, fetched.mails, now=clock()))
        except DatabaseError as fault:
            raise _not_stored(fault) from fault
        if after.flag:
            session.flag(fetched.uids, after.flag)
        if after.move_to:
            session.move(fetched.uids, after.move_to)
        # After the reading: where something fails before, they are read again, and reading twice changes nothing.
        _mark(office, address, session.uid_validity, max(fetched.uids))
    return counts


def _not_stored(fault: Exception) -> NotStored:
    said = " ".join(str(fault).split())[:200] or type(fault).__name__
    return NotStored(
        f"What came back can't be stored: {said}. The mail stays where it is and is read the next time; what was "
        "obeyed stays obeyed. Make room on the disk, or see whether the database answers."
    )


def _mark(office: Office, address: MailboxAddress, uid_validity: int, uid: int) -> None:
    MailboxMark.objects.update_or_create(
        owner=office.owner,
        mailbox=str(address)[:300],
        defaults={"uid_validity": uid_validity, "last_uid": uid},
    )
