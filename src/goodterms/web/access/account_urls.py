"""Addresses of accounts: those of allauth that a member needs; nobody makes an account unasked."""

from collections.abc import Callable

from allauth.account import views
from django.http import HttpRequest, HttpResponse
from django.urls import include, path
from django.utils import translation

from goodterms.web.access import invitations, pages

urlpatterns = [
    path("login/", views.login, name="account_login"),
    path("logout/", views.logout, name="account_logout"),
    path("signup/", views.signup, name="account_signup"),
    path("inactive/", views.account_inactive, name="account_inactive"),
    path("reauthenticate/", views.reauthenticate, name="account_reauthenticate"),
    path("password/", views.password_change, name="account_change_password"),
    path("password/set/", pages.set_password, name="account_set_password"),
    path("email/", views.email, name="account_email"),
    path("two-factor/", include("allauth.mfa.urls")),
    path("sessions/", include("allauth.usersessions.urls")),
    path("join/<str:number>/<str:secret>/", invitations.accept, name="accept-invitation"),
]


def in_one_language(answer: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Show the pages of accounts in English, as ours are: allauth's own words would come in the reader's language."""

    def answer_in_english(request: HttpRequest) -> HttpResponse:
        if not request.path.startswith("/account/"):
            return answer(request)
        with translation.override("en"):
            return answer(request)

    return answer_in_english
