"""Goodterms' settings plus what only working on it needs."""

from goodterms.settings import *  # noqa: F403
from goodterms.settings import INSTALLED_APPS as _APPS

INSTALLED_APPS = ["django_linear_migrations", *_APPS]
