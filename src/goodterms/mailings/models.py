"""Table of mailings."""

from django.db import models

from goodterms import owned
from goodterms.accounts.models import Owner
from goodterms.updates.models import Update


class Mailing(models.Model):
    """An update that the workers are to send by a vehicle. There is one for both, however often it is asked for."""

    class State(models.TextChoices):
        """How it stands with a mailing."""

        SCHEDULED = "scheduled", "waits for its time"
        SENDING = "sending", "is being sent; copies refused for now are tried again until none waits"
        PAUSED = "paused", "waits until the owner lets it go on"
        STOPPED = "stopped", "can't go on before what its note says is mended"
        DONE = "done", "no copy of it waits any more"
        CANCELLED = "cancelled", "called off; the copies that waited were taken back"

    owner = models.ForeignKey(Owner, models.PROTECT, db_index=False)
    update = owned.ForeignKey(Update, models.PROTECT, db_index=False)
    vehicle = models.CharField(max_length=12)
    state = models.CharField(max_length=10, choices=State)
    asked_by = models.CharField(max_length=60, help_text="Who asked for it: a user's name, or a command.")
    asked_at = models.DateTimeField()
    due_at = models.DateTimeField(help_text="Not before this moment.")
    next_at = models.DateTimeField(null=True, help_text="Nothing is tried before, because it was in vain.")
    failures = models.SmallIntegerField(default=0, help_text="Tries in vain in a row.")
    note = models.TextField(blank=True, help_text="Why it does not go on.")
    is_careful = models.BooleanField(
        default=False,
        help_text="Only the part that the forecast calls careful gets it, as of when its copies are planned.",
    )
    begun_at = models.DateTimeField(null=True, help_text="When its copies were planned last.")
    finished_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["owner", "update", "vehicle"], name="mailing_once")]
        indexes = [models.Index(fields=["owner", "state", "due_at"], name="mailing_open")]

    def __str__(self) -> str:
        return f"{self.update} {self.state}"
