"""Tables of owners and users."""

from django.contrib.auth.models import AbstractUser
from django.db import models


class User(AbstractUser):
    """Somebody who may sign in."""


class Owner(models.Model):
    """The member whose network it is; every table but those of who may sign in has the owner as its first key."""

    uid = models.CharField(max_length=32, unique=True)
    name = models.CharField(max_length=200)
    email = models.CharField(max_length=320)
    profile = models.CharField(max_length=300, blank=True)
    postal_address = models.TextField(blank=True)
    strategy = models.CharField(max_length=40)
    keys_fingerprint = models.CharField(max_length=40)
    created_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["email"], name="owner_email_once")]

    def __str__(self) -> str:
        return f"{self.name} <{self.email}>"


class Membership(models.Model):
    """What a user may do for an owner."""

    class Role(models.TextChoices):
        """How much; each may do what those above may."""

        VIEWER = "viewer", "looks at everything, changes nothing"
        HELPER = "helper", "works the desk and the inbox, exports nothing"
        OWNER = "owner", "does everything"

    owner = models.ForeignKey(Owner, models.PROTECT, db_index=False)
    user = models.ForeignKey(User, models.CASCADE, db_index=False, related_name="memberships")
    role = models.CharField(max_length=8, choices=Role)
    since = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["owner", "user"], name="membership_once")]
        indexes = [models.Index(fields=["user"], name="membership_by_user")]

    def __str__(self) -> str:
        return f"{self.user_id} {self.role} for {self.owner_id}"

    def may(self, role: str) -> bool:
        """Say whether this is at least that role."""
        order = list(self.Role.values)
        return order.index(self.role) >= order.index(role)


class MailAccount(models.Model):
    """How an owner's mail leaves and where answers come, with every password and key sealed.

    Mail leaves by the server or by the provider, whichever there is; where there is neither, as the settings say.
    """

    owner = models.OneToOneField(Owner, models.PROTECT, related_name="mail_account")
    smtp = models.TextField(blank=True, help_text="The address of the server that sends, sealed; empty: the setting's.")
    imap = models.TextField(blank=True, help_text="The address of the mailbox, sealed; empty: the setting's.")
    unsubscribe_address = models.CharField(max_length=320, blank=True)
    provider = models.CharField(max_length=20, blank=True, help_text="A provider to send by through its API.")
    provider_key = models.TextField(blank=True, help_text="The key of the account there, sealed.")
    provider_url = models.CharField(max_length=300, blank=True, help_text="Where its API is; empty: the usual place.")
    authserv_id = models.CharField(max_length=253, blank=True, help_text="The name under which its mailbox vouches.")
    read_flag = models.CharField(max_length=60, blank=True, help_text="A flag to set on mail that was read.")
    read_folder = models.CharField(max_length=200, blank=True, help_text="A folder to move mail to that was read.")
    confirms_exits = models.BooleanField(null=True, help_text="Whether exits by mail are confirmed; empty: as set.")
    welcomes = models.BooleanField(null=True, help_text="Whether the workers welcome newcomers; empty: as set.")
    list_server = models.TextField(blank=True, help_text="The address of the list that posts go to, sealed.")
    inside = models.CharField(
        max_length=40,
        blank=True,
        help_text="Which of smtp, imap, provider and list may lie in this machine's own network, comma-separated.",
    )
    changed_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(smtp="") | models.Q(provider=""), name="mail_leaves_by_one_way")
        ]

    def __str__(self) -> str:
        return f"mail account of {self.owner_id}"


class AuditLine(models.Model):
    """Something that a user did for an owner through the pages."""

    owner = models.ForeignKey(Owner, models.PROTECT, db_index=False)
    user = models.ForeignKey(User, models.SET_NULL, null=True, db_index=False)
    who = models.CharField(max_length=320, help_text="Their address at that time.")
    role = models.CharField(max_length=8)
    what = models.CharField(max_length=60, help_text="The name of the page.")
    about = models.CharField(max_length=200, help_text="Its path.")
    at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["owner", "-at"], name="audit_line_newest")]

    def __str__(self) -> str:
        return f"{self.who} {self.what} {self.about}"


class ApiToken(models.Model):
    """A token by which a program acts for an owner; its text is known to whoever made it alone."""

    owner = models.ForeignKey(Owner, models.PROTECT, db_index=False)
    name = models.CharField(max_length=100, help_text="What it is for.")
    key = models.CharField(max_length=64, unique=True, help_text="SHA-256 of its text.")
    scopes = models.CharField(max_length=300, help_text="Separated by commas.")
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField(null=True)
    last_used_at = models.DateTimeField(null=True, help_text="To the minute.")
    revoked_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["owner", "-created_at"], name="api_token_newest")]

    def __str__(self) -> str:
        return self.name

    def allows(self, scope: str) -> bool:
        """Say whether it has a scope."""
        return scope in self.scopes.split(",")
