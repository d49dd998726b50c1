"""The settings at a glance, the owner, and the strategy."""

from django.http import HttpResponse
from django.shortcuts import redirect

from goodterms.accounts.actions import choose_strategy, complete_owner
from goodterms.accounts.mail import mail_addresses
from goodterms.ledger.rules.bearing import Basis
from goodterms.lib.faults import Fault
from goodterms.policy.rulebook import read_rulebook, strategies
from goodterms.review.rulebooks import law_books
from goodterms.web.access.visit import OWNER, Visit, page
from goodterms.web.pages.settings.forms import YouForm


@page()
def settings(visit: Visit) -> HttpResponse:
    """Show what can be set, and how it is set now."""
    addresses = mail_addresses(visit.office)
    return visit.show(
        "settings/settings.html", sends=addresses.can_send, reads=bool(addresses.imap), laws=law_books().values()
    )


@page(OWNER)
def you(visit: Visit) -> HttpResponse:
    """Change what receivers see of the owner."""
    owner = visit.office.owner
    initial = {"name": owner.name, "profile": owner.profile, "postal_address": owner.postal_address}
    form = YouForm(visit.request.POST or None, initial=initial)
    if form.is_valid():
        try:
            complete_owner(owner, **form.cleaned_data)
        except Fault as fault:
            form.add_error("profile", str(fault))
        else:
            visit.say("Kept. Updates sent from now on show it.")
            return redirect("settings")
    return visit.show("settings/you.html", form=form)


@page(OWNER)
def strategy(visit: Visit) -> HttpResponse:
    """Choose by which strategy updates go out, seeing what each does."""
    chosen = visit.request.POST.get("strategy", "")
    if chosen in strategies():
        choose_strategy(visit.office.owner, chosen)
        visit.say("Kept. Every decision from now on follows it.")
        return redirect("settings-strategy")
    books = [read_rulebook("", name) for name in strategies()]
    listed = [(book, [(basis, book.bases[basis]) for basis in Basis if basis in book.bases]) for book in books]
    return visit.show("settings/strategy.html", books=listed, current=visit.rulebook.strategy)
