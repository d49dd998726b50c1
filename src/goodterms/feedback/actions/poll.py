"""Reading the mailbox: everything new in it, once, and obeying it."""

from collections import Counter
from collections.abc import Callable, Iterator
from datetime import datetime

from goodterms.accounts.office import Office
from goodterms.feedback.actions.pending import expire_pending
from goodterms.feedback.actions.read import read_mail
from goodterms.feedback.imap.address import MailboxAddress
from goodterms.feedback.imap.session import MailboxRefused, MailboxUnreachable, Session, open_mailbox
from goodterms.feedback.models import MailboxMark
from goodterms.lib.faults import Fault

_IDLE_SECONDS = 9 * 60
"""Servers may end a session after half an hour of silence (RFC 9051 section 5.4), and routers sooner."""
_FIRST_PAUSE, _LONGEST_PAUSE, _POLL_PAUSE = 5.0, 900.0, 60.0


def poll(
    office: Office,
    address: MailboxAddress,
    *,
    token_command: str = "",
    flag: str = "",
    clock: Callable[[], datetime],
) -> Counter[str]:
    """Read what is new in the mailbox; give how many were read, new, and of each signal."""
    with open_mailbox(address, token_command=token_command, writes=bool(flag)) as session:
        return _read_new(office, address, session, flag=flag, clock=clock)


def watch(  # noqa: PLR0913 -- the door gives what only a door knows
    office: Office,
    address: MailboxAddress,
    *,
    token_command: str = "",
    flag: str = "",
    clock: Callable[[], datetime],
    pause: Callable[[float], None],
    should_stop: Callable[[], bool],
    heard: Callable[[Counter[str]], None],
    failed: Callable[[Fault, float], None],
) -> None:
    """Read the mailbox until somebody wants an end; told by IDLE where the server can, else asked every minute.

    A fault is told once, and tried again after growing pauses.
    """
    pauses = growing_pauses()
    told = ""
    while not should_stop():
        try:
            with open_mailbox(address, token_command=token_command, writes=bool(flag)) as session:
                while not should_stop():
                    counts = _read_new(office, address, session, flag=flag, clock=clock)
                    expire_pending(office, now=clock())
                    pauses, told = growing_pauses(), ""
                    if counts["read"]:
                        heard(counts)
                    session.wait(_IDLE_SECONDS, should_stop)
                    if not session.can_wait and not should_stop():
                        pause(_POLL_PAUSE)
        except (MailboxUnreachable, MailboxRefused) as fault:
            seconds = next(pauses)
            if str(fault) != told:
                failed(fault, seconds)
                told = str(fault)
            pause(seconds)


def growing_pauses() -> Iterator[float]:
    """Give seconds to wait after each failure in a row: twice as long each time, a quarter of an hour at most."""
    seconds = _FIRST_PAUSE
    while True:
        yield seconds
        seconds = min(2 * seconds, _LONGEST_PAUSE)


def _read_new(
    office: Office, address: MailboxAddress, session: Session, *, flag: str, clock: Callable[[], datetime]
) -> Counter[str]:
    counts: Counter[str] = Counter()
    for fetched in session.newer_than(_last_uid(office, address, session.uid_validity)):
        counts.update(read_mail(office, fetched.mails, now=clock()))
        if flag:
            session.flag(fetched.uids, flag)
        # After the reading: where something fails before, they are read again, and reading twice changes nothing.
        _mark(office, address, session.uid_validity, max(fetched.uids))
    return counts


def _last_uid(office: Office, address: MailboxAddress, uid_validity: int) -> int:
    """Give the UID up to which all was read; none where the server has numbered its mail anew."""
    mark = MailboxMark.objects.filter(owner=office.owner, mailbox=str(address)[:300]).first()
    return mark.last_uid if mark and mark.uid_validity == uid_validity else 0


def _mark(office: Office, address: MailboxAddress, uid_validity: int, uid: int) -> None:
    MailboxMark.objects.update_or_create(
        owner=office.owner,
        mailbox=str(address)[:300],
        defaults={"uid_validity": uid_validity, "last_uid": uid},
    )
