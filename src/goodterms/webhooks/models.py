"""Table of webhooks."""

from django.db import models

from goodterms.accounts.models import Owner


class Webhook(models.Model):
    """An address that is told of new entries, and how far it was told."""

    owner = models.ForeignKey(Owner, models.PROTECT, db_index=False)
    uid = models.CharField(max_length=32)
    url = models.CharField(max_length=500)
    secret = models.TextField(help_text="What its messages are signed with, sealed.")
    kinds = models.TextField(blank=True, help_text="Kinds of entry, separated by commas; empty: all.")
    last_entry = models.BigIntegerField(help_text="The newest entry that it was told of, or that came before it.")
    failures = models.IntegerField(default=0, help_text="How often in a row it could not be told.")
    due_at = models.DateTimeField(help_text="Not told before that.")
    fault = models.TextField(blank=True, help_text="Why it could not be told the last time.")
    told_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["owner", "uid"], name="webhook_uid_once")]
        indexes = [models.Index(fields=["owner", "due_at"], name="webhook_due")]

    def __str__(self) -> str:
        return self.url
