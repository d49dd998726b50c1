"""Addresses of the people."""

from django.urls import path

from goodterms.web.pages.people import deeds, joining, news, pages, person

urlpatterns = [
    path("", pages.people, name="people"),
    path("people.csv", pages.export, name="people-export"),
    path("news/", news.whats_new, name="people-news"),
    path("due/", news.due_, name="people-due"),
    path("due/circle/", news.circle, name="people-circle"),
    path("due/no-circle/", news.no_circle, name="people-no-circle"),
    path("<int:number>/", person.person, name="people-person"),
    path("<int:number>/note/", deeds.note, name="people-note"),
    path("<int:number>/tie/", deeds.tie, name="people-tie"),
    path("<int:number>/exit/", deeds.exit_, name="people-exit"),
    path("<int:number>/hold/", deeds.hold_, name="people-hold"),
    path("<int:number>/release/", deeds.release_, name="people-release"),
    path("<int:number>/gone/", deeds.gone, name="people-gone"),
    path("<int:number>/merge/", joining.merge_, name="people-merge"),
    path("<int:number>/split/", joining.split_, name="people-split"),
    path("<int:number>/erase/", joining.erase_, name="people-erase"),
]
