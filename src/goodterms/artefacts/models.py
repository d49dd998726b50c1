"""Table of artefacts."""

from django.db import models

from goodterms import owned
from goodterms.accounts.models import Owner
from goodterms.people.models import Person


class Artefact(models.Model):
    """A raw piece of evidence, kept once by its hash: a row of an export, a mail."""

    owner = models.ForeignKey(Owner, models.PROTECT, db_index=False)
    sha256 = models.CharField(max_length=64)
    kind = models.CharField(max_length=40, help_text="connections, invitations, messages, mail, ...")
    person = owned.ForeignKey(Person, models.PROTECT, null=True, db_index=False)
    content = models.BinaryField(null=True, help_text="Null once erased.")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["owner", "sha256"], name="artefact_once")]
        indexes = [models.Index(fields=["owner", "person"], name="artefact_by_person")]

    def __str__(self) -> str:
        return f"{self.kind} {self.sha256[:12]}"
