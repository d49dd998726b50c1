"""Table of what came back."""

from django.db import models

from goodterms.accounts.models import Owner
from goodterms.artefacts.models import Artefact
from goodterms.people.models import Person


class Feedback(models.Model):
    """One raw message that came back and what was read in it. Reading it again changes nothing."""

    owner = models.ForeignKey(Owner, models.PROTECT, db_index=False)
    sha256 = models.CharField(max_length=64)
    artefact = models.ForeignKey(Artefact, models.PROTECT, null=True, db_index=False)
    person = models.ForeignKey(Person, models.PROTECT, null=True, db_index=False)
    signal = models.CharField(max_length=20)
    reason = models.TextField(blank=True)
    received_at = models.DateTimeField()
    read_at = models.DateTimeField()
    decided_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["owner", "sha256"], name="feedback_once")]
        indexes = [models.Index(fields=["owner", "signal", "decided_at"], name="feedback_by_signal")]

    def __str__(self) -> str:
        return self.signal
