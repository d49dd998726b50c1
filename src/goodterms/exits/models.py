"""Table of suppressions."""

from django.db import models

from goodterms import owned
from goodterms.accounts.models import Owner
from goodterms.people.models import Person


class Suppression(models.Model):
    """A keyed hash of an identity never to be written to again. Nothing deletes it."""

    class Kind(models.TextChoices):
        """What was hashed; names and numbers are the person, the rest only may be."""

        PROFILE = "profile", "LinkedIn profile"
        EMAIL = "email", "e-mail address"
        NAME_AND_DATE = "name_date", "name and connection date"
        NAME_AND_COMPANY = "name_company", "name and company"
        DATE = "date", "connection date"
        NUMBER = "number", "number of the person, which their links hold"
        STRANGER = "stranger", "number of somebody whom the database did not know"

    owner = models.ForeignKey(Owner, models.PROTECT, db_index=False)
    key = models.CharField(max_length=64)
    kind = models.CharField(max_length=12, choices=Kind)
    exit = models.CharField(max_length=12, help_text="stop, leave, complaint or erasure.")
    vehicles = models.CharField(max_length=60, blank=True, help_text="Comma-separated; empty: all.")
    purposes = models.CharField(max_length=60, blank=True, help_text="Comma-separated; empty: all.")
    since = models.DateTimeField()
    person = owned.ForeignKey(Person, models.PROTECT, null=True, db_index=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["owner", "key", "exit", "vehicles", "purposes", "since"], name="suppression_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.exit} {self.key[:12]}"
