"""Tables of exchanges, of notes and choices about ties, and of what they add up to."""

from django.db import models

from goodterms import owned
from goodterms.accounts.models import Owner
from goodterms.artefacts.models import Artefact
from goodterms.people.models import Person


class Exchange(models.Model):
    """Something the owner and a person said to each other or did for each other."""

    class Kind(models.TextChoices):
        """What was exchanged."""

        INVITATION = "invitation", "invitation to connect"
        MESSAGE = "message", "LinkedIn message"
        RECOMMENDATION = "recommendation", "recommendation"
        ENDORSEMENT = "endorsement", "endorsement of a skill"
        REPLY = "reply", "reply by e-mail"

    owner = models.ForeignKey(Owner, models.PROTECT, db_index=False)
    person = owned.ForeignKey(Person, models.PROTECT, db_index=False)
    kind = models.CharField(max_length=16, choices=Kind)
    by_owner = models.BooleanField(help_text="Whether the owner did it; else the person did.")
    at = models.DateTimeField()
    clock = models.CharField(max_length=30, help_text="The rule by which the moment was read.")
    text = models.TextField(blank=True)
    export = models.BigIntegerField(null=True, help_text="The export that showed it first.")
    artefact = owned.ForeignKey(Artefact, models.PROTECT, null=True, db_index=False)
    recognised = models.CharField(max_length=20, blank=True, help_text="What the ledger has of it.")
    key = models.CharField(max_length=64, help_text="Hash of what makes it this exchange and no other.")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["owner", "key"], name="exchange_once")]
        indexes = [
            models.Index(fields=["owner", "person", "at"], name="exchange_by_person"),
            models.Index(fields=["owner", "export"], name="exchange_by_export"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.at:%Y-%m-%d}"


class Note(models.Model):
    """Something the owner wrote down about a person, for themself alone."""

    class Kind(models.TextChoices):
        """What is noted."""

        REMARK = "remark", "something to remember"
        SEEKS = "seeks", "what the person is looking for"
        MET = "met", "a meeting or a call: it counts for the tie"

    owner = models.ForeignKey(Owner, models.PROTECT, db_index=False)
    person = owned.ForeignKey(Person, models.PROTECT, db_index=False)
    kind = models.CharField(max_length=8, choices=Kind)
    text = models.TextField()
    at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["owner", "person", "at"], name="note_by_person")]

    def __str__(self) -> str:
        return f"{self.kind} {self.at:%Y-%m-%d}"


class TieChoice(models.Model):
    """What the owner decided about a tie: its strength in their own words, and how often they want a word."""

    owner = models.ForeignKey(Owner, models.PROTECT, db_index=False)
    person = owned.ForeignKey(Person, models.PROTECT, db_index=False)
    strength = models.FloatField(null=True, help_text="From 0 to 1; empty: as computed.")
    cadence_days = models.IntegerField(null=True, help_text="At most so many days between two words; empty: no matter.")
    chosen_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["owner", "person"], name="tie_choice_once")]

    def __str__(self) -> str:
        return f"tie with person {self.person_id}"


class TieSum(models.Model):
    """What exchanges, meetings and a choice add up to for a person and those merged into them, for quick lists.

    A projection: `goodterms.ties.summing` makes it anew where they change. What a side counts is given as of EPOCH in
    goodterms.ties.rules: later everything counts less by the same factor, so that nothing here depends on the clock.
    """

    person = owned.OneToOneField(Person, models.PROTECT, primary_key=True)
    owner = models.ForeignKey(Owner, models.PROTECT, db_index=False)
    theirs = models.FloatField(help_text="What their side counts.")
    ours = models.FloatField(help_text="What the owner's side counts.")
    last_at = models.DateTimeField(null=True, help_text="When either last did something.")
    then = models.FloatField(help_text="The strength at that moment.")
    chosen = models.FloatField(null=True, help_text="The strength that the owner chose.")

    class Meta:
        indexes = [models.Index(fields=["owner", "-then", "person"], name="tie_sum_by_strength")]

    def __str__(self) -> str:
        return f"tie with person {self.person_id}"


class Circle(models.Model):
    """People to whom the owner wants a word to be due alike, by a name: whoever fits all that is said of them."""

    owner = models.ForeignKey(Owner, models.PROTECT, db_index=False)
    name = models.CharField(max_length=60)
    company = models.CharField(max_length=200, blank=True, help_text="Whoever works there; empty: wherever they work.")
    persons = models.JSONField(default=list, help_text="The numbers of these persons; none: whoever they are.")
    tie_from = models.FloatField(null=True, help_text="Ties at least so strong; empty: of any strength.")
    tie_below = models.FloatField(null=True, help_text="Ties weaker than this; empty: of any strength.")
    cadence_days = models.IntegerField(help_text="At most so many days between two words.")
    chosen_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["owner", "name"], name="circle_once")]

    def __str__(self) -> str:
        return self.name
