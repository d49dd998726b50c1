"""Taking the last export back, exits excepted."""

from dataclasses import replace
from datetime import date, datetime

from goodterms.accounts.models import Owner
from goodterms.accounts.office import Office
from goodterms.ledger.actions.append import append
from goodterms.ledger.actions.project import refold
from goodterms.ledger.queries.entries import entries_of_source
from goodterms.ledger.queries.standings import standings_of
from goodterms.ledger.rules.facts import Entry, Fact
from goodterms.ledger.rules.kinds import Actor, Kind
from goodterms.ledger.rules.standing import Connection
from goodterms.ledger.turns import alone
from goodterms.lib.faults import Fault
from goodterms.people.models import Person
from goodterms.sync.actions.profiles import show, shown_now
from goodterms.sync.models import Export
from goodterms.sync.queries import last_export
from goodterms.sync.rules import Shown
from goodterms.ties.models import Exchange
from goodterms.ties.summing import sum_ties


class NothingToUndo(Fault):
    """No export counts that could be taken back."""


@alone
def undo(office: Office, *, now: datetime) -> Export:
    """Take back the export that was read last: people are as they were before, except that exits stay.

    The ledger keeps its entries; they cease to count. What somebody wrote in that export's messages is forgotten, what
    they left by it is not.
    """
    export = last_export(office.owner)
    if export is None:
        raise NothingToUndo("No archive has been read, or all were taken back. Nothing was done.")
    told = entries_of_source(office.owner, export.pk)
    fact = Fact(
        kind=Kind.EXPORT_UNDONE,
        occurred_at=now,
        actor=Actor.OWNER,
        detail={"export": export.pk, "sha256": export.sha256},
        evidence=(export.sha256,),
    )
    append(office.owner, [fact], now=now)
    export.undone_at = now
    export.save(update_fields=["undone_at"])
    persons = {entry.person for entry in told if entry.person is not None}
    refold(office.owner, persons)
    _forget_exchanges(office.owner, export, now)
    _show_again(office, told, persons, now)
    return export


def _forget_exchanges(owner: Owner, export: Export, now: datetime) -> None:
    shown = Exchange.objects.filter(owner=owner, export=export.pk)
    persons = set(shown.values_list("person_id", flat=True))
    shown.delete()
    sum_ties(owner, persons, now=now)


def _show_again(office: Office, told: list[Entry], persons: set[int], now: datetime) -> None:
    """Set people to what the exports before this one showed of them; of whoever was joined, the whole comes last."""
    merged = Person.objects.filter(owner=office.owner, pk__in=persons, merged_into__isnull=False)
    halves = dict(merged.values_list("pk", "merged_into_id"))
    persons = persons | {root for root in halves.values() if root is not None}
    shown = {person: values for person, (values, _) in shown_now(office.owner.pk, persons).items()}
    for entry in reversed(told):
        if entry.kind is Kind.CONNECTION_CHANGED and entry.person in shown:
            shown[entry.person] = replace(shown[entry.person], **entry.detail["before"])
    for person, standing in standings_of(office.owner.pk, persons).items():
        if person in shown:
            shown[person] = _as_connected(shown[person], standing.connection, standing.connected_on)
    show(office, {one: values for one, values in shown.items() if one in halves}, at=now, export=None)
    show(office, {one: values for one, values in shown.items() if one not in halves}, at=now, export=None)


def _as_connected(shown: Shown, connection: Connection, connected_on: date | None) -> Shown:
    if connection is Connection.NONE:
        return replace(shown, slug="", email="")
    return replace(shown, connected_on=connected_on)
