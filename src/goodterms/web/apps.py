"""The pages as a Django app of their own, so that their templates and static files are found; it has no tables."""

from django.apps import AppConfig


class WebConfig(AppConfig):
    """Templates, static files and template tags."""

    name = "goodterms.web"
    label = "web"
