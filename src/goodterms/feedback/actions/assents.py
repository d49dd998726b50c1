"""Obeying a yes that came by mail: a signed choice or confirmation, or words that the sender's domain vouches for.

Whatever is not authentic asks for nothing, and what is, is confirmed by a further mail unless it is the confirmation.
"""

from datetime import datetime, timedelta

from django.db import transaction

from goodterms.accounts.office import Office
from goodterms.feedback.actions.choices import choose
from goodterms.feedback.actions.opt_ins import confirm_opt_in, give_opt_in
from goodterms.feedback.parsers.assent import Assent, assent_in
from goodterms.feedback.parsers.classify import Reading, Signal
from goodterms.feedback.parsers.message import Incoming, Place
from goodterms.ledger.queries.entries import entries_of
from goodterms.ledger.rules.kinds import Kind
from goodterms.lib.addresses import normalise_email
from goodterms.lib.faults import Fault
from goodterms.lib.tokens import Act, Token, make_token
from goodterms.people.models import Person
from goodterms.people.queries import group_of, named_email, persons_by_key

_ASKED_WITHIN = timedelta(days=60)
"""How long a mere yes may be taken for the answer to a request."""


def obey_assent(office: Office, incoming: Incoming, reading: Reading, *, is_authentic: bool, now: datetime) -> str:
    """Obey a yes in a mail, if there is one; give why it could not be, or nothing."""
    try:
        with transaction.atomic():
            if reading.signal is Signal.OPT_IN:
                _by_token(office, incoming, reading, now=now)
            elif assent := assent_in(reading.words):
                _by_words(office, incoming, assent, is_authentic=is_authentic, now=now)
    except Fault as fault:
        return str(fault)
    return ""


def _by_token(office: Office, incoming: Incoming, reading: Reading, *, now: datetime) -> None:
    evidence = (incoming.sha256,)
    if reading.choice is None:
        (token,) = _tokens(incoming, Act.CONFIRM, Place.SUBJECT, Place.RECEIVER)[:1]
        confirm_opt_in(office, make_token(office.keys.token, token), evidence=evidence, now=now)
        return
    link = " ".join(make_token(office.keys.token, token) for token in _tokens(incoming, Act.CHOOSE, Place.SUBJECT))
    choose(office, link, reading.choice, address=incoming.from_address, evidence=evidence, now=now)


def _by_words(office: Office, incoming: Incoming, assent: Assent, *, is_authentic: bool, now: datetime) -> None:
    evidence = (incoming.sha256,)
    for token in _tokens(incoming, Act.CONFIRM, Place.ANSWERED)[:1]:
        # Only who reads the mail that asked for it knows its Message-ID.
        confirm_opt_in(office, make_token(office.keys.token, token), evidence=evidence, now=now)
        return
    person = _sender(office, incoming) if is_authentic else None
    if person and (assent is Assent.JOIN or _was_asked(office, person, now)):
        detail = {"channel": "email", "rule": str(assent)}
        give_opt_in(office, person, incoming.from_address, detail=detail, evidence=evidence, now=now)


def _tokens(incoming: Incoming, act: Act, *places: Place) -> list[Token]:
    found = (found.token for found in incoming.tokens if found.token.act is act and found.place in places)
    return list(dict.fromkeys(found))


def _sender(office: Office, incoming: Incoming) -> Person | None:
    """Give the one person who is known by the sender's address."""
    address = normalise_email(incoming.from_address)
    found = persons_by_key(office.owner, named_email(office.keys.identity, address).key) if address else []
    return found[0] if len(found) == 1 and not found[0].erased_at else None


def _was_asked(office: Office, person: Person, now: datetime) -> bool:
    asked = (e.occurred_at for e in entries_of(office.owner, group_of(person.pk)) if e.kind is Kind.OPT_IN_ASKED)
    return any(at > now - _ASKED_WITHIN for at in asked)
