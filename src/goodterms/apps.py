"""Goodterms as a Django app."""

from django.apps import AppConfig


class GoodtermsConfig(AppConfig):
    """The one app: every concept's tables carry its label."""

    name = "goodterms"
    label = "goodterms"
