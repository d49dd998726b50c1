"""Table of those passed over at the desk."""

from django.db import models

from goodterms import owned
from goodterms.accounts.models import Owner
from goodterms.people.models import Person
from goodterms.updates.models import Update


class Skip(models.Model):
    """Somebody passed over for one update; they come again when the owner looks at those passed over."""

    owner = models.ForeignKey(Owner, models.PROTECT, db_index=False)
    update = owned.ForeignKey(Update, models.PROTECT, db_index=False)
    person = owned.ForeignKey(Person, models.PROTECT, db_index=False)
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["owner", "update", "person"], name="skip_once")]

    def __str__(self) -> str:
        return f"{self.update_id}/{self.person_id}"
