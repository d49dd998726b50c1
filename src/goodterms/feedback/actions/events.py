"""Obeying what the owner's mail provider reports of copies: as mail that came back, with the same results.

Only what the provider has shown to be its own word comes here. A token in an event says whose copy it is; without one
the address does, for the provider knows whom it wrote to. The same event again changes nothing.
"""

from datetime import datetime

from goodterms.accounts.office import Office
from goodterms.artefacts.actions import assign_artefacts, keep_artefacts
from goodterms.delivery.models import Delivery
from goodterms.delivery.rules.records import named_in_reply
from goodterms.exits.actions.strangers import exit_of_stranger
from goodterms.exits.actions.take import known_person, take_exit
from goodterms.feedback.actions.complaints import open_case
from goodterms.feedback.actions.returns import count_failure, stop_address
from goodterms.feedback.models import Feedback
from goodterms.feedback.parsers.classify import Signal
from goodterms.feedback.parsers.delivery_report import Weight
from goodterms.feedback.rules.events import Meaning, ProviderEvent, meaning_of, weight_of
from goodterms.ledger.rules.kinds import Kind, Vehicle
from goodterms.ledger.turns import alone
from goodterms.lib.addresses import normalise_email
from goodterms.lib.canonical import sha256_hex
from goodterms.lib.tokens import Token, tokens_in
from goodterms.people.models import Person
from goodterms.people.queries import named_email, persons_by_key, root_id

_SIGNALS = {Meaning.COMPLAINT: Signal.COMPLAINT, Meaning.EXIT: Signal.EXIT_STOP, Meaning.RETURN: Signal.BOUNCE}
_EXITS = {Meaning.COMPLAINT: Kind.COMPLAINED, Meaning.EXIT: Kind.STOPPED}
_LEFT = (Delivery.State.ACCEPTED, Delivery.State.REFUSED, Delivery.State.UNKNOWN)


@alone
def take_event(office: Office, event: ProviderEvent, *, now: datetime) -> Signal:
    """Obey a provider's event; give what it was: COMPLAINT, EXIT_STOP, BOUNCE, or IGNORED, also for one known already.

    The caller has made sure that the event is the provider's own.
    """
    meaning = meaning_of(event)
    known = Feedback.objects.filter(owner=office.owner, sha256=_name_of(event)).exists()
    if meaning is Meaning.NOTHING or known:
        return Signal.IGNORED
    row = _row(office, event, meaning, now=now)
    tokens = _tokens(office, event)
    row.delivery = _copy(office, event, tokens)
    if meaning is Meaning.RETURN:
        _obey_return(office, row, event, now=now)
    else:
        _obey_exit(office, row, event, meaning, tokens, now=now)
    return _SIGNALS[meaning]


def _name_of(event: ProviderEvent) -> str:
    """Give the hash under which an event is known: of the provider's number for it, else of its content."""
    told = f"{event.number} {event.kind} {event.recipient}" if event.number else sha256_hex(event.content)
    return sha256_hex(f"event {event.provider} {told}".encode())


def _row(office: Office, event: ProviderEvent, meaning: Meaning, *, now: datetime) -> Feedback:
    return Feedback(
        owner=office.owner,
        sha256=_name_of(event),
        signal=_SIGNALS[meaning].value,
        reason=f"{event.provider}: {event.kind}"[:200],
        detail={"channel": event.provider, "said": event.said[:500]},
        received_at=min(event.at, now) if event.at else now,
        read_at=now,
        decided_at=now,
    )


def _tokens(office: Office, event: ProviderEvent) -> list[Token]:
    found = dict.fromkeys(tokens_in(office.keys.token, event.content.decode("utf-8", "replace")))
    return [token for token in found if token.owner_number in {None, office.owner.pk}]


def _copy(office: Office, event: ProviderEvent, tokens: list[Token]) -> Delivery | None:
    """Give the copy that an event is about.

    That of its token; else, of those that went to the address, the one that the provider took under the event's name,
    or the last.
    """
    copies = Delivery.objects.filter(owner=office.owner, vehicle=Vehicle.EMAIL, state__in=_LEFT)
    copies = copies.filter(person__erased_at=None).select_related("person", "update")
    for token in tokens:
        named = copies.filter(update__uid=token.update_uid, person__uid=token.person_uid).first()
        if named:
            return named
    address = normalise_email(event.recipient)
    if tokens or address is None:
        return None
    key = named_email(office.keys.identity, address).key
    sent = copies.filter(address_key=key).order_by("-finished_at", "-id")
    name = named_in_reply(event.message_id)
    return (sent.filter(reply__endswith=f" as {name}").first() if name else None) or sent.first()


def _obey_return(office: Office, row: Feedback, event: ProviderEvent, *, now: datetime) -> None:
    weight = weight_of(event)
    row.kind = weight.value
    row.person = row.delivery.person if row.delivery else None
    _keep(office, row, event)
    row.save()
    if row.delivery and weight is Weight.HARD:
        stop_address(office, row.delivery, row, said=event.said, status="", now=now)
    elif row.delivery and weight is Weight.SOFT:
        count_failure(office, row.delivery, row, now=now)


def _obey_exit(
    office: Office, row: Feedback, event: ProviderEvent, meaning: Meaning, tokens: list[Token], *, now: datetime
) -> None:
    persons = _persons(office, event, tokens, now=now)
    row.person = persons[0] if persons else None
    _keep(office, row, event)
    row.save()
    _let_strangers_out(office, row, tokens, _EXITS[meaning], now=now)
    detail = {"channel": event.provider, "rule": f"{event.kind} {event.provider_kind}".strip(), "heard": ""}
    for person in persons:
        evidence = (row.artefact.sha256,) if row.artefact else ()
        take_exit(office, person, _EXITS[meaning], at=row.received_at, now=now, detail=detail, evidence=evidence)
        if meaning is Meaning.COMPLAINT:
            open_case(office, row, person, now=now)


def _persons(office: Office, event: ProviderEvent, tokens: list[Token], *, now: datetime) -> list[Person]:
    """Give everybody whom an exit is of: who is named by a token, and who has the address; they need not be known."""
    named = Person.objects.filter(owner=office.owner, uid__in=[token.person_uid for token in tokens])
    roots = {root_id(person) for person in named}
    address = normalise_email(event.recipient)
    if address:
        identity = named_email(office.keys.identity, address)
        holders = persons_by_key(office.owner, identity.key)
        if not holders and not roots:
            holders = [known_person(office, identity, source="provider", now=now)]
        roots |= {person.pk for person in holders}
    return list(Person.objects.filter(owner=office.owner, pk__in=roots, erased_at=None).order_by("id"))


def _let_strangers_out(office: Office, row: Feedback, tokens: list[Token], kind: Kind, *, now: datetime) -> None:
    numbers = {token.person_uid for token in tokens}
    known = Person.objects.filter(owner=office.owner, uid__in=numbers).values_list("uid", flat=True)
    for uid in sorted(numbers - set(known)):
        exit_of_stranger(office, uid, kind, at=row.received_at, now=now)


def _keep(office: Office, row: Feedback, event: ProviderEvent) -> None:
    if row.person is None:
        return
    sha256 = sha256_hex(event.content)
    row.artefact_id = keep_artefacts(office.owner, "event", {sha256: event.content})[sha256]
    assign_artefacts(office.owner, [(row.person.pk, row.artefact_id)])
