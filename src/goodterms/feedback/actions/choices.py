"""What people choose on their own page, by a link that only they have.

These acts are the person's own. Beside a new connection under the terms, nothing else lifts an exit; and nothing lifts
a complaint or brings back who was erased. The pages that show a link change nothing: call `choose` for what was posted.
"""

from dataclasses import dataclass
from datetime import datetime
from urllib.parse import unquote

from goodterms.accounts.office import Office
from goodterms.exits.actions.links import LinkUnusable, hash_of_link, keep_link, token_in
from goodterms.exits.actions.strangers import exit_of_stranger
from goodterms.exits.actions.take import take_exit
from goodterms.exits.rules import is_taken_already
from goodterms.feedback.actions.opt_ins import confirm_now, give_opt_in
from goodterms.feedback.models import Answer
from goodterms.feedback.queries import Page, page_of
from goodterms.feedback.rules.choices import PersonsChoice, scope_of
from goodterms.ledger.actions.append import append
from goodterms.ledger.queries.entries import entries_of
from goodterms.ledger.rules.facts import Fact
from goodterms.ledger.rules.kinds import Actor, Kind
from goodterms.ledger.turns import alone
from goodterms.lib.addresses import normalise_email
from goodterms.lib.faults import Fault
from goodterms.lib.tokens import Act, Token, tokens_in
from goodterms.people.models import Person
from goodterms.people.queries import named_email, persons_by_key

PAGE_ACTS = (Act.CHOOSE, Act.STOP, Act.LEAVE)
"""The acts whose links open a person's page: their own link, and the ways out that stand in every copy."""
_EXITS = {PersonsChoice.NOTHING: Kind.STOPPED, PersonsChoice.DISCONNECT: Kind.LEFT}
_OTHER = "on your page you find every choice, and a reply by mail is read as well."


class ChoiceImpossible(Fault):
    """A choice can't be obeyed; the message, for the person, says why and what they can do."""


@dataclass(frozen=True, kw_only=True)
class Chosen:
    """What a choice did."""

    person: Person | None
    """Who chose; None where an older database was put back that does not know them: a way out is kept all the same."""
    choice: PersonsChoice
    answer: Answer | None = None
    """The request to confirm that goes to the address they named: nothing changes until they have. It waits to be
    sent: `goodterms.feedback.actions.answers.send_answers`."""


def open_page(office: Office, link: str) -> Page:
    """Give what the page of a link's holder shows. Changes nothing; raises LinkUnusable.

    `link` is the page's address or the bare token, of an act of PAGE_ACTS.
    """
    return page_of(office.owner, _person(office, link))


@alone
def choose(
    office: Office,
    link: str,
    choice: PersonsChoice,
    *,
    address: str = "",
    offers: bool = False,
    evidence: tuple[str, ...] = (),
    now: datetime,
) -> Chosen:
    """Do what the holder of a signed link (of PAGE_ACTS) chose on their page.

    - EMAIL: mail to `address`, or to the one that is known where it is empty. Nothing changes before they confirm from
      there; then mail goes to that address and LinkedIn messages end. Whoever left gets back in by a link that stands
      in a mail only at an address that is known as theirs.
    - LINKEDIN: LinkedIn messages only, from now on; mail ends.
    - FEWER: as now, but less often (the rulebook's pace.fewer_gap_hours).
    - NOTHING: an exit of the staying kind. DISCONNECT: an exit of the leaving kind.

    `offers` says that commercial updates are welcome too; without it they are stopped (EMAIL and LINKEDIN only).
    `evidence` is the mail that held the link; without one the link itself is kept.
    Raises LinkUnusable where no such link was signed here, ChoiceImpossible where it can't be obeyed.
    """
    if choice in _EXITS:
        return _leave(office, link, choice, evidence=evidence, now=now)
    person = _person(office, link)
    page = page_of(office.owner, person)
    if page.choice in _EXITS and not is_own_link(office, link):
        _make_sure_nobody_else_is_let_in(office, page, choice, address)
    if page.is_closed:
        raise ChoiceImpossible(
            "You complained about these updates, and that ends them for good: nothing is ever sent to you again. "
            "Nothing was changed. If you want them after all, please write to the sender yourself."
        )
    evidence = evidence or keep_link(office, person, link)
    if choice is PersonsChoice.EMAIL:
        return _by_mail(office, page, address, offers=offers, evidence=evidence, now=now)
    if choice is PersonsChoice.LINKEDIN:
        scope = scope_of(choice, offers=offers)
        confirm_now(office, person, scope, detail=_detail(choice), evidence=evidence, now=now)
    else:
        _fewer(office, page, evidence=evidence, now=now)
    return Chosen(person=person, choice=choice)


