"""Who works here: inviting, dismissing, and what they did."""

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect

from goodterms.accounts.actions import dismiss, invite_by_link, make_sure_they_work_here_alone
from goodterms.accounts.models import Membership, User
from goodterms.accounts.queries import audit_lines, memberships
from goodterms.web.access.invitations import invitation_path
from goodterms.web.access.visit import OWNER, Visit, page
from goodterms.web.pages.settings.forms import InvitationForm

_MOST_LINES = 100


@page(OWNER)
def members(visit: Visit) -> HttpResponse:
    """Show who works here and what they did; invite one more."""
    form = InvitationForm(visit.request.POST or None)
    link = ""
    if form.is_valid():
        role = Membership.Role(form.cleaned_data["role"])
        user = invite_by_link(visit.office.owner, form.cleaned_data["email"], role, now=visit.now)
        link = _link(visit, user)
        form = InvitationForm()
    return _show(visit, form, link)


@page(OWNER, writes=True)
def invite_again(visit: Visit, number: int) -> HttpResponse:
    """Give a new link to somebody who has no password yet or has lost it."""
    return _show(visit, InvitationForm(), _link(visit, _member(visit, number).user))


@page(OWNER, writes=True)
def dismiss_member(visit: Visit, number: int) -> HttpResponse:
    """End a membership."""
    member = _member(visit, number)
    dismiss(member)
    visit.say(f"{member.user.username} may do nothing here any more.")
    return redirect("settings-members")


def _show(visit: Visit, form: InvitationForm, link: str) -> HttpResponse:
    return visit.show(
        "settings/members.html",
        form=form,
        link=link,
        members=memberships(visit.office.owner),
        lines=audit_lines(visit.office.owner)[:_MOST_LINES],
        on_laptop=settings.ON_LAPTOP,
    )


def _member(visit: Visit, number: int) -> Membership:
    return get_object_or_404(Membership, owner=visit.office.owner, pk=number)


def _link(visit: Visit, user: User) -> str:
    make_sure_they_work_here_alone(visit.office.owner, user)
    return visit.request.build_absolute_uri(invitation_path(user))
