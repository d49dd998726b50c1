"""Tables of exports that were read."""

from django.db import models

from goodterms import owned
from goodterms.accounts.models import Owner


class Export(models.Model):
    """An archive of LinkedIn's that was read and applied."""

    owner = models.ForeignKey(Owner, models.PROTECT, db_index=False)
    sha256 = models.CharField(max_length=64)
    name = models.TextField()
    taken_at = models.DateTimeField(help_text="When LinkedIn made it, as far as that can be told.")
    taken_rule = models.CharField(max_length=20, help_text="How that was told: name, contents, file.")
    newest_at = models.DateTimeField(null=True, help_text="The newest moment in its contents.")
    is_newest = models.BooleanField(help_text="Whether it was newer than all before it when applied.")
    counts = models.JSONField()
    applied_at = models.DateTimeField()
    undone_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["owner", "sha256"], name="export_by_hash")]

    def __str__(self) -> str:
        return self.name


class ExportFile(models.Model):
    """One table of an archive: with the artefacts it names, in order, it can be written out again."""

    owner = models.ForeignKey(Owner, models.PROTECT, db_index=False)
    export = owned.ForeignKey(Export, models.PROTECT, db_index=False, related_name="files")
    name = models.TextField()
    kind = models.CharField(max_length=40)
    sha256 = models.CharField(max_length=64)
    preamble = models.TextField(blank=True, help_text="What stood above the rows, the header included.")
    row_count = models.IntegerField()
    rows = models.BinaryField(help_text="The artefacts' numbers, eight bytes each, zlib-compressed.")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["owner", "export", "name"], name="export_file_once")]

    def __str__(self) -> str:
        return self.name
