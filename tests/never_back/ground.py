"""What every history stands on: the house, what is known, the promises that are checked after each step."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import hypothesis
from django.db import transaction
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
)

from goodterms.delivery.actions.pacing import Pacer
from goodterms.delivery.actions.send import send
from goodterms.delivery.copies import Copies
from goodterms.delivery.models import Delivery
from goodterms.ledger.actions.project import rebuild
from goodterms.ledger.actions.seal import seal
from goodterms.ledger.models import Standing
from goodterms.ledger.queries.verify import verify_ledger
from goodterms.ledger.rules.facts import WHOLE, Scope
from goodterms.ledger.rules.kinds import Kind, Purpose, Vehicle
from goodterms.lib.addresses import widen_email
from goodterms.people.models import Identity, Person
from goodterms.people.queries import group_of, name_identity
from goodterms.people.rules import person_uid
from goodterms.policy.queries.audiences import recipients
from goodterms.policy.queries.decisions import Question
from goodterms.policy.rulebook import read_rulebook
from goodterms.policy.rules import UpdateFacts
from tests.never_back.house import Hands, House
from tests.never_back.humans import Archive, Human, human_of
from tests.never_back.knowledge import Exit, Knowledge, Links

QUESTIONS = [
    (vehicle, purpose, welcome)
    for vehicle in (Vehicle.EMAIL, Vehicle.LINKEDIN)
    for purpose, welcome in ((Purpose.NETWORKING, False), (Purpose.COMMERCIAL, False), (Purpose.NETWORKING, True))
]


@dataclass(frozen=True, kw_only=True)
class Sent:
    """One letter that left."""

    update: str
    address: str
    uid: int
    slugs: frozenset[str]
    """Of the human whom it reached."""
    update_uid: str


class Ground(RuleBasedStateMachine):
    """One owner and their network, before anything happens."""

    make_house: Callable[[], House]

    def __init__(self) -> None:
        super().__init__()
        self.house = type(self).make_house()
        self.known = Knowledge()
        self.humans: list[Human] = []
        self.archives: list[Archive] = []
        self.sent: list[Sent] = []
        self.rulebook = read_rulebook()
        self.merged: list[frozenset[str]] = []
        self.backup: tuple[Links, list[frozenset[str]]] | None = None
        self.homes: dict[str, set[int]] = {}

    def teardown(self) -> None:
        self._verify()
        hypothesis.event(f"letters: {min(len(self.sent), 8)}")
        hypothesis.event(f"exits: {len(self.known.exits)}")
        self.house.close()

    def _verify(self) -> None:
        """The ledger as it is at the end is whole, and sealed by no other key than the owner's."""
        office = self.house.office
        seal(office.owner, office.keys, now=self.house.tick())
        key = office.keys.seal.public_key().public_bytes_raw().hex()
        assert verify_ledger(office.owner, [key]).faults == ()

    # Sending

    def _send(self, name: str, update: Any, *, welcome: bool) -> None:
        hands = Hands()
        office = self.house.office
        copies = Copies(update=update, token_key=office.keys.token)
        pacer = Pacer(owner=office.owner)
        send(office, copies, hands, rulebook=self.rulebook, clock=self.house.clock, worker="history", pacer=pacer)
        for letter in hands.taken:
            delivery = Delivery.objects.get(message_id=letter.message_id)
            self._check_letter(name, delivery, Purpose(update.purpose), welcome=welcome)

    def _check_letter(self, name: str, delivery: Delivery, purpose: Purpose, *, welcome: bool) -> None:
        person = delivery.person
        self._check(person, delivery.address, Vehicle.EMAIL, purpose, welcome=welcome)
        address = widen_email(delivery.address)
        whose = self.homes.get(address, set()) & self._whose(person)
        slugs = {slug for slug in self._slugs(person) if human_of(slug) in whose}
        linked = self.known.links.closure(slugs)
        uids = set(Person.objects.filter(pk__in=group_of(person.pk)).values_list("uid", flat=True))
        for old in self.sent:
            if old.update == name:
                again = old.address == address or old.uid in uids or bool(old.slugs & linked)
                assert not again, f"{name} twice: {old} and {delivery.address}, {slugs}"
        sent = Sent(
            update=name, address=address, uid=person.uid, slugs=frozenset(slugs), update_uid=delivery.update.uid
        )
        self.sent.append(sent)
        if welcome:
            self._welcomed(person, self.house.now)

    # Promises

    @invariant()
    def nobody_would_be_sent_what_they_left(self) -> None:
        owner = self.house.office.owner
        for vehicle, purpose, welcome in QUESTIONS:
            facts = UpdateFacts(purpose=purpose, is_welcome=welcome)
            question = Question(facts=facts, vehicle=vehicle, rulebook=self.rulebook, now=self.house.now)
            for one in recipients(owner, question):
                person = Person.objects.get(pk=one.person)
                self._check(person, one.address, vehicle, purpose, welcome=welcome)

    def _check(self, person: Person, address: str, vehicle: Vehicle, purpose: Purpose, *, welcome: bool) -> None:
        slugs = self._slugs(person)
        found = self.known.breaks(slugs, address, vehicle, purpose, welcome=welcome)
        assert found is None, f"person {person.pk} {slugs} at {address} by {vehicle}/{purpose} in spite of {found}"
        if purpose is Purpose.COMMERCIAL:
            assert self._whose(person) & self.known.opted_in.keys(), f"commercial to {person.pk} without an opt-in"

    @invariant()
    def standings_are_the_same_made_anew(self) -> None:
        before = _standings()
        with transaction.atomic():
            rebuild(self.house.office.owner)
            after = _standings()
            transaction.set_rollback(True)
        assert after == before

    # What is at hand

    def _human(self, which: int) -> Human:
        return self.humans[which % len(self.humans)]

    def _person(self, which: int) -> Person | None:
        roots = list(Person.objects.filter(merged_into=None).order_by("id"))
        return roots[which % len(roots)] if roots else None

    def _slugs(self, person: Person) -> set[str]:
        return self._values(person, Identity.Kind.PROFILE)

    def _emails(self, person: Person) -> set[str]:
        return {widen_email(value) for value in self._values(person, Identity.Kind.EMAIL)}

    def _values(self, person: Person, kind: Identity.Kind) -> set[str]:
        group = group_of(person.merged_into_id or person.pk)
        return set(Identity.objects.filter(person__in=group, kind=kind).values_list("value", flat=True))

    def _whose(self, person: Person) -> set[int]:
        return {human_of(slug) for slug in self._slugs(person)}

    def _key(self, text: str) -> str:
        named = name_identity(self.house.office.keys.identity, text)
        assert named
        return named.key

    def _lives_at(self, human: Human) -> None:
        if human.shown.email:
            self.homes.setdefault(widen_email(human.shown.email), set()).add(human.shown.human)

    def _welcomed(self, person: Person, at: datetime) -> None:
        for human in self._whose(person):
            self.known.welcomed.setdefault(human, []).append(at)

    def _left(
        self,
        kind: Kind,
        slugs: set[str],
        *,
        at: datetime,
        scope: Scope = WHOLE,
        emails: set[str] | None = None,
        humans: set[int] | None = None,
        is_strangers: bool = False,
    ) -> None:
        whole = scope if kind is Kind.STOPPED else WHOLE
        whose = {human_of(slug) for slug in slugs} | (humans or set())
        exit_ = Exit(kind, whole, at.replace(microsecond=0), whose, set(slugs), set(emails or ()))
        exit_.is_strangers = is_strangers
        self.known.leave(exit_)

    def _number(self, slug: str) -> int:
        """Give the number of a person whom an archive shows first under a slug."""
        return person_uid(self.house.office.keys.identity, "profile", slug)


def _standings() -> list[tuple[Any, ...]]:
    return list(Standing.objects.order_by("person_id").values_list("person_id", "state", "bearing", "last_update_at"))
