"""The mails that public pages send: beside the page, so that its answer takes as long whatever is sent."""

import logging
from collections.abc import Callable

from goodterms import doors
from goodterms.accounts.mail import mail_addresses
from goodterms.accounts.office import Office
from goodterms.delivery.vehicles.transport import RunStopped
from goodterms.web.jobs import JOBS, Job
from goodterms.web.pages.public.letters import Words

_log = logging.getLogger(__name__)


def send_soon(office: Office, address: str, words: Words) -> None:
    """Send a short mail; where it can't leave, whoever waits for it asks again."""

    def send(_job: Job) -> None:
        try:
            doors.send_short_mail(office, address, subject=words.subject, text=words.text)
        except RunStopped as fault:
            _log.warning("A mail that a public page promised did not leave: %s", fault)

    _where_mail_can_leave(office, "A short mail", send)


def send_answers_soon(office: Office) -> None:
    """Send the answers that wait; where they can't leave now, the workers send them later."""

    def send(_job: Job) -> None:
        try:
            doors.send_waiting_answers(office)
        except RunStopped as fault:
            _log.warning("Answers wait: %s", fault)

    _where_mail_can_leave(office, "Short answers", send)


def _where_mail_can_leave(office: Office, title: str, send: Callable[[Job], None]) -> None:
    if mail_addresses(office).can_send:
        JOBS.start(office.owner.pk, title, send)
