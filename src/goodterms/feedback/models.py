"""Tables of what came back, of complaints, and of how far mailboxes were read."""

from django.db import models

from goodterms import owned
from goodterms.accounts.models import Owner
from goodterms.artefacts.models import Artefact
from goodterms.delivery.models import Delivery
from goodterms.people.models import Person


class Feedback(models.Model):
    """One raw message that came back and what was read in it. Reading it again changes nothing."""

    owner = models.ForeignKey(Owner, models.PROTECT, db_index=False)
    sha256 = models.CharField(max_length=64)
    artefact = owned.ForeignKey(Artefact, models.PROTECT, null=True, db_index=False)
    person = owned.ForeignKey(Person, models.PROTECT, null=True, db_index=False)
    signal = models.CharField(max_length=20)
    kind = models.CharField(max_length=20, blank=True, help_text="Which of its signal: hard, out_of_office, erase ...")
    reason = models.TextField(blank=True)
    words = models.TextField(blank=True, help_text="What the person said, as far as the owner has to see it.")
    detail = models.JSONField(default=dict)
    delivery = owned.ForeignKey(Delivery, models.PROTECT, null=True, db_index=False)
    received_at = models.DateTimeField()
    read_at = models.DateTimeField()
    decided_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["owner", "sha256"], name="feedback_once")]
        indexes = [
            models.Index(fields=["owner", "signal", "decided_at"], name="feedback_by_signal"),
            models.Index(fields=["owner", "person"], name="feedback_by_person"),
            # For the key itself: whoever deletes a copy is asked whether something leads to it. SQLite asks by number
            # alone, so that comes first.
            models.Index(
                fields=["delivery", "owner"], name="feedback_by_copy", condition=models.Q(delivery__isnull=False)
            ),
        ]

    def __str__(self) -> str:
        return self.signal


class Complaint(models.Model):
    """One complaint, until the owner has answered it. Its exit is in the ledger."""

    class Source(models.TextChoices):
        """Who passed it on."""

        DIRECT = "direct", "the person"
        ABUSE_DESK = "abuse_desk", "an abuse desk"
        LINKEDIN = "linkedin", "LinkedIn"
        FEEDBACK_LOOP = "feedback_loop", "a mailbox provider's feedback loop"

    owner = models.ForeignKey(Owner, models.PROTECT, db_index=False)
    person = owned.ForeignKey(Person, models.PROTECT, null=True, db_index=False)
    source = models.CharField(max_length=16, choices=Source)
    ticket = models.CharField(max_length=200, blank=True, help_text="The number under which the other side has it.")
    words = models.TextField(blank=True)
    cause = models.TextField(blank=True, help_text="What led to it, as the owner found.")
    feedback = owned.ForeignKey(Feedback, models.PROTECT, null=True, db_index=False)
    delivery = owned.ForeignKey(Delivery, models.PROTECT, null=True, db_index=False)
    received_at = models.DateTimeField()
    opened_at = models.DateTimeField()
    replied_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["owner", "replied_at"], name="complaint_by_reply")]

    def __str__(self) -> str:
        return f"complaint {self.pk}"


class OptIn(models.Model):
    """A yes that somebody gave, until they confirm it by a link or a mail that only they can have."""

    owner = models.ForeignKey(Owner, models.PROTECT, db_index=False)
    person = owned.ForeignKey(Person, models.PROTECT, db_index=False)
    uid = models.CharField(max_length=32, help_text="What the confirming token names: 32 hexadecimal digits.")
    address = models.CharField(max_length=400, blank=True, help_text="Where they want mail; empty once erased.")
    address_key = models.CharField(max_length=64, help_text="Keyed hash of the widened address.")
    purposes = models.CharField(max_length=60, help_text="Comma-separated: what they said yes to.")
    given_at = models.DateTimeField()
    confirmed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["owner", "uid"], name="opt_in_once")]
        indexes = [models.Index(fields=["owner", "person"], name="opt_in_by_person")]

    def __str__(self) -> str:
        return f"opt-in {self.uid[:8]}"


class Answer(models.Model):
    """A short mail of our own that answers somebody: there is never a second one to the same thing."""

    class Kind(models.TextChoices):
        """What it says."""

        EXIT = "exit", "that an exit was obeyed"
        OPT_IN = "opt_in", "the request to confirm an opt-in"

    class State(models.TextChoices):
        """Where it is; once it was begun it is never begun again."""

        WAITING = "waiting", "waits to be sent"
        BEGUN = "begun", "was begun; whether it left is not known"
        SENT = "sent", "a mail server took it"
        REFUSED = "refused", "refused, or not sent because something came in between"

    owner = models.ForeignKey(Owner, models.PROTECT, db_index=False)
    person = owned.ForeignKey(Person, models.PROTECT, db_index=False)
    kind = models.CharField(max_length=8, choices=Kind)
    about = models.CharField(max_length=80, help_text="What it answers; one answer to each.")
    address = models.CharField(max_length=400, blank=True, help_text="Empty once erased.")
    language = models.CharField(max_length=8, blank=True)
    replies_to = models.CharField(max_length=400, blank=True, help_text="Message-ID of the mail that it answers.")
    state = models.CharField(max_length=8, choices=State)
    reply = models.TextField(blank=True, help_text="The mail server's answer, without addresses.")
    sha256 = models.CharField(max_length=64, blank=True, help_text="Of the mail that was sent: its artefact.")
    asked_at = models.DateTimeField()
    begun_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["owner", "kind", "about"], name="answer_once")]
        indexes = [
            models.Index(fields=["owner", "asked_at"], name="answer_waiting", condition=models.Q(state="waiting")),
            models.Index(fields=["owner", "person"], name="answer_by_person"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.state}"


class MailboxMark(models.Model):
    """How far a mailbox was read: nothing at or below the UID is read again while UIDVALIDITY stays (RFC 9051)."""

    owner = models.ForeignKey(Owner, models.PROTECT, db_index=False)
    mailbox = models.CharField(max_length=300, help_text="User, host and folder.")
    uid_validity = models.BigIntegerField()
    last_uid = models.BigIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["owner", "mailbox"], name="mailbox_mark_once")]

    def __str__(self) -> str:
        return f"{self.mailbox} {self.last_uid}"


class Asking(models.Model):
    """How often something was asked for lately on the public pages, by one address, person or network."""

    owner = models.ForeignKey(Owner, models.PROTECT, db_index=False)
    what = models.CharField(max_length=20)
    key = models.CharField(max_length=64, help_text="Keyed hash of who asked.")
    moments = models.JSONField(default=list, help_text="When, in seconds since 1970.")
    ends_at = models.DateTimeField(help_text="When none of it counts any more.")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["owner", "what", "key"], name="asking_once")]
        indexes = [models.Index(fields=["owner", "ends_at"], name="asking_ended")]

    def __str__(self) -> str:
        return self.what
