"""Addresses of reading archives."""

from django.urls import path

from goodterms.web.pages.sync import held, pages

urlpatterns = [
    path("", pages.sync, name="sync"),
    path("upload/", pages.upload, name="sync-upload"),
    path("reading/<str:uid>/", pages.reading, name="sync-reading"),
    path("reading/<str:uid>/apply/", pages.apply, name="sync-apply"),
    path("reading/<str:uid>/discard/", pages.discard, name="sync-discard"),
    path("undo/", pages.undo_last, name="sync-undo"),
    path("held/", held.held, name="sync-held"),
    path("held/<int:number>/", held.decide, name="sync-decide"),
    path("departures/", held.departures, name="sync-departures"),
    path("departures/accept/", held.accept_departures, name="sync-accept"),
]
