"""Reading the mailbox, or files of mail, and obeying what is in them."""

import tempfile
from collections import Counter
from pathlib import Path

from django.http import HttpResponse
from django.shortcuts import redirect

from goodterms import doors
from goodterms.feedback.actions.poll import poll
from goodterms.feedback.actions.read import read_mail
from goodterms.feedback.mailbox import mailbox_of
from goodterms.feedback.parsers.mailbox import messages_in
from goodterms.web.access.visit import HELPER, Visit, page
from goodterms.web.jobs import JOBS, Job

_LARGEST = 50_000_000


@page(HELPER, writes=True)
def check(visit: Visit) -> HttpResponse:
    """Read what is new in the mailbox."""
    office, box = visit.office, mailbox_of(visit.office)

    def work(job: Job) -> Counter[str]:
        job.tell("reading the mailbox")
        return poll(office, box.address, token_command=box.token_command, after=box.after, clock=doors.now)

    return redirect("inbox-checking", JOBS.start(office.owner.pk, "Reading the mailbox", work, key="mailbox").uid)


@page()
def checking(visit: Visit, uid: str) -> HttpResponse:
    """Show how far the reading is, and what it found."""
    job = JOBS.find(visit.office.owner.pk, uid)
    if job is None:
        return redirect("inbox")
    template = "inbox/read.html" if visit.is_fragment else "inbox/checking.html"
    return visit.show(template, job=job, counts=job.result)


@page(HELPER, writes=True)
def upload(visit: Visit) -> HttpResponse:
    """Read files of mail: .eml, or an mbox."""
    files = visit.request.FILES.getlist("files")
    if not files:
        return _refused(visit, "No file was chosen, so nothing was read.")
    if sum(file.size or 0 for file in files) > _LARGEST:
        return _refused(visit, f"These are more than {_LARGEST // 1_000_000} MB. Nothing was read; give them in parts.")
    with tempfile.TemporaryDirectory(dir=visit.office.folder) as folder:
        for number, file in enumerate(files):
            with (Path(folder) / f"{number:06}.eml").open("wb") as kept:
                kept.writelines(file.chunks())
        counts = read_mail(visit.office, (raw for _, raw in messages_in(Path(folder))), now=visit.now)
    return visit.show("inbox/checking.html", counts=counts)


def _refused(visit: Visit, why: str) -> HttpResponse:
    return visit.show("inbox/checking.html", status=422, fault=why)
