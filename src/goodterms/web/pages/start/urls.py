"""Addresses of the overview."""

from django.urls import path

from goodterms.web.pages.start import pages

urlpatterns = [
    path("", pages.start, name="start"),
    path("charts/", pages.pictures, name="start-charts"),
    path("begin/", pages.begin, name="start-begin"),
    path("begin/restore/", pages.restore_, name="start-restore"),
]
