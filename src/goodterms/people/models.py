"""Tables of persons and identities."""

from django.db import models

from goodterms import owned
from goodterms.accounts.models import Owner
from goodterms.people.rules import folded


class Person(models.Model):
    """Somebody the owner is or was connected to, or who used a way out."""

    owner = models.ForeignKey(Owner, models.PROTECT, db_index=False)
    uid = models.BigIntegerField(help_text="A keyed hash of the first identity: the same again after a restore.")
    first_name = models.TextField(blank=True)
    last_name = models.TextField(blank=True)
    company = models.TextField(blank=True)
    position = models.TextField(blank=True)
    slug = models.CharField(
        max_length=400, blank=True, help_text="As the newest export shows it; empty: it shows none."
    )
    email = models.CharField(
        max_length=400, blank=True, help_text="As the newest export shows it; empty: it shows none."
    )
    connected_on = models.DateField(null=True)
    name_key = models.CharField(max_length=64, blank=True, help_text="Keyed hash of the folded name.")
    folded = models.CharField(
        max_length=600,
        blank=True,
        help_text="What a search looks through and lists are sorted by; begins with the name.",
    )
    merged_into = owned.ForeignKey("self", models.PROTECT, null=True, related_name="merged", db_index=False)
    erased_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["owner", "uid"], name="person_uid_once")]
        indexes = [
            models.Index(fields=["owner", "connected_on", "name_key"], name="person_by_connection"),
            models.Index(
                fields=["owner", "merged_into"],
                name="person_merged",
                condition=models.Q(merged_into__isnull=False),
            ),
            # Whoever was merged into one person is looked up everywhere, mostly in vain.
            models.Index(fields=["merged_into"], name="person_joined", condition=models.Q(merged_into__isnull=False)),
            # The last of its columns is always empty; it spares SQLite looking that up.
            models.Index(
                fields=["owner", "folded", "id", "merged_into"],
                name="person_folded",
                condition=models.Q(merged_into__isnull=True),
            ),
            models.Index(fields=["owner", "name_key"], name="person_by_name"),
        ]

    def __str__(self) -> str:
        return self.name or f"person {self.pk}"

    @property
    def name(self) -> str:
        """The full name as LinkedIn has it."""
        return f"{self.first_name} {self.last_name}".strip()

    def fold(self) -> None:
        """Bring `folded` in step with the rest, without saving it."""
        self.folded = folded(
            first_name=self.first_name,
            last_name=self.last_name,
            company=self.company,
            position=self.position,
            slug=self.slug,
            email=self.email,
        )


class StrayNumber(models.Model):
    """The number of somebody whom the journal knows and this database did not, and which copy went where."""

    owner = models.ForeignKey(Owner, models.PROTECT, db_index=False)
    uid = models.BigIntegerField(help_text="As Person.uid.")
    key = models.CharField(max_length=64, help_text="Keyed hash of the address that the copy went to.")
    update_sha256 = models.CharField(max_length=64, help_text="Hash of the text of the update, as Update.sha256.")
    left_at = models.DateTimeField(help_text="When the copy was about to leave.")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["owner", "uid", "key", "update_sha256"], name="stray_number_once")
        ]

    def __str__(self) -> str:
        return str(self.uid)


class Identity(models.Model):
    """One name a person is known by."""

    class Kind(models.TextChoices):
        """What sort of name."""

        PROFILE = "profile", "LinkedIn profile"
        EMAIL = "email", "e-mail address"

    owner = models.ForeignKey(Owner, models.PROTECT, db_index=False)
    person = owned.ForeignKey(Person, models.PROTECT, db_index=False, related_name="identities")
    kind = models.CharField(max_length=8, choices=Kind)
    value = models.CharField(max_length=400, help_text="The normalised form.")
    key = models.CharField(max_length=64, help_text="Keyed hash of the widened form.")
    is_current = models.BooleanField(help_text="Whether the newest export still shows it.")
    source = models.CharField(max_length=20, help_text="Where it was learnt: export, owner, reply, person.")
    seen_at = models.DateTimeField(help_text="When it was last newly seen.")
    export = models.BigIntegerField(null=True, help_text="The export that showed it first, if one did.")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["owner", "kind", "value", "person"], name="identity_once_a_person")
        ]
        indexes = [
            models.Index(fields=["owner", "key"], name="identity_by_key"),
            models.Index(fields=["owner", "person"], name="identity_by_person"),
        ]

    def __str__(self) -> str:
        return self.value
