"""Table of wordings."""

from django.db import models

from goodterms.accounts.models import Owner


class Wording(models.Model):
    """A text that says what connecting means, the place where it stood, and when."""

    owner = models.ForeignKey(Owner, models.PROTECT, db_index=False)
    place = models.CharField(max_length=12)
    text = models.TextField()
    from_at = models.DateTimeField()
    until_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField()

    class Meta:
        ordering = ["place", "from_at", "id"]
        indexes = [models.Index(fields=["owner", "place", "from_at"], name="wording_by_place")]

    def __str__(self) -> str:
        return f"{self.place} since {self.from_at:%Y-%m-%d}"
