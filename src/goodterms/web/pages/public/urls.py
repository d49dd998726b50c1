"""Addresses of the public pages: those below /x/ stand in mails that were sent and must stay what they are."""

from django.urls import path

from goodterms.web.pages.public import copies, join, kept, pages

urlpatterns = [
    path("x/<str:link>", pages.page, name="public"),
    path("x/<str:link>/copy", copies.copy, name="public-copy"),
    path("x/<str:link>/kept", kept.kept, name="public-kept"),
    path("x/<str:link>/kept.json", kept.download, name="public-download"),
    path("x/<str:link>/erase", kept.erase_me, name="public-erase"),
    path("join/<str:owner>", join.join, name="public-join"),
    path("join/<str:owner>/<str:link>", join.confirm_join, name="public-join-confirm"),
]
