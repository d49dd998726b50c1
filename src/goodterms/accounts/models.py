"""Tables of owners and users."""

from django.contrib.auth.models import AbstractUser
from django.db import models


class User(AbstractUser):
    """Somebody who may sign in."""


class Owner(models.Model):
    """The member whose network it is; every other table has the owner as its first key."""

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
