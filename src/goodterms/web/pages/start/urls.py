"""Addresses of the overview."""

from django.urls import path

from goodterms.web.pages.start import pages

urlpatterns = [
    path("", pages.start, name="start"),
    path("begin/", pages.begin, name="start-begin"),
]
