"""Making each person's copy, for the run that sends it and for the owner who looks at it first."""

from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from goodterms.accounts.models import Owner
from goodterms.delivery.models import Delivery
from goodterms.lib.tokens import Act, Token, make_token
from goodterms.people.models import Person
from goodterms.updates.fields import PersonFields
from goodterms.updates.footer import WaysOut, footer_of, ways_out
from goodterms.updates.message import Letter, Mailbox, Message, list_id, message_id, message_of
from goodterms.updates.models import Update
from goodterms.updates.queries import compiled, fields_of
from goodterms.updates.rendering import CompiledUpdate, Copy, copy_of


@dataclass(frozen=True, kw_only=True)
class Copies:
    """The copies of one update: the same for everybody but for the fields, the ways out and the Message-ID."""

    update: Update
    token_key: bytes
    unsubscribe_address: str = ""
    """Where unsubscribe mails go; the owner's address where it is empty."""
    public_url: str = ""

    @property
    def owner(self) -> Owner:
        """Whose update it is."""
        return self.update.owner

    @cached_property
    def _compiled(self) -> CompiledUpdate:
        return compiled(self.update)

    @property
    def _domain(self) -> str:
        return self.owner.email.rpartition("@")[2]

    def ways(self, person: Person) -> WaysOut:
        """Give a person's ways out of this update."""
        return ways_out(
            self.token_key,
            owner_number=self.owner.pk,
            person_uid=person.uid,
            update_uid=self.update.uid,
            address=self.unsubscribe_address or self.owner.email,
            public_url=self.public_url,
        )

    def copy(self, person: Person, ways: WaysOut | None = None) -> Copy:
        """Give what a person reads; their ways out where they are at hand."""
        ways = ways or self.ways(person)
        footer = footer_of(self.update.footer, ways, postal_address=self.owner.postal_address)
        return copy_of(self._compiled, fields_of(self.owner, person), footer)

    def message_id(self, person_uid: int) -> str:
        """Give the Message-ID of a person's copy: its signed token, so that an answer tells who answers.

        The same copy has the same one after a restore too.
        """
        token = Token(owner_number=self.owner.pk, person_uid=person_uid, update_uid=self.update.uid, act=Act.COPY)
        return message_id(make_token(self.token_key, token), self._domain)

    def for_everybody(self, to: str, token: str, *, now: datetime) -> tuple[Copy, Message, str]:
        """Give the one text that a list carries to all, its message to the list's address, and its Message-ID.

        No link in it is anybody's own: the ways out are to answer, and those that the list server adds.
        """
        ways = WaysOut(address=self.unsubscribe_address or self.owner.email, stop_token="", leave_token="")
        footer = footer_of(self.update.footer, ways, postal_address=self.owner.postal_address)
        blank = PersonFields(owner_name=self.owner.name, owner_email=self.owner.email, owner_profile=self.owner.profile)
        copy = copy_of(self._compiled, blank, footer)
        name = message_id(token, self._domain)
        letter = Letter(
            sender=Mailbox(address=self.owner.email, name=self.owner.name),
            recipient=Mailbox(address=to),
            message_id=name,
            list_id=list_id(self.owner.uid, self._domain),
            ways=ways,
        )
        return copy, message_of(copy, letter, now=now), name

    def render(self, delivery: Delivery, person: Person, *, now: datetime) -> tuple[bytes, bool]:
        """Give the whole message of a delivery, and whether it needs SMTPUTF8 (RFC 6531)."""
        ways = self.ways(person)
        letter = Letter(
            sender=Mailbox(address=self.owner.email, name=self.owner.name),
            recipient=Mailbox(address=delivery.address, name=person.name),
            message_id=delivery.message_id,
            list_id=list_id(self.owner.uid, self._domain),
            ways=ways,
        )
        message = message_of(self.copy(person, ways), letter, now=now)
        return message.content, message.needs_smtputf8
