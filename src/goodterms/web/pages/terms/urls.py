"""Addresses of the terms."""

from django.urls import path

from goodterms.web.pages.terms import pages

urlpatterns = [
    path("", pages.terms, name="terms"),
    path("add/", pages.add, name="terms-add"),
    path("<int:number>/end/", pages.end, name="terms-end"),
]
