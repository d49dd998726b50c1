"""Table of updates."""

from django.db import models

from goodterms.accounts.models import Owner


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
        return self.subject
