"""Addresses of accounts: those of allauth that a member needs; nobody makes an account unasked."""

from allauth.account import views
from django.urls import include, path

from goodterms.web.access import invitations

urlpatterns = [
    path("login/", views.login, name="account_login"),
    path("logout/", views.logout, name="account_logout"),
    path("signup/", views.signup, name="account_signup"),
    path("inactive/", views.account_inactive, name="account_inactive"),
    path("reauthenticate/", views.reauthenticate, name="account_reauthenticate"),
    path("password/", views.password_change, name="account_change_password"),
    path("email/", views.email, name="account_email"),
    path("two-factor/", include("allauth.mfa.urls")),
    path("sessions/", include("allauth.usersessions.urls")),
    path("join/<str:number>/<str:secret>/", invitations.accept, name="accept-invitation"),
]
