"""Entering by the one-time link, and leaving."""

from typing import cast

from allauth.account import views
from django.conf import settings
from django.contrib.auth import login, logout
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from goodterms import doors
from goodterms.accounts.actions import the_laptops_user
from goodterms.web.access.links import LINKS


@require_GET
def enter(request: HttpRequest) -> HttpResponse:
    """Say how one gets in."""
    if not settings.ON_LAPTOP:
        return redirect("account_login")
    return render(request, "web/enter.html", status=403)


@require_http_methods(["GET", "POST"])
def enter_by_link(request: HttpRequest, secret: str) -> HttpResponse:
    """Sign the person at this machine in.

    Looking at the link changes nothing, so that a browser that fetches ahead does not use it up; the page it shows
    posts at once where scripts run, and has a button where they do not.
    """
    if not settings.ON_LAPTOP:
        return redirect("account_login")
    if request.method == "GET":
        return redirect("start") if request.user.is_authenticated else render(request, "web/enter_by_link.html")
    if not LINKS.take(secret):
        return render(request, "web/enter.html", {"is_used": True}, status=403)
    login(request, the_laptops_user(now=doors.now()), backend="django.contrib.auth.backends.ModelBackend")
    return redirect("start")


@login_required
def set_password(request: HttpRequest) -> HttpResponse:
    """Let whoever has no password choose one; the person at this machine comes in by a link and needs none."""
    if not settings.ON_LAPTOP:
        return cast(HttpResponse, views.password_set(request))
    message = (
        "You come in by the link that 'goodterms serve' shows on this machine, so there is no password to change. "
        "Passwords are for an installation on a server."
    )
    return render(request, "web/message.html", {"title": "You need no password", "message": message})


@require_POST
def leave(request: HttpRequest) -> HttpResponse:
    """Sign out."""
    logout(request)
    return redirect("enter")
