"""Tables of the ledger: entries, the sealed tree, and the standing they give.

The database itself refuses to change or delete entries, leaves, nodes and seals; the triggers stand in the migrations.
"""

from django.db import models

from goodterms import owned
from goodterms.accounts.models import Owner
from goodterms.people.models import Person


class Entry(models.Model):
    """One thing that bears on permission. Append-only."""

    owner = models.ForeignKey(Owner, models.PROTECT, db_index=False)
    person = owned.ForeignKey(Person, models.PROTECT, null=True, db_index=False)
    kind = models.CharField(max_length=24)
    occurred_at = models.DateTimeField()
    recorded_at = models.DateTimeField()
    actor = models.CharField(max_length=8)
    source = models.BigIntegerField(null=True, help_text="The export that told it, if one did.")
    commitment = models.CharField(max_length=64, help_text="SHA-256 of salt and body, in hexadecimal.")

    class Meta:
        indexes = [
            models.Index(fields=["owner", "id"], name="entry_by_number"),
            models.Index(fields=["owner", "person", "id"], name="entry_by_person"),
            models.Index(fields=["owner", "source"], name="entry_by_source", condition=models.Q(source__isnull=False)),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.occurred_at:%Y-%m-%d}"


class Payload(models.Model):
    """The personal part of an entry: only erasure may delete it."""

    entry = owned.OneToOneField(Entry, models.PROTECT, primary_key=True)
    owner = models.ForeignKey(Owner, models.PROTECT, db_index=False)
    person = owned.ForeignKey(Person, models.PROTECT, null=True, db_index=False)
    salt = models.CharField(max_length=32, help_text="16 random bytes in hexadecimal.")
    body = models.TextField(help_text="The canonical JSON that the commitment covers.")

    class Meta:
        indexes = [models.Index(fields=["owner", "person", "entry"], name="payload_by_person")]

    def __str__(self) -> str:
        return f"payload of {self.pk}"


class Standing(models.Model):
    """What the ledger says of a person now. A projection: `goodterms ledger rebuild` makes it anew."""

    person = owned.OneToOneField(Person, models.PROTECT, primary_key=True)
    owner = models.ForeignKey(Owner, models.PROTECT, db_index=False)
    state = models.TextField(help_text="The canonical JSON of goodterms.ledger.standing.Standing.")
    bearing = models.CharField(max_length=200, help_text="All of it that decides and does not depend on the clock.")
    last_update_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["owner", "bearing", "last_update_at", "person"], name="standing_by_bearing")]

    def __str__(self) -> str:
        return self.bearing


class Seal(models.Model):
    """A signed tree head: everything up to `size` leaves has this root."""

    owner = models.ForeignKey(Owner, models.PROTECT, db_index=False)
    size = models.BigIntegerField()
    root = models.CharField(max_length=64)
    sealed_at = models.DateTimeField()
    public_key = models.CharField(max_length=64)
    signature = models.CharField(max_length=128)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["owner", "size"], name="seal_size_once")]

    def __str__(self) -> str:
        return f"{self.size} entries {self.root[:12]}"


class Leaf(models.Model):
    """The place of an entry in the tree."""

    owner = models.ForeignKey(Owner, models.PROTECT, db_index=False)
    index = models.BigIntegerField()
    entry = owned.OneToOneField(Entry, models.PROTECT)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["owner", "index"], name="leaf_index_once")]

    def __str__(self) -> str:
        return str(self.index)


class Node(models.Model):
    """The hash of a complete subtree of 2**level leaves, kept so that a proof need not read the whole tree."""

    owner = models.ForeignKey(Owner, models.PROTECT, db_index=False)
    level = models.SmallIntegerField()
    index = models.BigIntegerField(help_text="Counted from 0 at its level.")
    hash = models.CharField(max_length=64)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["owner", "level", "index"], name="node_once")]

    def __str__(self) -> str:
        return f"{self.level}/{self.index}"
