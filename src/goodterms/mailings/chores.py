"""What workers do every minute beside sending: read the mailbox, answer, end doubts, tell webhooks, welcome."""

import logging
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, timedelta

from django.db import InterfaceError, OperationalError

from goodterms.accounts.habits import common_welcomes, habits_of
from goodterms.accounts.mail import mail_addresses
from goodterms.accounts.office import Office
from goodterms.delivery.queries import facts_of, served
from goodterms.feedback.actions.allowances import forget_askings
from goodterms.feedback.actions.pending import expire_pending
from goodterms.feedback.actions.poll import poll
from goodterms.feedback.mailbox import mailbox_of
from goodterms.ledger.actions.seal import seal
from goodterms.ledger.rules.kinds import Vehicle
from goodterms.lib.faults import Fault
from goodterms.mailings.actions.ask import schedule
from goodterms.mailings.models import Mailing
from goodterms.policy.queries.audiences import audience
from goodterms.policy.queries.decisions import Question
from goodterms.policy.rules import Rulebook
from goodterms.terms.queries import text_in_force
from goodterms.terms.rules import Place
from goodterms.updates.actions import add_welcome
from goodterms.webhooks.actions import tell_webhooks

_WELCOME_EVERY = timedelta(hours=1)
_log = logging.getLogger(__name__)
_OPEN = (Mailing.State.SCHEDULED, Mailing.State.SENDING, Mailing.State.PAUSED, Mailing.State.STOPPED)


class Chores:
    """The chores of one worker process; what goes wrong is told once, and the other chores are done all the same.

    So one owner's odd mail keeps nobody from hearing the exits of another owner's people.
    `answer` sends an owner's short answers that wait and gives how many went where. Raises SettingsFaulty at the start
    where a setting that they go by is none.
    """

    def __init__(
        self,
        offices: Callable[[Iterable[int] | None], list[Office]],
        *,
        rulebook: Callable[[Office], Rulebook],
        answer: Callable[[Office], Mapping[str, int]],
        clock: Callable[[], datetime],
        say: Callable[[str], None],
    ) -> None:
        common_welcomes()
        self._offices, self._rulebook = offices, rulebook
        self._answers, self._clock, self._say = answer, clock, say
        self._welcome_at = clock()
        self._told: dict[str, str] = {}

    def __call__(self) -> None:
        """Do them."""
        offices = self._offices(None)
        for office in offices:
            self._do(f"mailbox {office.owner.pk}", lambda office=office: self._poll(office))  # type: ignore[misc]
            self._do(f"doubts {office.owner.pk}", lambda office=office: self._expire(office))  # type: ignore[misc]
            self._do(f"answers {office.owner.pk}", lambda office=office: self._answer(office))  # type: ignore[misc]
            self._do(f"webhooks {office.owner.pk}", lambda office=office: self._tell(office))  # type: ignore[misc]
        if self._clock() >= self._welcome_at:
            self._welcome_at = self._clock() + _WELCOME_EVERY
            for office in offices:
                self._do(f"welcome {office.owner.pk}", lambda office=office: self._welcome(office))  # type: ignore[misc]

    def _do(self, name: str, chore: Callable[[], None]) -> None:
        try:
            chore()
            self._told.pop(name, None)
        except Fault as fault:
            self._tell_once(name, str(fault))
        except (OperationalError, InterfaceError):  # the database is gone, and with it every chore
            raise
        except Exception as fault:
            _log.exception("The chore '%s' failed", name)
            self._tell_once(name, f"A chore failed that should not ({name}: {type(fault).__name__}); the log has more.")

    def _tell_once(self, name: str, said: str) -> None:
        if self._told.get(name) != said:
            self._told[name] = said
            self._say(said)

    def _poll(self, office: Office) -> None:
        if not mail_addresses(office).imap:
            return
        box = mailbox_of(office)
        counts = poll(office, box.address, token_command=box.token_command, after=box.after, clock=self._clock)
        if counts["new"]:
            seal(office.owner, office.keys, now=self._clock())
            told = ", ".join(f"{count} {name}" for name, count in sorted(counts.items()) if name not in {"read", "new"})
            self._say(f"The mailbox had {counts['new']} new: {told}.")

    def _expire(self, office: Office) -> None:
        forget_askings(office.owner, now=self._clock())
        expired = expire_pending(office, now=self._clock())
        if expired:
            seal(office.owner, office.keys, now=self._clock())
            self._say(f"{expired} doubtful messages had waited for the owner for seven days: they are exits now.")

    def _answer(self, office: Office) -> None:
        counts = self._answers(office)
        if counts.get("sent"):
            self._say(f"Short answers that left: {counts['sent']}.")

    def _tell(self, office: Office) -> None:
        tell_webhooks(office, now=self._clock())

    def _welcome(self, office: Office) -> None:
        if habits_of(office.owner).welcomes:
            welcome_newcomers(office, self._rulebook(office), now=self._clock())


def welcome_newcomers(office: Office, rulebook: Rulebook, *, now: datetime) -> Mailing | None:
    """Set the welcome message to be sent where somebody waits for it who shows an address; give the mailing if so."""
    owner = office.owner
    text, terms = text_in_force(owner, Place.WELCOME, now), text_in_force(owner, Place.UPDATE, now)
    update = add_welcome(owner, text, terms=terms, now=now)
    question = Question(facts=facts_of(update), vehicle=Vehicle.EMAIL, rulebook=rulebook, now=now)
    is_open = Mailing.objects.filter(owner=owner, update=update, state__in=_OPEN).exists()
    if is_open or not audience(owner, question, served=served(owner, update)).send:
        return None
    return schedule(office, update, now, now=now, asked_by="goodterms work")
