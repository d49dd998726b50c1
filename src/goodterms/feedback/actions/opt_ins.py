"""Opt-ins: asked for, given, and confirmed by an act that only the person can do.

Who says yes gets one mail with a signed token at the address that they named; opening its page and pressing the
button, or answering it, confirms (double opt-in). A yes alone lifts no exit.
"""

import secrets
from collections.abc import Collection, Mapping
from datetime import datetime

from django.db import transaction

from goodterms.accounts.office import Office
from goodterms.exits.actions.links import LinkUnusable, keep_link, token_in
from goodterms.exits.actions.take import take_exit
from goodterms.exits.queries import is_anothers
from goodterms.feedback.models import Answer, OptIn
from goodterms.feedback.rules.choices import PersonsChoice, left_out
from goodterms.ledger.actions.append import append
from goodterms.ledger.queries.standings import standings_of
from goodterms.ledger.rules.facts import Fact, Scope
from goodterms.ledger.rules.kinds import Actor, Kind, Purpose, Vehicle
from goodterms.ledger.turns import alone
from goodterms.lib.addresses import normalise_email
from goodterms.lib.faults import Fault
from goodterms.lib.tokens import Act, Token, make_token
from goodterms.people.models import Identity, Person
from goodterms.people.queries import named_email, root_id

_OTHER = "the mail that asked you to confirm holds the right one."


class OptInImpossible(Fault):
    """An opt-in can't be asked for, given or confirmed; the message says why."""


def page_token(office: Office, person: Person) -> str:
    """Give the token (act CHOOSE) of a person's own page; the page's address is PUBLIC_URL/x/TOKEN."""
    token = Token(owner_number=office.owner.pk, person_uid=person.uid, act=Act.CHOOSE)
    return make_token(office.keys.token, token)


@transaction.atomic
def ask_opt_in(office: Office, person: Person, *, vehicle: Vehicle, now: datetime) -> str:
    """Record that the owner asks a person for an opt-in, and give the token of the page where they can say yes.

    The asking itself is part of a message that the decision allows, or of what the owner writes by hand. Raises
    OptInImpossible where the person complained or was erased: then nobody asks any more.
    """
    root = Person.objects.get(owner=person.owner_id, pk=root_id(person))
    make_sure_it_is_open(root)
    fact = Fact(
        kind=Kind.OPT_IN_ASKED,
        occurred_at=now,
        actor=Actor.OWNER,
        person=root.pk,
        scope=Scope(vehicles=frozenset({vehicle})),
    )
    append(office.owner, [fact], now=now)
    return page_token(office, root)


@alone
def give_opt_in(
    office: Office,
    person: Person,
    address: str,
    *,
    purposes: Collection[Purpose] = (Purpose.NETWORKING,),
    detail: Mapping[str, str],
    evidence: tuple[str, ...],
    now: datetime,
) -> Answer:
    """Record a person's yes to mail at an address, and let one mail there ask them to confirm.

    Call it for an authenticated act only: a signed link, or a mail that its sender's domain vouches for. Raises
    OptInImpossible where the address is none, where somebody else by it has left, or where the person complained or
    was erased.
    """
    root = Person.objects.get(owner=person.owner_id, pk=root_id(person))
    make_sure_it_is_open(root)
    normal = normalise_email(address)
    if normal is None:
        raise OptInImpossible(
            f"'{address.strip()}' is no e-mail address. Nothing was changed; please look at it again."
        )
    known = _waiting(office, root, normal, purposes)
    if known:
        return known
    named = named_email(office.keys.identity, normal)
    if is_anothers(office.owner, named.key, root.pk):
        # Else whoever knows the address of somebody who left could have us write to them, again and again.
        raise OptInImpossible("No mail can go to that address. Nothing was changed; please name another one.")
    opt_in = OptIn.objects.create(
        owner=office.owner,
        person=root,
        uid=secrets.token_hex(16),
        address=normal,
        address_key=named.key,
        purposes=",".join(sorted(purposes)),
        given_at=now,
    )
    note_given(office, opt_in, detail=detail, evidence=evidence, now=now)
    return Answer.objects.create(
        owner=office.owner,
        person=root,
        kind=Answer.Kind.OPT_IN,
        about=opt_in.uid,
        address=normal,
        state=Answer.State.WAITING,
        asked_at=now,
    )


def note_given(
    office: Office, opt_in: OptIn, *, detail: Mapping[str, str], evidence: tuple[str, ...], now: datetime
) -> None:
    """Write a person's yes into the ledger. Call it inside the action that it is part of."""
    fact = Fact(
        kind=Kind.OPT_IN_GIVEN,
        occurred_at=opt_in.given_at,
        actor=Actor.PERSON,
        person=opt_in.person_id,
        scope=_scope(opt_in),
        detail={**detail, "address_key": opt_in.address_key, "opt_in": opt_in.uid},
        evidence=evidence,
    )
    append(office.owner, [fact], now=now)


