"""Reading archives: the upload, the preview, what was done, and taking it back."""

from copy import copy

from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from goodterms.policy.held import held_people
from goodterms.policy.listing import Listing, Wanted
from goodterms.sync.actions.undo import undo
from goodterms.sync.queries import all_exports, last_export, newest_export
from goodterms.web.access.visit import OWNER, Visit, page
from goodterms.web.jobs import JOBS, Job
from goodterms.web.pages.sync.forms import ArchiveForm
from goodterms.web.pages.sync.reading import Reading, start_reading
from goodterms.web.pages.sync.words import changes, counts
from goodterms.web.uploads import drop_upload, keep_upload

_A_PAGE = 100


@page()
def sync(visit: Visit) -> HttpResponse:
    """Show where archives are read, what they left to decide, and those read before."""
    owner = visit.office.owner
    departures = Listing(owner, Wanted(state="absent"), visit.rulebook, now=visit.now)
    return visit.show(
        "sync/sync.html",
        form=ArchiveForm(),
        newest=newest_export(owner),
        last=last_export(owner),
        exports=all_exports(owner),
        held=held_people(owner).count(),
        departures=len(departures),
    )


@page(OWNER, writes=True)
def upload(visit: Visit) -> HttpResponse:
    """Take an archive and begin to look at it."""
    form = ArchiveForm(visit.request.POST, visit.request.FILES)
    if not form.is_valid():
        visit.warn("Choose the archive first: the .zip that LinkedIn gave you. Nothing was read.")
        return redirect("sync")
    path = keep_upload(visit.office.folder, form.cleaned_data["archive"])
    job = start_reading(visit.office, path, is_preview=True, accepted=False)
    return redirect("sync-reading", uid=job.uid)


@page(OWNER)
def reading(visit: Visit, uid: str) -> HttpResponse:
    """Show how far the reading of an archive is, and then what it found; htmx asks for the progress alone."""
    job = JOBS.find(visit.office.owner.pk, uid)
    if job is None:
        visit.warn("That archive was looked at in an earlier start of Goodterms. Give it once more.")
        return redirect("sync")
    job = copy(job)  # the work goes on while the page is made, and the page is to be of one moment
    if visit.is_fragment and not job.is_over:
        return visit.show("sync/progress.html", job=job)
    if visit.is_fragment:
        response = HttpResponse()
        response["HX-Redirect"] = reverse("sync-reading", kwargs={"uid": uid})
        return response
    if not job.is_over or job.fault:
        return visit.show("sync/running.html", job=job, status=422 if job.fault else 200)
    return _found(visit, job, job.result)


def _found(visit: Visit, job: Job, found: Reading) -> HttpResponse:
    report = found.report
    wanted = visit.request.GET.get("kind", "")
    listed = changes(report)
    one = next((change for change in listed if change.what == wanted), None)
    if one is not None:
        rows = Paginator(one.rows, _A_PAGE).get_page(visit.request.GET.get("page"))
        return visit.show("sync/change.html", change=one, found=rows, job=job)
    template = "sync/applied.html" if report.applied else "sync/preview.html"
    return visit.show(template, job=job, reading=found, report=report, changes=listed, counts=counts(report))


@page(OWNER, writes=True)
def apply(visit: Visit, uid: str) -> HttpResponse:
    """Read an archive that was previewed; `accepted` with `look` previews it once more, taking the missing for gone."""
    found = _previewed(visit, uid)
    post = visit.request.POST
    is_preview = "look" in post
    accepted = found.accepted or is_preview
    job = start_reading(visit.office, found.path, is_preview=is_preview, accepted=accepted)
    return redirect("sync-reading", uid=job.uid)


@page(OWNER, writes=True)
def discard(visit: Visit, uid: str) -> HttpResponse:
    """Forget an archive that was previewed."""
    drop_upload(_previewed(visit, uid).path)
    visit.say("Nothing was read, and the file was removed here.")
    return redirect("sync")


def _previewed(visit: Visit, uid: str) -> Reading:
    job = JOBS.find(visit.office.owner.pk, uid)
    if job is None or not isinstance(job.result, Reading) or not job.result.path.exists():
        raise Http404("There is no such preview any more.")
    return job.result


@page(OWNER)
def undo_last(visit: Visit) -> HttpResponse:
    """Ask whether the archive read last is to be taken back, and take it back."""
    last = last_export(visit.office.owner)
    if visit.request.method == "POST":
        taken_back = undo(visit.office, now=visit.now)
        visit.say(f"Took back {taken_back.name}. Whoever left by it stays out.")
        return redirect("sync")
    return visit.show("sync/undo.html", last=last)