def _make_sure_nobody_else_is_let_in(office: Office, page: Page, choice: PersonsChoice, address: str) -> None:
    """Raise ChoiceImpossible where whoever got a passed-on mail could end an exit that is not theirs."""
    if choice is PersonsChoice.FEWER or (choice is PersonsChoice.EMAIL and _is_theirs(office, page.person, address)):
        return
    raise ChoiceImpossible(
        "This link stands in a mail, and mails are passed on: it takes you out, and back in only by a mail that you "
        "confirm at an address of yours that is known here. Nothing was changed; choose e-mail with that address, or "
        "use the link to your own page."
    )


def _is_theirs(office: Office, person: Person, address: str) -> bool:
    normal = normalise_email(address)
    return normal is None or person in persons_by_key(office.owner, named_email(office.keys.identity, normal).key)


def is_own_link(office: Office, link: str) -> bool:
    """Say whether a link came to its holder alone (act CHOOSE), unlike those in copies, which are passed on."""
    return any(token.act is Act.CHOOSE for token in tokens_in(office.keys.token, unquote(link)))


def _person(office: Office, link: str) -> Person:
    root = _named(office, token_in(office, link, PAGE_ACTS, other=_OTHER))
    if root is None or root.erased_at is not None:
        raise LinkUnusable(
            "The link is genuine, but nothing is known here any more of whoever it was made for. Nothing was changed, "
            "and nothing is sent to them."
        )
    return root


def _named(office: Office, token: Token) -> Person | None:
    person = Person.objects.filter(owner=office.owner, uid=token.person_uid).select_related("merged_into").first()
    return person and (person.merged_into or person)


def _leave(office: Office, link: str, choice: PersonsChoice, *, evidence: tuple[str, ...], now: datetime) -> Chosen:
    token = token_in(office, link, PAGE_ACTS, other=_OTHER)
    person = _named(office, token)
    if person is None:
        exit_of_stranger(office, token.person_uid, _EXITS[choice], at=now, now=now)
        return Chosen(person=None, choice=choice)
    if person.erased_at is not None:
        return Chosen(person=person, choice=choice)  # never written to again as it is, and nothing new is kept of them
    if is_taken_already(entries_of(office.owner, [person.pk]), _EXITS[choice], hash_of_link(link)):
        return Chosen(person=person, choice=choice)
    evidence = evidence or keep_link(office, person, link)
    take_exit(office, person, _EXITS[choice], at=now, now=now, detail=_detail(choice), evidence=evidence)
    return Chosen(person=person, choice=choice)


def _by_mail(
    office: Office, page: Page, address: str, *, offers: bool, evidence: tuple[str, ...], now: datetime
) -> Chosen:
    wanted = address.strip() or page.address
    if not wanted:
        raise ChoiceImpossible("No e-mail address of yours is known here. Nothing was changed; please write one.")
    answer = give_opt_in(
        office,
        page.person,
        wanted,
        purposes=scope_of(PersonsChoice.EMAIL, offers=offers).purposes,
        detail=_detail(PersonsChoice.EMAIL),
        evidence=evidence,
        now=now,
    )
    return Chosen(person=page.person, choice=PersonsChoice.EMAIL, answer=answer)


def _fewer(office: Office, page: Page, *, evidence: tuple[str, ...], now: datetime) -> None:
    if page.choice in _EXITS:
        raise ChoiceImpossible(
            "You get no updates, so there can't be fewer. Nothing was changed; choose e-mail or LinkedIn if you want "
            "them again."
        )
    fact = Fact(
        kind=Kind.FEWER_WANTED,
        occurred_at=now,
        actor=Actor.PERSON,
        person=page.person.pk,
        detail=_detail(PersonsChoice.FEWER),
        evidence=evidence,
    )
    append(office.owner, [fact], now=now)


def _detail(choice: PersonsChoice) -> dict[str, str]:
    return {"channel": "page", "chosen": str(choice)}
