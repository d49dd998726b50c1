"""Making each person's copy, for the run that sends it and for the owner who looks at it first."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import cached_property

from goodterms.accounts.models import Owner
from goodterms.delivery.claimed import Claimed
from goodterms.ledger.rules.kinds import Purpose
from goodterms.lib.tokens import Act, token_maker
from goodterms.people.models import Person
from goodterms.updates.fields import PersonFields
from goodterms.updates.footer import WaysOut, footer_of, ways_maker
from goodterms.updates.message import Letter, Mailbox, Message, list_id, message_id, message_of
from goodterms.updates.models import Update
from goodterms.updates.queries import compiled, fields_of
from goodterms.updates.rendering import CompiledUpdate, Copy, copy_of
from goodterms.updates.signing import Signer
from goodterms.updates.template import Template, TemplateImpossible

MakeMessage = Callable[[PersonFields, Mailbox, str, WaysOut, datetime], Message]
_A_MOMENT = datetime(2026, 1, 31, tzinfo=UTC)

_NOWHERE = "test"
"""What stands in the place of a token where no way out may lead anywhere."""


@dataclass(frozen=True, kw_only=True)
class Copies:
    """The copies of one update: the same for everybody but for the fields, the ways out and the Message-ID."""

    update: Update
    token_key: bytes
    unsubscribe_address: str = ""
    """Where unsubscribe mails go; the owner's address where it is empty."""
    public_url: str = ""
    signer: Signer | None = None
    """Signs each copy (DKIM); None: the mail server does."""

    @cached_property
    def owner(self) -> Owner:
        """Whose update it is."""
        return self.update.owner

    @cached_property
    def _compiled(self) -> CompiledUpdate:
        return compiled(self.update)

    @cached_property
    def _domain(self) -> str:
        return self.owner.email.rpartition("@")[2]

    def ways(self, person: Person) -> WaysOut:
        """Give a person's ways out of this update."""
        return self._ways(person.uid)

    @cached_property
    def _ways(self) -> Callable[[int], WaysOut]:
        return ways_maker(
            self.token_key,
            owner_number=self.owner.pk,
            update_uid=self.update.uid,
            address=self.unsubscribe_address or self.owner.email,
            public_url=self.public_url,
        )

    def copy(self, person: Person, ways: WaysOut | None = None) -> Copy:
        """Give what a person reads; their ways out where they are at hand."""
        ways = ways or self.ways(person)
        footer = footer_of(self.update.footer, ways, postal_address=self.owner.postal_address)
        return copy_of(self._compiled, fields_of(self.owner, person), footer)

    def message(self, person: Person) -> str:
        """Give what the owner sends a person by hand through LinkedIn: a text, and no way out by mail."""
        # What is commercial names its sender's address, however it travels (CASL regulations section 2(1)).
        postal_address = self.owner.postal_address if self.update.purpose == Purpose.COMMERCIAL else ""
        footer = footer_of(self.update.footer, self.ways(person), postal_address=postal_address, by_mail=False)
        return copy_of(self._compiled, fields_of(self.owner, person), footer).text.strip()

    def message_id(self, person_uid: int) -> str:
        """Give the Message-ID of a person's copy: its signed token, so that an answer tells who answers.

        The same copy has the same one after a restore too.
        """
        return message_id(self._name(person_uid), self._domain)

    @cached_property
    def _name(self) -> Callable[[int], str]:
        return token_maker(self.token_key, act=Act.COPY, owner_number=self.owner.pk, update_uid=self.update.uid)

    def render(self, copy: Claimed, *, now: datetime) -> tuple[bytes, bool]:
        """Give the whole message of a copy, and whether it needs SMTPUTF8 (RFC 6531)."""
        recipient = Mailbox(address=copy.address, name=copy.name)
        fields, ways = fields_of(self.owner, copy), self._ways(copy.person_uid)
        message = self._message(fields, recipient, copy.message_id, ways, now)
        content = self.signer.signed(message.content, now=now) if self.signer else message.content
        return content, message.needs_smtputf8

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

    def render_test(self, person: Person, named: str, *, now: datetime) -> tuple[bytes, bool]:
        """Give the message that a person would get, to the owner's own address and under another Message-ID.

        Its ways out lead nowhere, so that nobody leaves by a test.
        """
        address = self.unsubscribe_address or self.owner.email
        ways = WaysOut(address=address, stop_token=_NOWHERE, leave_token=_NOWHERE, public_url=self.public_url)
        myself = Mailbox(address=self.owner.email, name=self.owner.name)
        letter = Letter(
            sender=myself,
            recipient=myself,
            message_id=named,
            list_id=list_id(self.owner.uid, self._domain),
            ways=ways,
        )
        copy = self.copy(person, ways)
        message = message_of(replace(copy, subject=f"[Test] {copy.subject}"), letter, now=now)
        return message.content, message.needs_smtputf8

    @cached_property
    def _message(self) -> MakeMessage:
        """How a person's message is made: by filling the update's template, once that was seen to give the same."""
        try:
            filled = self._template().message
        except TemplateImpossible:
            return self._one_by_one
        probe = PersonFields(first_name="Zoë", last_name="O'Brien <&>", company="=?x?=", position="ж" * 99)
        tried = (probe, Mailbox(address="zoe@people.example", name="Zoë"), "<a@b.example>", self._ways(1), _A_MOMENT)
        return filled if filled(*tried) == self._one_by_one(*tried) else self._one_by_one

    def _template(self) -> Template:
        return Template(
            self._compiled,
            terms=self.update.footer,
            postal_address=self.owner.postal_address,
            ways=self._ways(0),
            sender=Mailbox(address=self.owner.email, name=self.owner.name),
            list_id=list_id(self.owner.uid, self._domain),
        )

    def _one_by_one(
        self, fields: PersonFields, recipient: Mailbox, message_id: str, ways: WaysOut, now: datetime
    ) -> Message:
        letter = Letter(
            sender=Mailbox(address=self.owner.email, name=self.owner.name),
            recipient=recipient,
            message_id=message_id,
            list_id=list_id(self.owner.uid, self._domain),
            ways=ways,
        )
        footer = footer_of(self.update.footer, ways, postal_address=self.owner.postal_address)
        return message_of(copy_of(self._compiled, fields, footer), letter, now=now)
