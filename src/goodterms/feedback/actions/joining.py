"""Joining by oneself: an address asks for updates on the owner's public page, and confirms from its mailbox.

Nothing is kept of whoever asked before they confirm: the link that is mailed to them carries it all, signed.
"""

from datetime import UTC, datetime, timedelta

from goodterms.accounts.office import Office
from goodterms.exits.actions.links import LinkUnusable, hash_of_link, keep_link
from goodterms.exits.actions.take import known_person
from goodterms.exits.queries import suppressions_of
from goodterms.feedback.actions.opt_ins import (
    OptInImpossible,
    confirm_now,
    keep_address,
    make_sure_it_is_open,
    note_given,
)
from goodterms.feedback.models import OptIn
from goodterms.feedback.rules.choices import PersonsChoice, scope_of
from goodterms.ledger.turns import alone
from goodterms.lib.addresses import normalise_email
from goodterms.lib.claims import read_claim, write_claim
from goodterms.people.models import Person
from goodterms.people.queries import Named, find_person, named_email

_WHAT = "join"
_DAYS = timedelta(days=7)
_SCOPE = scope_of(PersonsChoice.EMAIL, offers=False)


def may_be_asked(office: Office, address: str) -> bool:
    """Say whether a mail may go to an address that asks to join; never where anybody by it has left.

    Else whoever knows the address of somebody who left could have us write to them. They come back by their own link.
    """
    named = named_email(office.keys.identity, address)
    return not suppressions_of(office.owner, [named.key])


def joining_link(office: Office, address: str, *, now: datetime) -> str:
    """Give the signed text that confirms that an address asked to join; it is mailed there and nowhere else."""
    claim: dict[str, str | int] = {"owner": office.owner.uid, "address": address, "at": int(now.timestamp())}
    return write_claim(office.keys.token, _WHAT, claim)


@alone
def join_by_link(office: Office, link: str, *, now: datetime) -> Person:
    """Take the confirmed yes of whoever got a joining link. Once more, it changes nothing.

    Raises LinkUnusable where no such link was signed here within a week, OptInImpossible where an exit came in between.
    """
    address, asked_at = _read(office, link, now)
    named = named_email(office.keys.identity, address)
    uid = hash_of_link(link)[:32]
    known = OptIn.objects.filter(owner=office.owner, uid=uid).select_related("person").first()
    if known is not None:
        return known.person
    if not may_be_asked(office, address):
        raise OptInImpossible(
            "Whoever has this address took a way out, and that counts. Nothing was changed; they can choose on their "
            "own page."
        )
    person = find_person(office.owner, office.keys.identity, address) or known_person(
        office, named, source="person", now=now
    )
    make_sure_it_is_open(person)
    _give(office, person, named, uid=uid, link=link, asked_at=asked_at, now=now)
    return person


def _read(office: Office, link: str, now: datetime) -> tuple[str, datetime]:
    claim = read_claim(office.keys.token, _WHAT, link)
    address = normalise_email(str(claim["address"])) if claim and claim["owner"] == office.owner.uid else None
    asked_at = datetime.fromtimestamp(int(claim["at"]), UTC) if claim else now
    if address is None or not now - _DAYS <= asked_at <= now + _DAYS:
        raise LinkUnusable("This link was not signed here within a week. Nothing was changed; ask for another one.")
    return address, min(asked_at, now)


def _give(
    office: Office, person: Person, named: Named, *, uid: str, link: str, asked_at: datetime, now: datetime
) -> None:
    evidence = keep_link(office, person, link)
    opt_in = OptIn.objects.create(
        owner=office.owner,
        person=person,
        uid=uid,
        address=named.value,
        address_key=named.key,
        purposes=",".join(sorted(_SCOPE.purposes)),
        given_at=asked_at,
        confirmed_at=now,
    )
    detail = {"channel": "join page", "opt_in": uid, "address_key": named.key}
    note_given(office, opt_in, detail=detail, evidence=evidence, now=now)
    keep_address(office, person, opt_in, now=now)
    confirm_now(office, person, _SCOPE, detail=detail, evidence=evidence, now=now)
