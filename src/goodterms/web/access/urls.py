"""Addresses of entering and leaving."""

from django.urls import path

from goodterms.web.access import pages

urlpatterns = [
    path("enter/", pages.enter, name="enter"),
    path("enter/<str:secret>/", pages.enter_by_link, name="enter-by-link"),
    path("leave/", pages.leave, name="leave"),
]
