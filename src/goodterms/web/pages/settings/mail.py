"""How the owner's mail leaves and where answers come: by servers, through a provider, to a list; each tried first."""

from typing import Any

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import redirect

from goodterms import doors
from goodterms.accounts.choices import Choice, is_fixed
from goodterms.accounts.habits import habits_of, set_habits
from goodterms.accounts.mail import (
    MailAddresses,
    forget_mail_account,
    forget_provider,
    list_server_address,
    mail_addresses,
    own_account,
    own_list_server,
    own_mail_addresses,
    providers,
    set_list_server,
    set_mail_account,
    set_provider,
    without_password,
)
from goodterms.delivery.actions.lists import take_back_exits
from goodterms.feedback.report_urls import report_urls
from goodterms.trials import Tried, try_all, try_list, try_list_of, try_provider, try_servers
from goodterms.web.access.visit import OWNER, Visit, page
from goodterms.web.pages.settings.mail_forms import (
    HabitsForm,
    ListForm,
    PresetForm,
    ProviderForm,
    ServersForm,
    habits_written,
    list_written,
    servers_written,
)


@page(OWNER)
def mail(visit: Visit) -> HttpResponse:
    """Show how mail leaves, where answers come, and which list posts go to."""
    return _show(visit)


@page(OWNER, writes=True)
def try_out(visit: Visit) -> HttpResponse:
    """Try all that is set."""
    return _show(visit, tried=try_all(visit.office, now=visit.now))


@page(OWNER)
def servers(visit: Visit) -> HttpResponse:
    """Enter mail servers; they are kept once they were reached."""
    known = own_mail_addresses(visit.office)
    if visit.request.method == "POST":
        return _servers_entered(visit, known)
    chosen = visit.request.GET.get("provider", "")
    preset = next((one for one in providers() if one.key == chosen), None)
    initial = servers_written(known, visit.office.owner.email)
    if preset:
        initial |= {"smtp_server": preset.smtp, "imap_server": preset.imap}
    return _show_servers(visit, ServersForm(initial=initial), preset=preset)


@page(OWNER)
def provider(visit: Visit) -> HttpResponse:
    """Enter an account at a provider; it is kept once it took a short mail to the owner."""
    form = ProviderForm(visit.request.POST or None)
    if not form.is_valid():
        return visit.show("settings/mail_provider.html", form=form, status=422 if form.is_bound else 200)
    tried = try_provider(visit.office.owner, form.provider(), may_be_inside=settings.ON_LAPTOP, now=visit.now)
    if tried.fault or "try" in visit.request.POST:
        return visit.show("settings/mail_provider.html", form=form, tried=[tried])
    set_provider(visit.office, form.provider(), may_be_inside=settings.ON_LAPTOP, now=visit.now)
    visit.say(f"Kept: {tried.said}")
    return redirect("settings-mail")


@page(OWNER)
def list_server(visit: Visit) -> HttpResponse:
    """Enter the list that posts go to; it is kept once the server answered."""
    form = ListForm(visit.request.POST or None, initial=list_written(own_list_server(visit.office)))
    if not form.is_valid():
        return visit.show("settings/mail_list.html", form=form, status=422 if form.is_bound else 200)
    tried = try_list(visit.office.owner, form.address(), may_be_inside=settings.ON_LAPTOP)
    if tried.fault or "try" in visit.request.POST:
        return visit.show("settings/mail_list.html", form=form, tried=[tried])
    set_list_server(visit.office, form.address(), may_be_inside=settings.ON_LAPTOP, now=visit.now)
    visit.say(f"Kept: {tried.said}")
    return redirect("settings-mail")


@page(OWNER, writes=True)
def mend_list(visit: Visit) -> HttpResponse:
    """Set right what is not as it must be on the list server."""
    office = visit.office
    doors.list_server_of(office).mend(office.owner.email)
    return _show(visit, tried=[try_list_of(office)])


@page(OWNER, writes=True)
def hear_list(visit: Visit) -> HttpResponse:
    """Make exits of whoever left the list at its server since it was last looked at."""
    left, held = take_back_exits(visit.office, doors.list_server_of(visit.office), now=visit.now)
    visit.say(_heard(left, held))
    return redirect("settings-mail")


@page(OWNER)
def habits(visit: Visit) -> HttpResponse:
    """Say what happens by itself with mail that comes back, and with newcomers."""
    owner = visit.office.owner
    form = HabitsForm(visit.request.POST or None, initial=habits_written(own_account(owner)))
    if not form.is_valid():
        status = 422 if form.is_bound else 200
        return visit.show("settings/mail_habits.html", form=form, found=habits_of(owner), status=status)
    set_habits(owner, **form.wanted(), now=visit.now)
    visit.say("Kept.")
    return redirect("settings-mail")


@page(OWNER, writes=True)
def forget(visit: Visit) -> HttpResponse:
    """Forget the servers, the provider or the list; what the installation has set counts again."""
    owner, what = visit.office.owner, visit.request.POST.get("what", "")
    if what == "list":
        set_list_server(visit.office, "", now=visit.now)
    elif what == "provider":
        forget_provider(owner, now=visit.now)
    else:
        forget_mail_account(owner, now=visit.now)
    visit.say("Forgotten. What this installation has set counts again, where there is any.")
    return redirect("settings-mail")


def _servers_entered(visit: Visit, known: MailAddresses) -> HttpResponse:
    form = ServersForm(visit.request.POST)
    if not form.is_valid():
        return _show_servers(visit, form, status=422)
    found = form.addresses(known)
    tried = try_servers(found, may_be_inside=settings.ON_LAPTOP)
    if any(one.fault for one in tried) or "try" in visit.request.POST:
        return _show_servers(visit, form, tried=tried)
    set_mail_account(
        visit.office,
        smtp=found.smtp,
        imap=found.imap,
        unsubscribe=found.unsubscribe,
        may_be_inside=settings.ON_LAPTOP,
        now=visit.now,
    )
    visit.say("Kept: the servers answered and let you in." if tried else "Kept.")
    return redirect("settings-mail")


def _show_servers(visit: Visit, form: ServersForm, *, status: int = 200, **shown: Any) -> HttpResponse:
    choice = PresetForm(initial={"provider": visit.request.GET.get("provider", "")})
    return visit.show("settings/mail_servers.html", status=status, form=form, choice=choice, **shown)


def _show(visit: Visit, tried: list[Tried] | None = None) -> HttpResponse:
    office = visit.office
    found, own, own_list = mail_addresses(office), own_mail_addresses(office), own_list_server(office)
    posts = list_server_address(office)
    return visit.show(
        "settings/mail.html",
        way=_way_shown(found),
        is_own_way=own.can_send,
        by_provider=found.provider is not None,
        reports_to=report_urls(office),
        mailbox=" at ".join(reversed([part for part in without_password(found.imap) if part])),
        is_own_mailbox=bool(own.imap),
        habits=habits_of(office.owner),
        unsubscribe=found.unsubscribe or office.owner.email,
        posts=list_written(posts),
        is_own_list=bool(own_list),
        fixed={choice.value: is_fixed(choice) for choice in Choice},
        tried=tried or [],
    )


def _heard(left: int, held: int) -> str:
    people = f"{left:,} {'person' if left == 1 else 'people'} left the list, and have left here too now."
    doubt = f" Of {held:,} nobody can say; they are held for your eye." if held else ""
    return (people if left else "Nobody left the list since it was last looked at.") + doubt


def _way_shown(found: MailAddresses) -> str:
    if found.provider:
        return f"{found.provider.name}, through its API"
    server, user = without_password(found.smtp)
    return f"{server}, as {user}" if user else server
