"""Addresses of the pages; the part of a name before its first hyphen is the place in the menu that it belongs to."""

from django.urls import include, path

urlpatterns = [
    path("", include("goodterms.web.access.urls")),
    path("api/", include("goodterms.api.urls")),
    path("", include("goodterms.web.pages.start.urls")),
    path("", include("goodterms.web.pages.public.urls")),
    path("hooks/", include("goodterms.web.hooks")),
    path("account/", include("goodterms.web.access.account_urls")),
    path("proof/", include("goodterms.web.pages.proof.urls")),
    path("settings/", include("goodterms.web.pages.settings.urls")),
    path("updates/", include("goodterms.web.pages.updates.urls")),
    path("desk/", include("goodterms.web.pages.desk.urls")),
    path("inbox/", include("goodterms.web.pages.inbox.urls")),
    path("people/", include("goodterms.web.pages.people.urls")),
    path("sync/", include("goodterms.web.pages.sync.urls")),
    path("terms/", include("goodterms.web.pages.terms.urls")),
]
