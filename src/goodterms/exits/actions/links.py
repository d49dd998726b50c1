"""Taking the way out that a signed link carries."""

from collections.abc import Collection
from datetime import datetime
from urllib.parse import unquote

from goodterms.accounts.office import Office
from goodterms.artefacts.actions import assign_artefacts, keep_artefacts
from goodterms.exits.actions.strangers import exit_of_stranger
from goodterms.exits.actions.take import take_exit
from goodterms.exits.rules import is_taken_already
from goodterms.ledger.queries.entries import entries_of
from goodterms.ledger.rules.kinds import Kind
from goodterms.ledger.turns import alone
from goodterms.lib.canonical import sha256_hex
from goodterms.lib.faults import Fault
from goodterms.lib.tokens import Act, Token, tokens_in
from goodterms.people.models import Person

LINK_ACTS = {Act.STOP: Kind.STOPPED, Act.LEAVE: Kind.LEFT}
"""What the links that are ways out do."""


class LinkUnusable(Fault):
    """A link carries no exit of somebody known here; the message says why."""


@alone
def exit_by_link(office: Office, link: str, *, now: datetime) -> tuple[Person | None, Kind]:
    """Take the exit that a signed link carries: the person's own act, whoever hands the link in. Once is enough.

    `link` is the address of the page, the mailto address or the bare token. Gives who left, and STOPPED or LEFT.
    Where an older database was put back, nobody may be known by that number: None left then, and whoever comes back
    with it has left already.
    Raises LinkUnusable where no exit of somebody here is signed in it.
    """
    token = token_in(office, link, LINK_ACTS, other="a person can also be let out by name")
    person = Person.objects.filter(owner=office.owner, uid=token.person_uid).select_related("merged_into").first()
    kind = LINK_ACTS[token.act]
    if person is None:
        exit_of_stranger(office, token.person_uid, kind, at=now, now=now)
        return None, kind
    root = person.merged_into or person
    if root.erased_at is not None:
        return root, kind  # never written to again as it is, and nothing new is kept of them
    if is_taken_already(entries_of(office.owner, [root.pk]), kind, hash_of_link(link)):
        return root, kind
    detail = {"channel": "link", "act": str(token.act), "update": token.update_uid}
    take_exit(office, root, kind, at=now, now=now, detail=detail, evidence=keep_link(office, root, link))
    return root, kind


def token_in(office: Office, link: str, acts: Collection[Act], *, other: str) -> Token:
    """Give the one signed token for such an act in a link; raise LinkUnusable, `other` saying what else may be done."""
    signed = set(tokens_in(office.keys.token, unquote(link)))
    tokens = {token for token in signed if token.owner_number in {None, office.owner.pk}}
    wanted = {token for token in tokens if token.act in acts}
    if len(wanted) == 1:
        return wanted.pop()
    if wanted:
        why = "holds several of them; give one alone"
    elif tokens:
        why = f"is genuine, but not for this: it stands for {', '.join(sorted({token.act for token in tokens}))}"
    elif signed:
        why = "belongs to another owner's people"
    else:
        why = "was not signed here: it is damaged or forged"
    raise LinkUnusable(f"This link {why}. Nothing was changed; {other}")


def keep_link(office: Office, person: Person, link: str) -> tuple[str, ...]:
    """Keep a link as the evidence of what its holder did; give its hash."""
    sha256 = hash_of_link(link)
    artefact = keep_artefacts(office.owner, "link", {sha256: link.strip().encode()})[sha256]
    assign_artefacts(office.owner, [(person.pk, artefact)])
    return (sha256,)


def hash_of_link(link: str) -> str:
    """Give the hash under which a link is kept."""
    return sha256_hex(link.strip().encode())
