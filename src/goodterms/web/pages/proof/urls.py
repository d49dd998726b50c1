"""Addresses of the proof."""

from django.urls import path

from goodterms.web.pages.proof import pages

urlpatterns = [
    path("", pages.proof, name="proof"),
    path("seal/", pages.seal_now, name="proof-seal"),
    path("check/", pages.check, name="proof-check"),
    path("check/<str:uid>/", pages.checking, name="proof-checking"),
    path("dossier/", pages.verify_file, name="proof-verify"),
    path("<int:number>/", pages.person, name="proof-person"),
    path("<int:number>/<str:form>/", pages.dossier, name="proof-dossier"),
]
