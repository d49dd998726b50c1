"""Destroying what is known of a person; what is needed never to write to them again stays."""

from datetime import datetime

from goodterms.accounts.office import Office
from goodterms.artefacts.actions import empty_artefacts
from goodterms.artefacts.models import Artefact
from goodterms.delivery.models import Delivery
from goodterms.exits.actions.suppress import suppress
from goodterms.exits.actions.take import hold_namesakes
from goodterms.feedback.models import Answer, OptIn
from goodterms.ledger.actions.append import append
from goodterms.ledger.actions.erase import destroy_payloads
from goodterms.ledger.rules.facts import WHOLE, Fact
from goodterms.ledger.rules.kinds import Actor, Kind
from goodterms.ledger.turns import alone
from goodterms.lib.faults import Fault
from goodterms.people.models import Identity, Person
from goodterms.people.queries import group_of, root_id
from goodterms.ties.models import Exchange, Note, TieChoice
from goodterms.ties.summing import sum_ties


class AlreadyErased(Fault):
    """Nothing is left to erase."""


@alone
def erase(office: Office, person: Person, *, actor: Actor = Actor.OWNER, now: datetime) -> None:
    """Erase a person: names, identities, what was exchanged, raw rows and the ledger's personal part.

    The entries' commitments stay, so the sealed tree still verifies; suppressions stay, so that nobody by any of the
    identities is ever written to again, whatever is imported.
    """
    root = Person.objects.get(owner=office.owner, pk=root_id(person))
    if root.erased_at:
        raise AlreadyErased(f"Person {root.pk} was erased on {root.erased_at:%Y-%m-%d}. Nothing was done.")
    group = group_of(root.pk)
    suppress(office, root, Kind.ERASED, scope=WHOLE, since=now)
    hold_namesakes(office, root, now=now)
    append(
        office.owner,
        [Fact(kind=Kind.ERASED, occurred_at=now, actor=actor, person=number) for number in group],
        now=now,
    )
    destroy_payloads(office.owner, group)
    artefacts = set(Exchange.objects.filter(owner=office.owner, person__in=group).values_list("artefact_id", flat=True))
    Exchange.objects.filter(owner=office.owner, person__in=group).delete()
    Note.objects.filter(owner=office.owner, person__in=group).delete()
    TieChoice.objects.filter(owner=office.owner, person__in=group).delete()
    sum_ties(office.owner, group, now=now)
    _empty_artefacts(office, group, {number for number in artefacts if number is not None})
    Delivery.objects.filter(owner=office.owner, person__in=group).update(address="", reply="")
    OptIn.objects.filter(owner=office.owner, person__in=group).update(address="")
    Answer.objects.filter(owner=office.owner, person__in=group).update(address="", replies_to="", reply="")
    Identity.objects.filter(owner=office.owner, person__in=group).delete()
    Person.objects.filter(owner=office.owner, pk__in=group).update(
        first_name="", last_name="", company="", position="", slug="", email="", connected_on=None, name_key="",
        folded="", erased_at=now,
    )  # fmt: skip


def _empty_artefacts(office: Office, group: list[int], others: set[int]) -> None:
    """Destroy raw rows about the person; a row that names others too is the person's as much as theirs."""
    Artefact.objects.filter(owner=office.owner, person__in=group).update(content=None)
    empty_artefacts(office.owner, others)
