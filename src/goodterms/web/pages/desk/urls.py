"""Addresses of the desk."""

from django.urls import path

from goodterms.web.pages.desk import pages

urlpatterns = [
    path("", pages.desk, name="desk"),
    path("<int:number>/", pages.next_person, name="desk-next"),
    path("<int:number>/sent/<int:person>/", pages.sent, name="desk-sent"),
    path("<int:number>/skip/<int:person>/", pages.passed_over, name="desk-skip"),
    path("<int:number>/note/<int:person>/", pages.note, name="desk-note"),
    path("<int:number>/again/", pages.again, name="desk-again"),
    path("not-sent/<int:copy>/", pages.not_sent, name="desk-not-sent"),
    path("sent/", pages.history, name="desk-history"),
]
