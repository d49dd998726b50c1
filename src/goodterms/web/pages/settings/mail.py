"""The owner's mail servers: presets, a trial that says what is wrong, and keeping them."""

from dataclasses import dataclass

from django.http import HttpResponse
from django.shortcuts import redirect

from goodterms.accounts.mail import MailAddresses, forget_mail_account, providers, set_mail_account
from goodterms.accounts.models import MailAccount
from goodterms.delivery.vehicles.email.server import read_server
from goodterms.delivery.vehicles.email.transport import SmtpTransport
from goodterms.delivery.vehicles.transport import RunStopped
from goodterms.feedback.imap.address import read_address
from goodterms.feedback.imap.session import open_mailbox
from goodterms.lib.faults import Fault
from goodterms.web.access.visit import OWNER, Visit, page
from goodterms.web.pages.settings.forms import MailForm, ProviderForm


@dataclass(frozen=True, kw_only=True)
class Tried:
    """What a trial of a server gave."""

    what: str
    fault: str = ""


@page(OWNER)
def mail(visit: Visit) -> HttpResponse:
    """Enter the mail servers; they are kept once they were reached."""
    if visit.request.method == "POST":
        return _entered(visit, keeps=True)
    chosen = visit.request.GET.get("provider", "")
    provider = next((known for known in providers() if known.key == chosen), None)
    initial = {"user": visit.office.owner.email}
    if provider:
        initial |= {"smtp_server": provider.smtp, "imap_server": provider.imap}
    return visit.show(
        "settings/mail.html",
        choice=ProviderForm(initial={"provider": chosen}),
        provider=provider,
        form=MailForm(initial=initial),
        is_own=MailAccount.objects.filter(owner=visit.office.owner).exists(),
    )


@page(OWNER, writes=True)
def try_out(visit: Visit) -> HttpResponse:
    """Reach the servers without keeping them."""
    return _entered(visit, keeps=False)


@page(OWNER, writes=True)
def forget(visit: Visit) -> HttpResponse:
    """Forget the owner's servers."""
    forget_mail_account(visit.office.owner, now=visit.now)
    visit.say("Forgotten. Mail goes by the servers of this installation's settings, where there are any.")
    return redirect("settings")


def _entered(visit: Visit, *, keeps: bool) -> HttpResponse:
    form = MailForm(visit.request.POST)
    tried = _try(form.addresses()) if form.is_valid() else []
    if tried and keeps and not any(one.fault for one in tried):
        found = form.addresses()
        set_mail_account(visit.office, smtp=found.smtp, imap=found.imap, unsubscribe=found.unsubscribe, now=visit.now)
        visit.say("Kept: the servers answered and let you in.")
        return redirect("settings")
    return visit.show("settings/mail.html", choice=ProviderForm(), form=form, tried=tried)


def _try(addresses: MailAddresses) -> list[Tried]:
    tried = [_reach_smtp(addresses.smtp)]
    return [*tried, _reach_imap(addresses.imap)] if addresses.imap else tried


def _reach_smtp(url: str) -> Tried:
    try:
        transport = SmtpTransport(read_server(url))
        transport.open()
        transport.close()
    except (Fault, RunStopped) as fault:
        return Tried(what="Sending", fault=str(fault))
    return Tried(what="Sending")


def _reach_imap(url: str) -> Tried:
    try:
        with open_mailbox(read_address(url)):
            return Tried(what="The mailbox")
    except Fault as fault:
        return Tried(what="The mailbox", fault=str(fault))
