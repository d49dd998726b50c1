"""Tables of deliveries, of how far the journal was taken in, of what left lately, and of owners' own paces."""

from django.db import models

from goodterms import owned
from goodterms.accounts.models import Owner
from goodterms.people.models import Person
from goodterms.updates.models import Update


class Delivery(models.Model):
    """One person's copy of an update. There is never a second one: not to the person, not to the address."""

    class State(models.TextChoices):
        """Where the copy is."""

        QUEUED = "queued", "waits to be sent"
        ATTEMPTING = "attempting", "claimed by a worker"
        ACCEPTED = "accepted", "a mail server took responsibility for it, or the owner sent it by hand"
        DEFERRED = "deferred", "refused for now; tried again later"
        REFUSED = "refused", "refused for good"
        UNKNOWN = "unknown", "handed over without an answer; never sent again"

    owner = models.ForeignKey(Owner, models.PROTECT, db_index=False)
    update = owned.ForeignKey(Update, models.PROTECT, db_index=False)
    person = owned.ForeignKey(Person, models.PROTECT, db_index=False)
    vehicle = models.CharField(max_length=12)
    address = models.CharField(max_length=400, blank=True, help_text="Empty once erased.")
    address_key = models.CharField(max_length=64, help_text="Keyed hash of the widened address.")
    message_id = models.CharField(max_length=200)
    state = models.CharField(max_length=10, choices=State)
    attempts = models.SmallIntegerField(default=0)
    due_at = models.DateTimeField()
    first_tried_at = models.DateTimeField(null=True)
    claimed_by = models.CharField(max_length=60, blank=True, help_text="The run that claimed it last.")
    claimed_until = models.DateTimeField(null=True, help_text="When the claim lapses.")
    handed_over_at = models.DateTimeField(
        null=True, help_text="Since when it may have left; where several machines share a database."
    )
    reply = models.TextField(blank=True, help_text="The mail server's last answer, without addresses.")
    copy_sha256 = models.CharField(max_length=64, blank=True, help_text="Hash of the bytes that left last.")
    finished_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["owner", "update", "person"], name="one_copy_a_person"),
            models.UniqueConstraint(fields=["owner", "update", "address_key"], name="one_copy_an_address"),
            models.UniqueConstraint(fields=["owner", "message_id"], name="message_id_once"),
        ]
        indexes = [
            models.Index(fields=["owner", "update", "state", "due_at", "id"], name="delivery_waiting"),
            models.Index(fields=["owner", "person"], name="delivery_by_person"),
            models.Index(
                fields=["owner", "claimed_by"], name="delivery_claimed", condition=models.Q(state="attempting")
            ),
        ]

    def __str__(self) -> str:
        return f"{self.update_id}/{self.person_id} {self.state}"


class JournalMark(models.Model):
    """How far this database has taken in a file of the journal. An older database put back has an older mark."""

    owner = models.ForeignKey(Owner, models.PROTECT, db_index=False)
    file = models.CharField(max_length=80)
    offset = models.BigIntegerField(help_text="In bytes.")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["owner", "file"], name="journal_mark_once")]

    def __str__(self) -> str:
        return f"{self.file} {self.offset}"


class Traffic(models.Model):
    """What left lately by a mail account, in all or to one receiving domain, so that its pace is kept."""

    owner = models.ForeignKey(Owner, models.PROTECT, db_index=False)
    account = models.CharField(max_length=400, help_text="Who signs in and where, or the owner's address and where.")
    domain = models.CharField(max_length=255, blank=True, help_text="The receiving domain; empty: the whole account.")
    slots = models.JSONField(default=dict, help_text="Copies by span and slot of time; see delivery.rules.pacing.")
    not_before = models.DateTimeField(null=True)
    why = models.CharField(max_length=8, blank=True, help_text="What the moment is for.")
    back_off_seconds = models.FloatField(default=0, help_text="The last pause that a mail server asked for.")
    reply = models.TextField(blank=True, help_text="The answer that asked for it, without addresses.")
    touched_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["owner", "account", "domain"], name="traffic_once")]

    def __str__(self) -> str:
        return f"{self.account} {self.domain}".strip()


class ListMember(models.Model):
    """Somebody whom Goodterms has put on a list of a list server; who is missing there without its doing has left."""

    owner = models.ForeignKey(Owner, models.PROTECT, db_index=False)
    list_name = models.CharField(max_length=300)
    person = owned.ForeignKey(Person, models.PROTECT, db_index=False)
    address_key = models.CharField(max_length=64, help_text="Keyed hash of the widened address.")
    put_at = models.DateTimeField(null=True, help_text="When the server confirmed it; empty before that.")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["owner", "list_name", "address_key"], name="list_member_once"),
        ]
        indexes = [models.Index(fields=["owner", "person"], name="list_member_by_person")]

    def __str__(self) -> str:
        return f"{self.person_id} on {self.list_name}"


class OwnPace(models.Model):
    """How fast mail leaves, as an owner chose it."""

    owner = models.OneToOneField(Owner, models.PROTECT, related_name="own_pace")
    values = models.JSONField(
        default=dict, help_text="As in a file of one's own (docs/sending.md); empty: recognised by the mail server."
    )
    by_hand_a_day = models.IntegerField(default=0, help_text="Mails that the owner sends beside Goodterms.")
    zone = models.CharField(max_length=60, blank=True, help_text="Where they are; empty: where this machine is.")
    changed_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"pace of {self.owner_id}"
