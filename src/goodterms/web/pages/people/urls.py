"""Addresses of the people."""

from django.urls import path

from goodterms.web.pages.people import pages

urlpatterns = [
    path("", pages.people, name="people"),
    path("<int:number>/", pages.person, name="people-person"),
]
