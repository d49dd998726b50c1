"""Addresses of the updates."""

from django.urls import path

from goodterms.web.pages.updates import pages, people, posting, sending, writing

urlpatterns = [
    path("", pages.updates, name="updates"),
    path("new/", writing.new, name="updates-new"),
    path("welcome/", pages.welcome, name="updates-welcome"),
    path("drafts/<int:number>/", writing.write, name="updates-write"),
    path("drafts/<int:number>/save/", writing.save, name="updates-save"),
    path("drafts/<int:number>/add/", writing.add, name="updates-add"),
    path("drafts/<int:number>/test/", writing.test, name="updates-draft-test"),
    path("drafts/<int:number>/discard/", writing.discard, name="updates-discard"),
    path("drafts/<int:number>/restore/", writing.restore, name="updates-restore"),
    path("drafts/<int:number>/copy/", writing.copy, name="updates-draft-copy"),
    path("persons/", people.found, name="updates-persons"),
    path("<int:number>/", pages.update, name="updates-update"),
    path("<int:number>/again/", writing.again, name="updates-again"),
    path("<int:number>/copy/", people.copy, name="updates-copy"),
    path("<int:number>/explain/", pages.explain_it, name="updates-explain"),
    path("<int:number>/forecast/<str:vehicle>/", pages.forecast_it, name="updates-forecast"),
    path("<int:number>/forecast/<str:vehicle>/accept/", pages.accept_it, name="updates-accept"),
    path("<int:number>/people/<str:vehicle>/<str:verdict>/", people.audience_people, name="updates-people"),
    path("<int:number>/copies/<str:state>/", people.copies, name="updates-copies"),
    path("<int:number>/resolve/<int:copy>/", people.resolve_it, name="updates-resolve"),
    path("<int:number>/test/", sending.test, name="updates-test"),
    path("<int:number>/send/", sending.send_it, name="updates-send"),
    path("<int:number>/post/", posting.post_it, name="updates-post"),
    path("<int:number>/post/mend/", posting.mend, name="updates-post-mend"),
    path("<int:number>/post/now/", posting.posting, name="updates-posting"),
    path("<int:number>/post/<str:uid>/", posting.foreseen, name="updates-foreseen"),
    path("<int:number>/progress/", sending.progress, name="updates-progress"),
    path("<int:number>/pause/", sending.pause_it, name="updates-pause"),
    path("<int:number>/resume/", sending.go_on, name="updates-resume"),
    path("<int:number>/cancel/", sending.call_off, name="updates-cancel"),
]
