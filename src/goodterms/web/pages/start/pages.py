"""The overview, and the first start that leads to it."""

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from goodterms import doors
from goodterms.accounts.actions import join, make_owner
from goodterms.accounts.models import Membership, Owner, User
from goodterms.backup.actions import restore
from goodterms.config import home
from goodterms.policy.queries.states import not_to_be_written_to
from goodterms.policy.rulebook import read_rulebook
from goodterms.status.queries import status_of
from goodterms.ties.queries import due
from goodterms.web.access.visit import Answer, Visit, membership_of, page
from goodterms.web.pages.start.charts import charts
from goodterms.web.pages.start.forms import BackupForm, OwnerForm
from goodterms.web.pages.start.words import cards, figures
from goodterms.web.pages.sync.forms import ArchiveForm

_MOST_WAITING = 3
_NOBODYS = {
    "title": "You work for nobody here",
    "message": "Your account is known, and no owner has you as a member. Nothing was done. Ask to be invited, or let "
    "whoever runs this installation make you an owner (goodterms init, goodterms user add).",
}


def start(request: HttpRequest) -> Answer:
    """Show the overview, or the first start to whoever has no owner yet."""
    if request.user.is_authenticated and membership_of(request) is None:
        return redirect("start-begin")
    return overview(request)


@page()
def overview(visit: Visit) -> HttpResponse:
    """Show the state of the network at a glance, and what needs the owner today."""
    owner = visit.office.owner
    found = status_of(owner, visit.rulebook, now=visit.now)
    if found.export is None:
        return visit.show("start/archive.html", form=ArchiveForm())
    waiting = due(owner, now=visit.now, without=not_to_be_written_to(owner))
    return visit.show(
        "start/overview.html",
        cards=cards(found.due),
        found=found,
        figures=figures(found),
        waiting=waiting[:_MOST_WAITING],
        waiting_count=len(waiting),
    )


@page()
def pictures(visit: Visit) -> HttpResponse:
    """Show the charts; htmx puts them into the overview."""
    drawn = charts(visit.office.owner, visit.rulebook, now=visit.now)
    return visit.show("start/charts.html" if visit.is_fragment else "start/pictures.html", charts=drawn)


@require_http_methods(["GET", "POST"])
def begin(request: HttpRequest) -> HttpResponse:
    """Ask who the owner is."""
    user = request.user
    if not isinstance(user, User):
        return redirect("enter")
    if membership_of(request) is not None:
        return redirect("start")
    if not settings.ON_LAPTOP:  # by the address of another owner they would get that owner's network
        return render(request, "web/message.html", _NOBODYS, status=403)
    form = OwnerForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        now = doors.now()
        owner, _ = make_owner(home(), strategy=read_rulebook().strategy, now=now, **form.cleaned_data)
        join(owner, user, Membership.Role.OWNER, now=now)
        return redirect("start")
    return render(request, "web/start/begin.html", {"form": form, **_restoring()})


@require_http_methods(["POST"])
def restore_(request: HttpRequest) -> HttpResponse:
    """Put everything back from a file of another machine's, where nothing is kept yet, for whoever sits at this one."""
    user, form = request.user, BackupForm(request.POST, request.FILES)
    if not isinstance(user, User):
        return redirect("enter")
    if membership_of(request) is not None or not _restoring():
        return redirect("start")
    if not form.is_valid():
        return render(request, "web/start/begin.html", {"form": OwnerForm(), "backup_form": form}, status=422)
    owner, _ = restore(home(), form.cleaned_data["file"].file)
    join(owner, user, Membership.Role.OWNER, now=doors.now())
    messages.success(request, f"Everything of {owner.name} is back, with every exit.")
    return redirect("start")


def _restoring() -> dict[str, BackupForm]:
    """Give the form for a file of another machine's: on a laptop without an owner; on a server its host does it."""
    return {"backup_form": BackupForm()} if settings.ON_LAPTOP and not Owner.objects.exists() else {}
