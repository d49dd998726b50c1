"""Programs that work for the owner: their tokens, and the addresses that are told of what happens."""

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect

from goodterms.accounts.scopes import Scope
from goodterms.accounts.tokens import add_token, revoke_token, tokens_of
from goodterms.web.access.visit import OWNER, Visit, page
from goodterms.web.pages.settings.forms import TokenForm, WebhookForm
from goodterms.webhooks.actions import add_webhook, remove_webhook
from goodterms.webhooks.queries import webhooks_of


@page(OWNER)
def programs(visit: Visit) -> HttpResponse:
    """Show the tokens and the addresses that are told."""
    return _show(visit)


@page(OWNER, writes=True)
def add(visit: Visit) -> HttpResponse:
    """Make a token and show its text, once."""
    form = TokenForm(visit.request.POST)
    if not form.is_valid():
        return _show(visit, token_form=form, status=422)
    scopes = [Scope(scope) for scope in form.cleaned_data["scopes"]]
    token, text = add_token(visit.office.owner, form.cleaned_data["name"], scopes, now=visit.now)
    return _show(visit, made=token.name, secret=text)


@page(OWNER, writes=True)
def revoke(visit: Visit, number: int) -> HttpResponse:
    """End a token."""
    get_object_or_404(tokens_of(visit.office.owner), pk=number)
    token = revoke_token(visit.office.owner, number, now=visit.now)
    visit.say(f"'{token.name}' opens nothing any more.")
    return redirect("settings-programs")


@page(OWNER, writes=True)
def tell(visit: Visit) -> HttpResponse:
    """Tell an address of what happens from now on, and show the secret that signs it, once."""
    form = WebhookForm(visit.request.POST)
    if not form.is_valid():
        return _show(visit, webhook_form=form, status=422)
    webhook, secret = add_webhook(
        visit.office, form.cleaned_data["url"], may_be_local=settings.ON_LAPTOP, now=visit.now
    )
    return _show(visit, made=webhook.url, secret=secret)


@page(OWNER, writes=True)
def hush(visit: Visit, number: int) -> HttpResponse:
    """Tell an address nothing more."""
    get_object_or_404(webhooks_of(visit.office.owner), pk=number)
    remove_webhook(visit.office.owner, number)
    visit.say("It is told nothing more.")
    return redirect("settings-programs")


def _show(
    visit: Visit,
    *,
    token_form: TokenForm | None = None,
    webhook_form: WebhookForm | None = None,
    made: str = "",
    secret: str = "",
    status: int = 200,
) -> HttpResponse:
    return visit.show(
        "settings/programs.html",
        status=status,
        tokens=tokens_of(visit.office.owner),
        webhooks=webhooks_of(visit.office.owner),
        token_form=token_form or TokenForm(),
        webhook_form=webhook_form or WebhookForm(),
        made=made,
        secret=secret,
    )
