"""Tables of updates, of drafts that may become one, and of the keys that sign them."""

from django.db import models

from goodterms import owned
from goodterms.accounts.models import Owner
from goodterms.updates.titles import plain_title


class Update(models.Model):
    """A message for many. Its text does not change once it is added."""

    class Kind(models.TextChoices):
        """What it is for."""

        UPDATE = "update", "update"
        WELCOME = "welcome", "welcome message to new connections"

    owner = models.ForeignKey(Owner, models.PROTECT, db_index=False)
    uid = models.CharField(max_length=32)
    kind = models.CharField(max_length=8, choices=Kind)
    purpose = models.CharField(max_length=12)
    subject = models.TextField()
    topics = models.JSONField()
    body = models.TextField(help_text="Markdown with merge fields.")
    footer = models.TextField(help_text="The terms as they stand in it.")
    sha256 = models.CharField(max_length=64)
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["owner", "uid"], name="update_uid_once"),
            models.UniqueConstraint(fields=["owner", "kind", "sha256"], name="update_text_once"),
        ]

    def __str__(self) -> str:
        return plain_title(self.subject)


class Draft(models.Model):
    """A text that is being written. It is saved as one writes; once added it is an update, whose text never changes."""

    owner = models.ForeignKey(Owner, models.PROTECT, db_index=False)
    uid = models.CharField(max_length=32)
    purpose = models.CharField(max_length=12)
    subject = models.TextField(blank=True)
    body = models.TextField(blank=True, help_text="Markdown with merge fields.")
    version = models.IntegerField(default=1, help_text="One more with each saving, so that two windows can be told.")
    saved_by = models.CharField(max_length=60, blank=True)
    created_at = models.DateTimeField()
    saved_at = models.DateTimeField()
    discarded_at = models.DateTimeField(null=True)
    update = owned.ForeignKey(Update, models.PROTECT, null=True, db_index=False, help_text="What it became.")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["owner", "uid"], name="draft_uid_once")]
        indexes = [models.Index(fields=["owner", "saved_at"], name="draft_by_saving")]

    def __str__(self) -> str:
        return plain_title(self.subject) or "Without a subject"


class SigningKey(models.Model):
    """The keys that sign an owner's mail under one selector (DKIM); of several, one at most signs."""

    owner = models.ForeignKey(Owner, models.PROTECT, db_index=False)
    selector = models.CharField(max_length=54)
    domain = models.CharField(max_length=253)
    keys = models.TextField(help_text="An RSA key, an Ed25519 key, or one of each, as PEM, sealed.")
    is_on = models.BooleanField(default=False, help_text="Whether it signs what is sent now.")
    made_at = models.DateTimeField()
    seen_at = models.DateTimeField(null=True, help_text="When the DNS was last seen to publish all of it.")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["owner", "selector"], name="signing_key_once"),
            models.UniqueConstraint(fields=["owner"], condition=models.Q(is_on=True), name="one_signing_key_on"),
        ]

    def __str__(self) -> str:
        return f"{self.selector}._domainkey.{self.domain}"
