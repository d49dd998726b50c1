"""Keys that sign the owner's mail: making or bringing them, publishing them, switching on and off."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect

from goodterms import doors
from goodterms.accounts.choices import Choice, is_fixed
from goodterms.accounts.mail import mail_addresses
from goodterms.lib.faults import Fault
from goodterms.updates.models import SigningKey
from goodterms.updates.records import Seen
from goodterms.updates.signing_keys import (
    NotPublished,
    add_signing_key,
    check_signing_key,
    remove_signing_key,
    signer_with,
    signing_keys,
    switch_off,
    switch_on,
)
from goodterms.web.access.visit import OWNER, Visit, page
from goodterms.web.pages.settings.signing_forms import SigningForm


@page(OWNER)
def signing(visit: Visit) -> HttpResponse:
    """Show the keys, which of them signs, and make or bring another one."""
    if visit.request.method != "POST":
        return _show(visit)
    form = SigningForm(visit.request.POST, visit.request.FILES)
    if not form.is_valid():
        return _show(visit, form=form, status=422)
    try:
        key = add_signing_key(visit.office, **form.wanted(), now=visit.now)
    except Fault as fault:
        form.add_error(None, str(fault))
        return _show(visit, form=form, status=422)
    return redirect("settings-signing-key", key.pk)


@page(OWNER)
def key(visit: Visit, number: int) -> HttpResponse:
    """Show what has to be published of a key."""
    return _show_key(visit, _key(visit, number))


@page(OWNER, writes=True)
def check(visit: Visit, number: int) -> HttpResponse:
    """Ask the DNS whether it is published."""
    found = _key(visit, number)
    looks = check_signing_key(visit.office, found, now=visit.now)
    return _show_key(visit, found, looks=looks, is_seen=all(look.seen is Seen.PUBLISHED for look in looks))


@page(OWNER, writes=True)
def on(visit: Visit, number: int) -> HttpResponse:
    """Sign by a key from now on, once the DNS shows it."""
    found, is_knowing = _key(visit, number), visit.request.POST.get("knowing") == "yes"
    try:
        switch_on(visit.office, found, is_knowing=is_knowing, now=visit.now)
    except NotPublished as fault:
        shown = {"looks": fault.looks, "fault": str(fault), "is_silent": fault.is_silence}
        return _show_key(visit, found, **shown, status=422)
    visit.say(f"Mail is signed under {found.selector} from the next copy on.")
    return redirect("settings-signing")


@page(OWNER, writes=True)
def off(visit: Visit) -> HttpResponse:
    """Sign no more."""
    switch_off(visit.office.owner)
    visit.say("Your keys sign nothing any more. Leave their records in the DNS for a week: mail on its way is checked.")
    return redirect("settings-signing")


@page(OWNER, writes=True)
def remove(visit: Visit, number: int) -> HttpResponse:
    """Destroy a key that does not sign."""
    found = _key(visit, number)
    remove_signing_key(visit.office.owner, found)
    visit.say(f"The keys under {found.selector} are destroyed. Their records can leave the DNS in a week.")
    return redirect("settings-signing")


def _key(visit: Visit, number: int) -> SigningKey:
    return get_object_or_404(SigningKey, owner=visit.office.owner, pk=number)


def _show(visit: Visit, *, status: int = 200, form: SigningForm | None = None) -> HttpResponse:
    keys = signing_keys(visit.office.owner)
    domain = visit.office.owner.email.rpartition("@")[2]
    first = {"selector": f"goodterms{visit.now:%Y%m}", "domain": domain}
    return visit.show(
        "settings/signing.html",
        status=status,
        keys=keys,
        signing=next((key for key in keys if key.is_on), None),
        form=form or SigningForm(initial=first),
        domain=domain,
        common=doors.installations_signer(visit.office),
        provider=mail_addresses(visit.office).provider,
        is_fixed=is_fixed(Choice.SIGNING),
    )


def _show_key(visit: Visit, found: SigningKey, *, status: int = 200, **shown: Any) -> HttpResponse:
    found.refresh_from_db()
    signer = signer_with(visit.office, found)
    looks = {look.name: look for look in shown.pop("looks", ())}
    records = [(name, text, looks.get(name)) for name, text in signer.records()]
    return visit.show("settings/signing_key.html", status=status, key=found, records=records, **shown)