def confirm_token(office: Office, opt_in: OptIn) -> str:
    """Give the token (act CONFIRM) that confirms an opt-in; it is sent to the address itself and nowhere else."""
    token = Token(owner_number=office.owner.pk, person_uid=opt_in.person.uid, update_uid=opt_in.uid, act=Act.CONFIRM)
    return make_token(office.keys.token, token)


@alone
def confirm_opt_in(office: Office, link: str, *, evidence: tuple[str, ...] = (), now: datetime) -> Person:
    """Confirm the opt-in that a signed link (act CONFIRM) stands for: mail to that address from now on.

    An exit taken after the yes was given stays: then they say yes anew on their page. Confirming again changes
    nothing. `evidence` is the mail that held the link; without one the link itself is kept.
    Raises LinkUnusable where no such link was signed here, OptInImpossible where an exit came in between.
    """
    token = token_in(office, link, {Act.CONFIRM}, other=_OTHER)
    opt_in = OptIn.objects.filter(owner=office.owner, uid=token.update_uid).select_related("person").first()
    if opt_in is None or not opt_in.address:
        raise LinkUnusable("The link is genuine, but nothing waits here to be confirmed by it. Nothing was changed.")
    root = Person.objects.get(owner=opt_in.owner_id, pk=root_id(opt_in.person))
    if opt_in.confirmed_at is not None:
        return root
    make_sure_it_is_open(root)
    _make_sure_nothing_came_between(root, opt_in)
    keep_address(office, root, opt_in, now=now)
    channel = "email" if evidence else "link"
    detail = {"channel": channel, "chosen": str(PersonsChoice.EMAIL), "opt_in": opt_in.uid}
    kept = evidence or keep_link(office, root, link)
    confirm_now(office, root, _scope(opt_in), detail=detail, evidence=kept, now=now)
    OptIn.objects.filter(owner=opt_in.owner_id, pk=opt_in.pk, confirmed_at=None).update(confirmed_at=now)
    return root


def confirm_now(
    office: Office, person: Person, scope: Scope, *, detail: Mapping[str, str], evidence: tuple[str, ...], now: datetime
) -> None:
    """Record a confirmed opt-in, and stops for all that it leaves out. Call it inside the action that it is part of."""
    fact = Fact(
        kind=Kind.OPT_IN_CONFIRMED,
        occurred_at=now,
        actor=Actor.PERSON,
        person=person.pk,
        scope=scope,
        detail=detail,
        evidence=evidence,
    )
    append(office.owner, [fact], now=now)
    for stop in left_out(scope):
        take_exit(office, person, Kind.STOPPED, at=now, now=now, scope=stop, detail=dict(detail), evidence=evidence)


def _scope(opt_in: OptIn) -> Scope:
    purposes = frozenset(Purpose(purpose) for purpose in opt_in.purposes.split(",") if purpose)
    return Scope(vehicles=frozenset({Vehicle.EMAIL}), purposes=purposes)


def _waiting(office: Office, person: Person, address: str, purposes: Collection[Purpose]) -> Answer | None:
    """Give the request that waits to be sent for the same yes: pressing a button twice asks once."""
    opt_ins = OptIn.objects.filter(
        owner=office.owner,
        person=person,
        address=address,
        purposes=",".join(sorted(purposes)),
        confirmed_at=None,
    )
    waiting = Answer.objects.filter(owner=office.owner, kind=Answer.Kind.OPT_IN, state=Answer.State.WAITING)
    return waiting.filter(about__in=opt_ins.values("uid")).first()


def make_sure_it_is_open(person: Person) -> None:
    """Raise OptInImpossible where the person complained or was erased: that is for ever."""
    standing = standings_of(person.owner_id, [person.pk]).get(person.pk)
    if person.erased_at or (standing and standing.complained_at):
        raise OptInImpossible(
            f"Person {person.pk} complained or was erased, and that is for ever. Nothing was changed; nobody asks them."
        )


def _make_sure_nothing_came_between(person: Person, opt_in: OptIn) -> None:
    standing = standings_of(person.owner_id, [person.pk])[person.pk]
    exits = [standing.left_at, *(stop.at for stop in standing.stops)]
    if any(at is not None and at > opt_in.given_at for at in exits):
        raise OptInImpossible(
            "Since you said yes you chose something else, and that counts. Nothing was changed; say yes anew on your "
            "page if you want these mails."
        )


def keep_address(office: Office, person: Person, opt_in: OptIn, *, now: datetime) -> None:
    """Let the confirmed address be the one that mail goes to."""
    named = named_email(office.keys.identity, opt_in.address)
    Identity.objects.filter(owner=office.owner, person=person, kind=Identity.Kind.EMAIL, source="person").update(
        is_current=False
    )
    Identity.objects.update_or_create(
        owner=office.owner,
        person=person,
        kind=named.kind,
        value=named.value,
        defaults={"key": named.key, "is_current": True, "source": "person", "seen_at": now},
    )
    fact = Fact(
        kind=Kind.ADDRESS_SEEN,
        occurred_at=now,
        actor=Actor.PERSON,
        person=person.pk,
        detail={"chosen": True, "address_key": opt_in.address_key},
    )
    append(office.owner, [fact], now=now)
