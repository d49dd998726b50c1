"""Addresses of the inbox."""

from django.urls import path

from goodterms.web.pages.inbox import cases, pages, reading

urlpatterns = [
    path("", pages.inbox, name="inbox"),
    path("<int:number>/", pages.item, name="inbox-item"),
    path("decide/", pages.next_item, name="inbox-next"),
    path("<int:number>/decide/", pages.decide_it, name="inbox-decide"),
    path("check/", reading.check, name="inbox-check"),
    path("checking/<str:uid>/", reading.checking, name="inbox-checking"),
    path("upload/", reading.upload, name="inbox-upload"),
    path("leaving/", cases.leaving, name="inbox-leaving"),
    path("leaving/<int:number>/done/", cases.done, name="inbox-done"),
    path("complaints/", cases.complaints_, name="inbox-complaints"),
    path("complaints/add/", cases.add, name="inbox-add"),
    path("complaints/<int:number>/", cases.complaint, name="inbox-complaint"),
    path("complaints/<int:number>/replied/", cases.replied, name="inbox-replied"),
]
