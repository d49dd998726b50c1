"""Invitations: the link by which an invited user sets a password, once."""

from django.contrib.auth import login
from django.contrib.auth.forms import SetPasswordForm
from django.contrib.auth.tokens import default_token_generator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.encoding import force_str
from django.utils.http import urlsafe_base64_decode, urlsafe_base64_encode
from django.views.decorators.http import require_http_methods

from goodterms.accounts.models import User


def invitation_path(user: User) -> str:
    """Give the path under which a user may set their password; it ends with the first use, or after three days."""
    number = urlsafe_base64_encode(str(user.pk).encode())
    return reverse("accept-invitation", args=[number, default_token_generator.make_token(user)])


@require_http_methods(["GET", "POST"])
def accept(request: HttpRequest, number: str, secret: str) -> HttpResponse:
    """Let an invited user set their password, and sign them in."""
    user = _user(number)
    if user is None or not default_token_generator.check_token(user, secret):
        context = {
            "title": "This invitation has ended",
            "message": "It was used, or it is older than three days. Nothing was done. Ask for a new one.",
        }
        return render(request, "web/message.html", context, status=403)
    form = SetPasswordForm(user, request.POST or None)
    if request.method == "POST" and form.is_valid():
        form.save()
        login(request, user, backend="django.contrib.auth.backends.ModelBackend")
        return redirect("start")
    return render(request, "web/access/accept.html", {"form": form, "address": user.email})


def _user(number: str) -> User | None:
    try:
        return User.objects.filter(pk=int(force_str(urlsafe_base64_decode(number))), is_active=True).first()
    except ValueError:
        return None
