"""Tables of what came back, of complaints, and of how far mailboxes were read."""

from django.db import models

from goodterms.accounts.models import Owner
from goodterms.artefacts.models import Artefact
from goodterms.delivery.models import Delivery
from goodterms.people.models import Person


class Feedback(models.Model):
    """One raw message that came back and what was read in it. Reading it again changes nothing."""

    owner = models.ForeignKey(Owner, models.PROTECT, db_index=False)
    sha256 = models.CharField(max_length=64)
    artefact = models.ForeignKey(Artefact, models.PROTECT, null=True, db_index=False)
    person = models.ForeignKey(Person, models.PROTECT, null=True, db_index=False)
    signal = models.CharField(max_length=20)
    kind = models.CharField(max_length=20, blank=True, help_text="Which of its signal: hard, out_of_office, erase ...")
    reason = models.TextField(blank=True)
    words = models.TextField(blank=True, help_text="What the person said, as far as the owner has to see it.")
    detail = models.JSONField(default=dict)
    delivery = models.ForeignKey(Delivery, models.PROTECT, null=True, db_index=False)
    received_at = models.DateTimeField()
    read_at = models.DateTimeField()
    decided_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["owner", "sha256"], name="feedback_once")]
        indexes = [
            models.Index(fields=["owner", "signal", "decided_at"], name="feedback_by_signal"),
            models.Index(fields=["owner", "person"], name="feedback_by_person"),
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
    person = models.ForeignKey(Person, models.PROTECT, null=True, db_index=False)
    source = models.CharField(max_length=16, choices=Source)
    ticket = models.CharField(max_length=200, blank=True, help_text="The number under which the other side has it.")
    words = models.TextField(blank=True)
    cause = models.TextField(blank=True, help_text="What led to it, as the owner found.")
    feedback = models.ForeignKey(Feedback, models.PROTECT, null=True, db_index=False)
    delivery = models.ForeignKey(Delivery, models.PROTECT, null=True, db_index=False)
    received_at = models.DateTimeField()
    opened_at = models.DateTimeField()
    replied_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["owner", "replied_at"], name="complaint_by_reply")]

    def __str__(self) -> str:
        return f"complaint {self.pk}"


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
